"""Critical values, indices and strictness against matrices written out and eigenvalues; bounds against examples."""

import math
from itertools import combinations, pairwise, permutations

import numpy as np
import pytest

from theory.networks.linear import (
    critical_loss,
    critical_values,
    global_loss,
    singular_values,
)
from theory.networks.linear_resnets import gradient_constant, norm_bound, norm_floor
from theory.networks.linear_saddles import critical_kind, saddle_index


def diagonal_point(s, H, width, chosen, spare=(), cut=None):
    """Weights for X = 1, Y = diag(s): diagonal layers, written out without the simulation's code."""
    cut = set(range(1, H + 1)) if cut is None else set(cut)
    m = len(s)
    sizes = [m] + [width] * (H - 1) + [m]
    layers = [np.zeros((a, b)) for a, b in pairwise(sizes)]
    for unit, a in enumerate(chosen):
        for layer, W in enumerate(layers, 1):
            W[a if layer == 1 else unit, a if layer == H else unit] = s[a] ** (1 / H)
    for unit, (source, target) in enumerate(spare, len(chosen)):
        for layer, W in enumerate(layers, 1):
            if layer not in cut:
                W[source if layer == 1 else unit, target if layer == H else unit] = 1.0
    return layers


def numerical_index(s, layers):
    """Negative eigenvalues of second differences of the loss, exact up to terms of the fourth order."""
    shapes, ends = [W.shape for W in layers], np.cumsum([0, *(W.size for W in layers)])

    def gradient(theta):
        W = [theta[a:b].reshape(shape) for a, b, shape in zip(ends[:-1], ends[1:], shapes, strict=True)]
        below = [np.eye(len(s))]
        for layer in W:
            below.append(below[-1] @ layer)
        slope, parts = below[-1] - np.diag(s), []
        for layer, P in zip(W[::-1], below[-2::-1], strict=True):
            parts.append((P.T @ slope).ravel())
            slope = slope @ layer.T
        return np.concatenate(parts[::-1])

    theta = np.concatenate([W.ravel() for W in layers])
    assert np.abs(gradient(theta)).max() < 1e-12
    step = 1e-5
    hessian = np.array(
        [(gradient(theta + step * e) - gradient(theta - step * e)) / (2 * step) for e in np.eye(theta.size)]
    )
    return int(np.sum(np.linalg.eigvalsh((hessian + hessian.T) / 2) < -1e-6))


def cases():
    for H in (2, 3, 4, 5):
        for k in (0, 1, 2):
            for chosen in combinations(range(3), k):
                yield H, chosen, (), None
                rest = [q for q in range(3) if q not in chosen]
                for (a, b), cut in zip(permutations(rest * 2, 2), combinations(range(1, H + 1), 2), strict=False):
                    yield H, chosen, ((a, b),), cut
                if H > 2:
                    yield H, chosen, ((rest[0], rest[0]),), (1, H - 1, H)
                    yield H, chosen, ((rest[0], rest[0]),), (1, H)


@pytest.mark.parametrize(("H", "chosen", "spare", "cut"), list(cases()))
def test_index_and_kind_against_eigenvalues(H, chosen, spare, cut):
    s, width = (3.0, 2.0, 1.0), 3
    layers = diagonal_point(s, H, width, chosen, spare, cut)
    index = numerical_index(s, layers)
    assert saddle_index(s, (3, *[width] * (H - 1), 3), chosen, spare, cut) == index
    kind = critical_kind(np.eye(3), np.diag(s), layers)
    assert (kind == "strict saddle") == (index > 0)


def test_ranks_above_k_of_the_partial_products_are_not_enough():
    # Four layers, nothing passed on, the middle two cut. All of W_4, the (empty) middle and W_1 have rank above 0, but
    # the one input direction that gets in is not correlated with the one output direction that gets out.
    s = (3.0, 2.0, 1.0)
    apart = diagonal_point(s, 4, 3, (), [(0, 1)], cut=(2, 3))
    together = diagonal_point(s, 4, 3, (), [(0, 0)], cut=(2, 3))
    assert numerical_index(s, apart) == 0
    assert critical_kind(np.eye(3), np.diag(s), apart) == "flat saddle"
    assert numerical_index(s, together) > 0
    assert critical_kind(np.eye(3), np.diag(s), together) == "strict saddle"
    # It is a saddle all the same: the loss falls along a curve, to a higher order.
    fallen = [W.copy() for W in apart]
    fallen[0][1, 1] = fallen[1][1, 1] = fallen[2][1, 0] = fallen[3][0, 1] = 0.1
    loss = lambda W: np.sum((np.linalg.multi_dot(W) - np.diag(s)) ** 2) / 2  # noqa: E731
    assert loss(fallen) < loss(apart) - 1e-4


def test_spare_pairs_fill_the_narrowest_layer():
    s, spare, cut = (3.0, 2.0, 1.0), [(1, 1)], (1, 3)
    assert saddle_index(s, (3, 2, 2, 3), [0], spare, cut) == numerical_index(
        s, diagonal_point(s, 3, 2, [0], spare, cut)
    )
    # One spare pair more would need a third unit.
    with pytest.raises(ValueError, match="do not fit the hidden widths"):
        saddle_index(s, (3, 2, 2, 3), [0], [*spare, (2, 2)], cut)


def test_the_optimum_is_recognised():
    for H in (2, 3):
        layers = diagonal_point((3.0, 2.0, 1.0), H, 2, (0, 1))
        assert critical_kind(np.eye(3), np.diag([3.0, 2.0, 1.0]), layers) == "global minimum"


def test_global_loss_by_the_published_eigenvalues():
    rng = np.random.default_rng(0)
    for rank in (4, 2):
        X = rng.standard_normal((9, rank)) @ rng.standard_normal((rank, 4))
        Y = rng.standard_normal((9, 3))
        matrix = Y.T @ X @ np.linalg.pinv(X.T @ X, rcond=1e-10) @ X.T @ Y
        eigenvalues = np.sort(np.linalg.eigvalsh(matrix))[::-1]
        assert np.allclose(singular_values(X, Y) ** 2, eigenvalues[: min(rank, 3)], rtol=1e-10)
        for r in (1, 2, 3):
            expected = (np.sum(Y**2) - eigenvalues[:r].clip(0).sum()) / 2
            assert global_loss(X, Y, (4, r, 5, 3)) == pytest.approx(expected, rel=1e-10)


def test_critical_values_are_counted():
    X, Y = np.eye(4), np.diag([4.0, 3.0, 2.0, 0.0])
    for r in (1, 2, 3, 4):
        losses = {critical_loss(X, Y, S) for k in range(min(r, 3) + 1) for S in combinations(range(3), k)}
        assert critical_values(X, Y, (4, r, 4)) == len(losses)


def test_constant_is_reached():
    # A_i = -tau I, one input: f = ((1 - tau)^l - R)^2, each derivative 2 (1 - tau)^(l-1) ((1 - tau)^l - R).
    layers, tau, R = 5, 0.3, 2.0
    excess = (0.7**layers - R) ** 2
    square = layers * (2 * 0.7 ** (layers - 1) * (0.7**layers - R)) ** 2
    assert square == pytest.approx(gradient_constant(layers, tau, 1.0) * excess, rel=1e-12)


def test_bounds_on_norms():
    for gamma in (0.0, 0.5, 4.0):
        layers = 10**6
        assert norm_bound(layers, gamma) * layers == pytest.approx(math.pi + (math.e - 1) * gamma, rel=1e-5)
        assert norm_floor(layers, gamma) * layers == pytest.approx(gamma, rel=1e-4)
        assert norm_bound(layers, gamma) < (4 * math.pi + 3 * gamma) / layers
    assert norm_bound(1, 0.0) == math.inf
    assert norm_bound(2, 0.0) == math.inf  # pi is above e - 1


def test_bad_input():
    with pytest.raises(ValueError, match="one row per data point"):
        singular_values(np.ones((3, 2)), np.ones((2, 2)))
    with pytest.raises(ValueError, match="X must be finite"):
        singular_values([[np.nan]], [[1.0]])
    with pytest.raises(ValueError, match="different numbers below 2"):
        critical_loss(np.eye(2), np.diag([2.0, 1.0]), [2])
    with pytest.raises(ValueError, match="a width must be at least 1"):
        global_loss(np.eye(2), np.eye(2), (2, 0, 2))
    with pytest.raises(ValueError, match=r"at least two of the layers 1..2"):
        saddle_index([1.0], (1, 1, 1), [], cut=[1])
    with pytest.raises(ValueError, match="must differ from the chosen ones"):
        saddle_index([2.0, 1.0], (2, 3, 3, 3, 2), [0], [(0, 0)], [2, 3])
    with pytest.raises(ValueError, match="do not fit the hidden widths"):
        saddle_index([3.0, 2.0, 1.0], (3, 1, 1, 3), [0], [(1, 1)], [1, 3])
    with pytest.raises(ValueError, match="tau must lie in"):
        gradient_constant(3, 1.0, 1.0)
    with pytest.raises(ValueError, match="gamma is the largest"):
        norm_bound(3, -1.0)


def test_widths_and_weights_must_fit_the_data():
    X, Y = np.eye(3, 2), np.eye(3)
    for function in (global_loss, critical_values):
        for widths in ((3, 1, 3), (2, 1, 2), (2,), ()):
            with pytest.raises(ValueError, match="begin with the 2 columns of X and end with the 3 of Y"):
                function(X, Y, widths)
    with pytest.raises(ValueError, match="can be multiplied"):
        critical_kind(X, Y, [np.ones((2, 4)), np.ones((3, 3))])
    with pytest.raises(ValueError, match="end with the 3 of Y"):
        critical_kind(X, Y, [np.ones((2, 4)), np.ones((4, 2))])
