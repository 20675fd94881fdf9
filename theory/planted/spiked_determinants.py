r"""Mean absolute determinants of a GOE matrix with a rank-one term, by index.

Let M have size N, off-diagonal variance 1/2 and diagonal variance 1, and let e be a fixed unit vector. With B the block
of M orthogonal to e, a the diagonal element along e and r the rest of that row,

    det(M - y - theta e e^T) = det(B - y) s,   s = a - y - theta - r^T (B - y)^{-1} r,

and the number of negative eigenvalues is that of B - y, plus one if s < 0. With the mean psi(t) of
``|det(B - y)| exp(i t s)``, in which theta is a phase, the parts of both signs follow from

    E |det(B - y)| |s| = (2/pi) int_0^inf Re[psi(0) - psi(t)]/t^2 dt,   E |det(B - y)| s = Im psi'(0).

Near t = 0 the integrand is ``alpha log t + beta`` up to terms of order t log t, because 1/s has a density of heavy tail
if an eigenvalue of B is near y. Without the rank-one term the means are the densities of the ordered eigenvalues of a
GOE matrix of size N + 1, times ``exp(y^2/2)``, and no such integral is needed.
"""

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from spinglass._common.types import Array
from theory.kac_rice.legendre import legendre_rule
from theory.kac_rice.ordered_eigenvalues import one_point_table, order_table
from theory.planted.transverse_block import resolvent_transform

# Nodes of each panel in y, whose width is this many half level spacings at the origin.
NODES, _SPACINGS = 12, 5.0
# The integral over t begins at the first number, by a fit; beyond the last exp(-t^2/2) is negligible.
_FIRST, _MIDDLE, _LAST = 1e-5, 0.5, 7.0
# Phases |y + theta| are resolved up to a multiple of this number.
PHASE = 10.0


class Transform(NamedTuple):
    """Nodes t > 0, and the weights of ``Re[psi(0) - psi(t)]``, of psi(0) and of ``Im psi(t)`` in the integrals."""

    t: Array
    size_weight: Array
    constant: float
    mean_weight: Array


@lru_cache(maxsize=16)
def transform(phases: int) -> Transform:
    """Return a rule for phases ``|y + theta|`` up to ``PHASE phases``."""
    t, weights = [np.array([_FIRST, 2.0 * _FIRST])], [np.zeros(2)]
    # Gauss-Legendre rules resolve exp(i k x) on [-1, 1] with k/2 nodes and a margin.
    logs = np.linspace(math.log(_FIRST), math.log(_MIDDLE), 4)
    for low, high in pairwise(logs):
        half = 0.5 * (high - low)
        x, w, _ = legendre_rule(12 + math.ceil(0.6 * half * math.exp(high) * PHASE * phases))
        t.append(np.exp(low + half * (1.0 + x)))
        weights.append(half * w * t[-1])
    for low, high in pairwise(np.linspace(_MIDDLE, _LAST, 8)):
        half = 0.5 * (high - low)
        x, w, _ = legendre_rule(7 + math.ceil(0.6 * half * PHASE * phases))
        t.append(low + half * (1.0 + x))
        weights.append(half * w)
    nodes, size_weight = np.concatenate(t), np.concatenate(weights)
    # The integral of alpha log t + beta from 0 to the first node, from the values there and at twice its place.
    size_weight[:2] = _FIRST * np.array([1.0 + 1.0 / math.log(2.0), -1.0 / math.log(2.0)])
    size_weight = 2.0 / math.pi * size_weight / nodes**2
    mean_weight = np.zeros_like(nodes)
    mean_weight[:2] = 2.0 / nodes[0], -1.0 / nodes[1]
    return Transform(nodes, size_weight, float(size_weight.sum() + 2.0 / (math.pi * _LAST)), mean_weight)


def panel_width(n: int) -> float:
    """Return the width of the panels in y for n spins."""
    return _SPACINGS * 0.4 * math.pi / math.sqrt(2.0 * n)


def panel_nodes(n: int, panel: int) -> Array:
    """Return the nodes of a panel; panel 0 begins at y = 0."""
    return np.asarray(panel_width(n) * (panel + 0.5 * (1.0 + legendre_rule(NODES)[0])))


def log_unit(n: int) -> float:
    """Return the logarithm of the constant c in ``E|det(M - y)| = c exp(y^2/2) rho(y)``, rho the density for size n."""
    return 0.5 * math.log(2.0 * math.pi) + math.lgamma(1.0 + 0.5 * n) - math.lgamma(1.5) - math.log(n)


def log_bound(y: Array, theta: Array, n: int) -> Array:
    """Return the logarithm of a bound on the determinants of all indices: ``|det|`` is linear in theta at most."""
    whole = _log_unshifted(y, n)
    if n == 2:
        return np.logaddexp(whole, np.log(np.abs(theta) + 1e-300))
    return np.logaddexp(whole, np.log(np.abs(theta) + 1e-300) + _log_unshifted(y, n - 1))


def _log_unshifted(y: Array, n: int) -> Array:
    """Return the logarithm of ``E|det(M - y)|`` for M of size n - 1."""
    value, log_scale = one_point_table(-np.abs(y.ravel()), n)
    return np.asarray(np.log(value) + log_scale + log_unit(n)).reshape(y.shape)


def determinants(n: int, panel: int, theta: Array, phases: int, *, by_index: bool) -> Array:
    """Return the means for a matrix of size n - 1 at the nodes of a panel.

    Parameters
    ----------
    n : int
        Number of spins, at least 2.
    panel : int
        Number of the panel of y.
    theta : array, shape (m,)
        Strengths of the rank-one term; all zero for one-dimensional signals.
    phases : int
        Bound on ``|y + theta|``, in units of ``PHASE``.
    by_index : bool
        Whether to return one column per index, or the sum over all.

    Returns
    -------
    array, shape (m, NODES, n) or (m, NODES, 1)
        The means, in units of ``exp(log_unit(n))``.
    """
    if not np.any(theta):
        return np.broadcast_to(_unperturbed(n, panel, by_index), (theta.size, NODES, n if by_index else 1))
    rule = transform(phases)
    at_zero, size_part, mean_part = _panel_transform(n, panel, phases, by_index)
    turned = np.exp(-1j * np.outer(theta, rule.t))
    columns = at_zero.shape[1]
    sizes = rule.constant * at_zero - (turned @ size_part).real.reshape(-1, NODES, columns)
    if not by_index:
        return np.asarray(sizes)
    means = (turned[:, :2] @ mean_part).imag.reshape(-1, NODES, columns)
    result = np.zeros((theta.size, NODES, n))
    result[:, :, :columns] = 0.5 * (sizes + means)
    result[:, :, 1:] += 0.5 * (sizes - means)
    return result


@lru_cache(maxsize=512)
def _panel_transform(n: int, panel: int, phases: int, by_index: bool) -> tuple[Array, Any, Any]:
    """Return psi(0), shape (NODES, columns), and psi(t) at theta = 0 with the weights of both integrals, flattened."""
    rule, nodes = transform(phases), panel_nodes(n, panel)
    values = np.stack([resolvent_transform(float(y), n - 2, rule.t, by_index=by_index) for y in nodes], axis=1)
    values = values * math.exp(-log_unit(n))
    shifted = values[1:] * np.exp(-0.5 * rule.t[:, None] ** 2 - 1j * np.outer(rule.t, nodes))[:, :, None]
    flat = shifted.reshape(rule.t.size, -1)
    weighted = flat[:2] * rule.mean_weight[:2, None]
    return values[0].real, flat * rule.size_weight[:, None], weighted


@lru_cache(maxsize=512)
def _unperturbed(n: int, panel: int, by_index: bool) -> Array:
    """Return the means at theta = 0 in units of ``exp(log_unit(n))``, shape (NODES, n or 1)."""
    y = panel_nodes(n, panel)
    left = -np.abs(y)
    if not by_index:
        value, log_scale = one_point_table(left, n)
        return (value * np.exp(log_scale))[:, None]
    table = order_table(left, n)
    result = np.zeros((NODES, n))
    result[:, : table.density.shape[1]] = table.density * np.exp(table.log_scale)[:, None]
    return np.where(y[:, None] > 0.0, result[:, ::-1], result)
