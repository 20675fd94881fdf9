"""Search for the order parameter at zero temperature that minimises the Crisanti-Sommers functional."""

from dataclasses import replace

import numpy as np
from scipy.linalg import solveh_banded
from scipy.optimize import root

from spinglass._common.types import Array
from theory.covariance import Covariance
from theory.statics.order_parameter import OrderParameter

_ROUNDS = 80
_NEWTON_STEPS = 100
_MOST_JUMPS = 3000
# More jumps than this approximate a continuous part of gamma.
FEW = 8
# Two neighbouring jumps are merged if their distance is below this fraction of the distances to the next ones.
_CLOSE = 0.1
# Integrals over a piece are in log(delta), of which the integrands are entire functions.
_NODES, _SHARES = (a / 2 for a in np.polynomial.legendre.leggauss(24))


def minimise(nu: Covariance, tolerance: float, start: OrderParameter | None = None) -> OrderParameter:
    """Return the order parameter with finitely many jumps that minimises the functional, at the price of ``start``.

    Jumps are added where they decrease the functional, until no jump decreases it by more than the relative
    ``tolerance``. If there are few jumps, so that they are not a continuous part, their positions are then optimised.
    """
    if start is None:
        start = OrderParameter(nu, np.empty(0), np.empty(0), float(nu(1.0, 1)) ** -0.5)
    order = _refined(_optimal(start))
    for _ in range(_ROUNDS):
        rests, ratio = order.deepest()
        added = rests[ratio < -tolerance / 4]
        if ratio.min() > -tolerance or added.size + order.rests.size > _MOST_JUMPS:
            break
        order = _merged(_optimal(_with(order, added)))
    refined = _refined(order)
    # A continuous part of little weight leaves few jumps, whose best positions are not those of the minimum.
    return refined if refined is order or refined.deepest()[1].min() > -tolerance else order


def _refined(order: OrderParameter) -> OrderParameter:
    """Solve for chi, few jumps and their positions together; return ``order`` unchanged if that is no improvement."""
    if not 0 < order.rests.size <= FEW:
        return order
    moving = order.rests < 1.0
    count = order.rests.size

    def moved(unknowns: Array) -> OrderParameter:
        rests = order.rests.copy()
        rests[moving] = unknowns[1 + count :]
        return replace(order, chi=float(unknowns[0]), jumps=unknowns[1 : 1 + count], rests=rests)

    def admissible(there: OrderParameter) -> bool:
        apart = np.all(np.diff(there.rests) < 0) and np.all((there.rests > 0) & (there.rests <= 1))
        return bool(apart and there.chi > 0 and np.all(there.jumps > 0))

    def residual(unknowns: Array) -> Array:
        there = moved(unknowns)
        if not admissible(there):
            return np.full(unknowns.size, 1e3)
        g, f, _, ahead = there.at(there.rests)
        return np.concatenate([[there.chi_derivative], g / ahead, f[moving]])

    start = np.concatenate([[order.chi], order.jumps, order.rests[moving]])
    found = moved(np.asarray(root(residual, start, tol=1e-15).x))
    better = admissible(found) and found.value <= order.value * (1 + 1e-15)
    return found if better else order


def _with(order: OrderParameter, rests: Array) -> OrderParameter:
    """Return the same function with additional jumps of weight 0 at ``rests``."""
    new = np.setdiff1d(rests, order.rests)
    both, jumps = np.append(order.rests, new), np.append(order.jumps, np.zeros(new.size))
    sequence = np.argsort(-both)
    return replace(order, rests=both[sequence], jumps=jumps[sequence])


def _optimal(order: OrderParameter) -> OrderParameter:
    """Minimise over chi and the jumps at the given overlaps, some of which may be dropped."""
    offered = order.rests
    for _ in range(offered.size + 1):
        order = _stationary(order)
        left_out = np.setdiff1d(offered, order.rests)
        if not left_out.size:
            break
        g, _, _, ahead = order.at(left_out)
        # A jump of the minimum may have been dropped on the way; the one that decreases the functional most returns.
        worst = int(np.argmin(g / ahead))
        if g[worst] > -1e-15 * ahead[worst]:
            break
        order = _with(order, left_out[[worst]])
    return order


def _stationary(order: OrderParameter) -> OrderParameter:
    """Iterate Newton's method in chi and the jumps until they are stationary; jumps that reach 0 are dropped."""
    value, before = order.value, np.inf
    for _ in range(_NEWTON_STEPS + 2 * order.rests.size):
        chi_step, steps, decrement = _newton(order)
        blocked = (steps < 0) & (order.jumps == 0)
        if blocked.any():
            order = replace(order, rests=order.rests[~blocked], jumps=order.jumps[~blocked])
            continue
        moved, length = _moved(order, chi_step, steps)
        kept = moved.jumps > 0
        order, value = replace(moved, rests=moved.rests[kept], jumps=moved.jumps[kept]), moved.value
        if length == 1 and (decrement < 1e-20 * value or (decrement < 1e-12 * value and decrement > before / 2)):
            break
        before = decrement
    return order


def _moved(order: OrderParameter, chi_step: float, steps: Array) -> tuple[OrderParameter, float]:
    """Return the point after the step, shortened so that nothing is negative and the value does not increase."""
    with np.errstate(divide="ignore", over="ignore"):
        until_zero = np.where(steps < 0, -order.jumps / np.where(steps < 0, steps, -1.0), np.inf)
    reach = min(1.0, float(np.min(until_zero, initial=1.0)))
    if chi_step < 0:
        reach = min(reach, -0.9 * order.chi / chi_step)
    length = reach
    while True:
        jumps = np.where(until_zero <= length, 0.0, np.maximum(order.jumps + length * steps, 0.0))
        moved = replace(order, jumps=jumps, chi=order.chi + length * chi_step)
        if moved.value <= order.value * (1 + 1e-15) or length < 1e-10:
            return moved, length
        length /= 2


def _newton(order: OrderParameter) -> tuple[float, Array, float]:
    """Return Newton's step in chi and in the jumps, and the decrement.

    In terms of the values of delta at the jumps and at q = 1 the Hessian matrix is tridiagonal.
    """
    rests, gaps = order.rests, order.rests - np.append(order.rests[1:], 0.0)
    if not rests.size:
        alone = -order.chi_derivative * order.chi**3 / 2
        return alone, np.empty(0), abs(alone * order.chi_derivative)
    gradient = order.at(rests)[0]
    tilts = (gradient - np.append(gradient[1:], 0.0)) / gaps
    slope = np.append(tilts, order.chi_derivative) - np.append(0.0, tilts)
    step = -np.asarray(solveh_banded(_curvature(order, gaps), slope, lower=True))
    bends = -np.diff(step) / gaps
    return float(step[-1]), np.diff(bends, prepend=0.0), float(-slope @ step)


def _curvature(order: OrderParameter, gaps: Array) -> Array:
    """Return the second derivatives of ``int 1/delta`` in banded form."""
    slopes = order.slopes[-gaps.size :]
    ends = order.chi + np.append(np.cumsum((slopes * gaps)[::-1])[::-1][1:], 0.0)
    ratio = np.log1p(slopes * gaps / ends)[:, None]  # logarithm of delta at the start of a piece over delta at its end
    v = 0.5 + _NODES
    with np.errstate(invalid="ignore"):
        u = np.where(ratio > 1e-8, np.expm1(ratio * v) / np.expm1(ratio), v)  # 1 at the start
        weight = np.where(ratio > 1e-8, ratio / np.expm1(ratio), 1.0) * np.exp(-2 * ratio * v)
    scale = 2 * gaps / ends**3
    start, cross, end = (scale * (weight * part @ _SHARES) for part in (u * u, u * (1 - u), (1 - u) ** 2))
    diagonal = np.append(start, 0.0) + np.append(0.0, end)
    # Before the first jump delta is constant.
    diagonal[0] += 2 * (1 - order.rests[0]) / (ends[0] + slopes[0] * gaps[0]) ** 3
    return np.vstack([diagonal, np.append(cross, 0.0)])


def _merged(order: OrderParameter) -> OrderParameter:
    """Merge pairs of jumps that lie much closer to each other than to the next ones, and optimise again."""
    q_sides = np.concatenate([[1.0 + 1e300], order.rests, [0.0]])
    gaps = -np.diff(q_sides)
    inner = gaps[1:-1]
    close = inner < _CLOSE * np.minimum(gaps[:-2], gaps[2:])
    if not close.any():
        return order
    left = np.flatnonzero(close)
    rests, jumps = order.rests.copy(), order.jumps.copy()
    total = jumps[left] + jumps[left + 1]
    rests[left] = (jumps[left] * rests[left] + jumps[left + 1] * rests[left + 1]) / total
    jumps[left] = total
    kept = np.ones(rests.size, bool)
    kept[left + 1] = False
    merged = _optimal(replace(order, rests=rests[kept], jumps=jumps[kept]))
    return merged if merged.value <= order.value * (1 + 1e-15) else order
