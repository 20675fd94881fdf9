"""The catalogue's measurements and predictions, each by another route."""

import math

import numpy as np
import pytest
import sympy
from scipy import integrate, special, stats

import theory
from spinglass import SphericalSpinGlass, couplings
from theory.dynamics import resolution
from theory.pairs import averaging, pair_counts
from validation.claims import catalogue, covariance, derivatives, two_spin
from validation.claims.minima import bad as bad_minima
from validation.claims.minima import counts as minima
from validation.claims.minima import level_sets
from validation.series import Series

SEED = np.random.SeedSequence(7)
CLAIMS = catalogue()
# Families in which one sample takes up to seconds.
SLOW = ("choromanska", "dynamics", "pairs")
# Fewer networks, epochs and chains, and earlier times: numbers of the same shape in less time.
LESS = {"networks": 3, "epochs": 3, "images": 100, "starts": 4, "chains": 4, "until": 50.0, "t": 5.0}


@pytest.fixture
def rough(monkeypatch):
    """Let theory take few random matrices, nodes and time steps: the shape of its numbers does not depend on them."""
    for constant, value in {"_FIRST": 2, "_TUNING": 20, "_FEWEST_SEEN": 10}.items():
        monkeypatch.setattr(averaging, constant, value)
    for constant, value in {"_NODES": 4, "_FEWEST_NODES": 2, "_COARSE": 5}.items():
        monkeypatch.setattr(pair_counts, constant, value)
    monkeypatch.setattr(resolution, "STEP", 4 * resolution.STEP)


@pytest.mark.slow
@pytest.mark.parametrize(
    "claim_id",
    [pytest.param(name, marks=[pytest.mark.slow] if name.startswith(SLOW) else []) for name in CLAIMS],
)
def test_a_claim_measures_what_it_predicts_in_shape_and_is_finite(claim_id, rough):
    claim = CLAIMS[claim_id]
    first = [claim.sizes[effort][0] for effort in ("quick", "standard")]
    quick, standard = (series.parameters for series in first)
    for series in first[:1] if quick == standard else first:
        rough_theory = {"accuracy": 0.2} if "accuracy" in quick else {}
        assert np.isfinite(claim.prediction(Series(1, **(series.parameters | rough_theory))).high).all()
    smaller = Series(1, **{name: min(value, LESS[name]) if name in LESS else value for name, value in quick.items()})
    measured = claim.measurement(SEED, smaller)
    assert np.isfinite(measured).all()
    assert np.array_equal(claim.measurement(SEED, smaller), measured)


def test_the_covariance_of_a_mixture_is_that_of_its_tensors():
    # Route: sum over all index tuples of the products of coordinates.
    x, y = np.random.default_rng(0).standard_normal((2, 4))
    for weights in covariance.MODELS.values():
        whole = 0.0
        for H, a in weights.items():
            product_x, product_y = x, y
            for _ in range(H - 1):
                product_x, product_y = np.multiply.outer(product_x, x), np.multiply.outer(product_y, y)
            whole += a**2 * 4 ** -(H - 1) * np.sum(product_x * product_y)
        assert math.isclose(whole, 4 * covariance.covariance(weights, np.array(x @ y / 4)), rel_tol=1e-12)


@pytest.mark.parametrize("model", covariance.FIXED_POINT_MODELS)
def test_the_covariance_at_fixed_points_is_that_of_the_packed_couplings(model):
    # Route: the variances of all packed couplings, times the monomials at the points.
    n, points, expected = 8, covariance.fixed_points(8), 0.0
    assert np.allclose((points**2).sum(axis=1), n)
    for H, a in covariance.FIXED_POINT_MODELS[model].items():
        tuples = couplings.indices(np.arange(couplings.size(n, H)), n, H)
        terms = points[:, tuples].prod(axis=2)
        expected = expected + a**2 / n**H * (terms * couplings.multiplicities(n, H)) @ terms.T
    pairs = [expected[0, 0], expected[1, 1], expected[2, 2], expected[0, 1], expected[0, 2]]
    # Sums of a few hundred terms of size 1.
    assert np.allclose(covariance.covariance_at_fixed_points(n, model).low, pairs, rtol=0, atol=1e-12)


def test_the_fixed_points_see_several_blocks_of_normals():
    series = catalogue()["covariance/fixed-points"].sizes["quick"][1]
    assert couplings.size(series.parameters["n"], 3) > 1.9 * couplings._BLOCK


def test_the_pairs_have_the_overlap_they_are_asked_to_have(monkeypatch):
    seen = []
    energy = SphericalSpinGlass.energy
    monkeypatch.setattr(SphericalSpinGlass, "energy", lambda self, x: seen.append(x) or energy(self, x))
    covariance.sampled_covariance(SEED, n=10, model="H=3", pairs=16)
    for q, points in zip(covariance.OVERLAPS, seen[1:], strict=True):
        assert np.allclose(np.sum(points * seen[0], axis=1) / 10, q)
        assert np.allclose(np.sum(points**2, axis=1), 10)


def test_the_magnitude_is_that_of_the_dense_tensor():
    glass = SphericalSpinGlass.pure(4, 3, 1)
    x = np.abs(np.random.default_rng(2).standard_normal((2, 4)))
    dense = np.einsum("ijk,bi,bj,bk->b", np.abs(glass.to_tensor()), x, x, x) / 4
    assert np.allclose(derivatives._magnitude(glass, x), dense)


@pytest.mark.parametrize("H", [2, 3, 4, 5])
def test_errors_of_the_identities_are_far_below_delta(H):
    # A bound that is met only because it is loose would hide a mutant: errors are below 1e-14 of the terms.
    assert max(derivatives.euler_errors(SEED, 6, H)) < 1e-14
    assert derivatives.taylor_error(SEED, 6, H) < 1e-14
    assert derivatives.rounding_bound(6, H) < 1e-12


def test_the_ground_state_is_the_lowest_rayleigh_quotient():
    glass = SphericalSpinGlass.pure(6, 2, 3)
    energy, vector, gap = two_spin.ground_state(glass)
    x = math.sqrt(6) * vector
    assert math.isclose(energy, float(glass.energy(x)) / 6)
    assert np.allclose(glass.gradient(x), 2 * energy * x)
    assert gap > 0


@pytest.mark.slow
def test_mean_counts_are_an_integral_over_the_smallest_eigenvalue():
    # n = 3, H = 3: the mean number of minima by integrating the density of points over the energy.
    density = lambda u: theory.mean_critical_point_density(u, 3, 3, index=0)  # noqa: E731
    total = integrate.quad(density, -8, 4, limit=200)[0]
    assert math.isclose(minima.mean_count(3, 3), total, rel_tol=1e-6)
    below = minima.mean_counts_below(3, 3)
    parts = [integrate.quad(density, -8, u, limit=200)[0] for u in minima._ENERGIES]
    assert np.allclose(below.low, parts, rtol=1e-6)


@pytest.mark.parametrize("u", [-0.4, -1.2, -2.0])
def test_the_least_probability_of_low_energies_in_a_field_is_known_in_closed_form(u):
    # H = 1: the energy over sqrt(n) is g c, g a chi variable with n degrees of freedom and c the cosine of the angle to
    # the field, whose density is 1/2 at n = 3 and 3/4 (1 - c^2) at n = 5. Where -g < t, W is 1/(2g) and -3t/(2g^3).
    t = u * math.sqrt(3)
    assert math.isclose(level_sets.lowest_probability(3, 1, u), 2 * stats.norm.pdf(t) ** 2 / stats.norm.cdf(t))
    t = u * math.sqrt(5)
    square = integrate.quad(lambda g: (1.5 * t / g**3) ** 2 * stats.chi.pdf(g, 5), -t, np.inf, epsabs=0)[0]
    assert math.isclose(level_sets.lowest_probability(5, 1, u), (t * stats.norm.pdf(t)) ** 2 / square, rel_tol=1e-7)
    assert level_sets.lowest_probability(5, 1, u) < stats.chi.sf(-t, 5)  # P(min E/n < u)


@pytest.mark.parametrize(("n", "H"), [(3, 3), (5, 3), (3, 5), (5, 5)])
def test_the_least_probability_of_low_energies_by_derivatives_of_the_bivariate_law(n, H):
    a, b, c = sympy.symbols("a b c")
    joint = sympy.exp(-(a**2 - 2 * c * a * b + b**2) / (2 * (1 - c**2))) / (2 * sympy.pi * sympy.sqrt(1 - c**2))
    kernel = sympy.lambdify((a, b, c), joint if n == 3 else sympy.diff(joint, a, b), "math")
    u, t = -1.4, -1.4 * math.sqrt(n)
    pairs = lambda y: kernel(t, t, math.cos(y) ** H) * math.sin(y) ** (n - 2)  # noqa: E731
    # To 1e-4 from either end, where the formula as it stands cancels; the integrand is bounded by about 1.
    square = integrate.quad(pairs, 1e-4, 2.5, limit=300)[0] / special.beta(0.5, (n - 1) / 2)
    mean = stats.norm.pdf(t) * (1 if n == 3 else -t)
    assert math.isclose(level_sets.lowest_probability(n, H, u), mean**2 / square, rel_tol=1e-3)


@pytest.mark.parametrize(("n", "u", "least"), [(3, -1.5, 0.81), (3, -2.0, 0.92), (5, -1.5, 0.71), (5, -2.0, 0.90)])
def test_the_first_moment_is_bounded_from_below_closely(n, u, least):
    bounds = minima.first_moment(n, 3, u)
    assert least < bounds.low / bounds.high < 1


@pytest.mark.slow
def test_only_well_above_the_threshold_do_minima_grow_rare():
    sizes = (3, 5, 8, 10, 12, 20, 50)
    shares = [bad_minima.share(n, 3).low for n in sizes]
    assert (np.diff(shares) < 0).all()
    assert shares[-1] < 1e-6
    threshold = -float(theory.E_inf(3))
    above = [
        1 - theory.mean_critical_points(n, 3, index=0, below=threshold) / theory.mean_critical_points(n, 3, index=0)
        for n in (3, 5, 10, 20, 100)
    ]
    assert np.allclose(above, [0.959, 0.965, 0.975, 0.985, 0.998], atol=5e-4)  # as the claim says, rounded
    for effort, group in catalogue()["minima/bad"].sizes.items():
        ends = [bad_minima.share(**series.parameters).low for series in group]
        assert -np.diff(ends).max() > 2 * CLAIMS["minima/bad"].at(effort).delta


def test_gradient_flow_at_two_spins_follows_the_exact_flow():
    # H = 2, n = 2: the flow of an angle, by SciPy's integrator.
    glass = SphericalSpinGlass.pure(2, 2, np.random.SeedSequence(3))
    times = np.array([0.5, 1.0])

    def velocity(t, x):
        gradient = glass.gradient(x)
        return -(gradient - (x @ gradient) / 2 * x)

    from spinglass import descend, sphere

    x0 = sphere.random_points(2, 1, 4)
    exact = integrate.solve_ivp(velocity, (0, 1), x0[0], t_eval=times, rtol=1e-10, atol=1e-12).y.T
    flow = descend(glass, x0, method="gradient", times=times)
    # The flow's steps are controlled to 1e-4 of the distance moved.
    assert np.allclose(flow.energies[0], glass.energy(exact) / 2, atol=5e-4)
