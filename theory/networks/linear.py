"""Deep linear networks with squared loss: critical values, saddle indices, and which saddles are strict.

``E = |X W_1 ... W_H - Y|^2 / 2`` with X (M, n_0), Y (M, n_H), one data point a row, and W_l (n_(l-1), n_l). Directions
are the singular directions of the least-squares prediction of Y from X, in the order of falling singular value s.
"""

from collections.abc import Sequence
from math import comb
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import Floats, real_numbers, whole_number
from theory.float_range import refuse_overflow

_NEGLIGIBLE = 1e-9  # relative; below this a singular value is rounding
_SMALLEST, _LARGEST = 1e-100, 1e100  # of a table's largest entry: products of three tables and their squares are floats
Kind = Literal["global minimum", "strict saddle", "flat saddle"]


def singular_values(X: ArrayLike, Y: ArrayLike) -> Floats:
    r"""Return the singular values of the least-squares prediction of Y from X, descending, without zeros.

    Their squares are the eigenvalues of :math:`Y^T X (X^T X)^+ X^T Y`; X may be singular.

    Raises
    ------
    ValueError
        If X and Y are not tables of finite numbers with equally many rows, or the largest entry of one is not zero and
        lies outside 1e-100 .. 1e100.

    Examples
    --------
    >>> singular_values([[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 4.0]]).round(12).tolist()
    [4.0, 3.0]
    """
    x, y = _data(X, Y)
    s = np.asarray(np.linalg.svd(_prediction(x, y), compute_uv=False), dtype=np.float64)
    kept: Floats = s[s > _NEGLIGIBLE * max(np.linalg.norm(y), np.finfo(float).tiny)]
    return kept


def _prediction(x: Floats, y: Floats) -> Floats:
    return np.asarray(x @ np.linalg.lstsq(x, y, rcond=None)[0])


def critical_loss(X: ArrayLike, Y: ArrayLike, chosen: Sequence[int]) -> float:
    r"""Return the loss of critical points that pass on the chosen directions: :math:`|Y|^2/2 - \sum_{i} s_i^2/2`.

    Examples
    --------
    >>> critical_loss(np.eye(2), np.diag([4.0, 1.0]), [1])
    8.0

    Notes
    -----
    Source: Baldi & Hornik (1989), fact 4; Achour, Malgouyres & Gerchinovitz (2024), proposition 1.
    """
    picked = _chosen(chosen, len(singular_values(X, Y)))
    x, y = _data(X, Y)
    prediction = _prediction(x, y)
    # |Y|^2 is the residual's and all singular values' squares: what is left is a sum, which does not cancel.
    left_out = np.delete(np.linalg.svd(prediction, compute_uv=False), picked)
    return float(np.sum((y - prediction) ** 2) + np.sum(left_out**2)) / 2


def global_loss(X: ArrayLike, Y: ArrayLike, widths: Sequence[int]) -> float:
    r"""Return the least loss of a linear network of these widths: reduced-rank regression at its narrowest width.

    :math:`\min E = |Y|^2/2 - \sum_{i \le r} s_i^2/2`, r the narrowest width.

    Raises
    ------
    ValueError
        If X and Y are not tables with equally many rows, or widths do not begin and end with their columns.

    Examples
    --------
    >>> global_loss(np.eye(2), np.diag([4.0, 1.0]), (2, 1, 2))
    0.5

    Notes
    -----
    Source: Izenman (1975); every local minimum has this value (Kawaguchi 2016; Lu & Kawaguchi 2017).
    """
    r = min(_fitting(widths, *_data(X, Y)))
    return critical_loss(X, Y, range(min(r, len(singular_values(X, Y)))))


def critical_values(X: ArrayLike, Y: ArrayLike, widths: Sequence[int]) -> int:
    r"""Return the number of critical values, :math:`\sum_{k \le r} \binom{m}{k}`, m directions and narrowest width r.

    They are all different where no two sums of squared singular values coincide.

    Raises
    ------
    ValueError
        As :func:`global_loss`.

    Examples
    --------
    >>> critical_values(np.eye(3), np.diag([3.0, 2.0, 1.0]), (3, 2, 3))
    7
    """
    m = len(singular_values(X, Y))
    return sum(comb(m, k) for k in range(min(min(_fitting(widths, *_data(X, Y))), m) + 1))


def saddle_index(
    s: ArrayLike,
    widths: Sequence[int],
    chosen: Sequence[int],
    spare: Sequence[tuple[int, int]] = (),
    cut: Sequence[int] | None = None,
) -> int:
    r"""Return how many eigenvalues of the Hessian are negative at a critical point built of singular directions.

    The point passes on the ``chosen`` directions S; each pair of ``spare`` takes another hidden unit along, from an
    input to an output direction, and the layers in ``cut`` let nothing of those through (all layers by default).

    .. math:: \#\{(a, q): a \in S, q \notin S, s_q > s_a\} + [\mathrm{cut} = \{i > j\}]\; \rho\, \mathrm{rank}\, C

    The first term turns a chosen direction into a better one. The second is there if exactly two layers are cut, i
    above j: moving both at once passes on something new. rho is how much fits through between them (the spare
    units, or all units not in use if the layers are neighbours) and C holds the singular values that lead from
    the directions that reach layer j to those that layer i reaches.

    Raises
    ------
    ValueError
        If a singular value is negative, directions do not exist or do not fit through the narrowest layer, or fewer
        than two layers are cut.

    Examples
    --------
    >>> saddle_index([3.0, 2.0, 1.0], (3, 2, 3), chosen=[1])  # 1 better direction, and 1 free unit for each of 2
    3
    >>> saddle_index([3.0, 2.0, 1.0], (3, 2, 2, 3), chosen=[])  # three layers: W = 0 is flat to second order
    0

    Notes
    -----
    Derived from the second variation: with R the residual map between directions outside S,
    :math:`E'' = |\sum_l P_l V_l Q_l|^2 + 2 \sum_{i>j} \langle R, P_j V_j W_{j+1} \cdots W_{i-1} V_i Q_i \rangle`
    splits into the pairs (a, q), each a form :math:`X^2 + Y^2 - 2 (s_q/s_a) X Y`, and the bilinear part C.
    """
    values, sizes = real_numbers("s", s), _widths(widths)
    if values.ndim != 1 or np.any(values < 0):
        raise ValueError(f"s must be a list of singular values, none of them negative; given {s!r}")
    picked = _chosen(chosen, len(values))
    if len(picked) > min(sizes):
        raise ValueError(f"{len(picked)} directions do not fit through {min(sizes)} units, the narrowest of {sizes}")
    pairs = [tuple(_direction(i, len(values)) for i in pair) for pair in spare]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"spare must hold pairs (input direction, output direction); given {spare!r}")
    H = len(sizes) - 1
    layers = range(1, H + 1) if cut is None else [whole_number("a layer of cut", i, 1, "it is a layer") for i in cut]
    closed = sorted(set(layers))
    if len(closed) < 2 or closed[0] < 1 or closed[-1] > H:
        raise ValueError(f"at least two of the layers 1..{H} must be cut, or the point is not critical; given {cut!r}")
    rest = [q for q in range(len(values)) if q not in picked]
    better = sum(bool(values[q] > values[a]) for a in picked for q in rest)
    if len(closed) > 2:
        return better
    low, high = closed
    arriving = rest if low == 1 else [a for a, _ in pairs]
    leaving = rest if high == H else [b for _, b in pairs]
    # C pairs equal directions alone, so that its rank is the number of those on both sides.
    rank = sum(bool(values[a] > 0) for a in set(arriving) & set(leaving))
    room = sizes[low] - len(picked) if high == low + 1 else len(pairs)
    return better + room * rank


def critical_kind(X: ArrayLike, Y: ArrayLike, weights: Sequence[ArrayLike]) -> Kind:
    r"""Return what a critical point is to second order, from ranks of partial products alone.

    With k the rank of the whole map: not the k leading directions, a strict saddle; these, and k as large as it can
    be, a global minimum; otherwise a strict saddle exactly if for some layers i > j

    .. math:: \mathrm{rank}\, W_{j+1} \cdots W_{i-1} > k \quad\text{and}\quad
              \mathrm{rank}\, (W_1 \cdots W_{j-1})^T X^T Y (W_{i+1} \cdots W_H)^T > k

    (empty products are the identity), and else a saddle without negative curvature. X must have full column rank and
    the singular values must differ. The second condition asks more than that each of both products has a rank
    above k: an input direction that reaches layer j must be correlated with an output direction that i reaches.

    Raises
    ------
    ValueError
        If the weights are not matrices that can be multiplied, from the columns of X to those of Y.

    Examples
    --------
    >>> zero = [np.zeros((2, 2))] * 2
    >>> critical_kind(np.eye(2), np.diag([2.0, 1.0]), zero), critical_kind(np.eye(2), np.diag([2.0, 1.0]), zero + zero)
    ('strict saddle', 'flat saddle')

    Notes
    -----
    Source: Achour, Malgouyres & Gerchinovitz (2024), theorem 1, with the condition as derived from the second
    variation in :func:`saddle_index`; it is held against eigenvalues in the tests.
    """
    x, y = _data(X, Y)
    layers = _layers(weights, x, y)
    s = singular_values(x, y)
    product = _product(layers, x.shape[1])
    k = _rank(x @ product, float(np.linalg.norm(y)))
    loss = np.sum((x @ product - y) ** 2) / 2
    if loss > critical_loss(x, y, range(min(k, len(s)))) + _NEGLIGIBLE * np.sum(y**2):
        return "strict saddle"
    if k >= min(len(s), min(W.shape[1] for W in layers)):
        return "global minimum"
    H = len(layers)
    for j in range(H):
        for i in range(j + 1, H):
            middle = _product(layers[j + 1 : i], layers[j].shape[1])
            below, above = _product(layers[:j], x.shape[1]), _product(layers[i + 1 :], layers[i].shape[1])
            # The product of sizes is the scale: where all cancels, the largest singular value is rounding itself.
            scale = float(np.linalg.norm(below) * np.linalg.norm(x.T @ y) * np.linalg.norm(above))
            if _rank(middle) > k and _rank(below.T @ x.T @ y @ above.T, scale) > k:
                return "strict saddle"
    return "flat saddle"


def _product(layers: Sequence[Floats], size: int) -> Floats:
    product: Floats = np.eye(size)
    with np.errstate(over="ignore", invalid="ignore"):
        for W in layers:
            product = product @ W
    if not np.all(np.abs(product) <= _LARGEST):
        raise ValueError(f"the product of the weights exceeds {_LARGEST:g}; scale weights and Y down")
    return product


def _rank(matrix: Floats, scale: float | None = None) -> int:
    s = np.linalg.svd(matrix, compute_uv=False)
    return int(np.sum(s > _NEGLIGIBLE * max(s.max(initial=0.0) if scale is None else scale, np.finfo(float).tiny)))


def _data(X: ArrayLike, Y: ArrayLike) -> tuple[Floats, Floats]:
    x, y = real_numbers("X", X), real_numbers("Y", Y)
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or 0 in (*x.shape, *y.shape):
        raise ValueError(f"X and Y must be tables with one row a data point, not of shapes {x.shape} and {y.shape}")
    for name, table in (("X", x), ("Y", y)):
        largest = float(np.abs(table).max())
        if largest and not _SMALLEST <= largest <= _LARGEST:
            raise ValueError(
                f"the largest entry of {name} must lie between {_SMALLEST:g} and {_LARGEST:g}, not be {largest:.3g}; "
                "scale the table: losses scale as the square of Y, and do not depend on the scale of X"
            )
    return x, y


def _widths(widths: Sequence[int]) -> list[int]:
    return [whole_number("a width", n, 1, "widths are n_0, ..., n_H") for n in widths]


def _fitting(widths: Sequence[int], x: Floats, y: Floats) -> list[int]:
    sizes = _widths(widths)
    if len(sizes) < 2 or (sizes[0], sizes[-1]) != (x.shape[1], y.shape[1]):
        raise ValueError(
            f"widths must begin with the {x.shape[1]} columns of X and end with the {y.shape[1]} of Y, not {sizes}"
        )
    return sizes


def _layers(weights: Sequence[ArrayLike], x: Floats, y: Floats) -> list[Floats]:
    layers = [real_numbers("weights", W) for W in weights]
    shapes = [W.shape for W in layers]
    columns = [x.shape[1], *(shape[-1] for shape in shapes if shape)]
    if any(W.ndim != 2 or W.shape[0] != below for W, below in zip(layers, columns, strict=False)):
        raise ValueError(f"weights must be matrices W_1, ..., W_H that follow on X and on each other, not {shapes}")
    _fitting(columns, x, y)
    return layers


def _chosen(chosen: Sequence[int], m: int) -> list[int]:
    picked = [whole_number("a direction", i, 0, "directions are numbered from 0") for i in chosen]
    if len(set(picked)) < len(picked) or max(picked, default=-1) >= m:
        raise ValueError(f"chosen directions must be different numbers below {m}, not {picked}")
    return picked


def _direction(number: int, m: int) -> int:
    direction = whole_number("a direction", number, 0, "directions are numbered from 0")
    if direction >= m:
        raise ValueError(f"spare directions must be numbers below {m}, not {direction}")
    return direction


def sphere_critical_values(s: ArrayLike, norm: float) -> Floats:
    r"""Return the losses, less :math:`|Y|^2/2`, of all critical points with :math:`|w|^2` fixed, ascending.

    For two layers with a hidden width of one and orthonormal inputs, :math:`X^T X = I`. Such points are critical for
    the loss with a ridge, whose strength is the multiplier. Balanced ones pass on half the norm along one
    direction, with either sign: :math:`\rho^2/8 \mp s \rho/2`, two points each. Where a direction's optimum
    :math:`-s^2/2` fits, :math:`2s < \rho`, it is met unbalanced at four points more, with multiplier zero.

    Raises
    ------
    ValueError
        If ``norm`` is not positive, some s is zero (then critical points are not isolated), or a loss is beyond the
        largest float.

    Examples
    --------
    >>> sphere_critical_values([1.0], 4.0).tolist()
    [-0.5, -0.5, -0.5, -0.5, 0.0, 0.0, 4.0, 4.0]
    """
    values, rho = real_numbers("s", s), real_numbers("norm", norm)
    if rho.ndim or rho <= 0 or np.any(values <= 0) or values.ndim != 1:
        raise ValueError(f"norm and all singular values must be positive; given {norm!r} and {s!r}")
    with np.errstate(over="ignore", invalid="ignore"):
        # rho/2 (rho/4 -+ s), the small one of the two without cancellation
        balanced = np.concatenate([rho / 2 * (rho / 4 - values), rho / 2 * (rho / 4 + values)])
    refuse_overflow(balanced, False, "the largest loss", "scale the norm and the singular values down")
    unbalanced = -(values[2 * values < rho] ** 2) / 2
    return np.sort(np.concatenate([np.repeat(balanced, 2), np.repeat(unbalanced, 4)]))
