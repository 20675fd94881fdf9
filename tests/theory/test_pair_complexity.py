"""Pairs of critical points at large n, compared with conditioned coupling tensors and with single points."""

import math

import numpy as np
import pytest
from dense_pairs import CubicPair, derivative, points
from scipy.optimize import minimize
from scipy.special import gammaln, log_ndtr

import theory
from theory.covariance import Covariance
from theory.large_n.pairs.rates import PairRates
from theory.large_n.pairs.two_points import two_points

MIXTURE = {3: 0.5**0.5, 4: 0.5**0.5}
NEARLY = {3: 1.0, 4: 1e-9}


@pytest.mark.parametrize("weights", [{3: 1.0}, {2: 0.6, 3: 1.0, 4: 0.5}, {1: 0.5, 3: 1.0}])
@pytest.mark.parametrize("q", [-0.5, 0.3, 0.9])
def test_conditional_moments_against_full_tensors(weights, q):
    n = 4
    x, y, e = points(n, q)
    towards, v, w = (y - q * x) / math.sqrt(n * (1 - q * q)), np.eye(n)[2], np.eye(n)[3]
    gradients = [derivative(p, [d], weights) for p, d in ((x, towards), (y, e), (x, v), (y, v))]
    energies = [derivative(x, [], weights) / n, derivative(y, [], weights) / n]
    radials = [derivative(x, [x], weights) / n, derivative(y, [y], weights) / n]
    others = [derivative(y, d, weights) for d in ([e, e], [e, v], [v, w])]
    rows = np.array([*gradients, *energies, *radials, *others])
    covariance = n * rows @ rows.T
    given, rest = slice(0, 4), slice(4, None)
    left = covariance[rest, rest] - covariance[rest, given] @ np.linalg.solve(
        covariance[given, given], covariance[given, rest]
    )
    found = two_points(np.array(q), Covariance.of(weights))
    modes = np.kron(np.eye(2), np.array([[1, 1], [1, -1]]) / math.sqrt(2))
    law = modes @ left[:4, :4] @ modes.T
    u, zeta = np.arange(2), np.arange(2, 4)
    np.testing.assert_allclose(found.energy, law[u, u], atol=1e-13)
    np.testing.assert_allclose(found.pull, law[zeta, u] / law[u, u], rtol=1e-10)
    np.testing.assert_allclose(found.radial, law[zeta, zeta] - law[zeta, u] ** 2 / law[u, u], atol=1e-11)
    known = u if len(weights) == 1 else np.arange(4)
    slopes = np.linalg.solve(law[np.ix_(known, known)], (modes @ left[:4, 4])[known])
    assert found.curvature == pytest.approx(left[4, 4] - slopes @ (modes @ left[:4, 4])[known], abs=1e-9)
    expected = np.concatenate([found.curvature_of_energy, np.zeros(2)])
    if len(weights) > 1:
        expected += np.concatenate([-found.curvature_of_radial * found.pull, found.curvature_of_radial])
    np.testing.assert_allclose(expected[known], slopes, atol=1e-9)
    assert found.coupling == pytest.approx(left[5, 5], rel=1e-12)
    assert left[6, 6] == pytest.approx(Covariance.of(weights)(1.0, 2), rel=1e-12)
    np.testing.assert_allclose(left[6, :6], 0.0, atol=1e-12)


def _log_pairs(n, q, u_x, u_y, samples, rng):
    """Return the logarithm of the Kac-Rice density of pairs, with the determinants' mean by sampling."""
    pair = CubicPair(n, q, u_x, u_y)
    logs = [sum(np.linalg.slogdet(h)[1] for h in pair.draw(rng)) for _ in range(samples)]
    volumes = sum(math.log(2) + 0.5 * d * math.log(math.pi) - gammaln(0.5 * d) for d in (n, n - 1))
    sphere = volumes + (n - 1) * math.log(n) + 0.5 * (n - 3) * math.log1p(-q * q)
    return sphere + pair.log_density + np.logaddexp.reduce(logs) - math.log(samples)


@pytest.mark.slow
@pytest.mark.parametrize(("q", "u_x", "u_y"), [(0.4, -2.4, -2.8), (-0.6, -2.4, 2.2), (0.6, -2.2, -0.5)])
def test_mean_numbers_of_pairs_tend_to_the_complexity(q, u_x, u_y):
    """The powers of n in the density are those at q = 0, so that they cancel in the difference."""
    rng = np.random.default_rng(3)
    n = np.array([12, 20, 32])
    rate = [
        (_log_pairs(m, q, u_x, u_y, k, rng) - _log_pairs(m, 0.0, u_x, u_y, k, rng)) / m
        for m, k in zip(n, (200, 80, 40), strict=True)
    ]
    limit = np.linalg.lstsq(np.stack([np.ones(3), 1 / n], axis=1), np.array(rate), rcond=None)[0][0]
    expected = theory.pair_complexity(q, u_x, u_y, 3) - theory.pair_complexity(0.0, u_x, u_y, 3)
    # Sampling moves the limit by about 0.01 (repetitions with other seeds), the next order in 1/n by 0.02.
    assert limit == pytest.approx(expected, abs=0.05)
    assert abs(expected - rate[0]) > 0.1


@pytest.mark.parametrize("H", [3, 4, MIXTURE, {2: 0.5, 3: 1.0}])
def test_points_at_overlap_zero_are_independent(H):
    u = np.array([-1.7, -1.2, -0.3]) * (1.0 if H != {2: 0.5, 3: 1.0} else 1.1)
    zero = theory.pair_complexity(0.0, u[:, None], u, H)
    if isinstance(H, int):
        # Below the energy u the number of points grows at the rate at u, for negative u.
        single = theory.complexity(u, H)
    else:
        grid = np.linspace(-0.5, 2.5, 300_001)
        rates = PairRates.at(np.zeros(()), H)
        single = np.array([rates.of_one(v / rates.law.scale, grid).max() for v in u])
    np.testing.assert_allclose(zero, single[:, None] + single, atol=1e-9)


@pytest.mark.parametrize("H", [3, 4, 6])
def test_second_moment_of_deep_points_comes_from_overlap_zero(H):
    """Subag (2017): the number of points at energies between -E_0 and -E_inf concentrates."""
    q = np.linspace(-0.99, 0.99, 199)
    for u in np.linspace(-float(theory.E_0(H)), -float(theory.E_inf(H)), 5):
        rate = theory.pair_complexity(q, u, u, H)
        assert rate.argmax() == 99
        assert np.all(np.diff(rate[:100])[50:] > 0) or H % 2 == 0


def test_second_moment_of_all_points_is_the_square_of_the_mean():
    u, q = np.linspace(-1.5, 1.5, 31), np.linspace(-0.98, 0.98, 99)
    rate = theory.pair_complexity(q[:, None, None], u[:, None], u, 3)
    assert rate.max() == pytest.approx(2 * theory.complexity(0.0, 3), abs=1e-12)
    assert q[np.unravel_index(rate.argmax(), rate.shape)[0]] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("H", [3, 4, {3: 1.0, 5: 0.5}, {2: 1.0, 4: 0.5}])
def test_reflection_of_one_point(H):
    """The energy at -y is minus that at y for odd orders, and the same for even ones."""
    odd = max(H) % 2 if isinstance(H, dict) else H % 2
    q, u, v = 0.6, -1.5, -1.1
    assert theory.pair_complexity(-q, u, -v if odd else v, H) == pytest.approx(theory.pair_complexity(q, u, v, H))


@pytest.mark.parametrize("H", [MIXTURE, {2: 0.5, 3: 1.0}, {1: 1.0, 3: 1.0}, {3: 1.0, 4: 1e-3}])
@pytest.mark.parametrize(("q", "u", "v"), [(0.5, -1.7, -1.6), (-0.3, -1.5, -1.0), (0.95, -1.7, -1.68)])
def test_supremum_over_radial_derivatives(H, q, u, v):
    rates = PairRates.at(np.array(q), H)
    x, y = np.array(u / rates.law.scale), np.array(v / rates.law.scale)
    found = minimize(
        lambda z: -float(rates.of_all(x, np.array(z[0]), y, np.array(z[1]))),
        [1.0, 0.9],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000},
    )
    assert theory.pair_complexity(q, u, v, H) == pytest.approx(-found.fun, abs=1e-8)
    z_x = np.array(1.01)
    grid = np.linspace(-1.0, 3.0, 400_001)
    best = rates.of_all(x, z_x, y, grid).max()
    assert float(rates.of_all(x, z_x, y, rates.best_second(x, z_x, y))) == pytest.approx(best, rel=1e-7, abs=1e-6)


def test_nearly_pure_mixtures_tend_to_the_pure_model():
    q = np.array([-0.5, 0.3, 0.8])
    z = -np.array([-1.7, -1.65]) / PairRates.at(np.zeros(()), 3).law.slope
    rates = PairRates.at(q, {3: 1.0, 4: 1e-6})
    u = -rates.law.slope * z
    rate = rates.of_all(u[0, None], z[0, None], u[1, None], z[1, None])
    pure = PairRates.at(q, 3)
    v = -pure.law.slope * z
    np.testing.assert_allclose(rate, pure.of_all(v[0, None], z[0, None], v[1, None], z[1, None]), atol=1e-9)


@pytest.mark.parametrize("weight", [1e-2, 1e-6, 3e-8, 1e-8, 1e-9, 1e-12, 1e-15, 1e-17, 1e-100])
def test_pairs_of_mixtures_down_to_nearly_pure_ones(weight):
    nearly, q = {3: 1.0, 4: weight}, np.array([-0.5, 0.3, 0.8])
    # Rates differ from those of the pure model in the second order of the weight.
    near = {"rtol": 0.0, "atol": 45 * weight**2 + 1e-14}
    np.testing.assert_allclose(
        theory.pair_complexity(q, -1.65, -1.64, nearly), theory.pair_complexity(q, -1.65, -1.64, 3), **near
    )
    np.testing.assert_allclose(
        theory.neighbour_complexity(q, -1.65, -1.64, nearly), theory.neighbour_complexity(q, -1.65, -1.64, 3), **near
    )


def test_pairs_at_huge_energies_return():
    assert theory.pair_complexity(0.3, -1e60, 1e60, {3: 1.0, 4: 0.5}) < -1e119


def test_near_overlap_one():
    """The 60 digits of the moments leave a smooth function where float64 would lose it."""
    rest = np.array([1e-3, 1e-5, 1e-7])
    rate = theory.pair_complexity(1 - rest, -1.65, -1.65, 3)
    # The leading correction is proportional to 1 - q.
    assert rate[1] - rate[2] == pytest.approx((rate[0] - rate[2]) / 100, rel=0.05)


def test_isolated_eigenvalue_of_sampled_hessians():
    rng = np.random.default_rng(4)
    q, u_x, u_y = 0.8, -1.7, -1.5
    expected = theory.isolated_eigenvalue(q, u_x, u_y, 3)
    edge = -3 * u_y - 2 * math.sqrt(6)
    assert expected < edge - 0.5
    means = []
    for n, samples in ((14, 150), (24, 60)):
        pair = CubicPair(n, q, u_x, u_y)
        means.append(np.mean([np.linalg.eigvalsh(pair.draw(rng)[1])[0] for _ in range(samples)]))
    # The deviation is of the order of 1/n; the means have standard errors of about 0.05.
    # In 1/n, from 14 and 24.
    assert (24 * means[1] - 14 * means[0]) / 10 == pytest.approx(expected, abs=0.3)
    assert math.isnan(theory.isolated_eigenvalue(0.0, u_x, u_y, 3))


@pytest.mark.slow
@pytest.mark.parametrize(("H", "u_x", "u_y", "q"), [(4, -1.78, -1.74, 0.85), (5, -1.83, -1.80, 0.9)])
def test_probability_of_a_positive_isolated_eigenvalue(H, u_x, u_y, q):
    """Sample the Schur complement of the bulk, with the normal second derivative integrated out."""
    rates = PairRates.at(np.array(q), H)
    x, y = np.array(u_x / rates.law.scale), np.array(u_y / rates.law.scale)
    z_x, z_y = -x / rates.law.slope, -y / rates.law.slope
    cost = float(rates.cost_of_minimum(x, z_x, y, z_y))
    assert 0.005 < cost < 0.3
    k = float(rates.curvature(x, z_x, y, z_y) + z_y)
    c, d = rates.points.curvature / (4 * rates.law.second), rates.points.coupling / rates.law.second
    rng = np.random.default_rng(6)
    logs = []
    for n in (100, 200):
        # Quantiles of the semicircle stand for the eigenvalues: their fluctuations do not change the rate.
        t = np.sort(np.cos(math.pi * (np.arange(20_000) + 0.5) / 20_000))
        share = np.cumsum(1 - t * t) / (1 - t * t).sum()
        eigenvalues = np.interp((np.arange(n) + 0.5) / n, share, t) + float(z_y)
        # Tilted sampling: r is drawn with the variances that make the event typical, and reweighted.
        tilt = _tilt(k, c, d, float(z_y))
        variance = d / n / 4 / (1 + tilt * d / (2 * eigenvalues))
        r = rng.standard_normal((20_000, n)) * np.sqrt(variance)
        form = (r * r / eigenvalues).sum(axis=1)
        log_weight = n * tilt * form - 0.5 * np.log1p(tilt * d / (2 * eigenvalues)).sum()
        event = log_ndtr((k - form) / math.sqrt(c / n))
        logs.append(np.logaddexp.reduce(log_weight + event) - math.log(len(r)))
    # The probability is exp(-n cost) over a power sqrt(n).
    assert (logs[0] - logs[1] - 0.5 * math.log(2)) / 100 == pytest.approx(cost, rel=0.05)


def _tilt(k, c, d, z):
    """Return the t at which ``k + t c`` equals half the mean over the semicircle of ``d/2/(x + z + t d/2)``."""
    low, high = 0.0, 1e4
    for _ in range(200):
        t = 0.5 * (low + high)
        s = z + 0.5 * t * d
        low, high = (t, high) if k + t * c < 0.5 * d / (s + math.sqrt(s * s - 1)) else (low, t)
    return low


def test_minima_around_a_minimum():
    q = np.array([0.0, 0.5, 0.65, 0.7])
    every = theory.neighbour_complexity(q, -1.655, -1.634, 3)
    minima = theory.neighbour_complexity(q, -1.655, -1.634, 3, kind="minima")
    isolated = theory.isolated_eigenvalue(q, -1.655, -1.634, 3)
    assert every[0] == pytest.approx(theory.complexity(-1.634, 3), abs=1e-12)
    np.testing.assert_array_equal(minima[:2], every[:2])
    assert np.all(isolated[2:] < 0)
    assert np.all(minima[2:] < every[2:])
    # Above -E_inf there are no minima at this accuracy.
    assert theory.neighbour_complexity(0.3, -1.655, -1.5, 3, kind="minima") == -math.inf
    # In a mixture the number of minima is bounded by that of all points, and both agree where the bulk is positive.
    u = np.array([-1.72, -1.70, -1.66])
    every, minima = (theory.neighbour_complexity(0.3, -1.72, u, MIXTURE, kind=kind) for kind in ("all", "minima"))
    assert np.all(minima <= every + 1e-12)
    assert minima[0] == pytest.approx(every[0], abs=1e-10)
    assert minima[2] < every[2] - 1e-3
    given = theory.most_numerous_stability(-1.72, MIXTURE)
    assert theory.neighbour_complexity(0.3, -1.72, -1.7, MIXTURE, stability=given) == pytest.approx(every[1], abs=1e-12)


@pytest.mark.parametrize(("H", "u_x"), [(3, -1.655), (3, -1.64), (MIXTURE, -1.72)])
def test_a_minimum_stays_one_next_to_other_points(H, u_x):
    """Where other points exist, they do not push an eigenvalue of the minimum's Hessian below 0."""
    q, u_y = np.linspace(-0.98, 0.98, 99)[:, None], np.linspace(-1.7, -0.5, 100)
    rates = PairRates.at(np.broadcast_to(q, (99, 100)), H)
    x, y = np.full((99, 100), u_x / rates.law.scale), np.broadcast_to(u_y / rates.law.scale, (99, 100))
    z_x = rates.law.most_numerous(x)
    z_y = rates.best_second(x, z_x, y)
    there = rates.of_all(x, z_x, y, z_y) >= rates.of_one(x, z_x)
    assert there.sum() > 1000
    assert not np.any(rates.isolated(y, z_y, x, z_x)[there] < 0.0)


@pytest.mark.slow
@pytest.mark.parametrize(("H", "u"), [(3, -1.655), (4, -1.75), (MIXTURE, -1.72)])
def test_closest_points(H, u):
    overlaps = []
    for index, kind in ((0, "minima"), (1, "all")):
        found = theory.closest_points(u, H, index=index)
        overlaps.append(found.overlap)
        here = theory.neighbour_complexity(found.overlap, u, found.energy_per_spin, H, kind=kind)
        # Among all points at this place are some whose bulk is not positive.
        assert -1e-8 < here < (1e-8 if kind == "minima" or isinstance(H, int) else 1e-4)
        energies = np.linspace(u, -float(theory.E_inf(H)) if isinstance(H, int) else -1.66, 200)
        beyond = theory.neighbour_complexity(found.overlap + 0.01, u, energies, H, kind="minima")
        assert index == 1 or beyond.max() < 0.0
        if index == 1 and isinstance(H, int):
            isolated = theory.isolated_eigenvalue(found.overlap, u, found.energy_per_spin, H)
            assert found.smallest_eigenvalue == pytest.approx(isolated, abs=1e-9)
        assert (found.smallest_eigenvalue < 0.0) == (index == 1)
    # Saddles lie between a minimum and its nearest neighbours.
    assert overlaps[1] > overlaps[0]


def test_deeper_minima_are_farther_apart():
    overlaps = [theory.closest_points(u, 3).overlap for u in (-1.656, -1.65, -1.64, -1.63299317)]
    assert overlaps == sorted(overlaps)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: theory.pair_complexity(1.0, -1.6, -1.6, 3),
            "at least 1e-10 from both, not 1;",
        ),
        (lambda: theory.pair_complexity(0.5, -1.6, -1e150, 3), "u2 must be at most 1.*e.100 in absolute value"),
        (lambda: theory.pair_complexity(0.5, -1.0, -1.0, {1: 1.0, 2: 1.0}), "quadratic model, with at most 2n"),
        (lambda: theory.pair_complexity(0.5, math.nan, -1.6, 3), "u1 must be finite"),
        (lambda: theory.neighbour_complexity(0.5, -1.6, -1.6, 3), "no minima above -E_inf = -1.632993162.*not -1.6"),
        (lambda: theory.neighbour_complexity(0.5, -1.65, -1.6, 3, stability=0.1), "determined by the energy"),
        (lambda: theory.neighbour_complexity(0.5, -1.65, -1.6, NEARLY, stability=0.1), "or nearly pure model; omit it"),
        (lambda: theory.neighbour_complexity(0.5, -1.6, -1.6, NEARLY), "a pure or nearly pure model has no minima"),
        (lambda: theory.neighbour_complexity(0.5, -1.7, -1.6, MIXTURE, stability=-0.1), "at least 0.*given -0.1"),
        (lambda: theory.neighbour_complexity(0.5, -1.65, -1.6, 3, kind="saddles"), "'saddles'"),
        (lambda: theory.isolated_eigenvalue(0.5, -1.6, -1.6, 3), "no minima above"),
        (lambda: theory.closest_points(-1.65, 3, index=2), "index must be 0 or 1, not 2"),
        (lambda: theory.closest_points([-1.65, -1.64], 3), "u1 must be one number"),
        (lambda: theory.closest_points(-1.5, 2), "does not grow exponentially"),
        (lambda: theory.closest_points(-5.0, {1: 5.0, 3: 1.0}), "does not grow exponentially"),
        (lambda: theory.closest_points(-1.68, MIXTURE), "are marginal.*give u1 below -E_th"),
    ],
)
def test_bad_arguments_name_the_problem(call, message):
    with pytest.raises(ValueError, match=message):
        call()
