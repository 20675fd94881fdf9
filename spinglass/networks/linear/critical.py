"""Critical points of a deep linear network's loss, built from singular directions of the data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass.networks.linear.problem import LinearProblem

Array = npt.NDArray[np.float64]
_NEGLIGIBLE = 1e-12  # singular values below this part of the largest are rounding


@dataclass(frozen=True, eq=False)
class Directions:
    """Singular directions of the data: ``Y`` seen through ``X``.

    With X = U diag(x) V^T on its rank, ``U^T Y = L diag(s) R``, s descending and without zeros. Direction i takes the
    input along column i of ``inputs = V diag(1/x) L`` to the output along row i of ``outputs = R``.
    """

    s: Array  # (m,)
    inputs: Array  # (n_0, m)
    outputs: Array  # (m, n_H)


def directions(problem: LinearProblem) -> Directions:
    """Return the singular directions of a problem's data; X may be singular.

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
    """Return weights whose product is the best map of the ``chosen`` singular directions, at a critical point of E.

    The chosen directions are passed on balanced, ``W_l^T W_l = W_(l+1) W_(l+1)^T``. All other hidden units are zero,
    except that each of ``spare`` = (input direction, output direction) takes a hidden unit in every layer: the first
    layer reads the input direction, the last writes the output direction, those between pass on, and only the
    layers in ``cut`` (numbered from 1; all by default) let nothing through.

    Raises
    ------
    ValueError
        If a direction is chosen twice or does not exist, more are asked for than hidden units can hold, or fewer than
        two layers are cut: then the point is not critical.

    Examples
    --------
    >>> problem = LinearProblem(np.eye(2), np.diag([4.0, 1.0]), (2, 1, 2))
    >>> [W.round(12).tolist() for W in critical_point(problem, [0])]
    [[[2.0], [0.0]], [[2.0, 0.0]]]

    Notes
    -----
    Source: Achour, Malgouyres & Gerchinovitz (2024), "The loss landscape of deep linear neural networks".
    """
    found = directions(problem)
    picked = _checked(chosen, len(found.s), "chosen")
    pairs = [(_one(a, len(found.s)), _one(b, len(found.s))) for a, b in spare]
    if set(picked) & {i for pair in pairs for i in pair}:
        raise ValueError(f"spare units take directions that are not chosen; given {pairs} and {picked}")
    used = len(picked) + len(pairs)
    if used > min(problem.widths[1:-1], default=used) or len(picked) > problem.bottleneck:
        raise ValueError(
            f"{len(picked)} chosen directions and {len(pairs)} spare units do not fit the widths {problem.widths}"
        )
    closed = set(range(1, problem.H + 1)) if cut is None else {whole_number("a cut layer", c, 1) for c in cut}
    if pairs and (len(closed) < 2 or max(closed) > problem.H):
        raise ValueError(f"cut at least two of the layers 1..{problem.H}, or the point is not critical; given {cut!r}")
    if problem.H == 1 and len(picked) < min(len(found.s), problem.bottleneck):
        raise ValueError("one layer alone has only its global minimum; choose all directions, or use more layers")
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
    """Return balanced weights at the global minimum: the leading directions, as many as the bottleneck lets through.

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
