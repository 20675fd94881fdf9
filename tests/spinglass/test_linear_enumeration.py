"""All critical values of deep linear networks, beside theory and descents."""

import numpy as np
import pytest
from scipy import optimize

from spinglass import enumerate_critical_points
from spinglass.networks import LinearProblem
from theory.networks.linear import critical_loss, critical_values, global_loss
from theory.networks.linear_saddles import critical_kind, saddle_index


def problem(widths, seed=0, points=8):
    rng = np.random.default_rng(seed)
    return LinearProblem(rng.standard_normal((points, widths[0])), rng.standard_normal((points, widths[-1])), widths)


@pytest.mark.parametrize("widths", [(3, 2), (3, 2, 3), (2, 4, 3), (3, 2, 3, 2), (2, 2, 3, 2, 2)])
def test_losses_kinds_and_indices_are_those_of_theory(widths):
    case = problem(widths)
    every = enumerate_critical_points(case)
    assert every.complete
    assert every.loss[0] == pytest.approx(global_loss(case.X, case.Y, widths), rel=1e-12)
    assert (np.diff(every.loss) > 0).all()
    s = np.linalg.svd(case.X @ np.linalg.lstsq(case.X, case.Y, rcond=None)[0], compute_uv=False)
    s = s[: min(widths[0], widths[-1])]
    if len(widths) == 2:
        assert len(every) == 1
        return
    assert len(every) == critical_values(case.X, case.Y, widths)
    for row, fitted in enumerate(every.fitted):
        assert every.loss[row] == pytest.approx(critical_loss(case.X, case.Y, fitted), rel=1e-12)
        assert every.index[row] == saddle_index(s, widths, fitted)
        weights = case.layers(every.weights[row])
        assert np.abs(case.gradient(every.weights[row])).max() < 1e-11
        assert critical_kind(case.X, case.Y, weights) == every.kind[row]
        highest = case.layers(every.highest_weights[row])
        assert np.abs(case.gradient(every.highest_weights[row])).max() < 1e-11
        if every.highest_index[row] > every.index[row]:
            assert critical_kind(case.X, case.Y, highest) == "strict saddle"
    assert every.kind.tolist().count("global minimum") == 1


def test_deep_networks_have_saddles_without_negative_curvature():
    kinds = {H: enumerate_critical_points(problem((2,) * (H + 1))).to_frame().set_index("fitted") for H in (2, 3)}
    assert kinds[2].loc[[()]]["kind"].tolist() == ["strict saddle"]
    flat = kinds[3].loc[[()]].iloc[0]
    assert (flat["kind"], flat["index"]) == ("flat saddle", 0)
    assert flat["highest_index"] > 0  # units that carry a signal up to two neighbouring layers


@pytest.mark.slow
def test_descents_end_at_critical_values():
    case = problem((3, 2, 2, 3), seed=1)
    every = enumerate_critical_points(case)
    rng = np.random.default_rng(0)
    for _ in range(10):
        end = optimize.minimize(
            case.loss_and_gradient, rng.standard_normal(case.size), jac=True, options={"gtol": 1e-8}
        )
        # The optimiser stops at gradients of about 1e-3 where it loses precision, along flat directions.
        assert np.abs(every.loss - end.fun).min() < 1e-5


@pytest.mark.slow
def test_degenerate_data_are_reported():
    X = np.random.default_rng(0).standard_normal((6, 2))
    deficient = enumerate_critical_points(LinearProblem(np.hstack([X, X[:, :1]]), X, (3, 2, 2)))
    assert not deficient.complete
    assert "full column rank" in deficient.reason
    equal = enumerate_critical_points(LinearProblem(np.eye(2), 3 * np.eye(2), (2, 2, 2)))
    assert not equal.complete
    assert "two singular values are equal" in repr(equal)
    with pytest.raises(ValueError, match="sets of directions, more than"):
        enumerate_critical_points(LinearProblem(np.eye(20), np.diag(np.arange(1.0, 21)), (20, 20, 20)))


@pytest.mark.parametrize("widths", [(3, 2, 3), (2, 4, 3), (3, 2, 3, 2), (2, 3, 3, 2), (2, 2, 3, 2, 2)])
def test_indices_are_the_numbers_of_negative_eigenvalues(widths):
    case = problem(widths)
    every = enumerate_critical_points(case)
    for index, weights in ((every.index, every.weights), (every.highest_index, every.highest_weights)):
        values = np.array([np.linalg.eigvalsh(case.hessian(row)) for row in weights])
        # Zero modes are rounding errors of 1e-15; the other eigenvalues of these cases are above 1e-3.
        assert np.array_equal((values < -1e-9).sum(axis=1), index)


def test_indices_do_not_depend_on_the_scale_of_an_input():
    case = problem((2, 2, 2), points=20)
    every = enumerate_critical_points(case)
    for scale in (1e-5, 1e5):  # only reparametrises the first layer
        other = enumerate_critical_points(LinearProblem(case.X * [1, scale], case.Y, case.widths))
        assert np.array_equal(other.index, every.index)


def test_every_saddle_of_two_layers_is_strict_however_small_a_singular_value_is():
    every = enumerate_critical_points(LinearProblem(np.eye(2), np.diag([1, 1e-9]), (2, 2, 2)))
    assert dict(zip(every.fitted, every.index.tolist(), strict=True)) == {(0, 1): 0, (0,): 1, (1,): 2, (): 4}
    assert "flat saddle" not in every.kind
