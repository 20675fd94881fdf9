"""Ground states of the spherical glass at large n: Crisanti and Sommers' problem at zero temperature, numerically.

The energy is half of a convex minimum, and every positive function gives a lower bound on that minimum: the
answer brings its own proof of how good it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theory.arguments import Floats, is_many, is_symbolic
from theory.covariance import Covariance
from theory.large_n.thresholds import E_0
from theory.statics.order_parameter_search import minimise

_TOLERANCE = 1e-12
# Sums of up to some hundred terms, each within a few roundings.
_ROUNDING = 1e-14


@dataclass(frozen=True)
class GroundState:
    """The energy per spin of the deepest points, and the law behind it.

    The energy is that of the law; the true one is not below it, and above it by ``error`` at most. ``gamma``, the limit
    of beta P(overlap <= q), jumps by ``jumps`` at ``overlaps``; ``susceptibility`` is the limit of beta times the
    spread 1 - q inside a valley.
    """

    energy: float
    error: float
    overlaps: Floats
    jumps: Floats
    susceptibility: float


def ground_state_energy(H: Any, digits: int | None = None) -> Any:
    r"""Energy per spin of the ground states of an infinite spherical glass; it is negative.

    .. math:: \lim_n \frac1n \min_x E(x) = -E_0(H) \quad \text{for a pure model}

    Parameters
    ----------
    H : int, array or mapping
        Order(s) of pure models, or a mixture ``{order: weight}``; order 1 is an external field.
    digits : int, optional
        Significant digits of an mpmath result, for one pure model.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        A float for one order or a mixture, there within ``error`` of :func:`ground_state`; exact, ``-sqrt(2)``, for
        2 as a SymPy integer.

    Raises
    ------
    ValueError
        If ``H`` is not an order of at least 2 nor a mixture, or is a symbol.

    References
    ----------
    Auffinger and Chen (2017), Comm. Pure Appl. Math. 70, 1307; Chen and Sen (2017), Commun. Math. Phys. 350, 129.

    Examples
    --------
    >>> round(ground_state_energy(3), 9), round(ground_state_energy({3: 0.5**0.5, 4: 0.5**0.5}), 6)
    (-1.656998364, -1.73307)
    """
    if not isinstance(H, Mapping):
        energy = -E_0(H, digits)
        # E_0 has a closed form at H = 2.
        return float(energy) if is_symbolic(energy) and not is_symbolic(H) else energy
    if digits is not None:
        raise ValueError("digits is offered for pure models; a mixture gives a float")
    return ground_state(H).energy


def ground_state(H: Any) -> GroundState:
    r"""Solve the zero-temperature Crisanti-Sommers problem of a pure or mixed model, however symmetry breaks.

    .. math:: -2 e = \min_\delta\; \nu'(0)\,\delta(0) + \int_0^1 \left[\nu''(q)\,\delta(q) + \frac1{\delta(q)}\right] dq

    over positive, decreasing, concave ``delta(q) = chi + int_q^1 gamma``. The minimum is over piecewise linear ones,
    whose bends, the jumps of gamma, are at any overlaps. The dual gives the bound: for any positive y with
    ``int y^2 h <= nu'(0) h(0) + int nu'' h`` for all decreasing concave h, the minimum is at least ``2 int y``. That
    condition is checked at all overlaps, by bounds between those that are evaluated.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    GroundState
        Its ``error`` was at most 1e-12 of the energy for all mixtures tried, with orders up to 2000. Where gamma grows
        continuously, ``jumps`` are those of a staircase.

    Raises
    ------
    ValueError
        If ``H`` is not an order of at least 2 nor a mixture, or the energy, or a jump, is beyond the range of floats.

    References
    ----------
    Chen and Sen (2017), Theorem 1, after an integration by parts; the dual bound follows from ``1/d >= 2y - y^2 d``.

    Examples
    --------
    >>> full = ground_state({2: 1.0, 4: 0.1})  # 1/sqrt(nu'') is concave: the energy is -int sqrt(nu'')
    >>> full.error < 1e-12
    True
    """
    if is_symbolic(H) or is_many(H):
        raise ValueError(f"a ground state is solved for one model at a time; given {H!r}")
    nu, scale = Covariance.with_scale(H)
    order = minimise(nu, _TOLERANCE)
    value, bound = order.value, order.bound(order.violation(_TOLERANCE))
    with np.errstate(over="ignore"):
        found = GroundState(
            energy=-value / 2 * scale,
            error=(max(value - bound, 0.0) / 2 + _ROUNDING * value) * scale,
            overlaps=1 - order.rests,
            jumps=order.jumps / scale,
            susceptibility=order.chi / scale,
        )
    if not np.all(np.isfinite([found.energy, found.susceptibility, *found.jumps])):
        raise ValueError(f"the ground state of {dict(H)!r} is beyond the range of floats; use weights closer to 1")
    return found
