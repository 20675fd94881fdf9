"""Certificates hold for solutions and fail for what is not one; two arithmetics agree."""

import numpy as np
import pytest
from flint import acb, ctx

from spinglass import SphericalSpinGlass
from spinglass.critical_points import certification, enumerate_critical_points, homotopy
from spinglass.critical_points.ball_arithmetic import ExactSystem
from spinglass.critical_points.certification import Boxes, apart, boxes, surely_not_real
from spinglass.critical_points.projective import split
from spinglass.critical_points.system import model

MODELS = [
    (4, {3: 1.0}),
    (6, {3: 1.0}),
    (3, {4: 1.0}),
    (3, {5: 1.0}),
    (4, {2: 1.0}),
    (3, {1: 0.5, 3: 1.0}),
    (3, {2: 1.0, 4: 0.5}),
    (3, {1: 0.5}),
    (3, {1: 0.5, 2: 1.0}),
]


def solved(n, weights, seed=0):
    """Model, system and all solutions of a sample, those of linear algebra from a run of the whole."""
    terms = model(SphericalSpinGlass.mixed(n, weights, seed))
    system = terms.system()
    if max(weights) > 2:
        sheets = 2 if system.mixed else 1
        paths = homotopy.Homotopy(system, sheets, 0)
        return terms, system, split(system, paths.follow(np.arange(paths.paths), homotopy._CAREFUL).points)
    x = enumerate_critical_points(terms.glass).x / np.sqrt(n)
    real = np.column_stack([x, np.ones(len(x))]) / np.sqrt(2) if system.mixed else x[::2]
    return terms, system, split(system, real.astype(complex))


@pytest.mark.slow
@pytest.mark.parametrize(("n", "weights"), MODELS)
def test_boxes_hold_the_solutions_of_exact_arithmetic(n, weights):
    terms, system, (real, others, *_) = solved(n, weights)
    exact = ExactSystem(n, terms.packed, terms.weights)
    for points in (real.astype(complex), others):
        found = boxes(system, points)
        assert found.proven.all()
        assert found.radius.max(initial=0) < 1e-10
        for centre, radius, point in zip(found.points, found.radius, points, strict=True):
            true, narrow = exact.prove(point)
            assert narrow < 1e-14
            # The two fix the scale in their own way, which moves X along itself.
            true = true / (true @ centre.conj()) * (centre @ centre.conj())
            assert np.abs(true - centre).max() <= radius + narrow
    assert surely_not_real(boxes(system, others)).all()
    assert not surely_not_real(boxes(system, real.astype(complex))).any()


def test_rounding_bounds_cover_the_true_errors():
    """Left sides and their derivatives in floating point, against 300 bits."""
    _, system, (real, others, *_) = solved(6, {3: 1.0})
    n, J = 6, system.tensor
    for X in (real, others):
        eigenvalue = system.rayleigh(X)
        residual, jacobian = system.residual_and_jacobian(X, eigenvalue, X.conj())
        of_residual, of_jacobian = certification.rounding(system, np.abs(eigenvalue))
        # Some thousand times the true errors would prove nothing any more, and less than them proves too much.
        assert of_residual.max() < 1e-12
        with ctx.workprec(300):
            for row in range(0, len(X), 5):
                x, value = [acb(z.real, z.imag) for z in X[row].astype(complex)], complex(eigenvalue[row])
                for i in range(n):
                    level = [sum((acb(J[i, j, k]) * x[k] for k in range(n)), acb(0)) for j in range(n)]
                    shift = acb(value.real, value.imag)
                    true = sum((level[j] * x[j] for j in range(n)), -shift * x[i])
                    assert abs(complex(true - exactly(residual[row, i]))) <= of_residual[row, i]
                    errors = [2 * level[j] - (shift if i == j else 0) - exactly(jacobian[row, i, j]) for j in range(n)]
                    assert sum(abs(complex(error)) for error in errors) <= of_jacobian[row, i]


def exactly(number):
    return acb(complex(number).real, complex(number).imag)


@pytest.mark.parametrize("off", [1e-12, 1e-9, 1e-7])
def test_boxes_around_points_that_are_off_still_reach_the_solution(off):
    _, system, (real, *_) = solved(5, {3: 1.0})
    rng = np.random.default_rng(0)
    away = rng.standard_normal(real.shape)
    away -= (away * real).sum(1)[:, None] * real
    moved = real + off * away / np.linalg.norm(away, axis=1)[:, None]
    eigenvalue = system.rayleigh(moved)
    radius = certification.radius_around(
        system, np.abs(eigenvalue), *system.residual_and_jacobian(moved, eigenvalue, real)
    )
    assert np.isfinite(radius).any()
    assert (radius >= np.abs(moved - real).max(axis=1)).all()


def test_a_bad_inverse_proves_nothing(monkeypatch):
    _, system, (real, *_) = solved(5, {3: 1.0})
    true_inverses = certification.inverses
    monkeypatch.setattr(certification, "inverses", lambda matrices: 1.7 * true_inverses(matrices))
    assert not boxes(system, real.astype(complex)).proven.any()


@pytest.mark.parametrize(("n", "weights"), [(4, {3: 1.0}), (3, {1: 0.5, 3: 1.0})])
def test_no_box_is_proven_where_there_is_no_solution(n, weights):
    terms, system, (real, *_) = solved(n, weights)
    exact = ExactSystem(n, terms.packed, terms.weights)
    rng = np.random.default_rng(0)
    far = rng.standard_normal((50, system.variables)) + 1j * rng.standard_normal((50, system.variables))
    far /= np.linalg.norm(far, axis=1)[:, None]
    assert not boxes(system, far).proven.any()
    near = real + 1e-3 * rng.standard_normal(real.shape)
    near /= np.linalg.norm(near, axis=1)[:, None]
    assert not boxes(system, near.astype(complex)).proven.any()
    for point in far[:10]:  # ball arithmetic refines first, but does not wander off to a solution elsewhere
        assert exact.prove(point)[1] == np.inf


def test_degenerate_solutions_are_not_proven():
    """x^3 + (3/2) x y^2 has triple solutions at y = 0."""
    glass = SphericalSpinGlass(2, {3: 1.0}, {3: np.array([0.0, 1.0, 1.5, 0.0])})
    assert glass.energy([1.0, 0.0]) == pytest.approx(1 / 2)
    terms = model(glass)
    point = np.array([[1.0 + 0j, 0.0]])
    assert not boxes(terms.system(), point).proven.any()
    assert ExactSystem(2, terms.packed, terms.weights).prove(point[0])[1] == np.inf


def test_a_box_never_holds_a_second_solution():
    """x^3 + (3/2 + e) x y^2 has solutions at y = 0 and, beside it, at y^2 = 2e/(3/2 + 3e) of |x|^2 + |y|^2 = 1."""
    for e in np.logspace(-13, -1, 25):
        terms = model(SphericalSpinGlass(2, {3: 1.0}, {3: np.array([0.0, 1.0, 1.5 + e, 0.0])}))
        found = boxes(terms.system(), np.array([[1.0 + 0j, 0.0]]))
        beside = np.sqrt(2 * e / (1.5 + 3 * e))
        if found.proven[0]:
            assert found.radius[0] < beside / 2
        assert found.proven[0] or e < 1e-4  # it does hold where the two are well apart
        centre, radius = ExactSystem(2, terms.packed, terms.weights).prove(np.array([1.0 + 0j, 0.0]))
        assert radius < beside / 2
        assert centre.tolist() == [1.0, 0.0]


def test_ball_arithmetic_takes_over_where_floating_point_is_too_coarse(monkeypatch):
    glass = SphericalSpinGlass.pure(4, 3, seed=0)
    monkeypatch.setattr(certification, "_UNIT", 1.0)
    every = enumerate_critical_points(glass, "all")
    assert every.complete
    assert every.proven
    assert (every.error_bound < 1e-12).all()
    monkeypatch.setattr(certification, "_HARDEST", 0)
    every = enumerate_critical_points(glass)
    assert not every.complete
    real = len(every) // 2
    assert f"{real} solutions could not be proven real and distinct" in every.reason
    assert f"{15 - real} solutions could not be proven not to be real" in every.reason
    assert not every.certified.any()


def test_an_unproven_or_equal_box_is_told():
    _, system, (real, *_) = solved(4, {3: 1.0})
    found = boxes(system, np.concatenate([real, -real[:1]]).astype(complex))
    assert found.proven.all()
    assert apart(found).tolist() == [False] + [True] * (len(real) - 1) + [False]
    found.radius[1] = np.inf
    assert not apart(found)[1]


def test_reach_covers_the_box():
    """Corners of a polydisc are within ``reach`` of its centre, as angles."""
    rng = np.random.default_rng(3)
    X = rng.standard_normal((1, 5)) + 0j
    X /= np.linalg.norm(X)
    box = Boxes(X, np.array([1e-3]))
    for _ in range(200):
        Y = X + 1e-3 * np.exp(2j * np.pi * rng.random((1, 5)))
        Y /= np.linalg.norm(Y)
        assert np.linalg.norm(Y - (X.conj() @ Y.T) * X) <= box.reach[0]


def test_error_bounds_cover_the_distance_from_the_true_points():
    for n, weights in ((5, {3: 1.0}), (3, {1: 0.5, 3: 1.0})):
        glass = SphericalSpinGlass.mixed(n, weights, seed=4)
        terms = model(glass)
        exact = ExactSystem(n, terms.packed, terms.weights)
        every = enumerate_critical_points(glass)
        for x, bound in zip(every.x, every.error_bound, strict=True):
            unit = x / np.sqrt(n)
            point = np.append(unit, 1.0) / np.sqrt(2) if len(weights) > 1 else unit
            true = exact.prove(point.astype(complex))[0].real[:n]
            # float64 holds the true point to 1e-15 itself.
            assert np.linalg.norm(np.sqrt(n) * true / np.linalg.norm(true) - x) <= bound + 1e-15
            assert bound < 1e-10


@pytest.mark.slow
@pytest.mark.parametrize("exponent", [-60, -24, 300])
def test_certificates_do_not_depend_on_the_unit_of_energy(exponent):
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    A = turn @ np.diag([1.0, 1.0 + 1e-7, 2.0]) @ turn.T
    every = enumerate_critical_points(SphericalSpinGlass.from_tensor((A + A.T) / 2 * 2.0**exponent), certify="all")
    assert every.complete
    assert every.certified.all()
    assert len(every) == 6
