"""Claims, tables and figures of equilibrium and of ground states, each by another route."""

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.integrate
import scipy.optimize
import scipy.stats

import theory
from spinglass import SphericalSpinGlass, enumerate_critical_points, sampling, sphere
from spinglass._common.seeds import child
from theory.statics import equilibrium
from validation.claims import catalogue, thermodynamics
from validation.claims._shared import tempered
from validation.claims.ground_states import deep_minima, fluctuations, hessian_ascent, minimum
from validation.claims.temperature import averages, overlaps
from validation.experiments import thermal
from validation.figures import temperature
from validation.series import EFFORTS


@pytest.mark.parametrize("T", [0.845, 1.0])
def test_the_liquid_has_the_annealed_energy(T):
    # d/d(beta) of log E Z = n beta^2/2.
    assert thermodynamics.infinite_energy(n=12, T=T, share=0.5, sweeps=1) == pytest.approx(-1 / T, rel=1e-12)


@pytest.mark.parametrize("T", [1.0, 1.5])
def test_the_correction_above_the_transitions_is_that_of_two_replicas(T):
    # Two replicas of a landscape have overlap q with density exp(n q^3/T^2), relative to random points, up to terms of
    # higher order in 1/n. By quadrature around q = 0; at n = 4000 the next term is a thirtieth of the first.
    n = 4000

    def weight(q):
        return np.exp(n * q**3 / T**2 + (n - 3) / 2 * np.log1p(-q * q))

    above, below = (scipy.integrate.quad(lambda q, k=k: q**k * weight(q), -0.2, 0.2, limit=200)[0] for k in (3, 0))
    assert above / below == pytest.approx(15 / (n * T) ** 2, rel=0.1)


def test_the_frozen_energy_loses_the_height_of_the_deepest_minimum():
    simulated = tempered.Tempered(np.array([0.5]), np.array([-1.2]), np.array([[0.1, 0.8]]))
    plain = thermodynamics.tempered_energy(simulated, 0.5, 0.9)
    # Without a minimum below u with probability exp(-mean number), as for a Poisson process.
    u = np.linspace(-2.2, -1.3, 901)
    deepest = u[0] + scipy.integrate.trapezoid(np.exp(-theory.mean_critical_points(48, 3, index=0, below=u)), u)
    q = 0.808745  # overlap of a state at T = 0.5
    expected = plain - 2 * q**1.5 / (3 * q - 1) * (deepest + float(theory.E_0(3)))
    assert thermodynamics.centred_energy(simulated, 48, 0.5, 0.9) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("n", "count"), [(48, 3), (144, 5)])
def test_the_liquid_is_sampled_at_its_temperature_and_above(n, count, monkeypatch):
    given = []

    def only_ladder(glass, temperatures, *_):
        given.append(temperatures)
        return tempered.Tempered(temperatures, np.zeros(count), np.zeros((count, 1)))

    monkeypatch.setattr(tempered, "_sampled", only_ladder)
    monkeypatch.setattr(SphericalSpinGlass, "pure", lambda *_: None)
    found = tempered.tempered_liquid(np.random.SeedSequence(0), n, 100)
    assert len(given[0]) == count
    assert (found.at(tempered.LIQUID)[0], given[0][-1]) == (0.0, pytest.approx(tempered.HOTTEST))


def test_the_frozen_energy_is_stationary_in_the_one_step_functional():
    def slopes(z):
        q, m = z
        step = 1e-6
        return [
            (functional(q + step, m) - functional(q - step, m)) / step,
            (functional(q, m + step) - functional(q, m - step)) / step,
        ]

    def functional(q, m, beta=2.0):
        return beta**2 * (1 - (1 - m) * q**3) + (m - 1) / m * np.log(1 - q) + np.log(1 - (1 - m) * q) / m

    q, m = scipy.optimize.fsolve(slopes, [0.82, 0.45])
    expected = -2 * (1 - (1 - m) * q**3)
    # Central differences of step 1e-6.
    assert thermodynamics.infinite_energy(n=12, T=0.5, share=0.5, sweeps=1) == pytest.approx(expected, abs=1e-5)


def test_half_the_overlap_of_a_valley_is_a_cut_between_the_atoms_of_the_law():
    # Route: the atoms' weights from the free energy's slope: <q^3> = 1 + T e, and e = d(beta f)/d(beta).
    T, step = 0.5, 1e-5
    free = [equilibrium.equilibrium(1 / beta, 3).free_energy * beta for beta in (1 / T - step, 1 / T + step)]
    cubed = 1 + T * (free[1] - free[0]) / (2 * step)
    law = overlaps.weight_of_a_valley(n=8, T=T, sweeps=1)
    q = scipy.optimize.brentq(lambda q: _slope_in_q(q, float(law.low), 1 / T), 0.7, 0.9)
    # Central differences of step 1e-5.
    assert law.low * q**3 == pytest.approx(cubed, abs=1e-7)
    assert law.low == law.high


def _slope_in_q(q: float, weight: float, beta: float) -> float:
    """Return the derivative of the one-step functional by q, with m = 1 - weight, by central differences."""

    def functional(q: float) -> float:
        m = 1 - weight
        return beta**2 * (1 - weight * q**3) + (m - 1) / m * np.log(1 - q) + np.log(1 - weight * q) / m

    return float(functional(q + 1e-5) - functional(q - 1e-5)) / 2e-5


@pytest.mark.slow
def test_the_share_taken_off_the_weight_of_a_valley_has_mean_zero_and_lowers_the_spread(monkeypatch):
    seeds = [np.random.SeedSequence((12, k)) for k in range(24)]
    simulated = [tempered.tempered(seed, 8, 150) for seed in seeds]
    reduced = np.array([overlaps.shared_valley(one, 0.5) for one in simulated])
    monkeypatch.setattr(overlaps, "_SHARE", 0.0)
    plain = np.array([overlaps.shared_valley(one, 0.5) for one in simulated])
    assert np.all((plain >= 0) & (plain <= 1))
    off = plain - reduced
    # Fixed seeds; five standard errors.
    assert abs(off.mean()) < 5 * off.std() / np.sqrt(24)
    assert reduced.var() < plain.var() / 2


@pytest.mark.parametrize("n", [12, 128])
def test_one_ladder_has_the_temperatures_of_all_claims_on_tempered_landscapes(n):
    ladder = tempered.ladder(n)
    assert len(ladder) == (8 if n == 12 else 15)
    assert np.all(np.diff(ladder) > 0)
    # With a constant specific heat, swap rates depend on the ratios of temperatures alone.
    assert np.max(ladder[1:] / ladder[:-1]) < (1.23 if n == 12 else 1.11)
    names = ["thermodynamics/liquid", "thermodynamics/between-transitions", "thermodynamics/frozen"]
    for claim_id in [*names, "temperature/overlap-law"]:
        for group in catalogue()[claim_id].sizes.values():
            assert {series.parameters["T"] for series in group} <= set(ladder)


def test_tempered_landscapes_mix_and_are_read_at_their_temperature():
    seed = np.random.SeedSequence((14, 0))
    simulated = tempered.tempered(seed, 12, 150)
    glass = SphericalSpinGlass.pure(12, 3, child(seed, 0))
    found = sampling.temper([glass], tempered.ladder(12), 150, burn_in=75, adapt=False, seed=child(seed, 1))
    assert found.status[0] == "equilibrated"
    assert found.swap_rates.min() > 0.4
    for rung, T in ((0, 0.5), (4, 0.845), (5, 1.0)):
        assert found.temperatures[rung] == T
        energy, pairs = simulated.at(T)
        assert energy == found.energy_per_spin[0, rung]
        assert np.array_equal(pairs, found.overlaps[0, rung])
        direct, through_overlaps = (thermodynamics.tempered_energy(simulated, T, share) for share in (1.0, 0.0))
        assert direct == energy
        assert through_overlaps == pytest.approx(-(1 - np.mean(pairs**3)) / T, rel=1e-12)


def test_the_mean_difference_of_gumbels_law_is_that_of_its_quantiles():
    # E|x - y| = 2 int F (1 - F) dx.
    law = scipy.stats.gumbel_r
    integral = 2 * scipy.integrate.quad(lambda x: law.cdf(x) * law.sf(x), -8, 60)[0]
    assert pytest.approx(integral, rel=1e-8) == fluctuations._MEAN_DIFFERENCE


@pytest.mark.slow
def test_scatter_is_the_mean_over_pairs_and_that_of_an_exponential_scale(monkeypatch):
    measured = fluctuations.relative_scatter(np.random.SeedSequence(4), 6, 3)
    minima = [fluctuations.minima(child(np.random.SeedSequence(4), k), 6, 3) for k in range(8)]
    numbers = [theory.mean_critical_points(6, 3, index=0, below=np.unique(u.round(9))) for u in minima]
    pairs = [abs(np.log(a[0] / b[0])) for a, b in itertools.combinations(numbers, 2)]
    control = np.mean([deep_minima.difference_control(y) for y in numbers])
    assert measured == pytest.approx((np.mean(pairs) - 2 * control) / (2 * np.log(2)), rel=1e-6)
    # Were the minima a Poisson process, the mean would be 1.
    random = np.random.default_rng(0)
    monkeypatch.setattr(fluctuations, "minima", lambda *_: random.exponential(size=8).cumsum())
    monkeypatch.setattr(theory, "mean_critical_points", lambda *_, below, **__: np.log(below))
    ratios = [fluctuations.relative_scatter(np.random.SeedSequence(k), 6, 3) for k in range(300)]
    assert np.std(ratios) < 0.2  # 0.33 without the control
    assert np.mean(ratios) == pytest.approx(1, abs=5 * np.std(ratios) / np.sqrt(300))  # five standard errors


@pytest.mark.slow
def test_fast_anneals_find_the_ground_state():
    for k in range(6):
        seed = np.random.SeedSequence((13, k))
        every = enumerate_critical_points(SphericalSpinGlass.pure(8, 3, child(seed, 0)))
        assert fluctuations.minima(seed, 8, 3).min() == pytest.approx(every.energy_per_spin.min(), abs=1e-9)


@pytest.mark.parametrize("H", [3, 4, 6])
def test_slope_at_the_ground_state_is_that_of_the_complexity(H):
    u = -float(theory.E_0(H))
    step = 1e-6
    slope = (theory.index_complexity(u + step, H, 0) - theory.index_complexity(u - step, H, 0)) / (2 * step)
    assert theory.deepest_minimum(100, H).rate == pytest.approx(slope, rel=1e-6)


def test_centring_of_claim_and_figure_are_one():
    table = thermal.centring(np.array([24.0, 48.0]), 3)
    for n, energy in table.to_numpy():
        assert minimum.centred(energy, int(n), 3) == pytest.approx(-theory.E_0(3), abs=1e-12)


@pytest.mark.parametrize("H", [3, 4])
def test_ascents_of_many_steps_tend_to_the_threshold(H):
    # The sum lies above by half a step's edge, sqrt(H (H-1))/(2 K), and less than it.
    gap = hessian_ascent.walk_limit(n=9, H=H, steps=10_000) + float(theory.E_inf(H))
    assert 0 < gap < np.sqrt(H * (H - 1)) / 10_000


def test_the_signs_of_the_steps_of_an_ascent_cancel():
    # After the first step, whose direction is random, the terms that are odd in the second step have opposite signs in
    # the two walks. What is left is half the lowest eigenvalue across, times the squared length n/2 of a step.
    seed, n = np.random.SeedSequence(8), 12
    glass = SphericalSpinGlass.pure(n, 3, child(seed, 0))
    x = sphere.random_points(n, 1, child(seed, 1)) / np.sqrt(2)
    across = np.linalg.svd(x)[2][1:]
    lowest = np.linalg.eigvalsh(across @ glass.hessian(x)[0] @ across.T)[0]
    expected = float(glass.energy(x)[0]) / n + lowest / 4
    assert hessian_ascent.walk_energy(seed, n, 3, steps=2) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("effort", EFFORTS)
def test_the_ascents_approach_to_the_limit_leaves_room_for_statistics(effort):
    # The pilot's approach, 3.17 n^(-2/3). If half the spread of the fits were above delta/2, no number of samples could
    # decide the claim.
    claim = catalogue()["ground-states/hessian-ascent"]
    parameters = [series.parameters for series in claim.sizes[effort]]
    limits = {hessian_ascent.walk_limit(**each) for each in parameters}
    assert len(limits) == 1
    n, limit = np.array([each["n"] for each in parameters], dtype=float), limits.pop()
    estimates = [weights @ (limit + 3.17 * n ** (-2 / 3)) for weights in claim.estimator.forms(n).values()]
    assert min(estimates) - 1e-12 <= limit <= max(estimates) + 1e-12
    assert (max(estimates) - min(estimates)) / 2 < 0.6 * claim.at(effort).delta / 2 * abs(limit)


def test_measurements_at_small_size():
    seed = np.random.SeedSequence(5)
    errors = averages.tempered_errors(seed, n=2, model="H=3", sweeps=400)
    assert np.abs(errors).max() < 0.2  # five standard deviations of one landscape
    assert abs(averages.langevin_errors(seed, n=12, chains=8)) < 0.03
    assert minimum.annealed_excess(seed, n=5, H=3) == pytest.approx(0, abs=1e-12)
    glass = SphericalSpinGlass.pure(8, 2, seed=3)
    low = np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(8))[0]
    # Equipartition near the ground state: (n-1)/2 temperatures.
    assert averages.exact_mean_energy(glass, 0.002) == pytest.approx(low + 7 / 16 * 0.002, abs=1e-4)


def test_tables_at_temperature():
    found = thermal.tempered(8, 3, 6, (0.7, 1.0, 1.5), 200, 0)
    energies = thermal.mean_energies(found)
    assert energies["samples"].iloc[0] + energies["dropped"].iloc[0] == 6
    assert (np.diff(energies["energy_per_spin"]) > 0).all()
    densities = thermal.overlap_densities(found, (0, 2), bins=20)
    assert densities.groupby("temperature")["density"].sum().tolist() == pytest.approx([10, 10])
    assert (densities["samples"] == energies["samples"].iloc[0]).all()
    assert (densities["dropped"] == energies["dropped"].iloc[0]).all()


def test_an_incomplete_enumeration_gives_no_ground_state(monkeypatch):
    incomplete = SimpleNamespace(complete=False, reason="a path was lost")
    monkeypatch.setattr(thermal, "enumerate_critical_points", lambda glass: incomplete)
    with pytest.raises(RuntimeError, match="sample 0 of n = 4 is not complete: a path was lost"):
        thermal.ground_states([4], 3, samples=2, enumerated=[4], seed=0)


@pytest.mark.slow
def test_figures_show_their_data():
    measured = pd.DataFrame({"n": [8, 8, 16, 16], "temperature": [0.5, 1.0] * 2, "standard_error": 0.01})
    measured["energy_per_spin"] = [-1.2, -0.9, -1.3, -0.95]
    infinite = thermal.infinite_energies(3, np.array([0.5, 0.7, 1.0]))
    axis = temperature.energy_by_temperature(measured, infinite, 0.83, 0.87, 1.657, 3).axes[0]
    shown = [container.lines[0].get_ydata().tolist() for container in axis.containers]
    assert shown == [[-1.2, -0.9], [-1.3, -0.95]]
    assert {text.get_text() for text in axis.texts} >= {"$T_s$", "$T_d$"}

    densities = pd.DataFrame({"n": 8, "temperature": [0.5, 0.5, 1.0, 1.0], "overlap": [-0.5, 0.5] * 2, "density": 0.5})
    atoms = pd.DataFrame({"temperature": [0.5, 0.5, 1.0], "overlap": [0.0, 0.8, 0.0], "weight": [0.4, 0.6, 1.0]})
    axes = temperature.overlap_densities(densities, atoms, 3).axes
    titles = [axis.get_title("left") for axis in axes[:2]]
    assert titles == ["(a) $T = 1$, $H = 3$", "(b) $T = 0.5$, $H = 3$"]
    heights, edges, _ = axes[1].patches[0].get_data()
    assert (heights.tolist(), edges.tolist()) == ([0.5, 0.5], [-1, 0, 1])
    marks = axes[3].lines[0]  # the right axis of the second panel
    assert marks.get_xydata().tolist() == [[0.0, 0.4], [0.8, 0.6]]

    states = thermal.ground_states([4, 5], 3, 3, [4], seed=1)
    axis = temperature.ground_states(states, thermal.centring(np.array([4.0, 5.0]), 3), 1.657, 1.633, 3).axes[0]
    assert sum(len(container.lines[0].get_ydata()) for container in axis.containers) == len(states)
