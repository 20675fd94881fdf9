"""The catalogue's measurements and predictions, each by another route."""

import math

import numpy as np
import pytest
from scipy import integrate

import theory
from spinglass import SphericalSpinGlass
from validation.claims import catalogue, covariance, derivatives, dynamics, minima, two_spin

SEED = np.random.SeedSequence(7)
CLAIMS = catalogue()


@pytest.mark.parametrize("claim_id", CLAIMS)
def test_a_claim_measures_what_it_predicts_in_shape_and_is_finite(claim_id):
    claim = CLAIMS[claim_id]
    for effort in ("quick", "standard"):
        series = claim.sizes[effort][0]
        prediction = claim.predict(**series.parameters)
        assert np.isfinite(getattr(prediction, "high", prediction)).all()
    quick = claim.sizes["quick"][0]
    assert np.isfinite(claim.measurement(SEED, quick)).all()
    assert np.array_equal(claim.measurement(SEED, quick), claim.measurement(SEED, quick))


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


def test_mean_counts_are_an_integral_over_the_smallest_eigenvalue():
    # n = 3, H = 3: the mean number of minima by integrating the density of points over the energy.
    density = lambda u: theory.mean_critical_point_density(u, 3, 3, index=0)  # noqa: E731
    total = integrate.quad(density, -8, 4, limit=200)[0]
    assert math.isclose(minima.mean_count(3, 3, 64), total, rel_tol=1e-6)
    below = minima.mean_counts_below(3, 3, 64)
    parts = [integrate.quad(density, -8, u, limit=200)[0] for u in minima._ENERGIES]
    assert np.allclose(below.low, parts, rtol=1e-6)


def test_the_most_minima_a_cubic_form_on_the_sphere_can_have():
    # (2^n)/2 at H = 3, from at most 2 (2^n - 1) critical points; on the circle 3 of 6.
    prediction = minima.first_moment(2, 3, 64, -1.0)
    assert math.isclose(float(prediction.high) / float(prediction.low), 2.0)


@pytest.mark.parametrize("form", ["1/n, t >= 2", "1/n, t >= 4.5", "n^-2/3, t >= 2", "n^-2/3, t >= 4.5"])
def test_an_extrapolation_recovers_the_law_it_assumes(form):
    sizes = (25, 50, 100)
    weights = dynamics.limits([{"n": n} for n in sizes])[form]
    power = 1.0 if form.startswith("1/n") else 2 / 3
    times = np.array(dynamics.TIMES)
    total = sum(
        float((-1.6 + 0.3 * times ** (-2 / 3) + (1.5 + times) * n**-power) @ w)
        for n, w in zip(sizes, weights, strict=True)
    )
    assert math.isclose(total, -1.6, rel_tol=1e-10)


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
