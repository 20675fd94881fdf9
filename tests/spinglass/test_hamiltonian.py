"""The glass against dense tensors, sympy's expansion, the eigenproblem, and its own conventions."""

import math

import numpy as np
import pytest
import sympy
from dense import DenseGlass
from threadpoolctl import threadpool_limits

from spinglass import SphericalSpinGlass, couplings, forms
from spinglass.kernels.tile import LANES

MODELS = {
    "n=1": {3: 1.0},
    "H=2": {2: 1.0},
    "H=3": {3: 1.0},
    "H=4": {4: 1.0},
    "H=5": {5: 1.0},
    "H=6": {6: 1.0},
    "H=7": {7: 1.0},
    "mixed": {1: 0.4, 2: -0.5, 3: 1.0, 4: 0.3},
}


def _model(name, dtype=np.float64):
    n = {"n=1": 1, "H=2": 9, "H=3": 8, "H=4": 6, "H=5": 5, "H=6": 4, "H=7": 3, "mixed": 5}[name]
    return SphericalSpinGlass.mixed(n, MODELS[name], seed=11, dtype=dtype)


@pytest.mark.bits
def test_one_point_of_many_spins_has_the_same_bits_on_any_number_of_blas_threads():
    glass, x = SphericalSpinGlass.mixed(30_000, {1: 1.0}, seed=0), np.random.default_rng(1).standard_normal(30_000)
    energies = []
    for threads in (1, 2, 3):
        with threadpool_limits(threads):
            energies.append(glass.energy(x))
    assert energies[0] == energies[1] == energies[2]
    assert energies[0] == pytest.approx(math.fsum(glass.couplings[1] * x), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("batch", [1, 4, 5, LANES, 2 * LANES + 3])
@pytest.mark.parametrize("name", MODELS)
def test_values_and_derivatives_are_the_dense_ones(name, batch, dtype):
    glass = _model(name, dtype)
    dense = DenseGlass.of(glass)  # of the stored couplings
    random = np.random.default_rng(batch)
    x, v = random.standard_normal((2, batch, glass.n))
    energy, gradient = glass.energy_and_gradient(x)
    hessian, product, energy_alone = glass.hessian(x), glass.hessian_vector(x, v), glass.energy(x)
    assert {a.dtype for a in (energy, gradient, hessian, product, energy_alone)} == {np.dtype(np.float64)}
    for row in range(batch):
        point, along = x[row], v[row]
        for result, expected in [
            (energy[row], dense.energy(point)),
            (energy_alone[row], dense.energy(point)),
            (gradient[row], dense.gradient(point)),
            (hessian[row], dense.hessian(point)),
            (product[row], dense.hessian(point) @ along),
        ]:
            # Rounding of a few thousand terms of either sign, far below one part in a thousand of any term.
            scale = 1 + np.abs(expected).max() + np.abs(point).max() ** max(glass.orders)
            assert np.abs(result - expected).max() <= 200 * np.finfo(float).eps * scale


def _in_double(glass):
    """The float64 model with the couplings of a float32 model."""
    return SphericalSpinGlass(
        glass.n, glass.weights, {H: packed.astype(np.float64) for H, packed in glass.couplings.items()}
    )


@pytest.mark.parametrize("n", [60, 240])  # at n = 240 a point reads 9 MB of couplings from memory
def test_couplings_in_single_precision_are_summed_in_double_precision(n):
    glass = SphericalSpinGlass.pure(n, 3, seed=2, dtype=np.float32)
    double = _in_double(glass)
    x, v = np.random.default_rng(0).standard_normal((2, 7, n))
    for points, along in ((x[0], v[0]), (x, v)):
        for given, expected in [
            (glass.energy(points), double.energy(points)),
            (glass.gradient(points), double.gradient(points)),
            (glass.hessian_vector(points, along), double.hessian_vector(points, along)),
            (glass.stochastic_gradient(points, 1, 3), double.stochastic_gradient(points, 1, 3)),
        ]:
            # Numbers from sums of up to 2e6 terms of random sign: sqrt(2e6) roundings of 1e-16 each.
            assert np.abs(given - expected).max() <= 3e-13 * np.abs(expected).max()


def test_the_tensor_of_a_model_in_single_precision_gives_the_same_landscape():
    glass = SphericalSpinGlass.mixed(9, {3: 1e39}, seed=2, dtype=np.float32)  # the weight itself exceeds float32
    x = np.random.default_rng(0).standard_normal((6, 9))
    again = SphericalSpinGlass.from_tensor(glass.to_tensor())
    assert again.dtype is np.float64
    assert np.allclose(again.energy(x), glass.energy(x), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", MODELS)
def test_rectangles_of_couplings_give_what_the_derivative_matrix_of_small_models_gives(name, dtype, monkeypatch):
    x = np.random.default_rng(0).standard_normal((LANES + 3, _model(name).n))
    energy, gradient = _model(name, dtype).energy_and_gradient(x)
    monkeypatch.setattr(forms, "_MOST_DERIVATIVES", 0)
    other = _model(name, dtype)
    for given, expected in [
        (other.energy(x), energy),
        *zip(other.energy_and_gradient(x), (energy, gradient), strict=True),
    ]:
        bound = 200 * np.finfo(float).eps * (1 + np.abs(x).max() ** max(other.orders))
        assert np.abs(given - expected).max() <= bound * (1 + np.abs(expected).max())


@pytest.mark.parametrize("H", [2, 3, 4])
def test_sympy_expansion(H):
    n = 3
    J = np.random.default_rng(H).integers(-5, 6, (n,) * H)
    glass = SphericalSpinGlass.from_tensor(J)
    symbols = sympy.symbols("x:3")
    form = sum(int(J[index]) * sympy.prod([symbols[i] for i in index]) for index in np.ndindex(J.shape))
    point = [sympy.Rational(1, 2), sympy.Rational(-3, 4), sympy.Rational(5, 8)]
    at = dict(zip(symbols, point, strict=True))
    scale = float(n) ** (-(H - 1) / 2)
    x = np.array([float(p) for p in point])
    # Integers and dyadic fractions: only the scale and the last digits of short sums are rounded.
    assert glass.energy(x) == pytest.approx(scale * float(form.subs(at)), rel=1e-13, abs=1e-13)
    exact_gradient = [float(sympy.diff(form, s).subs(at)) for s in symbols]
    assert glass.gradient(x) == pytest.approx(scale * np.array(exact_gradient), rel=1e-13, abs=1e-13)
    exact_hessian = np.array(sympy.hessian(form, symbols).subs(at)).astype(float)
    assert glass.hessian(x) == pytest.approx(scale * exact_hessian, rel=1e-13, abs=1e-13)


def test_two_spin_glass_is_a_matrix():
    glass = SphericalSpinGlass.pure(n=40, H=2, seed=2)
    S = glass.to_tensor() / np.sqrt(40)
    eigenvalues, vectors = np.linalg.eigh(S)
    x = np.sqrt(40) * vectors.T
    assert glass.energy(x) / 40 == pytest.approx(eigenvalues, abs=1e-13)
    assert glass.gradient(x) == pytest.approx(2 * eigenvalues[:, None] * x, abs=1e-12)


def test_from_tensor_round_trip_and_symmetrisation():
    J = np.random.default_rng(0).standard_normal((4, 4, 4))
    glass = SphericalSpinGlass.from_tensor(J)
    assert glass.to_tensor() == pytest.approx(glass.to_tensor().transpose(2, 0, 1), abs=0)
    x = np.random.default_rng(1).standard_normal(4)
    assert glass.energy(x) == pytest.approx(np.einsum("ijk,i,j,k", J, x, x, x) / 4, rel=1e-13)
    again = SphericalSpinGlass.from_tensor(glass.to_tensor())
    assert np.allclose(again.couplings[3], glass.couplings[3], rtol=1e-15)


def test_pure_is_mixed_of_one_order():
    pure = SphericalSpinGlass.pure(n=12, H=3, seed=9)
    mixed = SphericalSpinGlass.mixed(12, {3: 1.0, 4: 0.5}, seed=9)
    assert np.array_equal(pure.couplings[3], mixed.couplings[3])
    assert mixed.orders == (3, 4)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_parts_add_up_to_the_gradient(name, parts):
    glass = _model(name)
    x = np.random.default_rng(3).standard_normal((6, glass.n))
    pieces = np.array([glass.stochastic_gradient(x, part, parts) for part in range(parts)])
    gradient = glass.gradient(x)
    assert np.abs(pieces.mean(axis=0) - gradient).max() <= 1e-13 * (1 + np.abs(gradient).max()) * parts
    if parts > 1 and glass.n > 3:
        assert np.abs(pieces[0] - pieces[1]).max() > 1e-3  # different couplings


@pytest.mark.bits
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weights", [{3: 1.0}, {1: 1.0, 2: 0.5, 4: 1.0}])
def test_bits_do_not_depend_on_threads_or_batch(weights, dtype, monkeypatch):
    glass = SphericalSpinGlass.mixed(40, weights, seed=1, dtype=dtype)
    x = np.random.default_rng(0).standard_normal((300, 40))
    v = x[::-1].copy()
    energy, gradient = glass.energy_and_gradient(x)
    product = glass.hessian_vector(x, v)
    rows = np.random.default_rng(1).permutation(300)[:77]
    again, gradient_again = glass.energy_and_gradient(x[rows])
    assert np.array_equal(again, energy[rows])
    assert np.array_equal(gradient_again, gradient[rows])
    assert np.array_equal(glass.energy(x[rows]), energy[rows])
    assert np.array_equal(glass.hessian_vector(x[rows], v[rows]), product[rows])
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    assert np.array_equal(glass.energy_and_gradient(x)[1], gradient)


@pytest.mark.bits
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_large_point_has_the_same_bits_on_any_number_of_threads(dtype, monkeypatch):
    glass = SphericalSpinGlass.pure(n=160, H=3, seed=1, dtype=dtype)  # large enough for several tasks
    x, v = np.random.default_rng(0).standard_normal((2, 160))
    assert len(glass._forms[0]._hinge_bounds()) > 2
    energy, gradient = glass.energy_and_gradient(x)
    product = glass.hessian_vector(x, v)
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    assert glass.energy(x) == energy
    assert np.array_equal(glass.gradient(x), gradient)
    assert np.array_equal(glass.hessian_vector(x, v), product)
    # Beside a batch it differs by rounding alone: sums of 7e5 terms of random sign, each of order one.
    beside = glass.gradient(np.tile(x, (6, 1)))[3]
    assert np.abs(beside - gradient).max() <= 1e-12 * np.abs(gradient).max()


@pytest.mark.parametrize("cores", [1, 2, 7, 64])
@pytest.mark.parametrize("batch", [1, LANES + 1, 1000, 4 * LANES * 64])
def test_ranges_of_a_large_batch_are_whole_chunks_that_grow_shorter(batch, cores, monkeypatch):
    monkeypatch.setattr(forms, "available_cores", lambda: cores)
    monkeypatch.setattr(forms, "_SERIAL_BATCH", 0)
    spans = SphericalSpinGlass.pure(5, 3, seed=0)._forms[0]._spans(batch)
    assert [row for span in spans for row in range(*span)] == list(range(batch))
    assert all(first % LANES == 0 for first, _ in spans)
    lengths = [-(-(stop - first) // LANES) for first, stop in spans]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == 1


def test_shapes_and_integers():
    glass = SphericalSpinGlass.pure(n=4, H=3, seed=0)
    assert glass.energy(np.ones((2, 3, 4))).shape == (2, 3)
    assert glass.hessian([1, 2, 3, 4]).shape == (4, 4)
    assert glass.gradient(np.ones((0, 4))).shape == (0, 4)
    assert glass.hessian_vector(np.ones(4), np.eye(4)) == pytest.approx(glass.hessian(np.ones(4)), abs=1e-13)
    assert np.ndim(glass.energy(np.ones(4))) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SphericalSpinGlass.pure(0, 3, seed=0), "at least 1, not 0"),
        (lambda: SphericalSpinGlass.pure(5, 1, seed=0), "H must be at least 2, not 1"),
        (lambda: SphericalSpinGlass.pure(5, 2.5, seed=0), "whole number"),
        (lambda: SphericalSpinGlass.pure(2, 171, seed=0), "at most 170, not 171"),
        (lambda: SphericalSpinGlass.pure(5, 3, seed=0, dtype=np.float16), "float32 or float64"),
        (lambda: SphericalSpinGlass.pure(20000, 3, seed=0), "needs .* GiB but only .* try dtype=np.float32"),
        (lambda: SphericalSpinGlass.pure(10**6, 100, seed=0), r"needs 8\.02e\+433 GiB but only"),
        (lambda: SphericalSpinGlass.pure(20000, 3, seed=0, dtype=np.float32), "try a smaller n"),
        (lambda: SphericalSpinGlass.mixed(5, {}, seed=0), "at least one order"),
        (lambda: SphericalSpinGlass.mixed(5, {3: np.nan}, seed=0), "must be a finite number"),
        (lambda: SphericalSpinGlass.mixed(5, {0: 1.0}, seed=0), "at least 1, not 0"),
        (lambda: SphericalSpinGlass.from_tensor(np.ones(3)), "at least 2 indices"),
        (lambda: _model("H=3").energy(np.ones(7)), r"n = 8, not \(7,\)"),
        (lambda: _model("H=3").energy(np.full(8, np.nan)), "8 of its 8 coordinates"),
        (lambda: _model("H=3").gradient(np.full(8, np.inf)), "NaN or infinite"),
        (lambda: _model("H=3").energy(np.ones(8, complex)), "real numbers, not complex"),
        (lambda: _model("H=3").hessian_vector(np.ones((2, 8)), np.ones((3, 8))), "do not broadcast"),
        (lambda: _model("H=3").stochastic_gradient(np.ones(8), 3, 3), "part = 3, parts = 3"),
        (lambda: _model("H=3").stochastic_gradient(np.ones(8), 0.5, 2), "part must be a whole number"),
        (lambda: SphericalSpinGlass.mixed(5, {3: "a"}, seed=0), "weight of order 3 must be a finite number"),
        (lambda: _model("mixed").to_tensor(), "only a pure model"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_memory_is_refused_before_it_is_taken(monkeypatch):
    monkeypatch.setattr("spinglass._common.memory.available_memory", lambda: 10**6)
    monkeypatch.setattr(couplings, "draw", lambda *_: pytest.fail("allocated"))
    with pytest.raises(ValueError, match=r"n = 100.*0\.00 GiB are available"):
        SphericalSpinGlass.pure(100, 3, seed=0)


@pytest.mark.parametrize(
    ("n", "weights", "packed", "message"),
    [
        (5, {3: 1.0}, {3: np.ones(34)}, r"shape \(35,\), not float64 of shape \(34,\)"),
        (4, {3: 1.0}, {3: np.ones(35)}, r"shape \(20,\)"),
        (5, {3: 1.0}, {3: np.ones(35, np.int64)}, "float32 or float64 of shape"),
        (5, {3: 1.0}, {3: [1.0] * 35}, "must be an array"),
        (5, {3: 1.0}, {4: np.ones(70)}, "couplings of order 3"),
        (5.7, {3: 1.0}, {3: np.ones(35)}, "n must be a whole number"),
        (5, {}, {}, "at least one order"),
    ],
)
def test_couplings_that_do_not_fit_are_refused(n, weights, packed, message):
    with pytest.raises(ValueError, match=message):
        SphericalSpinGlass(n, weights, packed)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_equal_couplings_give_equal_models_wherever_they_lie_in_memory(dtype):
    packed = couplings.draw(12, 3, 1, dtype)
    x = np.random.default_rng(0).standard_normal((6, 12))
    expected = SphericalSpinGlass(12, {3: 1.0}, {3: packed}).energy_and_gradient(x)
    for view in (np.stack([packed, 0 * packed], 1)[:, 0], packed[::-1].copy()[::-1]):
        glass = SphericalSpinGlass(12, {3: 1.0}, {3: view})
        assert all(map(np.array_equal, glass.energy_and_gradient(x), expected))
        assert np.allclose(glass.energy(x[0]), expected[0][0], rtol=1e-10)
