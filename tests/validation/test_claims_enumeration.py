"""The enumeration family's measurements and predictions, each by another route."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate

import theory
from spinglass import SphericalSpinGlass, critical_points, sphere
from validation import Mutant, verify
from validation.claims import catalogue
from validation.claims._shared.complete_landscapes import Points, every_point, points
from validation.claims._shared.mutants import CURVATURE
from validation.claims.enumeration import field_strength, hessian_law, hessians, mean_counts, trivialisation
from validation.claims.enumeration import mutants as wrong
from validation.claims.enumeration import solutions as enumeration
from validation.engine.mutation import mutated
from validation.series import EFFORTS, Series

SEED = np.random.SeedSequence(11)


def points_at(energies, eigenvalues):
    eigenvalues = np.asarray(eigenvalues, dtype=float)
    places = np.zeros((len(eigenvalues), eigenvalues.shape[1] + 1))
    return Points(np.asarray(energies, dtype=float), (eigenvalues < 0).sum(axis=1), eigenvalues, places)


@pytest.mark.parametrize(("n", "H"), [(1, 3), (5, 3), (4, 4), (3, 5), (6, 2), (3, {1: 1.0, 3: 1.0}), (2, {3: 1, 4: 1})])
def test_solutions_are_counted_as_the_tracker_counts_them(n, H):
    glass = SphericalSpinGlass.mixed(n, H, SEED) if isinstance(H, dict) else SphericalSpinGlass.pure(n, H, SEED)
    assert critical_points.enumerate_critical_points(glass, certify=None).expected == enumeration.number_of_solutions(
        n, H
    )


def test_no_size_of_the_morse_claim_is_empty_of_meaning():
    # For odd H and even n the points x and -x, of indices k and n-1-k, cancel in the sum whatever is found.
    for group in catalogue()["enumeration/morse"].sizes.values():
        for series in group:
            n, H = series.parameters["n"], series.parameters["H"]
            orders = H if isinstance(H, dict) else {H: 1.0}
            assert n % 2 or not all(order % 2 for order in orders)


@pytest.mark.slow
def test_the_deterministic_claims_kill_their_mutants():
    # One landscape in which an identity fails is enough.
    claims = [
        replace(claim, sizes={**claim.sizes, "quick": [Series(1, **s.parameters) for s in claim.sizes["quick"][:3]]})
        for claim in map(catalogue().get, ("enumeration/complete", "enumeration/morse", "enumeration/connected"))
    ]
    report = verify(claims=claims, workers=1, mutants=True)
    assert all(verdict.status == "agrees" for verdict in report.verdicts)
    assert len(report.mutant_verdicts) == 6
    assert not report.survivors


def test_a_mean_is_not_taken_over_what_is_left_of_the_points():
    with mutated(wrong.PATH_LOST), pytest.raises(ArithmeticError, match=r"30 of 31 solutions found, n=5, \{3: 1.0\}"):
        every_point(SEED, 5, 3)


def test_the_hessian_of_one_dimension_by_quadrature():
    # n = 2: one eigenvalue c (y - x) of weight |x - y| exp(-y^2/2).
    H, u = 3, np.array([-1.1, -0.35, 0.2])
    c = math.sqrt(H * (H - 1))
    for energy, row in zip(u, hessian_law.given_energy(2, H)(u), strict=True):
        x = H * energy / c

        def mean(f, x=x):
            weight = lambda y: abs(x - y) * math.exp(-(y**2) / 2)  # noqa: E731
            parts = [
                integrate.quad(g, a, b, epsabs=0, epsrel=1e-10)[0]
                for g in (lambda y: f(c * (y - x)) * weight(y), weight)
                for a, b in ((-12, x), (x, 12))
            ]
            return (parts[0] + parts[1]) / (parts[2] + parts[3])

        exact = [mean(lambda e: e), mean(lambda e: e * e), mean(lambda e: float(e < 0))]
        # The splines' steps of 1/80 leave relative errors of up to 1e-6 in a slope.
        assert np.allclose(row, exact, rtol=1e-6, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "H", "u"), [(4, 3, -1.0), (6, 3, -0.6), (4, 4, -1.3)])
def test_the_hessians_law_is_that_of_sampled_matrices_weighted_by_their_determinant(n, H, u):
    # Route: GOE matrices of size n-1, weighted one by one. 9 comparisons at 5 standard errors: false alarm 5e-6.
    draws = np.random.default_rng(3).standard_normal((60_000, n - 1, n - 1))
    matrices = math.sqrt(H * (H - 1) / (2 * n)) * (draws + draws.transpose(0, 2, 1))
    eigenvalues = np.linalg.eigvalsh(matrices) - H * u
    weight = np.abs(eigenvalues.prod(axis=1))
    weight /= weight.mean()
    values = hessian_law.statistics(eigenvalues)
    law = hessian_law.given_energy(n, H)(np.array([u]))[0]
    excess = weight[:, None] * (values - law)
    assert (np.abs(excess.mean(axis=0)) < 5 * excess.std(axis=0) / math.sqrt(len(draws))).all()
    # and the weight matters: the same matrices without it are far away
    plain = values.mean(axis=0) - law
    assert (np.abs(plain) > 20 * values.std(axis=0) / math.sqrt(len(draws))).all()


def test_points_in_bins_are_as_many_as_between_their_energies():
    numbers, means = hessians.bin_means(6, 3)
    below = theory.mean_critical_points(6, 3, below=np.array(hessians.BINS))
    assert np.allclose(numbers, below[:, 1] - below[:, 0], rtol=1e-10)
    law = hessian_law.given_energy(6, 3)
    for (low, high), mean in zip(hessians.BINS, means, strict=True):
        u = np.linspace(low, high, 2001)
        density = theory.mean_critical_point_density(u, 6, 3)
        average = np.trapezoid(density[:, None] * law(u), u, axis=0) / np.trapezoid(density, u)
        assert np.allclose(mean, average, rtol=1e-6)  # the trapezoidal rule's own error


def test_spectra_say_by_how_much_a_point_departs_from_the_law():
    # One point in the second bin, one in none: its excess over the law, over the bin's mean number, is all there is.
    eigenvalues = np.array([[-2.0, 1.0, 1.5, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
    numbers, means = hessians.bin_means(6, 3)
    law = hessian_law.given_energy(6, 3)(np.array([-1.0]))[0]
    expected = means.copy()
    expected[1] += (np.array([1.5, (4 + 1 + 2.25 + 9 + 16) / 5, 0.2]) - law) / numbers[1]
    assert np.allclose(hessians.spectra(points_at([-1.0, -1.9], eigenvalues), 6, 3), expected.ravel())


def test_the_fraction_weighs_a_point_by_its_rarity():
    every = points_at([-0.5, 0.3, -1.2], [[-1, 1, 1, 1, 1], [-1] * 5, [1] * 5])
    density = theory.mean_critical_point_density(-0.5, 6, 3)
    excess = hessians.index_fraction(every, 6, 3) - hessians.semicircle(3)
    # Less the controls: the weight in the band, its first moment around the middle, which is 0, and the number.
    weight, _, number = hessians.SHARES
    controls = weight * (1 / density - 1) + number * (3 / float(theory.mean_critical_points(6, 3)) - 1)
    assert math.isclose(excess, (0.2 - theory.index_fraction(-0.5, 3)) / density - controls)


@pytest.mark.parametrize(("law", "shift"), [("1/n", 0), ("1/(n-1/2)", 0.5)])
@pytest.mark.parametrize("first", [5, 6])
def test_an_extrapolation_recovers_the_law_it_assumes(law, shift, first):
    sizes = (5, 6, 8)
    weights = catalogue()["enumeration/semicircle"].estimator.forms(np.array(sizes))[f"{law}, n >= {first}"]
    values = [0.3 - 0.15 / (n - shift) for n in sizes]
    assert math.isclose(weights @ values, 0.3, rel_tol=1e-12)


@pytest.mark.parametrize("effort", EFFORTS)
def test_exact_fractions_extrapolate_to_the_semicircle_between_the_forms(effort):
    # What sampling noise leaves alone: the exact finite-n fractions, averaged over the band.
    claim = catalogue()["enumeration/semicircle"]
    sizes = [series.parameters["n"] for series in claim.sizes[effort]]
    nodes, rule = np.polynomial.legendre.leggauss(40)
    u = (nodes - 1) / 2
    exact = []
    for n in sizes:
        x = 3 * u / hessian_law.scale(n, 3)
        exact.append(float(rule @ hessian_law.weighted_fraction(x, n) / 2))
    forms = claim.estimator.forms(np.array(sizes))
    assert len(forms) == 4
    estimates = [float(weights @ exact) for weights in forms.values()]
    limit = hessians.semicircle(3)
    assert max(abs(v - limit) for v in exact) > 0.04 * limit
    # The middle of the forms is off by at most half their spread, which is what the claim allows for, and which leaves
    # room for statistics. If half their spread were above delta/2, no number of samples could decide the claim.
    half, delta = (max(estimates) - min(estimates)) / 2, claim.at(effort).delta * limit
    assert abs((min(estimates) + max(estimates)) / 2 - limit) < half + delta / 100
    assert half < 0.8 * delta / 2


@pytest.mark.slow
@pytest.mark.parametrize(("n", "k"), [(4, 0), (6, 2)])
def test_a_mean_energy_is_an_average_over_the_density(n, k):
    density = lambda u: theory.mean_critical_point_density(u, n, 3, index=k)  # noqa: E731
    total = integrate.quad(density, -6, 6, limit=200, points=(-1, 0))[0]
    first = integrate.quad(lambda u: u * density(u), -6, 6, limit=200, points=(-1, 0))[0]
    # quad asks for 1.5e-8 of either integral
    assert math.isclose(mean_counts.mean_energy(n, 3, k), first / total, rel_tol=1e-6)


def test_a_wrong_mean_energy_does_not_hide_itself(monkeypatch):
    # With as many points as expected the estimate is their mean energy, whatever theory says of it.
    u = [-1.3, -1.1, -0.9, -0.7, -0.6, -0.2]
    signs = np.repeat(np.eye(3) @ np.tril(np.ones((3, 5)), -1), 2, axis=0)
    every = points_at(u, 1 - 2 * signs)
    monkeypatch.setattr(mean_counts, "_of_index", lambda n, H, k: 2.0)
    for wrong_mean in (-1.0, 5.0):
        monkeypatch.setattr(mean_counts, "mean_energy", lambda n, H, k, value=wrong_mean: value)
        assert np.allclose(mean_counts.energies(every, 6, 3), [-1.2, -0.8, -0.4])


@pytest.mark.slow
def test_one_point_is_expected_below_each_threshold():
    for n, k in ((6, 1), (5, 2)):
        density = lambda u, n=n, k=k: sum(  # noqa: E731
            theory.mean_critical_point_density(u, n, 3, index=j) for j in range(k, n)
        )
        expected = integrate.quad(density, -3, mean_counts.threshold(n, 3, k), limit=100)[0]
        assert math.isclose(expected, 1.0, rel_tol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("k", [1, 2])
def test_thresholds_fall_towards_minus_E_k(k):
    limit = -float(theory.E_k(3, k))
    gaps = np.array([mean_counts.threshold(n, 3, k) - limit for n in (6, 10, 24)])
    assert (np.diff(gaps) < 0).all()
    assert 0 < gaps[-1] < gaps[0] / 2.5
    # At n = 1000 higher indices add nothing: one of index k is expected within 0.02 of -E_k, on the other side none.
    logs = theory.mean_critical_points(1000, 3, index=k, below=[limit - 0.01, limit + 0.02], log=True)
    assert logs[0] < -8
    assert logs[1] > 0


def test_counts_below_an_energy_are_those_of_the_rows():
    every = every_point(SEED, 6, 3)
    rows = list(zip(every.index, every.energy_per_spin, strict=True))
    counted = [sum(1 for index, u in rows if index == k and u < limit) for k, limit in mean_counts.GRID]
    simulated = points(SEED, 6, 3)
    assert mean_counts.counts_below(simulated).tolist() == counted
    assert mean_counts.counts_per_index(simulated, 6, 3).tolist() == every.counts[:3].tolist()
    assert mean_counts.counts_per_index(simulated, 6, 3).sum() * 2 == len(every) == mean_counts.count(simulated)


def test_a_strong_field_leaves_two_points():
    counts = [trivialisation.counts(np.random.SeedSequence(s), 5, 3, 30.0) for s in range(5)]
    linear, pure = (SphericalSpinGlass.mixed(5, {order: a}, SEED) for order, a in ((1, 30.0), (3, 1.0)))
    # All but the control, which is small where the linear part dominates.
    assert np.allclose(counts, [[2, 1]] * 5, atol=0.1)
    assert abs(field_strength.control(linear, pure, 30.0)) < 1e-3
    assert 2 < trivialisation.mean_counts(5, 3, 30.0)[0] < 2.001
    weak = trivialisation.mean_counts(4, 3, 1e-6)
    assert np.allclose(weak, [theory.mean_critical_points(4, 3), theory.mean_critical_points(4, 3, index=0)], rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("index", [None, 1])
def test_the_mutant_of_wrong_variance_is_a_goe_of_wrong_variance(index):
    # Route: n = 3, theory's formula over sampled matrices that are sqrt(n/(n-1)) too large. Five standard errors,
    # two comparisons: false alarm 1e-6.
    n, H, u = 3, 3, -0.4
    draws = np.random.default_rng(8).standard_normal((200_000, n, n))
    values = np.linalg.eigvalsh((draws + draws.transpose(0, 2, 1)) / (2 * math.sqrt(n))) * math.sqrt(n / (n - 1))
    terms = np.exp(-n * (H - 2) / (2 * H) * values**2) * (values < u * math.sqrt(H / (2 * (H - 1))))
    terms = 2 * math.sqrt(2 / H) * (H - 1) ** (n / 2) * (terms.sum(axis=1) if index is None else terms[:, index])
    with mutated(wrong.WRONG_VARIANCE):
        mutant = theory.mean_critical_points(n, H, index=index, below=u)
    error = terms.std() / math.sqrt(len(terms))
    assert abs(terms.mean() - mutant) < 5 * error
    assert abs(terms.mean() - theory.mean_critical_points(n, H, index=index, below=u)) > 20 * error


def test_the_mutant_without_curvature_has_the_flat_hessian():
    glass = SphericalSpinGlass.pure(5, 3, SEED)
    x = sphere.random_points(5, 4, 0)
    basis = sphere.tangent_basis(x)
    with mutated(CURVATURE):
        flat = sphere.hessian_eigenvalues(glass, x)
    assert np.allclose(flat, np.linalg.eigvalsh(basis @ glass.hessian(x) @ basis.mT))


def test_the_mutants_of_the_field_change_the_field_alone():
    healthy = SphericalSpinGlass.mixed(4, {1: 2.0, 3: 1.0}, SEED)
    (weak,) = (m for m in catalogue()["enumeration/field"].mutants if m.name == "field too weak")
    with mutated(weak):
        mutant = SphericalSpinGlass.mixed(4, {1: 2.0, 3: 1.0}, SEED)
    assert np.allclose(mutant.couplings[1], healthy.couplings[1] / math.sqrt(2))
    assert np.array_equal(mutant.couplings[3], healthy.couplings[3])
    with mutated(Mutant("m", "s", {"theory.mean_critical_points": wrong.without_field})):
        assert trivialisation.mean_counts(4, 3, 2.0)[0] == theory.mean_critical_points(4, {3: 1.0})
