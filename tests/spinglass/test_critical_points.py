"""Enumeration against brute force, linear algebra and forms whose critical points are known by hand."""

import itertools

import numpy as np
import pytest
from dense import DenseGlass

from spinglass import SphericalSpinGlass
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
    for seed in range(2):
        glass = SphericalSpinGlass.mixed(n, weights, seed)
        every = enumerate_critical_points(glass, "all")
        assert every.complete, every.reason
        assert every.proven
        assert every.certified.all()
        check_rows(glass, every)
        # 400 starts for at most 40 points: Newton's basins hold about as much each, and the seed is fixed.
        brute = brute_force(glass, 400, seed)
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


@pytest.mark.parametrize(("n", "weights"), [(2, {3: 1.0}), (2, {4: 1.0}), (3, {3: 1.0}), (3, {1: 1.0, 3: 1.0})])
def test_mean_number_of_points_is_that_of_kac_and_rice(n, weights):
    """2 sqrt(1 + 3r) at n = 2 and 2 + 8 r^(3/2)/sqrt(3r + 1) at n = 3, r = nu''/nu' at 1 (closed forms, H -> 1 + r)."""
    r = sum(a**2 * H * (H - 1) for H, a in weights.items()) / sum(a**2 * H for H, a in weights.items())
    exact = 2 * np.sqrt(1 + 3 * r) if n == 2 else 2 + 8 * r**1.5 / np.sqrt(3 * r + 1)
    found = [len(enumerate_critical_points(SphericalSpinGlass.mixed(n, weights, seed), None)) for seed in range(400)]
    # Fixed seeds; for others the false-alarm rate is 6e-5 (four standard errors, 400 samples).
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
    with pytest.raises(TypeError, match="SphericalSpinGlass, not ndarray"):
        enumerate_critical_points(np.zeros((3, 3, 3)))
    with pytest.raises(ValueError, match=r"4194303 paths .* max_paths"):
        enumerate_critical_points(SphericalSpinGlass.pure(22, 3, seed=0))
    with pytest.raises(ValueError, match="15 paths"):
        enumerate_critical_points(glass, max_paths=14)
    with pytest.raises(ValueError, match="max_paths must be a whole number of at least 1, not 'all'"):
        enumerate_critical_points(glass, max_paths="all")
    with pytest.raises(ValueError, match="full tensor"):
        enumerate_critical_points(SphericalSpinGlass.pure(2, 30, seed=0))
    overflowing = SphericalSpinGlass(2, {3: 1e200}, {3: np.full(4, 1e200)})
    with pytest.raises(ValueError, match="overflows"):
        enumerate_critical_points(overflowing)


def test_table_and_summary():
    every = enumerate_critical_points(SphericalSpinGlass.pure(3, 3, seed=0))
    frame = every.to_frame(coordinates=True)
    assert len(frame) == len(every)
    np.testing.assert_array_equal(frame[["x0", "x1", "x2"]], every.x)
    for column in ("energy_per_spin", "index", "certified", "error_bound", "flattest", "gradient_norm"):
        np.testing.assert_array_equal(frame[column], getattr(every, column))
    assert "7 of 7" in repr(every)
    assert "complete" in repr(every)
