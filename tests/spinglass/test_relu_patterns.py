"""Critical points of small ReLU networks by enumeration, beside gradients, Hessians, sampling and descents."""

from fractions import Fraction
from functools import lru_cache
from math import comb

import numpy as np
import pytest
from scipy import optimize

from spinglass import enumerate_critical_points
from spinglass.networks import ReLUProblem
from spinglass.networks.curvature import curvature
from spinglass.networks.patterns import realisable_patterns
from spinglass.networks.patterns.rational import dot, exact, solve, strict_solution

SMALL = ReLUProblem([[1, 2], [3, -1], [-2, 1]], [1, -2, 3], hidden=2)
LINE = ReLUProblem([[-2], [1], [3]], [1, -1, 2], hidden=2, biases=True)


@lru_cache
def enumerated(problem):
    return enumerate_critical_points(problem)


@pytest.mark.slow
@pytest.mark.parametrize("problem", [SMALL, LINE])
def test_rows_are_critical_points_with_the_stated_index(problem):
    every = enumerated(problem)
    assert len(every) > 10
    for loss, index, w, v, piece in zip(every.loss, every.index, every.w, every.v, every.pieces, strict=True):
        found = curvature(problem.network(w, v), problem.X, problem.y)  # a mean over the data, not a sum
        points = len(problem.y)
        assert points * found.loss == pytest.approx(loss, abs=1e-12)
        assert problem.loss(w, v) == pytest.approx(loss, abs=1e-12)
        assert float(problem.exact_loss(piece.w, piece.v)) == loss
        assert found.kink_distance > 0
        scale = (1 + np.abs(w).max()) * (1 + np.abs(v).max())
        assert np.abs(found.gradient).max() < 1e-12 * scale * np.abs(problem.X).max()
        eigenvalues = found.spectrum()
        assert (eigenvalues < -1e-9 * max(1, np.abs(eigenvalues).max())).sum() == index
        active = problem.X @ w.T > 0
        patterns = [pattern for pattern, _ in piece.used] + list(piece.unused)
        assert [tuple(column) for column in active.T[: len(patterns)].tolist()] == patterns
        assert not active[:, len(patterns) :].any()


def ends_of_descents(problem, starts, seed):
    """Return losses where L-BFGS from random weights ends, with the kink distance of the end."""
    rng, k, d = np.random.default_rng(seed), problem.hidden, problem.X.shape[1]

    def loss(row):
        w, v = row[: k * d].reshape(k, d), row[k * d :]
        units = np.maximum(problem.X @ w.T, 0)
        r = units @ v - problem.y
        into = ((r[:, None] * (units > 0)).T @ problem.X) * v[:, None]
        return r @ r / 2, np.concatenate([into.ravel(), units.T @ r])

    for _ in range(starts):
        end = optimize.minimize(
            loss, 2 * rng.standard_normal(k * (d + 1)), jac=True, method="L-BFGS-B", options={"ftol": 0, "gtol": 1e-9}
        )
        net = problem.network(end.x[: k * d].reshape(k, d), end.x[k * d :])
        yield end.fun, np.abs(end.jac).max(), curvature(net, problem.X, problem.y).kink_distance


@pytest.mark.parametrize("problem", [SMALL, LINE])
def test_smooth_ends_of_descents_are_among_the_local_minima(problem):
    every = enumerated(problem)
    minima = np.unique(every.loss[every.index == 0])
    met = 0
    for loss, slope, kink in ends_of_descents(problem, 25, 0):
        assert loss > every.global_loss - 1e-9
        if slope < 1e-7 and kink > 1e-3:
            assert np.abs(minima - loss).min() < 1e-8
            met += 1
    assert met > 8


def test_spurious_minima_of_one_unit_by_hand():
    # One unit on two points of opposite sides fits one of them; the other contributes its square.
    every = enumerate_critical_points(ReLUProblem([[1.0], [-1.0]], [1.0, 2.0], hidden=1))
    assert every.to_frame()[["loss", "used", "spurious"]].to_numpy().tolist() == [
        [0.5, "+01", False],
        [2.0, "+10", True],
    ]
    assert every.global_loss == 0.5
    two = enumerate_critical_points(ReLUProblem([[1.0], [-1.0]], [1.0, 2.0], hidden=2))
    best = two.to_frame().iloc[0]
    assert (best["loss"], best["index"], best["spurious"]) == (0, 0, False)
    # In one dimension w.g = 0 contradicts w x > 0, unless g = 0; so no row has a negative eigenvalue.
    assert two.counts.tolist() == [len(two), 0, 0]
    assert two.spurious.sum() == len(two) - 1


def test_a_dead_unit_makes_a_plateau_a_spurious_minimum():
    every = enumerate_critical_points(ReLUProblem([[1, 1], [2, 1]], [1, 3], hidden=1))
    dead = every.to_frame().query("dead == 1")
    assert dead[["loss", "index", "spurious"]].to_numpy().tolist() == [[5.0, 0, True]]
    assert every.global_loss == 0.0


@pytest.mark.slow
def test_kinks_may_hold_the_global_minimum():
    # With one unit, targets 1 and -1 on one side: the best of v relu(w x) on x = 1, 2 is smooth, but with a point at
    # x = -1 and target 0.5 nothing lies below the smooth minimum that fits it alone or the other two.
    problem = ReLUProblem([[1.0], [2.0], [-1.0]], [1.0, -1.0, 0.5], hidden=1)
    every = enumerate_critical_points(problem)
    grid = [problem.loss([[w]], [v]) for w in (-1, 1) for v in np.linspace(-3, 3, 2001)]
    assert every.global_loss == pytest.approx(min(grid), abs=1e-5)
    # max(0, -) targets: a unit must vanish on the second point, which happens at the kink only.
    kinked = ReLUProblem([[1.0, 0.0], [1.0, 1.0]], [1.0, -1.0], hidden=1)
    lowest = enumerate_critical_points(kinked)
    assert lowest.global_loss == pytest.approx(0.5, abs=1e-9)  # fits one point and misses the other by its target
    angles, outs = np.linspace(0, 2 * np.pi, 181), np.linspace(-9, 9, 91)
    free = min(kinked.loss([[np.cos(a), np.sin(a)]], [v]) for a in angles for v in outs)
    assert lowest.global_loss <= free + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize(("points", "inputs"), [(3, 2), (5, 2), (5, 3), (6, 3), (4, 4)])
def test_patterns_are_as_many_as_covers_theorem_says(points, inputs):
    X = np.random.default_rng(points).integers(-99, 100, (points, inputs)) + 0.5
    found = realisable_patterns(exact(X))
    assert len(found) == 2 * sum(comb(points - 1, i) for i in range(inputs))  # for points in general position
    for pattern, w in found.items():
        assert [dot(w, x) > 0 for x in exact(X)] == list(pattern)
    drawn = {tuple((X @ w > 0).tolist()) for w in np.random.default_rng(0).standard_normal((2000, inputs))}
    assert drawn <= found.keys()


@pytest.mark.slow
def test_strict_inequalities_by_linear_programs():
    rng = np.random.default_rng(1)
    answers = []
    for _ in range(100):
        A, c = rng.integers(-3, 4, (6, 3)), rng.integers(-4, 3, 6)
        rows = [([Fraction(int(x)) for x in a], Fraction(int(b))) for a, b in zip(A, c, strict=True)]
        z = strict_solution(rows, 3)
        # The largest margin t of A z + c >= t, for |z| <= 1e4, decides; margins of integers are 0 or not tiny.
        margin = optimize.linprog(
            [0, 0, 0, -1.0],
            A_ub=np.hstack([-A, np.ones((6, 1))]),
            b_ub=c,
            bounds=[(-1e4, 1e4)] * 3 + [(None, 1)],
        )
        assert (z is not None) == (margin.x[-1] > 1e-7)
        answers.append(z is not None)
        if z is not None:
            assert all(dot(a, z) + b > 0 for a, b in rows)
    assert 10 < sum(answers) < 90


def test_linear_systems_are_solved_exactly():
    rng = np.random.default_rng(2)
    for _ in range(50):
        A = exact(rng.integers(-2, 3, (3, 4)))
        b = [Fraction(int(x)) for x in rng.integers(-2, 3, 3)]
        found = solve(A, b)
        rank = np.linalg.matrix_rank(np.array(A, dtype=float))
        solvable = rank == np.linalg.matrix_rank(np.hstack([np.array(A, float), np.array([b], float).T]))
        assert (found is not None) == solvable
        if found is not None:
            assert [dot(row, found[0]) for row in A] == b
            assert len(found[1]) == 4 - rank
            assert all(dot(row, vector) == 0 for row in A for vector in found[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0]], [1.0, 2.0], 1), "y must be 1 finite numbers"),
        (([[1.0]] * 9, [1.0] * 9, 1), "at most 8 data points, 4 inputs .* and 4 hidden units; given 9, 1 and 1"),
        (([[1.0]], [1.0], 0), "hidden must be a whole number"),
        (([[np.nan]], [1.0], 1), "inputs must be finite"),
        ((3.0, [1.0], 1), "inputs must be real numbers"),
    ],
)
def test_bad_problems(arguments, message):
    with pytest.raises(ValueError, match=message):
        ReLUProblem(*arguments)


def test_options_of_the_homotopy_are_refused():
    with pytest.raises(ValueError, match="the enumeration of a ReLUProblem has no options"):
        enumerate_critical_points(SMALL, certify="all")
    with pytest.raises(TypeError, match="needs one of SphericalSpinGlass, LinearProblem, ReLUProblem, not int"):
        enumerate_critical_points(3)


def test_a_data_point_at_zero_adds_a_constant():
    with_zero = enumerated(ReLUProblem([[0.0, 0.0], [1.0, 2.0], [3.0, -1.0]], [2.0, 1.0, -2.0], hidden=1))
    without = enumerated(ReLUProblem([[1.0, 2.0], [3.0, -1.0]], [1.0, -2.0], hidden=1))
    assert np.array_equal(with_zero.loss, without.loss + 2.0)  # y^2/2 of the point at 0
    assert np.array_equal(with_zero.index, without.index)
    assert with_zero.global_loss == without.global_loss + 2.0
    assert with_zero.problem.loss(with_zero.w[0], with_zero.v[0]) == pytest.approx(with_zero.loss[0], rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("unit", [2.0**-24, 2.0**24])
def test_the_units_of_inputs_and_targets_do_not_matter(unit):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((4, 2)), rng.standard_normal(4)
    every = enumerated(ReLUProblem(X, y, hidden=1))
    for scaled in (ReLUProblem(X, unit * y, hidden=1), ReLUProblem(unit * X, unit * y, hidden=1)):
        other = enumerated(scaled)
        assert other.global_loss / unit**2 == pytest.approx(every.global_loss, rel=1e-9)
        assert np.array_equal(other.spurious, every.spurious)
