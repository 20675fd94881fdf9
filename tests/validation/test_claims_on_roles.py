"""The claims on relaxation, samples and critical points: their formulas by another route, and on another simulation."""

import math
from itertools import product

import numpy as np
import pytest
from plain_subject import plain

import theory
from spinglass import enumerate_critical_points, sphere
from validation.claims._shared import gibbs
from validation.claims.critical_points import claims as critical_claims
from validation.claims.critical_points import measurements as critical
from validation.claims.equilibrium_samples import claims as sample_claims
from validation.claims.equilibrium_samples import measurements as samples
from validation.claims.relax import claims as relax_claims
from validation.claims.relax import measurements as relax
from validation.subjects import own as roles
from validation.subjects.current import judged
from validation.subjects.declaration import Declaration
from validation.subjects.functions import Functions
from validation.subjects.subject import Flow, Subject


def seeds(number):
    return [np.random.SeedSequence((2024, k)) for k in range(number)]


def deviation(values, expected):
    """Return the distance of a mean from its prediction in standard errors."""
    values = np.asarray(values, dtype=float)
    return float(np.max(np.abs(values.mean(axis=0) - expected) / (values.std(axis=0, ddof=1) / math.sqrt(len(values)))))


@pytest.mark.parametrize(("n", "H"), [(3, 2), (3, 3), (4, 3), (3, 4)])
def test_a_derivative_along_the_sphere_has_variance_H(n, H):
    # Route: the coefficient of every entry of the tensor in the derivative, over all index tuples.
    x = sphere.random_points(n, 1, 0)[0]
    v = sphere.tangent(x[None], sphere.random_points(n, 1, 1))[0]
    v /= np.linalg.norm(v)
    total = 0.0
    for row in product(range(n), repeat=H):
        term = sum(v[row[k]] * math.prod(x[i] for j, i in enumerate(row) if j != k) for k in range(H))
        total += (term / n ** ((H - 1) / 2)) ** 2
    assert math.isclose(total, H, rel_tol=1e-12)


def test_slope_and_curvature_are_those_of_polynomials():
    t, n, H = relax.times(3), 7, 3
    exact = -H * (n - 1) / n
    flow = Flow(0.3 + exact * t + 0.8 * t**3, 1 + exact / 2 * t**2 - 0.4 * t**4)
    assert math.isclose(relax.slope(flow, n, H), 1, rel_tol=1e-12)
    assert math.isclose(relax.curvature(flow, n, H), 1, rel_tol=1e-12)
    assert relax.rise(Flow(np.array([0.0, -1.0, -0.7]))) == pytest.approx(0.3)
    assert relax.rise(Flow(np.array([0.0, -1.0]))) == 0


@pytest.mark.parametrize("H", [2, 3, 4, 6])
def test_the_infinite_system_has_the_exact_slope_up_to_its_fourth_order(H):
    # The claims' bias bound.
    assert abs(relax.infinite_slope(H) - 1) < 0.0101
    assert abs(relax.infinite_curvature(H) - 1) < 0.0101


def test_mean_energies_at_two_spins_by_amplitudes_and_phases():
    # H = 3 on a circle: sqrt(1/2) (a cos 3t + b sin 3t) + sqrt(3/2) (c cos t + d sin t). Squared amplitudes are
    # exponentially distributed, and only the difference of the phases matters.
    nodes, weights = np.polynomial.laguerre.laggauss(24)
    t, phase = 2 * np.pi * np.arange(40) / 40, 2 * np.pi * np.arange(24) / 24
    third, first = (np.sqrt(s * 2 * nodes) for s in (0.5, 1.5))
    energy = third[:, None, None, None] * np.cos(3 * t) + first[:, None, None] * np.cos(t + phase[:, None])
    for T, found in zip(samples.TEMPERATURES, samples.exact_mean_energies(2, 3), strict=True):
        means = samples.gibbs_mean(energy, np.full(len(t), 1 / len(t)), T).mean(axis=2)
        assert math.isclose(found, weights @ means @ weights / 2, rel_tol=3e-3)


@pytest.mark.slow
def test_mean_energies_at_three_spins_are_those_of_the_projects_landscapes():
    glasses = [roles.landscape(3, 3, k) for k in range(150)]
    rows = [[gibbs.mean_energy(glass, T) for T in samples.TEMPERATURES] for glass in glasses]
    assert deviation(rows, samples.exact_mean_energies(3, 3)) < 4.5  # false alarms: one in 70 000


@pytest.mark.parametrize("wrong", [1.0, 0.95])
def test_two_temperatures_measure_the_error_of_inverse_temperatures(wrong):
    # Normal energies of variance s^2 have mean -s^2/T at temperature T.
    random, n = np.random.default_rng(3), 4
    inverse = wrong / np.array(samples.TEMPERATURES)
    energies = random.standard_normal((3000, 2, samples.DRAWS)) * math.sqrt(n) - n * inverse[:, None]
    found = [samples.two_temperatures(samples.Equilibrium(0, one, None)) for one in energies]
    scale = float(sample_claims.balance(n).reference)
    # False alarms: one in 70 000; the second order of the change is below 0.005.
    error = 4.5 * np.std(found) / math.sqrt(len(found)) / scale
    assert error < 0.03
    assert np.mean(found) / scale == pytest.approx(1 - wrong, abs=error + 0.005)


@pytest.mark.slow
def test_draws_of_the_project_have_the_exact_mean_energy_of_their_landscape():
    errors = [samples.errors_in_one_landscape(samples.drawn(seed, 3, 3), 3, 3) for seed in seeds(30)]
    assert deviation(errors, np.zeros(4)) < 5


@pytest.mark.parametrize(("n", "H"), [(4, 3), (3, 4), (5, 2)])
def test_indices_from_differences_of_gradients_are_those_of_the_hessians(n, H):
    found = critical.found(np.random.SeedSequence(5), n, H)
    glass = roles.landscape(n, H, found.number)
    every = enumerate_critical_points(glass, certify=None)
    assert np.array_equal(np.sort(critical.indices(found, n, H)), np.sort(every.index))
    assert critical.largest_gradient(found, n, H) < 1e-12
    assert critical.repeated(found) == critical.wrong_antipodes(found, H) == 0
    below = [(every.energy_per_spin < u).sum() for u in critical.ENERGIES]
    assert np.array_equal(critical.below(found, n, H), below)


def test_lists_with_repeated_or_missing_points_are_measured_by_their_share():
    x = sphere.random_points(4, 6, 0)
    assert critical.repeated(critical.Found(0, np.concatenate([x, x[:2] * (1 + 1e-12)]))) == 2 / 8
    assert critical.wrong_antipodes(critical.Found(0, np.concatenate([x, -x[:3]])), 3) == 3 / 9
    nothing = critical.Found(0, np.empty((0, 4)))
    assert critical.repeated(nothing) == critical.wrong_antipodes(nothing, 3) == 1
    assert critical.number(nothing) == 0
    assert critical.per_index(nothing, 4, 3).tolist() == [0, 0]
    assert critical.below(nothing, 4, 3).tolist() == [0, 0, 0]


def _minima(n, H, seed):
    every = enumerate_critical_points(roles.landscape(n, H, seed), certify=None)
    return every.x[every.index == 0]


@pytest.mark.slow
def test_samples_suffice_for_the_numbers_below_an_energy():
    # The number that varies most, from the exact second moment: standard errors of at most delta/4.3, with 10% of room
    # for the accuracy of theory's own average. Were they larger, correct lists would often stay undecided.
    (claim,) = (one for one in critical_claims.CLAIMS if one.id == "critical-points/mean-below")
    u = max(critical.ENERGIES)
    for effort in ("standard", "paper"):
        series = max(claim.sizes[effort], key=lambda one: one.parameters["n"])
        moment = theory.second_moment(**series.parameters, below=u, accuracy=0.02)
        scale = critical.mean_below(**series.parameters).scale
        error = math.sqrt((moment.value - moment.mean**2) / series.samples) / scale
        assert 4.3 * error < 1.1 * claim.at(effort).delta


def test_lists_of_minima_are_measured_as_such():
    given = {"critical_points": _minima, "landscape": roles.landscape}
    only = Subject(Functions(given, batched=True), Declaration(points="minima"))
    every = Subject(Functions({**given, "critical_points": roles.critical_points}, batched=True), only.declaration)
    with judged(only):
        found = critical.found(np.random.SeedSequence(5), 4, 3)
        assert critical.wrong_indices(found, 4, 3) == critical.wrong_antipodes(found, 3) == 0
        assert critical.mean_number(4, 3) == theory.mean_critical_points(4, 3, index=0)
        assert critical.per_index(found, 4, 3).tolist() == [len(found.points)]
        assert critical.wrong_number_of_eigenvectors(critical.found(np.random.SeedSequence(6), 4, 2), 4) == 0
    with judged(every):
        found = critical.found(np.random.SeedSequence(5), 4, 3)
        index = critical.indices(found, 4, 3)
        assert critical.wrong_indices(found, 4, 3) == (index > 0).mean()
        assert critical.wrong_antipodes(found, 3) == 1


@pytest.mark.slow
@pytest.mark.parametrize("H", [2, 5])
def test_claims_of_other_orders_measure_what_they_predict_in_shape(H):
    for claim in (
        *relax_claims.claims_of_order(H),
        *sample_claims.claims_of_order(H),
        *critical_claims.claims_of_order(H),
    ):
        series = claim.sizes["quick"][0]
        measured, predicted = claim.measurement(np.random.SeedSequence(1), series), claim.prediction(series)
        assert np.broadcast_shapes(measured.shape, np.shape(predicted.low)) == measured.shape
        assert np.isfinite(measured).all()
        assert "\n" not in claim.statement


@pytest.mark.slow
def test_another_simulation_is_measured_in_place_of_the_projects_own():
    with judged(plain("n/2", "1")):
        flows = [relax.relaxed(seed, 6, 3) for seed in seeds(40)]
        assert deviation([relax.slope(flow, 6, 3) for flow in flows], 1.0) < 4.5
        drawn = [samples.drawn(seed, 3, 3) for seed in seeds(12)]
        assert deviation([samples.errors_in_one_landscape(one, 3, 3) for one in drawn], np.zeros(4)) < 6
        found = [critical.found(seed, 3, 3) for seed in seeds(3)]
        assert max(critical.largest_gradient(one, 3, 3) for one in found) < 1e-6
        assert max(critical.wrong_indices(one, 3, 3) for one in found) == 0
