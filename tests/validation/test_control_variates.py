"""Control variates: the mean stays, the variance falls, and the controls of claims have the means they are given."""

import math

import numpy as np
import pytest
from scipy import stats

import theory
from spinglass import SphericalSpinGlass, sampling, sphere
from spinglass._common.seeds import child
from validation.claims._shared import complete_landscapes
from validation.claims._shared.complete_landscapes import Points
from validation.claims._shared.planted import opposite_noise
from validation.claims.dynamics.start_controls import start_controls
from validation.claims.enumeration import field_strength, hessians
from validation.claims.ground_states import deep_minima, minimum
from validation.statistics.control_variates import best_shares, controlled


def test_any_shares_leave_the_mean_as_it_is():
    # All outcomes of two fair coins: the control is one of them, the number depends on both.
    outcomes = [(y, np.array([x])) for x in (-1.0, 1.0) for y in (3 + x, 5 + 2 * x)]
    for share in (0.0, 0.7, -4.0):
        found = [controlled(y, control, [share]) for y, control in outcomes]
        assert math.isclose(np.mean(found), np.mean([y for y, _ in outcomes]))


def test_each_component_may_have_its_own_shares():
    shares = [[1.0, 0.0], [0.0, 2.0]]
    assert controlled([1.0, 1.0], [0.5, 0.25], shares).tolist() == [0.5, 0.5]


def test_the_best_shares_are_those_of_the_regression():
    random = np.random.default_rng(2)
    controls = random.standard_normal((4000, 2))
    values = controls @ [1.0, -2.0] + random.standard_normal(4000)
    shares, ratio = best_shares(values, controls)
    # Standard errors of 1/sqrt(4000); the variance is 6 without the controls and 1 with them.
    assert np.allclose(shares, [1.0, -2.0], atol=0.07)
    assert math.isclose(ratio, 6.0, rel_tol=0.12)
    reduced = [controlled(value, row, shares) for value, row in zip(values, controls, strict=True)]
    assert math.isclose(np.var(values) / np.var(reduced), ratio, rel_tol=0.01)


@pytest.mark.parametrize(
    ("values", "controls", "message"),
    [
        (np.ones(3), np.ones((3, 1)), "more samples than controls plus two"),
        (np.ones(9), np.ones((8, 1)), "one number per sample"),
        (np.arange(9.0), np.repeat(np.arange(9.0)[:, None], 2, axis=1), "linearly dependent"),
    ],
)
def test_pilots_that_determine_no_shares_are_refused(values, controls, message):
    with pytest.raises(ValueError, match=message):
        best_shares(values, controls)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "H"), [(5, 2), (4, 3), (5, 4)])
def test_the_controls_of_a_start_have_mean_zero(n, H):
    found = []
    for k in range(150):
        glass = SphericalSpinGlass.pure(n, H, np.random.SeedSequence((31, n, H, k)))
        found.append(start_controls(glass, sphere.random_points(n, 2, np.random.SeedSequence((32, k)))))
    t = np.mean(found, axis=0) / stats.sem(found)
    # Fixed seeds; of 12 numbers one would exceed 3.9 in a thousandth of all cases.
    assert np.abs(t).max() < 3.9


def test_the_controls_of_a_start_are_those_of_dense_derivatives():
    glass = SphericalSpinGlass.pure(6, 3, np.random.SeedSequence(5))
    x = sphere.random_points(6, 3, np.random.SeedSequence(6))
    basis = sphere.tangent_basis(x)
    slope = np.einsum("bki,bi->bk", basis, sphere.riemannian_gradient(glass, x))
    curved = np.einsum("bkl,bl->bk", sphere.riemannian_hessian(glass, x), slope)
    energy, square, product, curvature = start_controls(glass, x)
    assert math.isclose(energy, glass.energy(x).mean() / 6)
    assert math.isclose((square + 1) * 3 * 5, (slope**2).sum(axis=1).mean())
    assert math.isclose(product * 3 * 5, (slope * curved).sum(axis=1).mean())
    assert math.isclose((curvature + 1) * 3 * 5 * 3 * (2 + 3 / 6), (curved**2).sum(axis=1).mean())


def parts(n, H, h, seed):
    return (SphericalSpinGlass.mixed(n, {order: a}, seed) for order, a in ((1, h), (H, 1.0)))


@pytest.mark.slow
@pytest.mark.parametrize(("n", "H", "h"), [(6, 2, 2.0), (4, 3, 0.5), (5, 3, 3.0), (4, 4, 2.0)])
def test_the_share_of_a_harmonic_has_its_exact_mean(n, H, h):
    found = [field_strength.control(*parts(n, H, h, np.random.SeedSequence((41, n, H, k))), h) for k in range(250)]
    # Fixed seeds; false alarm 0.001 for each case.
    assert abs(np.mean(found)) < 3.3 * stats.sem(found)


@pytest.mark.parametrize("H", [2, 3, 4])
def test_the_share_is_that_of_fourier_coefficients_on_the_circle(H):
    angles = 2 * np.pi * np.arange(16) / 16
    x = math.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    seed = np.random.SeedSequence((7, H))
    waves = np.abs(np.fft.rfft(SphericalSpinGlass.mixed(2, {1: 0.8, H: 1.0}, seed).energy(x)) / 16) ** 2
    # A linear part a.x has the first coefficient |a|/sqrt 2. A trace-free tensor with J_1...1 = c has the norm
    # 2^((H-1)/2) c and the coefficient c/sqrt 2 of degree H.
    linear, harmonic = 2 * waves[1] / 2, 2 ** (H - 1) * 2 * waves[H] / 2
    assert math.isclose(field_strength.harmonic_share(*parts(2, H, 0.8, seed)), harmonic / (linear + harmonic))


def test_the_mean_power_is_that_of_the_ratio_of_two_chi_squares():
    n, H, h = 4, 3, 1.0
    w, D = h**2 + 3 / 6, field_strength.harmonics(n, H)

    f, g = np.linspace(0.01, 60, 1500), np.linspace(0.01, 90, 1500)[:, None]
    weights = stats.chi2(n).pdf(f) * stats.chi2(D).pdf(g)
    expected = (weights * (g / D / (w * f / n + g / D)) ** 1.5).sum() / weights.sum()
    # The steps of 0.04 and 0.06 leave errors of 1e-4 near f = 0.
    assert math.isclose(field_strength.mean_power(n, H, h, 1.5), expected, abs_tol=2e-4)


@pytest.mark.slow
def test_the_controls_of_the_index_fraction_have_mean_zero():
    # Points of a Poisson process with the exact density, on a grid of energies. The grid has a point more in the band
    # than steps, which matters by 1/200.
    n, H = 6, 3
    grid = np.linspace(-3, 3, 1201)
    density = theory.mean_critical_point_density(grid, n, H)
    number = float(theory.mean_critical_points(n, H))
    random = np.random.default_rng(9)
    found = []
    for _ in range(100):
        u = random.choice(grid, random.poisson(number), p=density / density.sum())
        every = Points(u, np.zeros(len(u), dtype=int), np.zeros((len(u), n - 1)), np.zeros((len(u), n)))
        found.append(hessians.band_controls(every, n, H))
    t = np.mean(found, axis=0) / stats.sem(found)
    # Fixed seeds; false alarm 0.001.
    assert np.abs(t).max() < 3.6


def process(random):
    """Draw the first points of a Poisson process of density 1: the depths of independent minima."""
    return random.exponential(size=12).cumsum()


def test_sums_over_independent_minima_have_their_means_and_leave_the_variance_that_is_derived():
    random = np.random.default_rng(13)
    found = [process(random) for _ in range(4000)]
    depth = np.log([y[0] for y in found])
    control = np.array([deep_minima.log_control(y) for y in found])
    differences = np.array([deep_minima.difference_control(y) for y in found])
    for sums in (control, differences):
        # Fixed seed; false alarm 0.001 each.
        assert abs(sums.mean()) < 3.3 * stats.sem(sums)
    # All minima leave pi^2/6 - 2 log 2 = 0.259 of 1.645; those up to DEEP leave 2% more.
    assert math.isclose(np.var(depth + control), math.pi**2 / 6 - 2 * math.log(2), rel_tol=0.08)
    # Hoeffding's projection of |log y - log y'| is its mean over y', here by quadrature over the quantiles of y'.
    other = np.log(-np.log1p(-(np.arange(400) + 0.5) / 400))
    projection = np.abs(depth[:, None] - other).mean(axis=1)
    assert best_shares(projection, differences[:, None]).shares[0] == pytest.approx(1, abs=0.05)


@pytest.mark.slow
def test_sums_over_the_deep_minima_of_landscapes_have_mean_zero():
    found = []
    for k in range(200):
        every = complete_landscapes.every_point(np.random.SeedSequence((51, k)), 4, 3)
        deep = deep_minima.depths(every.energy_per_spin[every.index == 0], 4, 3)
        found.append([deep_minima.log_control(deep), deep_minima.difference_control(deep)])
    t = np.mean(found, axis=0) / stats.sem(found)
    # Fixed seeds; false alarm 0.001.
    assert np.abs(t).max() < 3.5


@pytest.mark.slow
def test_anneals_find_the_deep_minima_and_their_sum_lowers_the_spread():
    plain, reduced = [], []
    for k in range(40):
        seed = np.random.SeedSequence((52, k))
        glass = SphericalSpinGlass.pure(8, 3, child(seed, 0))
        energies = sampling.ground_state(glass, temperatures=sampling.schedule(sweeps=12), seed=seed).energies / 8
        deep = deep_minima.depths(energies, 8, 3)
        if k < 4:
            every = complete_landscapes.all_points(glass)
            expected = deep_minima.depths(every.energy_per_spin[every.index == 0], 8, 3)
            assert np.allclose(deep[deep < deep_minima.DEEP], expected[expected < deep_minima.DEEP], rtol=1e-6)
        plain.append(energies.min())
        reduced.append(energies.min() + minimum.SHARE / 8 * deep_minima.log_control(deep))
    # The ratio is 3.9 in a pilot of 200 landscapes; a fixed seed.
    assert np.var(plain) > 2 * np.var(reduced)


def test_energies_that_are_not_finite_and_energies_far_too_low_leave_finite_sums():
    deep = deep_minima.depths(np.array([-9.0, np.inf, -1.4, -1.4 + 1e-13]), 6, 3)
    assert len(deep) == 2
    assert np.isfinite([deep_minima.log_control(deep), deep_minima.difference_control(deep)]).all()
    # No minimum at all: the sums are 0, their means are subtracted.
    assert deep_minima.log_control(np.array([])) == pytest.approx(math.exp(-deep_minima.DEEP) - 1)


def test_opposite_noise_is_one_glass_and_its_negative_with_the_same_signal():
    # Normal couplings and their negatives have the same law, so that both landscapes have the law of a planted model.
    v, x = sphere.random_points(6, 2, np.random.SeedSequence(8))
    one, other = opposite_noise({3: 1.0}, {2: 0.8, 3: 0.5}, v, np.random.SeedSequence(9))
    overlap = v @ x / 6
    signal = -6 * (0.8 * overlap**2 + 0.5 * overlap**3)
    assert math.isclose(one.energy(x) - signal, -(other.energy(x) - signal), rel_tol=1e-9)
    assert abs(one.energy(x) - signal) > 0.01
