"""The logarithmic finite-size correction of the energy below the static transition, by two other routes."""

import numpy as np
import pytest
from scipy.special import logsumexp

import theory
from theory.statics.frozen_size import logarithmic_energy
from theory.statics.tap_states import tap_state


@pytest.mark.parametrize(("T", "H"), [(0.2, 3), (0.5, 3), (0.8, 3), (0.4, 4)])
def test_the_coefficient_is_the_slope_of_the_inverse_breakpoint(T, H):
    # E log Z = -beta n f - log(n)/(2m) + O(1).
    step = 1e-5
    inverse = [1 / theory.equilibrium(1 / (1 / T + s), H).breakpoint for s in (step, -step)]
    assert logarithmic_energy(T, H) == pytest.approx((inverse[0] - inverse[1]) / (4 * step), rel=1e-6)


def test_at_low_temperature_it_is_the_correction_of_the_deepest_minimum():
    assert logarithmic_energy(1e-4, 3) == pytest.approx(0.5 / theory.deepest_minimum(9, 3).rate, rel=1e-3)


@pytest.mark.slow
def test_the_coefficient_is_that_of_a_poisson_process_with_the_exact_numbers_of_minima():
    # Route: the mean energy of states whose minima are a Poisson process with the exact mean counts at finite n.
    # Between n = 400 and 800 the term k log(n) grows by 0.57, and what is left by less than 0.03.
    T = 0.5
    left = [
        _mean_energy(n, T) - n * theory.equilibrium(T, 3).energy - logarithmic_energy(T, 3) * np.log(n)
        for n in (400, 800)
    ]
    assert abs(left[1] - left[0]) < 0.05
    assert abs(left[1]) < 1


def _mean_energy(n: int, T: float) -> float:
    """Return minus the derivative of ``E log sum_i exp(-beta n f(u_i))`` by beta."""
    scale = theory.deepest_minimum(n, 3).rate * n
    center = theory.deepest_minimum(n, 3).center
    u = np.linspace(center - 30 / scale, min(center + 40 / scale, -theory.E_inf(3) * (1 + 1e-12)), 100)
    counts = np.exp(theory.mean_critical_points(n, 3, index=0, below=u, log=True))
    step = 1e-3 / T
    betas = 1 / T + step, 1 / T - step
    logs = [_mean_log(-beta * n * tap_state(u, 1 / beta, 3).free_energy, counts) for beta in betas]
    return float(logs[1] - logs[0]) / (2 * step)


def _mean_log(log_weights: np.ndarray, counts: np.ndarray) -> float:
    """Return the mean logarithm of the total weight of a Poisson process, from its Laplace transform."""
    middle, number = (log_weights[1:] + log_weights[:-1]) / 2, np.diff(counts)
    unit = logsumexp(middle, b=number)
    y = np.linspace(-90, 60, 1500)
    transform = np.exp([np.sum(np.expm1(-np.exp(np.minimum(one + middle - unit, 600))) * number) for one in y])
    return float(unit + np.trapezoid(np.exp(-np.exp(y)) - transform, y))


def test_above_the_transition_there_is_no_such_term():
    with pytest.raises(ValueError, match=r"T must be below the static transition temperature, not 0\.9"):
        logarithmic_energy(0.9, 3)
    with pytest.raises(ValueError, match="H must be"):
        logarithmic_energy(0.5, 2)
