"""Deep linear networks: derivatives, critical points and optima by other routes."""

from itertools import pairwise

import numpy as np
import pytest

from spinglass.networks.curvature import curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.linear import LinearProblem, critical_point, directions, optimum


def problem(widths=(3, 4, 2, 3), points=6, seed=0, rank=None):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((points, widths[0]))
    if rank is not None:
        X = X[:, :rank] @ rng.standard_normal((rank, widths[0]))
    return LinearProblem(X, rng.standard_normal((points, widths[-1])), widths)


@pytest.mark.parametrize("widths", [(3, 2), (3, 4, 2), (3, 4, 2, 3), (2, 1, 3, 1, 2), (1, 1, 1)])
def test_derivatives_are_those_of_the_layered_network(widths):
    # The general recursion, with identity activations; its loss is a mean and not a sum.
    case = problem(widths)
    weights = case.random_weights(1)
    found = curvature(LayeredNetwork(case.layers(weights), None, "linear"), case.X, case.Y)
    assert case.loss(weights) == pytest.approx(6 * found.loss, rel=1e-13)
    assert np.allclose(case.gradient(weights), 6 * found.gradient, rtol=0, atol=1e-12)
    assert np.allclose(case.hessian(weights), 6 * found.hessian(), rtol=0, atol=1e-12)
    assert np.array_equal(case.hessian(weights), case.hessian(weights).T)


def test_weights_as_a_list_or_in_a_row():
    case = problem()
    row = case.random_weights(2)
    assert np.array_equal(np.concatenate([W.ravel() for W in case.layers(row)]), row)
    assert case.loss(case.layers(row)) == case.loss(row)


@pytest.mark.parametrize("rank", [None, 2, 1])
@pytest.mark.parametrize("widths", [(3, 2, 3), (3, 4, 3), (3, 1, 4, 3), (3, 5, 5, 5, 2), (3, 2)])
def test_the_optimum_is_balanced_critical_and_not_beaten(widths, rank):
    case = problem(widths, points=7, rank=rank)
    best = optimum(case)
    for W, after in pairwise(best):
        assert np.allclose(W.T @ W, after @ after.T, atol=1e-12)
    row = np.concatenate([W.ravel() for W in best])
    assert np.abs(case.gradient(row)).max() < 1e-12 * np.abs(case.X).max() * np.abs(case.Y).max() * 100
    # Least squares without a constraint on the rank is a lower bound, and equal where nothing constrains.
    X, Y = case.X, case.Y
    residual = np.sum((X @ np.linalg.lstsq(X, Y, rcond=None)[0] - Y) ** 2) / 2
    narrow = min(widths) < len(directions(case).s)
    assert case.loss(best) > residual + 1e-6 if narrow else case.loss(best) == pytest.approx(residual, rel=1e-12)
    # No nearby point of any of 200 directions is better.
    rng = np.random.default_rng(3)
    near = [case.loss(row + 1e-3 * rng.standard_normal(case.size)) for _ in range(200)]
    assert min(near) > case.loss(best) - 1e-14


def test_reduced_rank_regression_by_alternating_least_squares():
    case = problem((4, 2, 5), points=9, seed=4)
    rng = np.random.default_rng(0)
    X, Y, W1 = case.X, case.Y, rng.standard_normal((4, 2))
    for _ in range(500):
        W2 = np.linalg.lstsq(X @ W1, Y, rcond=None)[0]
        W1 = np.linalg.lstsq(X, Y @ np.linalg.pinv(W2), rcond=None)[0]
    assert case.loss([W1, W2]) == pytest.approx(case.loss(optimum(case)), rel=1e-9)  # linear convergence, 500 rounds


def test_directions_rebuild_the_least_squares_prediction():
    case = problem((4, 4), points=5, seed=5, rank=2)
    found = directions(case)
    assert len(found.s) == 2
    prediction = case.X @ found.inputs @ np.diag(found.s) @ found.outputs
    assert np.allclose(prediction, case.X @ np.linalg.lstsq(case.X, case.Y, rcond=1e-12)[0], atol=1e-12)
    assert np.allclose((case.X @ found.inputs).T @ (case.X @ found.inputs), np.eye(2), atol=1e-12)


def test_zero_is_flat_from_three_layers_on():
    for widths in ((2, 2, 2), (2, 3, 3, 2), (2, 1, 1, 1, 2)):
        case = problem(widths)
        hessian = case.hessian(np.zeros(case.size))
        assert not case.gradient(np.zeros(case.size)).any()
        if len(widths) > 3:
            assert not hessian.any()
        else:
            # The form 2 <-X^T Y, V_1 V_2> reaches minus the largest singular value of X^T Y.
            low = np.linalg.eigvalsh(hessian)[0]
            assert low == pytest.approx(-np.linalg.norm(case.X.T @ case.Y, 2), rel=1e-12)


def test_spare_units_keep_the_point_critical():
    case = problem((3, 3, 3, 3, 3), seed=6)
    row = np.concatenate([W.ravel() for W in critical_point(case, [1], [(0, 2)], cut=(2, 4))])
    assert np.abs(case.gradient(row)).max() < 1e-12
    assert case.loss(row) == pytest.approx(case.loss(critical_point(case, [1])), rel=1e-12)


@pytest.mark.parametrize(
    ("X", "Y", "widths", "message"),
    [
        (np.ones((4, 2)), np.ones((3, 2)), (2, 2), r"Y must be real numbers of shape \(4, 2\)"),
        (np.ones((4, 2)), np.ones((4, 2)), (2, 0, 2), "a width must be a whole number of at least 1, not 0"),
        (np.full((4, 2), np.nan), np.ones((4, 2)), (2, 2), "inputs must be finite"),
        (np.ones((4, 2)), np.full((4, 2), np.inf), (2, 2), "Y must be finite; 8"),
        (np.ones((4, 3)), np.ones((4, 2)), (2, 2), r"shape \(M, 2\)"),
        (np.ones((4, 2)), np.ones((4, 2)), (2,), "widths must be n_0, ..., n_H"),
    ],
)
def test_bad_problems(X, Y, widths, message):
    with pytest.raises(ValueError, match=message):
        LinearProblem(X, Y, widths)


def test_bad_weights_and_directions():
    case = problem((3, 2, 3))
    with pytest.raises(ValueError, match="a vector of weights must have 12 numbers"):
        case.loss(np.zeros(5))
    with pytest.raises(ValueError, match="weights must have shapes"):
        case.loss([np.zeros((2, 2)), np.zeros((2, 3))])
    with pytest.raises(ValueError, match="weights must be finite"):
        case.loss(np.full(12, np.nan))
    for arguments, message in (
        (([0, 0],), "must differ"),
        (([5],), "there is no 5"),
        (([0, 1, 2],), "do not fit the widths"),
        (([0], [(1, 1)], (1,)), "at least two of the layers"),
        (([0], [(0, 1)]), "must differ from the chosen ones"),
    ):
        with pytest.raises(ValueError, match=message):
            critical_point(case, *arguments)
    with pytest.raises(ValueError, match="one layer alone"):
        critical_point(problem((3, 3)), [0])


def test_one_data_point_and_no_signal():
    one = LinearProblem([[1.0, 2.0]], [[3.0]], (2, 1, 1))
    assert one.loss(optimum(one)) == pytest.approx(0, abs=1e-28)
    silent = LinearProblem(np.zeros((3, 2)), np.ones((3, 1)), (2, 2, 1))
    assert silent.loss(optimum(silent)) == 1.5
    assert not any(W.any() for W in optimum(silent))


def test_huge_weights_are_silent():
    case = LinearProblem([[1.0]], [[1.0]], (1, 1, 1))
    assert case.loss(np.array([1e200, 1e200])) == np.inf  # warnings are errors here
    assert not np.isfinite(case.gradient(np.array([1e200, 1e200]))).all()
    assert not np.isfinite(case.hessian(np.array([1e200, 1e200]))).all()


@pytest.mark.parametrize("weights", [1.0, np.array(3.0), None])
def test_weights_must_be_matrices_or_a_vector(weights):
    with pytest.raises(ValueError, match="must be a list of matrices of shapes"):
        LinearProblem(np.eye(2), np.eye(2), (2, 3, 2)).loss(weights)
