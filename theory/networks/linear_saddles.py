r"""Deep linear networks with squared loss: the Hessian index of critical points, and which saddles are strict.

Loss and directions are those of :mod:`theory.networks.linear`.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import real_numbers, whole_number
from theory.networks.linear import critical_loss, singular_values
from theory.networks.linear_data import (
    LARGEST,
    NEGLIGIBLE,
    chosen_directions,
    data_tables,
    layer_matrices,
    whole_widths,
)

Kind = Literal["global minimum", "strict saddle", "flat saddle"]


def saddle_index(
    s: ArrayLike,
    widths: Sequence[int],
    chosen: Sequence[int],
    spare: Sequence[tuple[int, int]] = (),
    cut: Sequence[int] | None = None,
) -> int:
    r"""Return the number of negative eigenvalues of the Hessian at a critical point built from singular directions.

    .. math:: \#\{(a, q): a \in S,\; q \notin S,\; s_q > s_a\} + [\mathrm{cut} = \{i > j\}]\; \rho\, \mathrm{rank}\, C

    The network passes on the chosen directions S. The first term counts the ways to replace a chosen direction by one
    with a larger singular value. The second term is present if exactly two layers, i above j, are cut: a simultaneous
    change of both layers then passes on a new direction. Here rho is the number of units that are available between
    the two layers (the spare units, or all unused units if the layers are neighbours), and C holds the singular values
    that connect the directions that reach layer j to those that layer i reaches.

    Parameters
    ----------
    s : array, shape (m,)
        Singular values, none negative, in any order.
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers.
    chosen : sequence of int
        Numbers of the directions S that the network passes on; at most as many as the narrowest width.
    spare : sequence of (int, int)
        Pairs (input direction, output direction), none of them chosen; each pair occupies one more unit in every
        hidden layer. Default: none.
    cut : sequence of int, optional
        Layers, numbered from 1, that do not pass on the spare units; at least two. Default: all layers.

    Returns
    -------
    int
        The number of negative eigenvalues.

    Raises
    ------
    ValueError
        If a singular value is negative, a direction does not exist, a spare direction is also chosen, the chosen
        directions and spare units do not fit through the narrowest layer, or fewer than two layers are cut.

    Notes
    -----
    Derived from the second variation. With R the residual map between directions outside S,
    :math:`E'' = |\sum_l P_l V_l Q_l|^2 + 2 \sum_{i>j} \langle R, P_j V_j W_{j+1} \cdots W_{i-1} V_i Q_i \rangle`
    splits into the pairs (a, q), each a form :math:`X^2 + Y^2 - 2 (s_q/s_a) X Y`, and the bilinear part C.

    Examples
    --------
    >>> saddle_index([3.0, 2.0, 1.0], (3, 2, 3), chosen=[1])  # 1 better direction, and 1 free unit for each of 2
    3
    >>> saddle_index([3.0, 2.0, 1.0], (3, 2, 2, 3), chosen=[])  # three layers: W = 0 is flat to second order
    0
    """
    values, sizes = real_numbers("s", s), whole_widths(widths)
    if values.ndim != 1 or np.any(values < 0):
        raise ValueError(f"s must be a list of singular values, none of them negative; given {s!r}")
    picked = chosen_directions(chosen, len(values))
    if len(picked) > min(sizes):
        raise ValueError(f"{len(picked)} directions do not fit through {min(sizes)} units, the narrowest of {sizes}")
    pairs = [tuple(_direction(i, len(values)) for i in pair) for pair in spare]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"spare must hold pairs (input direction, output direction); given {spare!r}")
    if any(i in picked for pair in pairs for i in pair):
        raise ValueError(f"spare directions must differ from the chosen ones, {picked}; given {spare!r}")
    closed = _cut_layers(cut, len(sizes) - 1)
    if pairs and len(picked) + len(pairs) > min(sizes[1:-1]):
        raise ValueError(
            f"{len(picked)} chosen directions and {len(pairs)} spare pairs do not fit the hidden widths {sizes[1:-1]}: "
            "each needs one unit in every hidden layer; omit spare pairs, or give larger widths"
        )
    rest = [q for q in range(len(values)) if q not in picked]
    better = sum(bool(values[q] > values[a]) for a in picked for q in rest)
    if len(closed) > 2:
        return better
    low, high = closed
    arriving = rest if low == 1 else [a for a, _ in pairs]
    leaving = rest if high == len(sizes) - 1 else [b for _, b in pairs]
    # C connects equal directions only, so its rank is the number of those on both sides.
    rank = sum(bool(values[a] > 0) for a in set(arriving) & set(leaving))
    room = sizes[low] - len(picked) if high == low + 1 else len(pairs)
    return better + room * rank


def _cut_layers(cut: Sequence[int] | None, H: int) -> list[int]:
    """Return the cut layers in ascending order, by default all of 1..H."""
    layers = range(1, H + 1) if cut is None else [whole_number("a layer of cut", i, 1, "it is a layer") for i in cut]
    closed = sorted(set(layers))
    if len(closed) < 2 or closed[0] < 1 or closed[-1] > H:
        raise ValueError(f"at least two of the layers 1..{H} must be cut, or the point is not critical; given {cut!r}")
    return closed


def _direction(number: int, m: int) -> int:
    direction = whole_number("a direction", number, 0, "directions are numbered from 0")
    if direction >= m:
        raise ValueError(f"spare directions must be numbers below {m}, not {direction}")
    return direction


def critical_kind(X: ArrayLike, Y: ArrayLike, weights: Sequence[ArrayLike]) -> Kind:
    r"""Return what a critical point is to second order, from the ranks of partial products of the weights.

    Let k be the rank of the whole map. A critical point that does not pass on the k leading directions is a strict
    saddle. One that does is a global minimum if k is as large as it can be. Otherwise it is a strict saddle exactly if
    some layers i > j satisfy both

    .. math:: \mathrm{rank}\, W_{j+1} \cdots W_{i-1} > k \quad\text{and}\quad
              \mathrm{rank}\, (W_1 \cdots W_{j-1})^T X^T Y (W_{i+1} \cdots W_H)^T > k

    (empty products are the identity), and a saddle without negative curvature if none do. The second condition is
    stronger than that each of the two products has a rank above k: an input direction that reaches layer j must be
    correlated with an output direction that layer i reaches.

    Parameters
    ----------
    X : array, shape (M, n_0)
        Inputs, one row per data point, of full column rank.
    Y : array, shape (M, n_H)
        Targets, one row per data point. The singular values of the least-squares prediction must all differ.
    weights : sequence of arrays, shapes (n_(l-1), n_l)
        The layers ``W_1, ..., W_H`` at a critical point.

    Returns
    -------
    {"global minimum", "strict saddle", "flat saddle"}
        A strict saddle has a direction of negative curvature, a flat saddle has none.

    Raises
    ------
    ValueError
        As for :func:`theory.networks.linear.singular_values`, or if the weights are not matrices that can be
        multiplied, from the columns of X to those of Y.

    References
    ----------
    Achour, Malgouyres and Gerchinovitz (2024), Theorem 1, with the second condition as derived from the second
    variation in :func:`saddle_index`; the tests compare it with the eigenvalues of Hessians.

    Examples
    --------
    >>> zero = [np.zeros((2, 2))] * 2
    >>> critical_kind(np.eye(2), np.diag([2.0, 1.0]), zero), critical_kind(np.eye(2), np.diag([2.0, 1.0]), zero + zero)
    ('strict saddle', 'flat saddle')
    """
    x, y = data_tables(X, Y)
    layers = layer_matrices(weights, x, y)
    s = singular_values(x, y)
    product = _product(layers, x.shape[1])
    k = _rank(x @ product, float(np.linalg.norm(y)))
    loss = np.sum((x @ product - y) ** 2) / 2
    if loss > critical_loss(x, y, range(min(k, len(s)))) + NEGLIGIBLE * np.sum(y**2):
        return "strict saddle"
    if k >= min(len(s), min(W.shape[1] for W in layers)):
        return "global minimum"
    for j in range(len(layers)):
        for i in range(j + 1, len(layers)):
            middle = _product(layers[j + 1 : i], layers[j].shape[1])
            below, above = _product(layers[:j], x.shape[1]), _product(layers[i + 1 :], layers[i].shape[1])
            # The scale is the product of the norms: if everything cancels, the largest singular value is rounding.
            scale = float(np.linalg.norm(below) * np.linalg.norm(x.T @ y) * np.linalg.norm(above))
            if _rank(middle) > k and _rank(below.T @ x.T @ y @ above.T, scale) > k:
                return "strict saddle"
    return "flat saddle"


def _product(layers: Sequence[Array], size: int) -> Array:
    product: Array = np.eye(size)
    with np.errstate(over="ignore", invalid="ignore"):
        for W in layers:
            product = product @ W
    if not np.all(np.abs(product) <= LARGEST):
        raise ValueError(f"the product of the weights exceeds {LARGEST:g}; scale weights and Y down")
    return product


def _rank(matrix: Array, scale: float | None = None) -> int:
    s = np.linalg.svd(matrix, compute_uv=False)
    return int(np.sum(s > NEGLIGIBLE * max(s.max(initial=0.0) if scale is None else scale, np.finfo(float).tiny)))
