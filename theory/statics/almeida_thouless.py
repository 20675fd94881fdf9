"""The line of de Almeida and Thouless, below which replica symmetry is unstable in a field."""

import math

from theory.arguments import Model
from theory.covariance import Covariance
from theory.statics.continuous_law import instability_overlap


def almeida_thouless_temperature(H: Model) -> float:
    r"""Return the temperature below which the replica-symmetric state in an external field is unstable.

    .. math:: T_{AT} = (1-q) \sqrt{\nu''(q)} \quad \text{with} \quad \nu'(q) = q\, \nu''(q)

    For a pure model of order H and weight 1 in a field of weight h, :math:`q^{H-1} = h^2 / (H (H-2))`. If the
    transition is discontinuous (in weak fields, except for mixtures like 2 + 4), symmetry is broken already above this
    temperature; ``equilibrium(T, H).phase`` tells.

    Parameters
    ----------
    H : mapping
        A mixture ``{order: weight}`` with a field, which is order 1.

    Returns
    -------
    float
        The temperature, accurate to rounding, in units in which total energies have variance n.

    Raises
    ------
    ValueError
        If ``H`` is not a mixture with a term of order 1, or replica symmetry is stable at all temperatures: in fields
        with ``nu''(1) <= nu'(1)``, and for order 2 alone in any field.

    References
    ----------
    Crisanti and Sommers (1992), Z. Phys. B 87, 341, section 5; de Almeida and Thouless (1978), J. Phys. A 11, 983.

    Examples
    --------
    >>> round(almeida_thouless_temperature({1: 1.0, 3: 1.0}), 9)  # q = 1/sqrt(3)
    0.786639786
    """
    nu, scale = Covariance.with_scale(H)
    if not nu.has_field:
        raise ValueError(
            "without a field there is no line of de Almeida and Thouless: add order 1 to the mixture, such as "
            "{1: 0.5, 3: 1.0}, or use theory.static_temperature"
        )
    q = instability_overlap(nu)
    if q is None:
        raise ValueError(
            f"replica symmetry of {H!r} is stable at all temperatures, because nu'(q) > q nu''(q) at all overlaps; a "
            "weaker field or an order of at least 3 is needed for an instability"
        )
    return scale * (1 - q) * math.sqrt(float(nu(q, 2)))
