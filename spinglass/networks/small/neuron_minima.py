"""Local minima of a single neuron: found by descents, or counted with proof for one weight."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.networks.small.neuron import SingleNeuron

_SAME = 1e-4  # outputs at different minima differ by much more; results for the same minimum differ by much less
_DEEPEST = 200  # largest number of bisections of the interval


@dataclass(frozen=True, eq=False)
class NeuronMinima:
    """Distinct strict minima that descents found, lowest loss first.

    Attributes
    ----------
    w
        Weights at the minima, shape (K, d).
    loss
        Losses at the minima, summed over the data, shape (K,), ascending.
    descents
        Number of descents.
    unfinished
        Number of descents that did not reach a strict minimum.
    """

    w: Array
    loss: Array
    descents: int
    unfinished: int

    def __len__(self) -> int:
        """Return the number of minima found."""
        return len(self.w)


def find_minima(neuron: SingleNeuron, starts: npt.ArrayLike, steps: int = 200) -> NeuronMinima:
    """Return the distinct minima at which descents from given starts end.

    All descents run in parallel. They use Newton's method with the absolute values of the Hessian's eigenvalues and an
    adaptive damping; a step that increases the loss is rejected. The end of a descent is a minimum if the smallest
    eigenvalue of the Hessian is positive and the gradient divided by it is small; otherwise it counts as
    ``unfinished``.

    Parameters
    ----------
    neuron
        The neuron with its data.
    starts
        Initial weights, shape (B, d).
    steps
        Largest number of steps of a descent. Default: 200.

    Returns
    -------
    NeuronMinima
        The minima, lowest loss first.

    Raises
    ------
    ValueError
        If ``starts`` does not have this shape or is not finite.

    Examples
    --------
    >>> from spinglass.networks.small.neuron import hard_neuron
    >>> len(find_minima(hard_neuron(1, 3), np.geomspace(0.5, 500, 30)[:, None]))
    3
    """
    w = np.array(starts, dtype=np.float64)
    if w.ndim != 2:
        raise ValueError(f"starts must have shape (B, {neuron.d}), not {w.shape}")
    damping, moving = np.full(len(w), 1e-3), np.arange(len(w))
    for _ in range(steps):
        w[moving], damping[moving], still = _step(neuron, w[moving], damping[moving])
        moving = moving[~still]
        if not moving.size:
            break
    loss, gradient, hessian = neuron.derivatives(w)
    values = np.linalg.eigvalsh(hessian)
    distance = np.linalg.norm(gradient, axis=1)  # bound on the distance to the minimum, times the smallest eigenvalue
    ended = (values[:, 0] > 0) & (distance < 1e-6 * values[:, 0] * _size(neuron, w))
    kept = np.flatnonzero(ended)[_distinct(neuron.outputs(w[ended]))]
    kept = kept[np.argsort(loss[kept], kind="stable")]
    return NeuronMinima(w[kept], loss[kept], len(w), int(np.sum(~ended)))


def _step(neuron: SingleNeuron, w: Array, damping: Array) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Return weights and dampings after one step, and which steps were as small as rounding errors."""
    loss, gradient, hessian = neuron.derivatives(w)
    values, vectors = np.linalg.eigh(hessian)
    scale = np.abs(values).max(axis=1, keepdims=True)
    along = np.einsum("bij,bi->bj", vectors, gradient) / (np.abs(values) + damping[:, None] * scale + 1e-300)
    step = np.einsum("bij,bj->bi", vectors, along)
    lower = neuron.loss(w - step) <= loss
    still = np.linalg.norm(step, axis=1) <= 1e-13 * _size(neuron, w)
    damping = np.where(lower, damping / 10, np.minimum(damping * 10, 1e8))
    return np.where(lower[:, None], w - step, w), damping, still


def _size(neuron: SingleNeuron, w: Array) -> Array:
    """Return the size of each w, or that of weights which change the outputs, if it is larger."""
    return np.asarray(np.maximum(np.linalg.norm(w, axis=1), 1 / np.linalg.norm(neuron.X, axis=1).max()))


def _distinct(points: Array) -> npt.NDArray[np.int64]:
    """Return one member of each cluster of points."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    if len(points) == 0:
        return np.zeros(0, dtype=np.int64)
    # Points equal up to rounding are merged first, because n of them would give n^2 pairs in the tree.
    members = np.unique(points.round(7), axis=0, return_index=True)[1]
    points = points[members]
    pairs = KDTree(points).query_pairs(_SAME, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    labels = connected_components(links, directed=False)[1]
    return np.asarray(members[np.unique(labels, return_index=True)[1]])


def count_minima_on_a_line(x: npt.ArrayLike, y: npt.ArrayLike) -> int:
    """Return the proven number of local minima of ``sum_k (sigma(x_k w) - y_k)^2`` over one real weight w.

    Term k decreases up to ``w_k = logit(y_k)/x_k`` and increases after it, so all critical points lie between the
    smallest and the largest w_k. This interval is bisected until, in ball arithmetic, the derivative on each piece has
    no zero or is strictly monotone. If a loss is a sum of such functions of single weights, its number of minima is the
    product of their numbers.

    Parameters
    ----------
    x
        Inputs, shape (N,), none of them zero.
    y
        Targets, shape (N,), strictly between 0 and 1.

    Returns
    -------
    int
        Number of local minima.

    Raises
    ------
    ValueError
        If the data are not valid for a :class:`SingleNeuron` with one weight.
    ArithmeticError
        If a critical point is so close to degenerate that the number cannot be decided.

    Examples
    --------
    >>> count_minima_on_a_line([1.0, 1 / 16, 1 / 256], [0.75, 0.75, 0.75])
    3
    """
    neuron = SingleNeuron(np.asarray(x, dtype=np.float64)[..., None], np.asarray(y, dtype=np.float64))
    turns = [math.log(t / (1 - t)) / z for z, t in zip(neuron.X[:, 0], neuron.y, strict=True)]
    # The ends are rounded, so the interval is widened slightly; the scale of the steepest term matters if all w_k are
    # 0.
    spread = (max(map(abs, turns)) + float(1 / np.abs(neuron.X).max())) * 1e-9
    zeros = _sign_changes(_slopes(neuron), min(turns) - spread, max(turns) + spread, _DEEPEST)
    return sum(rising for rising in zeros)


def _slopes(neuron: SingleNeuron) -> Any:
    from flint import arb

    data = [(arb(float(z)), arb(float(t))) for z, t in zip(neuron.X[:, 0], neuron.y, strict=True)]

    def slopes(w: Any) -> tuple[Any, Any]:
        """Return half of the first and second derivatives of the loss over a ball."""
        first, second, ends = arb(0), arb(0), (w.lower(), w.upper())
        for z, t in data:
            # Both sigmoids are monotone, so that their values at the ends of the ball enclose all others.
            s, c = (_enclosed([1 / (1 + (sign * z * end).exp()) for end in ends]) for sign in (-1, 1))
            slope, rest = s * c, s - t
            first += z * slope * rest
            second += z * z * slope * (slope + rest * (c - s))
        return first, second

    return slopes


def _enclosed(ends: list[Any]) -> Any:
    """Return the ball from one number to another."""
    return ends[0].union(ends[1])


def _sign_changes(slopes: Any, low: float, high: float, depth: int) -> list[bool]:
    """Return, for each zero of the first derivative in [low, high] in order, whether the derivative increases there."""
    from flint import arb

    first, second = slopes(arb((low + high) / 2, (high - low) / 2 * (1 + 1e-15)))
    if not first.contains(0):
        return []
    if not second.contains(0):
        ends = [slopes(arb(end))[0] for end in (low, high)]
        if not any(end.contains(0) for end in ends):
            return [bool(ends[0] < 0)] if (ends[0] < 0) != (ends[1] < 0) else []
    if depth == 0:
        raise ArithmeticError(f"cannot decide whether there is a critical point near w = {low:.17g}: nearly degenerate")
    middle = low + (high - low) * 0.4990234375  # not the exact middle, where symmetric data have zeros
    return _sign_changes(slopes, low, middle, depth - 1) + _sign_changes(slopes, middle, high, depth - 1)
