"""Strengths of a planted signal at which the landscape of a spherical spin glass changes, at large n."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from spinglass._common.types import Array
from theory.arguments import Model, Signal
from theory.planted.planted_complexity import growth
from theory.planted.planted_model import PlantedModel
from theory.planted.signal_minimum import energy
from theory.statics.ground_state import ground_state_energy

# Factors are sought up to this one. Growth rates below the tolerance count as zero.
_LARGEST, _TOLERANCE = 1e4, 1e-11
_OVERLAPS = np.linspace(0.0, 1.0, 501)[:-1]
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
    orthogonal to it.

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
        The factors, with relative errors of 1e-6; infinite for what does not occur.

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
    minima, all_points = (_vanishing(model, start, rate) for rate in (_minima, _all_points))
    return SignalThresholds(start, _deepest(model, H, at), minima, all_points)


def factor(model: PlantedModel, m: float) -> float:
    """Return the factor with which a signal has a solution at overlap m > 0."""
    return m / (float(model.signal(m, 1)) * math.sqrt((1.0 - m) * (1.0 + m)))


def _appearance(model: PlantedModel) -> tuple[float, float]:
    """Return the smallest factor with a minimum, and its overlap."""
    low = math.sqrt(max(0.0, 1.0 - 1.0 / model.second))
    if low == 0.0 and model.terms[0][0] == 1:
        return 0.0, 0.0  # any field leads to the only minimum
    low = max(low, 1e-9)  # m = 0 is a solution for any factor
    grid = 1.0 - (1.0 - low) * np.geomspace(1.0, _NEAR_ONE, 400)
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


def _vanishing(model: PlantedModel, start: float, rate: Callable[[PlantedModel], float]) -> float:
    """Return the smallest factor with which a growth rate is 0.

    If it vanishes where the minimum appears, as for order 1, it does so as the cube of the distance, which bisection
    would not resolve.
    """
    if rate(times(model, 1e-9)) <= _TOLERANCE:
        return 0.0
    if rate(times(model, start * (1.0 + 1e-6))) <= _TOLERANCE:
        return start
    if rate(times(model, _LARGEST * start)) > _TOLERANCE:
        return math.inf
    low, high = start, 2.0 * start
    while rate(times(model, high)) > _TOLERANCE:
        low, high = high, 2.0 * high
    while high - low > 1e-6 * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if rate(times(model, middle)) > _TOLERANCE else (low, middle)
    return high


def _all_points(model: PlantedModel) -> float:
    return float(growth(model, _signed(), None, None).max())


def _minima(model: PlantedModel) -> float:
    return float(growth(model, _signed(), None, 0).max())


def _signed() -> Array:
    return np.concatenate([-_OVERLAPS[::-1], _OVERLAPS])
