"""The claims on quenches, on mixtures at T > 0 and on the potential: what they measure, and their mutants."""

import numpy as np
import pytest

import theory
from spinglass._common.seeds import child
from validation.claims._shared.tempered import MODELS, Tempered
from validation.claims.dynamics import ageing, mutants
from validation.claims.temperature import potential
from validation.claims.thermodynamics import infinite_mixed_energy, mixed_energy

SEED = np.random.SeedSequence(5)


def made_up(T, model, until=300.0):
    """Return a quench that follows the prediction exactly, with one power of time."""
    state = theory.threshold_state(T, ageing.MODELS[model])
    times = np.geomspace(until / 30, until, 40)
    p, X = state.energy_exponent, state.fluctuation_ratio
    ratios = X * (1 - np.array([until / 10, until]) ** (-p / 2))
    return ageing.Quench(times, state.energy + times**-p, 3.0 + times**-p, ratios)


def test_readings_of_an_exact_quench_are_zero():
    found = made_up(0.4, "H=4")
    for read in (ageing.energy_error, ageing.ratio_error, ageing.exponent_error):
        assert read(found, "H=4", 0.4) < 1e-9


def test_limits_that_are_not_proven_do_not_decide():
    # The limits at long times follow from an ansatz, and the bounds on what remains of them from pilots.
    assert {claim.kind for claim in ageing.CLAIMS} == {"published observation"}


def test_mutants_of_the_state_change_what_they_say():
    state = theory.threshold_state(0.4, 4)
    assert mutants.with_equilibrium_energy(theory.threshold_state)(0.4, 4).energy < state.energy - 1e-3
    assert mutants.with_equilibrium_overlap(theory.threshold_state)(0.4, 4).overlap > state.overlap
    assert mutants.with_ratio_one(theory.threshold_state)(0.4, 4).fluctuation_ratio == 1.0
    assert mutants.with_exponent_of_descent(theory.threshold_state)(0.4, 4).energy_exponent > state.energy_exponent
    assert mutants.state_at_physics_temperature(theory.threshold_state)(0.4, 4).overlap > state.overlap


@pytest.mark.slow
def test_a_field_above_the_line_is_replica_symmetric():
    assert ageing.multiplier_error(SEED, 1.0, 1.2, 30.0) < 1e-3


def test_the_two_estimates_of_a_mixtures_energy_are_weighed():
    overlaps = np.array([0.0, 0.5])
    simulated = Tempered(np.array([0.8]), np.array([-1.2]), overlaps[None])
    nu = sum(a * a * (1 - np.mean(overlaps**p)) for p, a in MODELS["2+4"].items())
    assert mixed_energy(simulated, "2+4", 0.8, 0.25) == pytest.approx(0.25 * -1.2 - 0.75 * nu / 0.8)
    assert infinite_mixed_energy("2+4", 0.8) == theory.equilibrium(0.8, MODELS["2+4"]).energy


@pytest.mark.slow
def test_a_strong_pull_holds_the_overlap():
    # At pull 1 the pilots give 0.84 at n = 30, with a standard deviation of 0.04 over landscapes.
    found = np.mean([potential.attracted_overlap(child(SEED, k), 24, 1.0, 1.0) for k in range(6)])
    assert found == pytest.approx(potential.lowest(1.0, 1.0).low, abs=0.12)
    # Without a pull the second minimum at T = 0.85 is where the reference's state is.
    q = potential.lowest(0.85, 0.0).low
    assert 0.58 < q < 0.64
