"""Claims, tables and figures of equilibrium and of ground states, each by another route."""

import numpy as np
import pandas as pd
import pytest
import scipy.optimize

import theory
from spinglass import SphericalSpinGlass
from validation import figures, thermal_experiments
from validation.claims import ground_states, temperature, thermodynamics


@pytest.mark.parametrize("T", [0.845, 1.0])
def test_the_liquid_has_the_annealed_energy(T):
    # d/d(beta) of log E Z = n beta^2/2.
    assert thermodynamics.infinite_energy(n=12, T=T, share=0.5, sweeps=1) == pytest.approx(-1 / T, rel=1e-12)


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


def test_powers_of_size_read_off_the_limit_they_assume():
    parameters = [{"n": n} for n in (12, 24, 48)]
    for power, weights in zip((0.5, 0.9), thermodynamics.powers_of_size(0.5, 0.9, parameters).values(), strict=True):
        values = [-1.3 + 0.8 * setting["n"] ** -power for setting in parameters]
        assert sum(w[0] * v for w, v in zip(weights, values, strict=True)) == pytest.approx(-1.3, abs=1e-12)


@pytest.mark.parametrize("H", [3, 4, 6])
def test_slope_at_the_ground_state_is_that_of_the_complexity(H):
    u = -float(theory.E_0(H))
    step = 1e-6
    slope = (theory.index_complexity(u + step, H, 0) - theory.index_complexity(u - step, H, 0)) / (2 * step)
    assert theory.deepest_minimum(100, H).rate == pytest.approx(slope, rel=1e-6)


def test_centring_of_claim_and_figure_are_one():
    table = thermal_experiments.centring(np.array([24.0, 48.0]), 3)
    for n, energy in table.to_numpy():
        assert ground_states.centred(energy, int(n), 3) == pytest.approx(-theory.E_0(3), abs=1e-12)


@pytest.mark.parametrize("H", [3, 4])
def test_ascents_of_many_steps_tend_to_the_threshold(H):
    # The sum lies above by half a step's edge, sqrt(H (H-1))/(2 K), and less than it.
    gap = ground_states.walk_limit(n=9, H=H, steps=10_000) + float(theory.E_inf(H))
    assert 0 < gap < np.sqrt(H * (H - 1)) / 10_000


def test_measurements_at_small_size():
    seed = np.random.SeedSequence(5)
    errors = temperature.tempered_errors(seed, n=2, model="H=3", sweeps=400)
    assert np.abs(errors).max() < 0.2  # five standard deviations of one landscape
    assert abs(temperature.langevin_errors(seed, n=12, chains=8)) < 0.03
    assert ground_states.annealed_excess(seed, n=5, H=3) == pytest.approx(0, abs=1e-12)
    glass = SphericalSpinGlass.pure(8, 2, seed=3)
    low = np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(8))[0]
    # Equipartition near the ground state: (n-1)/2 temperatures.
    assert temperature.exact_mean_energy(glass, 0.002) == pytest.approx(low + 7 / 16 * 0.002, abs=1e-4)


def test_tables_at_temperature():
    found = thermal_experiments.tempered(8, 3, 6, (0.7, 1.0, 1.5), 200, 0)
    energies = thermal_experiments.mean_energies(found)
    assert energies["samples"].iloc[0] + energies["dropped"].iloc[0] == 6
    assert (np.diff(energies["energy_per_spin"]) > 0).all()
    densities = thermal_experiments.overlap_densities(found, (0, 2), bins=20)
    assert densities.groupby("temperature")["density"].sum().tolist() == pytest.approx([10, 10])


def test_figures_show_their_data():
    measured = pd.DataFrame({"n": [8, 8, 16, 16], "temperature": [0.5, 1.0] * 2, "standard_error": 0.01})
    measured["energy_per_spin"] = [-1.2, -0.9, -1.3, -0.95]
    infinite = thermal_experiments.infinite_energies(3, np.array([0.5, 0.7, 1.0]))
    axis = figures.energy_by_temperature(measured, infinite, 0.83, 0.87, 1.657, 3).axes[0]
    shown = [container.lines[0].get_ydata().tolist() for container in axis.containers]
    assert shown == [[-1.2, -0.9], [-1.3, -0.95]]
    assert {text.get_text() for text in axis.texts} >= {"$T_s$", "$T_d$"}

    densities = pd.DataFrame({"n": 8, "temperature": [0.5, 0.5, 1.0, 1.0], "overlap": [-0.5, 0.5] * 2, "density": 0.5})
    atoms = pd.DataFrame({"temperature": [0.5, 0.5, 1.0], "overlap": [0.0, 0.8, 0.0], "weight": [0.4, 0.6, 1.0]})
    panels = figures.overlap_densities(densities, atoms, 3).axes
    assert [panel.get_title() for panel in panels] == ["T = 1", "T = 0.5"]
    assert [text.get_text() for text in panels[1].texts if text.get_text()] == ["0.40", "0.60"]

    states = thermal_experiments.ground_states([4, 5], 3, 3, [4], seed=1)
    axis = figures.ground_states(states, thermal_experiments.centring(np.array([4.0, 5.0]), 3), 1.657, 1.633, 3).axes[0]
    assert sum(len(container.lines[0].get_ydata()) for container in axis.containers) == len(states)
