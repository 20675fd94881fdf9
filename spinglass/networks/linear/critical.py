"""Critical points of a deep linear network's loss, constructed from singular directions of the data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array
from spinglass.networks.linear.problem import LinearProblem

_NEGLIGIBLE = 1e-12  # singular values below this share of the largest are rounding errors


@dataclass(frozen=True, eq=False)
class Directions:
    """Singular directions of the data X, Y.

    Let X = U diag(x) V^T be the singular value decomposition without zeros, and ``U^T Y = L diag(s) R``. Direction i
    maps the input along column i of ``inputs = V diag(1/x) L`` to the output along row i of ``outputs = R``.

    Attributes
    ----------
    s
        Singular values, descending and without zeros, shape (m,).
    inputs
        Input directions as columns, shape (n_0, m).
    outputs
        Output directions as rows, shape (m, n_H).
    """

    s: Array
    inputs: Array
    outputs: Array


def directions(problem: LinearProblem) -> Directions:
    """Return the singular directions of a problem's data.

    Parameters
    ----------
    problem
        The problem; its X may be rank deficient.

    Returns
    -------
    Directions
        The singular values and directions.

    Examples
    --------
    >>> directions(LinearProblem(np.eye(2), np.diag([3.0, 1.0]), (2, 2))).s.tolist()
    [3.0, 1.0]
    """
    U, x, Vt = np.linalg.svd(problem.X, full_matrices=False)
    kept = x > _NEGLIGIBLE * x.max(initial=0.0)
    L, s, R = np.linalg.svd(U[:, kept].T @ problem.Y, full_matrices=False)
    nonzero = s > _NEGLIGIBLE * s.max(initial=0.0)
    return Directions(s[nonzero], (Vt[kept].T / x[kept]) @ L[:, nonzero], R[nonzero])


def critical_point(
    problem: LinearProblem,
    chosen: Sequence[int],
    spare: Sequence[tuple[int, int]] = (),
    cut: Sequence[int] | None = None,
) -> list[Array]:
    """Return the weights of a critical point of E, at which the network fits the chosen singular directions.

    The product of the layers is the best map along the chosen directions. The layers are balanced,
    ``W_l^T W_l = W_(l+1) W_(l+1)^T``. All other hidden units are zero, except that each pair in ``spare`` uses one
    hidden unit of every layer: its first layer reads the input direction, its last layer writes the output direction,
    and the layers between transmit it, but the weights in the layers of ``cut`` are zero.

    Parameters
    ----------
    problem
        The problem.
    chosen
        Numbers of the singular directions that the network fits.
    spare
        Pairs (input direction, output direction), none of them chosen. Default: none.
    cut
        Layers, numbered from 1, whose weights of the spare units are zero; at least two. Default: all layers.

    Returns
    -------
    list of ndarray
        The matrices ``W_1, ..., W_H``.

    Raises
    ------
    ValueError
        If a direction is chosen twice or does not exist, there are fewer hidden units than directions, or fewer than
        two layers are cut, so that the point is not critical.

    References
    ----------
    Achour, Malgouyres and Gerchinovitz (2024), "The loss landscape of deep linear neural networks".

    Examples
    --------
    >>> problem = LinearProblem(np.eye(2), np.diag([4.0, 1.0]), (2, 1, 2))
    >>> [W.round(12).tolist() for W in critical_point(problem, [0])]
    [[[2.0], [0.0]], [[2.0, 0.0]]]
    """
    found = directions(problem)
    picked = _checked(chosen, len(found.s), "chosen")
    pairs = [(_one(a, len(found.s)), _one(b, len(found.s))) for a, b in spare]
    if set(picked) & {i for pair in pairs for i in pair}:
        raise ValueError(f"spare directions must differ from the chosen ones; given {pairs} and {picked}")
    used = len(picked) + len(pairs)
    if used > min(problem.widths[1:-1], default=used) or len(picked) > problem.bottleneck:
        raise ValueError(
            f"{len(picked)} chosen directions and {len(pairs)} spare units do not fit the widths {problem.widths}"
        )
    closed = set(range(1, problem.H + 1)) if cut is None else {whole_number("a cut layer", c, 1) for c in cut}
    if pairs and (len(closed) < 2 or max(closed) > problem.H):
        raise ValueError(f"cut must contain at least two of the layers 1..{problem.H}, not {cut!r}: else not critical")
    if problem.H == 1 and len(picked) < min(len(found.s), problem.bottleneck):
        raise ValueError("one layer alone has only a global minimum; choose all directions, or use more layers")
    layers = _balanced(problem, found, picked)
    for unit, (source, target) in enumerate(pairs, len(picked)):
        for layer in set(range(1, problem.H + 1)) - closed:
            if layer == 1:
                layers[0][:, unit] = found.inputs[:, source]
            elif layer == problem.H:
                layers[-1][unit] = found.outputs[target]
            else:
                layers[layer - 1][unit, unit] = 1.0
    return layers


def optimum(problem: LinearProblem) -> list[Array]:
    """Return balanced weights at the global minimum, which fits as many leading directions as the bottleneck allows.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    list of ndarray
        The matrices ``W_1, ..., W_H``.

    Examples
    --------
    >>> problem = LinearProblem(np.eye(2), np.diag([4.0, 1.0]), (2, 1, 2))
    >>> round(problem.loss(optimum(problem)), 12)
    0.5
    """
    return critical_point(problem, range(min(len(directions(problem).s), problem.bottleneck)))


def _balanced(problem: LinearProblem, found: Directions, chosen: list[int]) -> list[Array]:
    best = (found.inputs[:, chosen] * found.s[chosen]) @ found.outputs[chosen]
    U, sigma, Vt = np.linalg.svd(best, full_matrices=False)
    k, root = len(chosen), sigma[: len(chosen)] ** (1 / problem.H)
    if problem.H == 1:
        return [best]
    layers = [np.zeros((a, b)) for a, b in zip(problem.widths[:-1], problem.widths[1:], strict=True)]
    layers[0][:, :k] = U[:, :k] * root
    layers[-1][:k] = root[:, None] * Vt[:k]
    for W in layers[1:-1]:
        W[:k, :k] = np.diag(root)
    return layers


def _checked(chosen: Sequence[int], available: int, name: str) -> list[int]:
    picked = [_one(i, available) for i in chosen]
    if len(set(picked)) < len(picked):
        raise ValueError(f"{name} directions must differ; given {picked}")
    return picked


def _one(i: int, available: int) -> int:
    if whole_number("a direction", i, 0) >= available:
        raise ValueError(f"the data have {available} singular directions, numbered from 0; there is no {i}")
    return int(i)
