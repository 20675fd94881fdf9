"""Enumeration against brute force, linear algebra and forms whose critical points are known by hand."""

import itertools

import mpmath
import numpy as np
import pytest
from dense import DenseGlass

from spinglass import SphericalSpinGlass, couplings, plant
from spinglass.critical_points import enumerate_critical_points


def brute_force(glass, starts, seed):
    """Critical points by Newton's method on grad energy = lambda x, x.x = n from many starts, dense tensors only."""
    dense, n = DenseGlass.of(glass), glass.n
    found = np.empty((0, n))
    for x in np.random.default_rng(seed).standard_normal((starts, n)):
        x *= np.sqrt(n) / np.linalg.norm(x)
        for _ in range(50):
            eigenvalue = x @ dense.gradient(x) / n
            left = np.append(dense.gradient(x) - eigenvalue * x, (x @ x - n) / 2)
            matrix = np.block([[dense.hessian(x) - eigenvalue * np.eye(n), -x[:, None]], [x, 0]])
            step = np.linalg.solve(matrix, -left)[:n]
            x = x + step
            x *= np.sqrt(n) / np.linalg.norm(x)
            if np.linalg.norm(step) < 1e-12:
                if (np.linalg.norm(found - x, axis=1) > 1e-6).all():
                    found = np.vstack([found, x])
                break
    return found


def check_rows(glass, every):
    """Every row is on the sphere, critical, of the energy and index it says, by dense recomputation."""
    dense, n = DenseGlass.of(glass), glass.n
    for k, x in enumerate(every.x):
        gradient = dense.gradient(x)
        eigenvalue = x @ gradient / n
        basis = np.linalg.svd(x[None])[2][1:]
        spectrum = np.linalg.eigvalsh(basis @ (dense.hessian(x) - eigenvalue * np.eye(n)) @ basis.T)
        # All of order 1; solutions are exact to rounding times a condition number of at most 1e4 in these samples.
        assert abs(x @ x - n) < 1e-12
        assert np.linalg.norm(gradient - eigenvalue * x) < 1e-10
        assert abs(dense.energy(x) - every.energy[k]) < 1e-11
        assert every.index[k] == (spectrum < 0).sum()
        assert abs(every.flattest[k] - abs(spectrum).min()) < 1e-10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "weights"),
    [
        (2, {3: 1.0}),
        (3, {3: 1.0}),
        (4, {3: 1.0}),
        (3, {4: 1.0}),
        (2, {7: 1.0}),
        (3, {1: 0.4, 3: 1.0}),
        (3, {2: 0.7, 3: 1.0}),
        (3, {2: 1.0, 4: 0.7}),
        (2, {1: 0.2, 2: 0.5, 5: 1.0}),
        (4, {1: 0.5, 2: 1.0}),
    ],
)
def test_brute_force_finds_the_same_points(n, weights):
    glass = SphericalSpinGlass.mixed(n, weights, seed=0)
    every = enumerate_critical_points(glass, "all")
    assert every.complete, every.reason
    assert every.proven
    assert every.certified.all()
    check_rows(glass, every)
    # 400 starts for at most 40 points: Newton's basins hold about as much each, and the seed is fixed.
    brute = brute_force(glass, 400, seed=0)
    assert len(brute) == len(every)
    gaps = np.linalg.norm(brute[:, None] - every.x[None], axis=2)
    assert gaps.min(axis=0).max() < 1e-8
    assert gaps.min(axis=1).max() < 1e-8


@pytest.mark.parametrize(("n", "H"), [(8, 3), (5, 4), (4, 5), (3, 8)])
def test_counts_and_rows_of_larger_samples(n, H):
    glass = SphericalSpinGlass.pure(n, H, seed=3)
    every = enumerate_critical_points(glass)
    assert every.complete, every.reason
    assert every.found == every.expected == ((H - 1) ** n - 1) // (H - 2)
    assert len(every) % 2 == 0
    assert len(every) <= 2 * every.expected
    assert sum((-1) ** k * c for k, c in enumerate(every.counts)) == 1 + (-1) ** (n - 1)
    assert (np.diff(every.energy) >= 0).all()
    assert (every.error_bound < 1e-9).all()
    check_rows(glass, every)


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_order_two_is_the_eigenproblem(n):
    glass = SphericalSpinGlass.pure(n, 2, seed=n)
    every = enumerate_critical_points(glass)
    assert every.complete, every.reason
    eigenvalues, vectors = np.linalg.eigh(glass.to_tensor())
    np.testing.assert_allclose(every.energy, np.sqrt(n) * np.repeat(eigenvalues, 2), rtol=1e-11, atol=1e-11)
    assert (every.index == np.repeat(np.arange(n), 2)).all()
    overlaps = np.abs(every.x @ np.repeat(vectors, 2, axis=1)).diagonal() / np.sqrt(n)
    np.testing.assert_allclose(overlaps, 1, rtol=1e-10)


@pytest.mark.parametrize(("n", "H"), [(2, 3), (4, 3), (6, 3), (3, 4), (4, 4), (3, 5)])
def test_diagonal_form_has_its_points_in_closed_form(n, H):
    """sum c_i x_i^H: on a set S of spins x_i^(H-2) = lambda/(H c_i), zero elsewhere."""
    c = np.random.default_rng(n).standard_normal(n)
    tensor = np.zeros((n,) * H)
    tensor[(np.arange(n),) * H] = c
    expected = []
    for size in range(1, n + 1):
        for S in map(list, itertools.combinations(range(n), size)):
            if H % 2 == 0 and not (np.sign(c[S]) == np.sign(c[S[0]])).all():
                continue  # x_i^(H-2) > 0 needs equal signs
            root = np.sign(c[S]) * np.abs(c[S]) ** (-1 / (H - 2))
            signs = itertools.product(*([[1, -1]] * size)) if H % 2 == 0 else [np.ones(size), -np.ones(size)]
            for sign in signs:
                x = np.zeros(n)
                x[S] = root * sign
                expected.append(x * np.sqrt(n) / np.linalg.norm(x))
    every = enumerate_critical_points(SphericalSpinGlass.from_tensor(tensor), "all")
    assert every.complete, every.reason
    assert every.proven
    assert len(every) == len(expected)
    gaps = np.linalg.norm(np.array(expected)[:, None] - every.x[None], axis=2)
    assert gaps.min(axis=1).max() < 1e-10
    assert gaps.min(axis=0).max() < 1e-10


def test_points_of_zero_energy_are_found():
    """x_1 x_2 x_3: its points on the axes have energy zero, where a path's matrix needs its shift to be regular."""
    tensor = np.zeros((3, 3, 3))
    for place in itertools.permutations(range(3)):
        tensor[place] = 1.0
    every = enumerate_critical_points(SphericalSpinGlass.from_tensor(tensor), "all")
    assert every.complete, every.reason
    assert every.retries == 0
    expected = np.concatenate(
        [np.sqrt(3) * np.eye(3), -np.sqrt(3) * np.eye(3), list(itertools.product([1.0, -1.0], repeat=3))]
    )
    gaps = np.linalg.norm(expected[:, None] - every.x[None], axis=2)
    assert len(every) == 14
    assert gaps.min(axis=1).max() < 1e-12
    assert gaps.min(axis=0).max() < 1e-12
    assert every.counts.tolist() == [4, 6, 4]


@pytest.mark.slow
@pytest.mark.parametrize(("n", "weights"), [(2, {3: 1.0}), (2, {4: 1.0}), (3, {3: 1.0}), (3, {1: 1.0, 3: 1.0})])
def test_mean_number_of_points_is_that_of_kac_and_rice(n, weights):
    """2 sqrt(1 + 3r) at n = 2 and 2 + 8 r^(3/2)/sqrt(3r + 1) at n = 3, r = nu''/nu' at 1 (closed forms, H -> 1 + r)."""
    r = sum(a**2 * H * (H - 1) for H, a in weights.items()) / sum(a**2 * H for H, a in weights.items())
    exact = 2 * np.sqrt(1 + 3 * r) if n == 2 else 2 + 8 * r**1.5 / np.sqrt(3 * r + 1)
    found = [len(enumerate_critical_points(SphericalSpinGlass.mixed(n, weights, seed), None)) for seed in range(200)]
    # Fixed seeds; for others the false-alarm rate is 6e-5 (four standard errors). The error keeps it sharp.
    assert np.std(found) / np.sqrt(len(found)) < 0.04 * exact
    assert abs(np.mean(found) - exact) < 4 * np.std(found) / np.sqrt(len(found))


def test_one_spin_and_a_field_alone():
    for weights in ({3: 1.0}, {1: 0.3, 3: 1.0}, {1: 1.0}, {2: 1.0}):
        every = enumerate_critical_points(SphericalSpinGlass.mixed(1, weights, seed=0))
        assert every.complete, every.reason
        assert sorted(every.x[:, 0]) == [-1.0, 1.0]
    glass = SphericalSpinGlass.mixed(6, {1: 0.3}, seed=0)
    every = enumerate_critical_points(glass)
    assert every.complete
    assert every.counts.tolist() == [1, 0, 0, 0, 0, 1]
    h = glass.couplings[1]
    np.testing.assert_allclose(every.x[0], -np.sqrt(6) * h / np.linalg.norm(h), atol=1e-13)


def test_strong_field_leaves_two_points():
    every = enumerate_critical_points(SphericalSpinGlass.mixed(5, {1: 30.0, 3: 1.0}, seed=1), "all")
    assert every.complete, every.reason
    assert every.counts.tolist() == [1, 0, 0, 0, 1]


def quadratic_in_field(S, h):
    S, h = np.asarray(S), np.asarray(h)
    return SphericalSpinGlass(len(h), {1: 1.0, 2: 1.0}, {1: couplings.pack(h), 2: couplings.pack(S)})


def secular_points(S, h):
    """All critical points by high-precision roots of the secular equation on the real line, for diagonal S.

    energy = n^{-1/2} x.S x + h.x, so 2 n^{-1/2} S x + h = lambda x: x_i = h_i/(lambda - s_i), s = 2 n^{-1/2} diag S.
    Components of h that are zero add the points x_i = +-sqrt(rest) at lambda = s_i.
    """
    n = len(h)
    with mpmath.workdps(60):
        s = [2 * mpmath.mpf(float(value)) / mpmath.sqrt(n) for value in np.diag(S)]
        h = [mpmath.mpf(float(value)) for value in h]
        points = []
        for i in range(n):
            if h[i] == 0:
                x = [h[j] / (s[i] - s[j]) if j != i else mpmath.mpf(0) for j in range(n)]
                rest = n - sum(value**2 for value in x)
                if rest > 0:
                    points += [[*x[:i], sign * mpmath.sqrt(rest), *x[i + 1 :]] for sign in (1, -1)]
        # Between poles the left side is convex: bisect its slope for the bottom, then both flanks for the roots.
        poles = sorted(s[i] for i in range(n) if h[i] != 0)

        def left_side(t):
            return sum(h[i] ** 2 / (t - s[i]) ** 2 for i in range(n) if h[i] != 0) - n

        def slope(t):
            return -sum(h[i] ** 2 / (t - s[i]) ** 3 for i in range(n) if h[i] != 0)

        far = sum(abs(value) for value in s) + sum(abs(value) for value in h) + 1
        brackets = [(poles[-1], poles[-1] + far), (poles[0], poles[0] - far)]
        for low, high in itertools.pairwise(poles):
            bottom = bisect(slope, low, high)
            if left_side(bottom) < 0:
                brackets += [(low, bottom), (high, bottom)]
        for pole, end in brackets:
            root = bisect(left_side, end, pole)
            points.append([h[i] / (root - s[i]) if h[i] != 0 else mpmath.mpf(0) for i in range(n)])
        return np.array([[float(value) for value in x] for x in points])


def bisect(function, negative, positive):
    for _ in range(190):
        middle = (negative + positive) / 2
        negative, positive = (middle, positive) if function(middle) < 0 else (negative, middle)
    return negative


@pytest.mark.parametrize("component", [0.0, 1e-16, 1e-12, 1e-9, 1e-6, 1e-4, 1e-2])
@pytest.mark.parametrize(
    ("levels", "field"),
    [
        ([1.0, -1.0], [0.5, None]),  # the field along one axis, and next to nothing along the other
        ([1.0, -1.0], [None, 0.5]),
        ([-2.0, 0.5, 1.0, 3.0], [None, 0.7, None, 0.2]),
        ([-2.0, 0.5, 1.0, 3.0], [30.0, None, 0.2, None]),  # so strong that few points are left
    ],
)
def test_field_that_is_nearly_orthogonal_to_an_eigenvector(levels, field, component):
    S, h = np.diag(levels), np.array([component if value is None else value for value in field])
    every = enumerate_critical_points(quadratic_in_field(S, h), "all")
    assert every.complete, every.reason
    assert every.proven
    expected = secular_points(S, h)
    assert len(every) == len(expected)
    gaps = np.linalg.norm(expected[:, None] - every.x[None], axis=2)
    # Regular points: the smallest eigenvalue of the bordered Hessian is above 1e-2 in all of these.
    assert gaps.min(axis=1).max() < 1e-12
    assert gaps.min(axis=0).max() < 1e-12


def test_the_lowest_point_where_the_field_is_orthogonal_to_an_eigenvector():
    """At n = 2, S = diag(1, -1), h = (1/2, 0): cos 2t sqrt(2) + cos t/sqrt(2) has its minimum where cos t = -1/8."""
    every = enumerate_critical_points(quadratic_in_field(np.diag([1.0, -1.0]), [0.5, 0.0]), "all")
    assert every.counts.tolist() == [2, 2]
    assert every.energy[0] == pytest.approx(np.sqrt(2) * (2 / 64 - 1) - np.sqrt(0.5) / 8, abs=1e-13)


@pytest.mark.slow
def test_eigenvectors_of_a_rotated_matrix_with_and_without_a_field_along_them():
    rng = np.random.default_rng(0)
    for n in (3, 12):
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        levels = np.arange(n) + rng.uniform(0, 0.5, n)
        h = 10.0 ** rng.uniform(-13, -1, n) * (rng.random(n) < 0.7)
        turned = enumerate_critical_points(quadratic_in_field(Q @ np.diag(levels) @ Q.T, Q @ h), None)
        straight = secular_points(np.diag(levels), h)
        assert turned.complete, turned.reason
        gaps = np.linalg.norm((straight @ Q.T)[:, None] - turned.x[None], axis=2)
        assert gaps.min(axis=1).max() < 1e-10
        assert len(turned) == len(straight)


def test_multiple_eigenvalues_in_a_field():
    """A field in the eigenspace singles out a direction; across it points are isolated only if there are none."""
    for constant in (1.0, 1e6):  # a constant on the sphere leaves the two points of a field alone
        alone = enumerate_critical_points(quadratic_in_field(constant * np.eye(4), [0.1, 0.2, 0.3, 0.4]), "all")
        assert alone.complete, alone.reason
        assert alone.counts.tolist() == [1, 0, 0, 1]
        np.testing.assert_allclose(alone.x[0], -2 * np.array([0.1, 0.2, 0.3, 0.4]) / np.sqrt(0.3), rtol=1e-9)
    levels, h = np.diag([1.0, 1.0, 1.0, -1.0]), np.array([0.5, 0.0, 0.1, 0.3])
    along = np.hypot(0.5, 0.1)
    plane = secular_points(np.diag([1.0, 1.5, 1.6, -1.0]), [along, 0.0, 0.0, 0.3])
    every = enumerate_critical_points(quadratic_in_field(levels, h), "all")
    assert every.complete, every.reason
    roots = plane[(plane[:, 1] == 0) & (plane[:, 2] == 0)]
    expected = roots[:, :1] * np.array([0.5, 0.0, 0.1, 0.0]) / along + roots[:, 3:] * np.eye(4)[3]
    assert len(every) == len(expected)
    np.testing.assert_allclose(np.sort(every.x[:, 3]), np.sort(expected[:, 3]), atol=1e-12)
    around = enumerate_critical_points(quadratic_in_field(np.diag([1.0, 1.0, -1.0]), [0.0, 0.0, 0.3]))
    assert not around.complete  # a circle of maxima
    away = enumerate_critical_points(quadratic_in_field(np.diag([1.0, 1.0, -1.0]), [0.0, 0.0, 10.0]))
    assert away.complete, away.reason
    assert away.counts.tolist() == [1, 0, 1]


def test_couplings_in_single_precision_are_taken_at_their_word():
    single = SphericalSpinGlass.pure(4, 3, seed=5, dtype=np.float32)
    double = SphericalSpinGlass(4, {3: 1.0}, {3: single.couplings[3].astype(np.float64)})
    one, other = enumerate_critical_points(single), enumerate_critical_points(double)
    assert one.complete
    assert np.array_equal(one.x, other.x)
    assert one.gradient_norm.max() < 1e-13


@pytest.mark.parametrize("factor", [1e-250, 1e250])
def test_scale_of_the_energy_does_not_matter(factor):
    J = np.random.default_rng(7).standard_normal((3, 3, 3))
    plain = enumerate_critical_points(SphericalSpinGlass.from_tensor(J))
    scaled = enumerate_critical_points(SphericalSpinGlass.from_tensor(factor * J))
    assert scaled.complete
    np.testing.assert_allclose(scaled.x, plain.x, atol=1e-13)


def outer(vector, order):
    tensor = vector
    for _ in range(order - 1):
        tensor = np.multiply.outer(tensor, vector)
    return tensor


DEGENERATE = {
    "zero": np.zeros((4, 4, 4)),
    "zero matrix": np.zeros((4, 4)),
    "rank one": outer(np.array([1.0, -0.3, 0.8, 2.0, 0.1]), 3),
    "rank one, even": outer(np.array([1.0, -0.3, 0.8, 2.0]), 4),
    "rank two": outer(np.array([1.0, -0.3, 0.8, 2.0, 0.1]), 3) + outer(np.array([0.2, 1.0, -1.1, 0.4, 0.7]), 3),
    "antisymmetric": np.cross(np.eye(3)[:, None], np.eye(3)),
    "round about an axis": np.einsum("i,jk->ijk", [0.0, 0.0, 1.0], np.diag([1.0, 1.0, 0.0])),
    "rank one, many paths": outer(np.arange(1.0, 11.0), 3),
    "the sphere's invariant squared": np.einsum("ij,kl->ijkl", np.eye(4), np.eye(4)),
    "the sphere's invariant times a field": np.einsum("i,jk->ijk", [1.0, 2.0, 0.5, 0.1, 1.0], np.eye(5)),
    "spins without couplings": np.pad(np.random.default_rng(0).standard_normal((3, 3, 3)), (0, 3)),
    "identity": np.eye(5),
    "repeated eigenvalue": np.diag([1.0, 1.0, 2.0, 3.0]),
    "repeated eigenvalue, rotated": (lambda Q: Q @ np.diag([1.0, 1.0, 2.0, 3.0]) @ Q.T)(
        np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    ),
    "two minima that met": None,
}


def two_minima_that_met():
    """x^3 + (3/2) x y^2: its derivative along the circle is -(3/2) y^3, with triple zeros at y = 0."""
    tensor = np.zeros((2, 2, 2))
    tensor[0, 0, 0] = 1.0
    for place in set(itertools.permutations((0, 1, 1))):
        tensor[place] = 1.5 / 3
    return tensor


@pytest.mark.slow
@pytest.mark.parametrize("name", DEGENERATE)
@pytest.mark.parametrize("certify", [None, "real", "all"])
def test_degenerate_models_end_incomplete_with_a_reason(name, certify):
    tensor = two_minima_that_met() if DEGENERATE[name] is None else DEGENERATE[name]
    every = enumerate_critical_points(SphericalSpinGlass.from_tensor(tensor), certify)
    assert not every.complete
    assert every.reason
    assert not every.proven
    assert every.reason in repr(every)


def test_bad_arguments_are_refused_with_what_to_do():
    glass = SphericalSpinGlass.pure(4, 3, seed=0)
    with pytest.raises(ValueError, match="certify must be"):
        enumerate_critical_points(glass, "yes")
    with pytest.raises(TypeError, match="needs one of SphericalSpinGlass, .*not ndarray"):
        enumerate_critical_points(np.zeros((3, 3, 3)))
    with pytest.raises(ValueError, match=r"33554431 paths .* max_paths"):
        enumerate_critical_points(SphericalSpinGlass.pure(25, 3, seed=0))
    with pytest.raises(ValueError, match="15 paths"):
        enumerate_critical_points(glass, max_paths=14)
    with pytest.raises(ValueError, match="max_paths must be a whole number of at least 1, not 'all'"):
        enumerate_critical_points(glass, max_paths="all")
    with pytest.raises(ValueError, match="full tensor"):
        enumerate_critical_points(SphericalSpinGlass.pure(2, 30, seed=0))


def test_table_and_summary():
    every = enumerate_critical_points(SphericalSpinGlass.pure(3, 3, seed=0))
    frame = every.to_frame(coordinates=True)
    assert len(frame) == len(every)
    np.testing.assert_array_equal(frame[["x0", "x1", "x2"]], every.x)
    for column in ("energy_per_spin", "index", "certified", "error_bound", "flattest", "gradient_norm"):
        np.testing.assert_array_equal(frame[column], getattr(every, column))
    assert "7 of 7" in repr(every)
    assert "complete" in repr(every)


def test_a_model_in_single_precision_keeps_what_is_known_of_its_noise():
    planted = plant(SphericalSpinGlass.pure(3, 3, seed=0, dtype=np.float32), np.ones(3), {2: 1.0})
    assert enumerate_critical_points(planted).landscape.noise == planted.noise == {3: 1.0}
