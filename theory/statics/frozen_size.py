"""Finite-size correction of the energy of a pure model below its static transition temperature."""

from theory.arguments import positive_number, whole_number
from theory.statics.equilibrium import equilibrium

_ORDER = "states at T > 0 are those of deep minima for pure models of order 3 or more"


def energy_response(T: float, H: int) -> float:
    r"""Return by how much the energy rises below ``T_s`` if the energies of all deep minima rise by one unit.

    .. math:: r = \frac{d(\beta q^{H/2})}{d\beta} = \frac{2 q^{H/2}}{Hq - H + 2}, \qquad
              \frac{\mathbb{E}\langle E\rangle}{n} = e(T) + r\, (m_n + E_0) + O\!\left(\frac1n\right)

    Here q is the overlap inside a state and m_n the mean energy per spin of the deepest minimum of n spins, which exact
    mean counts give (:func:`theory.mean_deepest_minimum`). Each of the deepest minima, with energy per spin u, becomes
    a state with the weight :math:`\exp(-\beta n f(u) + O(1))`, and :math:`\partial f/\partial u = q^{H/2}`. At
    finite n the deepest minima lie above :math:`-E_0` by :math:`m_n + E_0`, so that

    .. math:: \frac{\mathbb{E}\log Z}{n} = -\beta f(-E_0) - \beta q^{H/2} (m_n + E_0) + O\!\left(\frac1n\right),

    and the energy is minus the derivative by :math:`\beta`, where :math:`(1-q)\, q^{H/2-1}` is proportional to T. The
    shift is :math:`\log n/(2cn) + O(1/n)`, with the growth rate c of the number of deep minima
    (:class:`theory.DeepestMinimum`). At T = 0 the response is 1.

    Parameters
    ----------
    T : float
        Temperature, above 0 and below the static transition temperature.
    H : int
        Order of the pure model, at least 3.

    Returns
    -------
    float
        The response r.

    Raises
    ------
    ValueError
        If the temperature is not positive or not below the static transition, or ``H`` is not a whole number of at
        least 3.

    References
    ----------
    Subag and Zeitouni (2017), Probab. Theory Relat. Fields 168, 773, for the deepest minima; Subag (2017), Invent.
    Math. 210, 135, for the Gibbs measure at low temperature. The response is derived for this project.

    Examples
    --------
    >>> round(energy_response(0.5, 3), 6)
    1.019897
    """
    order, temperature = whole_number("H", H, 3, _ORDER), positive_number("T", T)
    found = equilibrium(temperature, order)
    if not found.broken:
        raise ValueError(
            f"T must be below the static transition temperature, not {temperature:g}; above it the energy is -1/T up "
            "to a correction of order 1/n^2"
        )
    q = float(found.overlap)
    return float(2 * q ** (order / 2) / (order * q - order + 2))
