"""Strengths of a planted signal at which the landscape of a spherical spin glass changes, at large n."""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from spinglass._common.types import Array
from theory.arguments import Model, Signal
from theory.large_n.pairs.refined_maximum import refined_maximum
from theory.planted.planted_complexity import growth
from theory.planted.planted_model import PlantedModel
from theory.planted.signal_minimum import energy
from theory.statics.ground_state import ground_state_energy

# Factors are sought up to this multiple of the smallest. Growth rates below the tolerance count as zero.
_LARGEST, _TOLERANCE = 1e8, 1e-11
# A rate that is larger at 0.999 of the threshold vanishes linearly.
_STEEP = 1e-5
# Derivatives of the signal below this part of their largest value count as zero.
_ROUNDING = 1e-12
# Maxima between overlaps of the grid are sought where the grid's values are above this one.
_NEAR = 0.1
_NEGATIVE = np.concatenate([np.geomspace(1e-9, 4e-3, 20)[:-1], np.linspace(4e-3, 1.0, 250)]) - 1.0
_STEPS = np.geomspace(1e-8, 2e-3, 12)
_NEAR_ONE = 1e-12


@dataclass(frozen=True)
class SignalThresholds:
    """Factors that multiply a signal; each is the smallest one above which the statement holds.

    Attributes
    ----------
    minimum : float
        There is a minimum near the signal, :func:`theory.signal_minimum`.
    deepest : float
        This minimum is deeper than the ground state of the glass, which points orthogonal to the signal reach; NaN for
        a signal with a term of order 1, under which the points of the glass with the lowest energy are not orthogonal.
    only_minimum : float
        The number of other minima does not grow exponentially.
    trivial : float
        The number of other critical points does not grow exponentially.
    """

    minimum: float
    deepest: float
    only_minimum: float
    trivial: float


def signal_thresholds(H: Model, signal: Signal) -> SignalThresholds:
    r"""Return the factors by which to multiply a signal for its minimum to appear, become the deepest and the only one.

    With the factor f, the minimum near the signal is at the overlap m with

    .. math:: f(m) = \frac{m}{s'(m)} \sqrt{\frac{\nu'}{1-m^2}}, \qquad m^2 \ge 1 - \frac{\nu'}{\nu''}

    It appears at the smallest f, and is as deep as the ground state where :math:`\sqrt{(1-m^2)\nu'} + f s(m) = E_0`.
    The other two thresholds are the factors at which :math:`\max_m \Sigma(m)` of :func:`theory.planted_complexity`
    falls to 0, for minima and for all critical points. For a signal of order 1 both are the strength
    :math:`h_c = \sqrt{\nu'' - \nu'}`. They are infinite for orders of at least 3, whose signal does not act on points
    orthogonal to it, and more generally if :math:`s'(m_0) = 0` at an overlap with :math:`\Sigma(m_0) > 0`: there
    :math:`\Sigma = \tfrac12 \log((1-m_0^2)\,\nu''/\nu')` for all critical points at any factor, and the rate of minima
    does not decrease if :math:`s''(m_0) \le 0`.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field of random direction.
    signal : mapping
        Orders and strengths ``{k: lambda_k}`` of the signal, none of them negative; for one order of strength 1 the
        factors are strengths.

    Returns
    -------
    SignalThresholds
        The factors, with relative errors of 1e-6; infinite for what does not occur, or only above 1e8 times
        ``minimum``.

    Raises
    ------
    ValueError
        If ``H`` or ``signal`` is not as described, a strength is negative, or all are zero.

    Notes
    -----
    The last two thresholds are those of mean numbers (annealed), and upper bounds for typical numbers. That no point at
    intermediate overlaps is deeper than both the ground state of the glass and the signal's minimum is not proved here
    for orders above 2; for a signal with order 2 it need not be so.

    References
    ----------
    Ros, Ben Arous, Biroli and Cammarota (2019), Phys. Rev. X 9, 011003; for order 1 Fyodorov (2015), Markov Process.
    Relat. Fields 21, 483, and Belius, Černý, Nakajima and Schmidt (2022), J. Stat. Phys. 186, 12.

    Examples
    --------
    >>> found = signal_thresholds(3, {3: 1.0})
    >>> round(found.minimum, 6), round(found.deepest, 6), found.trivial
    (1.154701, 1.206556, inf)
    >>> round(signal_thresholds(3, {1: 1.0}).trivial, 9)  # sqrt 3
    1.732050808
    """
    model = PlantedModel.of(H, signal)
    if not model.terms or any(strength < 0.0 for _, strength in model.terms):
        raise ValueError(
            f"strengths of the signal must be at least 0, and one of them positive; given {dict(signal)!r}"
        )
    start, at = _appearance(model)
    return SignalThresholds(start, _deepest(model, H, at), _vanishing(model, start, 0), _vanishing(model, start, None))


def factor(model: PlantedModel, m: float) -> float:
    """Return the factor with which a signal has a solution at overlap m > 0."""
    return m / (float(model.signal(m, 1)) * math.sqrt((1.0 - m) * (1.0 + m)))


def _appearance(model: PlantedModel) -> tuple[float, float]:
    """Return the smallest factor with a minimum, and its overlap."""
    low = math.sqrt(max(0.0, 1.0 - 1.0 / model.second))
    if low == 0.0 and model.terms[0][0] == 1:
        return 0.0, 0.0  # any field leads to the only minimum
    low = max(low, 1e-9)  # m = 0 is a solution for any factor
    grid = 1.0 - np.geomspace(1.0 - low, max((1.0 - low) * _NEAR_ONE, 1e-15), 400)
    values = [factor(model, float(m)) for m in grid]
    best = int(np.argmin(values))
    if best == 0 and values[0] <= values[1]:
        return values[0], low
    ends = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)])
    found = minimize_scalar(lambda m: factor(model, m), bounds=ends, method="bounded", options={"xatol": 1e-12})
    return min((float(found.fun), float(found.x)), (values[best], float(grid[best])))


def _deepest(model: PlantedModel, H: Model, start: float) -> float:
    if model.terms[0][0] == 1:
        return math.nan
    ground = float(ground_state_energy(H)) / model.scale

    def excess(m: float) -> float:
        return energy(times(model, factor(model, m)), m) - ground

    if excess(start) <= 0.0:
        return factor(model, start)
    return factor(model, float(brentq(excess, start, 1.0 - _NEAR_ONE, xtol=1e-14)))


def times(model: PlantedModel, by: float) -> PlantedModel:
    """Return the model with all strengths of the signal multiplied."""
    return replace(model, terms=tuple((k, by * strength) for k, strength in model.terms))


def _vanishing(model: PlantedModel, start: float, index: int | None) -> float:
    """Return the smallest factor with which the growth rate of an index, or of all of them, is 0 at most.

    If it vanishes where a solution reaches the edge of the spectrum, as for order 1, it does so as a higher power of
    the distance, which bisection would not resolve.
    """
    flat = _flattest(model)
    if _remains(model, flat, index):
        return math.inf
    overlaps = _overlaps(flat)

    def positive(by: float) -> bool:
        return _is_positive(times(model, by), overlaps, index)

    if not positive(1e-9):
        return 0.0
    if not positive(start * (1.0 + 1e-6)):
        return start
    low, high = start, 2.0 * start
    while positive(high):
        if high > _LARGEST * start:
            return math.inf
        low, high = high, 2.0 * high
    while high - low > 1e-6 * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if positive(middle) else (low, middle)
    for edge in _edges(model):
        close = low <= edge * (1.0 + 1e-6) and edge <= high * (1.0 + 1e-3)
        if close and not _is_positive(times(model, edge * (1.0 - 1e-3)), overlaps, index, _STEEP):
            return edge
    return 0.5 * (low + high)


def _edges(model: PlantedModel) -> list[float]:
    """Return the factors at which a solution is at the edge of the spectrum, ``m^2 = 1 - nu'/nu''``."""
    m = math.sqrt(max(0.0, 1.0 - 1.0 / model.second))
    return [abs(factor(model, one)) for one in (m, -m) if model.signal(one, 1) != 0.0]


def _flattest(model: PlantedModel) -> Array:
    """Return 0 and the overlaps in (-1, 0) at which s' or s'' changes its sign."""
    turning = _sign_changes(model, 2, _NEGATIVE)
    return np.unique(np.concatenate([[0.0], turning, _sign_changes(model, 1, np.union1d(_NEGATIVE, turning))]))


def _sign_changes(model: PlantedModel, derivative: int, grid: Array) -> Array:
    """Return where a derivative of s changes its sign on a grid."""

    def slope(m: float) -> float:
        return float(model.signal(m, derivative))

    values = model.signal(grid, derivative)
    grid, signs = grid[values != 0.0], np.sign(values[values != 0.0])
    changes = np.flatnonzero(signs[:-1] != signs[1:])
    return np.array([brentq(slope, grid[i], grid[i + 1], xtol=1e-300, rtol=1e-15) for i in changes])


def _remains(model: PlantedModel, flat: Array, index: int | None) -> bool:
    """Return whether the growth rate is positive somewhere for any factor.

    Where s' is zero, the signal has no cost. A positive s'' makes minima there into saddles.
    """
    size = sum(k * strength for k, strength in model.terms)
    free = np.abs(model.signal(flat, 1)) <= _ROUNDING * size
    if index == 0:
        size = sum(k * (k - 1) * strength for k, strength in model.terms)
        free &= model.signal(flat, 2) <= _ROUNDING * size
    return bool(np.any(growth(model, flat[free], None, index) > _TOLERANCE))


def _overlaps(flat: Array) -> Array:
    """Return overlaps between which the growth rate has at most one maximum, dense at ``flat`` for large factors."""
    near = flat[:, None] + np.concatenate([-_STEPS, [0.0], _STEPS])
    return np.union1d(np.concatenate([_NEGATIVE, -_NEGATIVE]), near[np.abs(near) < 1.0])


def _is_positive(model: PlantedModel, overlaps: Array, index: int | None, level: float = _TOLERANCE) -> bool:
    """Return whether the largest growth rate exceeds a level, by default that of rounding errors."""

    def excess(m: Array) -> Array:
        # Terms that cancel are of the size of s'^2. At the signal's minimum the rate is exactly 0.
        return np.asarray(growth(model, m, None, index) - level * (1.0 + model.signal(m, 1) ** 2))

    values = excess(overlaps)
    if values.max() > 0.0:
        return True
    inner = values[1:-1]
    peaks = 1 + np.flatnonzero((inner >= values[:-2]) & (inner >= values[2:]) & (inner > -_NEAR))
    ends = overlaps[None, peaks - 1], overlaps[None, peaks + 1]
    return bool(np.any(refined_maximum(lambda places: excess(places[0]), *ends, resolution=1e-6)[0] > 0.0))
