"""The finite-size correction of the energy below the static transition, by two other routes."""

import numpy as np
import pytest
from scipy.special import logsumexp

import theory
from theory.statics.frozen_size import energy_response
from theory.statics.tap_states import tap_state


@pytest.mark.parametrize(("T", "H"), [(0.2, 3), (0.5, 3), (0.8, 3), (0.4, 4)])
def test_it_is_the_slope_of_the_inverse_breakpoint(T, H):
    # E log Z = -beta n f - log(n)/(2m) + O(1), and the minima rise by log(n)/(2c).
    step = 1e-5
    inverse = [1 / theory.equilibrium(1 / (1 / T + s), H).breakpoint for s in (step, -step)]
    rate = theory.deepest_minimum(9, H).rate
    assert energy_response(T, H) == pytest.approx(rate * (inverse[0] - inverse[1]) / (2 * step), rel=1e-6)


def test_at_low_temperature_the_energy_is_that_of_the_deepest_minimum():
    assert energy_response(1e-4, 3) == pytest.approx(1, rel=1e-3)


@pytest.mark.slow
def test_the_correction_is_that_of_a_poisson_process_with_the_exact_numbers_of_minima():
    # Route: the mean energy of states whose minima are a Poisson process with the exact mean counts at finite n.
    # What is left is a constant and a term of order (log n)^2/n, which changes by 0.05 between n = 400 and 800, ten
    # times less than the correction of the total energy.
    T = 0.5
    left = [
        _mean_energy(n, T) - n * (theory.equilibrium(T, 3).energy + energy_response(T, 3) * _shift(n))
        for n in (400, 800)
    ]
    assert abs(left[1] - left[0]) < 0.06
    assert 800 * _shift(800) - 400 * _shift(400) > 0.4
    assert abs(left[1]) < 1


def _shift(n: int) -> float:
    return theory.mean_deepest_minimum(n, 3) + float(theory.E_0(3))


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


def test_above_the_transition_there_is_no_such_response():
    with pytest.raises(ValueError, match=r"T must be below the static transition temperature, not 0\.9"):
        energy_response(0.9, 3)
    with pytest.raises(ValueError, match="H must be"):
        energy_response(0.5, 2)
