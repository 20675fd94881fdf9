"""Finite-size correction of the energy of a pure model below its static transition temperature."""

from theory.arguments import positive_number, whole_number
from theory.large_n.deepest_minimum import deepest_minimum
from theory.statics.equilibrium import equilibrium

_ORDER = "states at T > 0 are those of deep minima for pure models of order 3 or more"


def logarithmic_energy(T: float, H: int) -> float:
    r"""Return the coefficient of ``log(n)/n`` in the mean energy per spin of a pure model below ``T_s``.

    .. math:: \frac{\mathbb{E}\langle E\rangle}{n} = e(T) + k\,\frac{\log n}{n} + O\!\left(\frac1n\right), \qquad
              k = \frac{q^{H/2}}{c\,(Hq - H + 2)}

    Here q is the overlap inside a state and c the growth rate of the number of deep minima
    (:class:`theory.DeepestMinimum`). Each of the deepest minima, with energy u, becomes a state with the weight
    :math:`\exp(-\beta n f(u) + O(1))`, and :math:`\partial f/\partial u = q^{H/2}`. These energies are a Poisson
    process of intensity :math:`\exp(c\,(n u - n u_n))` with :math:`n u_n = -n E_0 + \log n/(2c) + O(1)`, so that

    .. math:: \mathbb{E} \log Z = -\beta n f(-E_0) - \frac{\log n}{2m} + O(1), \qquad
              \frac1m = \frac{\beta q^{H/2}}{c},

    and :math:`k = \frac12\, d(1/m)/d\beta`, where :math:`(1-q)\, q^{H/2-1}` is proportional to T. At T = 0 it is the
    correction of the deepest minimum, 1/(2c).

    Parameters
    ----------
    T : float
        Temperature, above 0 and below the static transition temperature.
    H : int
        Order of the pure model, at least 3.

    Returns
    -------
    float
        The coefficient k.

    Raises
    ------
    ValueError
        If the temperature is not positive or not below the static transition, or ``H`` is not a whole number of at
        least 3.

    References
    ----------
    Subag and Zeitouni (2017), Probab. Theory Relat. Fields 168, 773, for the deepest minima; Subag (2017), Invent.
    Math. 210, 135, for the Gibbs measure at low temperature. The coefficient is derived for this project.

    Examples
    --------
    >>> round(logarithmic_energy(0.5, 3), 6)
    0.81589
    """
    order, temperature = whole_number("H", H, 3, _ORDER), positive_number("T", T)
    found = equilibrium(temperature, order)
    if not found.broken:
        raise ValueError(
            f"T must be below the static transition temperature, not {temperature:g}; above it the energy is -1/T up "
            "to a correction of order 1/n^2"
        )
    q = float(found.overlap)
    return float(q ** (order / 2) / (deepest_minimum(2, order).rate * (order * q - order + 2)))
