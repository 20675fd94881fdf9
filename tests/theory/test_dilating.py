"""The dilating grid in comparison with the exact solution, the uniform grid, equilibrium, and a finer grid."""

import numpy as np
import pytest
from scipy.special import ive

import theory
from benchmarks.published_integrator import CORRELATIONS, ENERGIES
from theory.covariance import Covariance
from theory.dynamics.dilating_grid import Rows
from theory.dynamics.dilating_memory import panels
from theory.dynamics.dilating_steps import continued
from theory.dynamics.resolution import UNIFORM, UNIT, fastest_rate
from theory.dynamics.two_resolutions import compared, integrated_pair
from theory.dynamics.uniform_grid import Protocol, integrate

# The last run is remembered: tests in succession that go on to this time with this step share one.
LATE, STEP = 40.0, 0.03
MIXTURE = {3: 0.5**0.5, 4: 0.5**0.5}


def exact_quadratic(t):
    """Energy of gradient descent at H = 2: physics' -I_2(4s)/I_1(4s) at s = sqrt2 t, times sqrt2."""
    s = 4 * 2**0.5 * np.asarray(t)
    return -(2**0.5) * ive(2, s) / ive(1, s)


def at_two_resolutions(protocol, times, waiting, spacing):
    """The relaxation of ``theory.relaxation``, at wider spacings than it allows, which cost less."""
    pair = integrated_pair(protocol, float(times[-1]), 0.05 / fastest_rate(protocol), spacing)
    return compared(np.asarray(times), np.asarray(waiting), *pair)


def rows_to(end, H, spacing):
    """One integration on a dilating grid to a time in units of 1/rate."""
    protocol = Protocol(Covariance.of(H))
    rate = fastest_rate(protocol)
    run = integrate(protocol, UNIFORM / rate, 0.1 / rate)
    return continued(run, protocol, end / rate, spacing, UNIT / rate)


@pytest.mark.slow
def test_the_quadratic_model_is_exact_to_long_times():
    times = np.geomspace(30.0, 150.0, 40)  # the uniform grid ends at 23
    found = at_two_resolutions(Protocol(Covariance.of(2)), times, [], 0.16)
    error = np.abs(found.energy - exact_quadratic(times))
    assert np.all(error < found.energy_error)
    assert found.energy_error[times > 60].max() < 3e-4
    # Measured: 5e-6 at t = 100, decreasing as 1/t.
    assert np.all(error[times > 60] < 7e-4 / times[times > 60])


@pytest.mark.slow
@pytest.mark.parametrize(("H", "T", "start"), [(3, 0.0, None), (MIXTURE, 0.0, 0.9), (3, 0.6, None)])
def test_a_uniform_grid_agrees_within_the_estimated_error(H, T, start):
    times = np.array([8.0, 14.0, 18.0])  # the uniform grid of the first ends at 13, at 11 for the mixture
    dilating = theory.relaxation(times, H, T, start, waiting_times=[0.0, 3.0], step=0.02, spacing=0.12)
    uniform = theory.relaxation(times, H, T, start, waiting_times=[0.0, 3.0], step=0.03, spacing=0.0)
    assert np.all(np.abs(dilating.energy - uniform.energy) < dilating.energy_error + uniform.energy_error)
    np.testing.assert_allclose(dilating.energy, uniform.energy, atol=2e-4)
    np.testing.assert_allclose(dilating.correlation, uniform.correlation, atol=5e-4)
    np.testing.assert_allclose(dilating.response, uniform.response, atol=5e-4)


@pytest.mark.slow
def test_energies_fall_towards_the_threshold_by_the_known_power_of_time():
    rows = rows_to(750.0, 3, 0.2)
    assert np.all(np.diff(rows.energy) < 0)
    above = rows.energy + float(theory.E_inf(3))
    late = rows.times > 100
    # Measured: 0.671 at t = 100, 0.668 at t = 1000. A slope is known to the error of the energies over their fall.
    assert np.polyfit(np.log(rows.times[late]), np.log(above[late]), 1)[0] == pytest.approx(-2 / 3, abs=0.005)


@pytest.mark.slow
def test_a_published_integrator_agrees():
    # Another method, and another program. Its error of C(t, t') reaches 7e-6 near t' = 0.7 t.
    protocol = Protocol(Covariance.of(3))
    _, rows = integrated_pair(protocol, float(CORRELATIONS[-1, 0]), 0.04 / fastest_rate(protocol), 0.16)
    np.testing.assert_allclose(rows.at(ENERGIES[:, 0])[0], ENERGIES[:, 1], atol=8e-6)
    np.testing.assert_allclose(rows.read(*CORRELATIONS.T[:2])[0], CORRELATIONS[:, 2], atol=9e-6)


def ageing(times, lags, others):
    """Functions of t' / t, and 1/t times such a function: the form of C and R late in a descent."""
    ratio = others / times
    return 2 * np.sqrt(ratio) / (1 + ratio), ratio**0.3 / times


def relaxing(times, lags, others):
    """The same C, and R that falls as a power of the lag first and depends on t' / t only later."""
    return ageing(times, lags, others)[0], (1 + lags) ** -1.5 * (times / (others + 1)) ** 0.4


@pytest.mark.parametrize(("functions", "error_C", "error_R"), [(ageing, 1e-9, 1e-8), (relaxing, 1e-9, 4e-8)])
def test_functions_of_the_form_of_a_late_solution_are_interpolated_well(functions, error_C, error_R):
    protocol = Protocol(Covariance.of(3))
    rows = Rows.after(integrate(protocol, 8.0, 0.1), 1e6, 0.14, 0.3)
    for row, time in enumerate(rows.times):
        lags, others = rows.nodes(row)
        rows.store(row, *functions(time, lags, np.maximum(others, 1e-6)))
    rng = np.random.default_rng(0)
    times = rng.uniform(1e5, 9e5, 300)
    others = times * (1 - np.geomspace(1e-4, 0.98, 300))
    C, R = rows.read(times, others)
    expected = functions(times, times - others, others)
    np.testing.assert_allclose(C, expected[0], atol=error_C)
    np.testing.assert_allclose(R, expected[1], rtol=error_R)


def test_points_of_the_memory_integrals_keep_their_ratios_from_row_to_row():
    rows = Rows.after(integrate(Protocol(Covariance.of(3)), 8.0, 0.1), 1e5, 0.14, 0.3)
    grid, last = rows.grid(), rows.times.size - 1
    abscissae, weights = np.polynomial.legendre.leggauss(4)
    rule, found = np.array([(1 + abscissae) / 2, weights / 2]), np.empty((2, 2, 40))
    for end in (2, 3):  # from both ends of the interval between t' and 0
        for k in range(2):
            half, room = 0.3 * rows.times[last - k], np.empty((2, 4000))
            count = panels(grid, last - k, end, rows.times[last - k], half, rule, *room)
            found[k] = room[:, count - 40 : count] / half
        np.testing.assert_allclose(found[0], found[1], rtol=1e-6)


@pytest.mark.slow
def test_late_times_are_stable_at_high_order():
    # Half of the default resolution: the limit is seen, but not the last digits. `benchmarks/dynamics.py` goes to 1e7.
    rows = rows_to(3e4, 20, 0.2)
    late = rows.times > 1e3 / fastest_rate(Protocol(Covariance.of(20)))
    above = rows.energy[late] + float(theory.E_inf(20))
    slopes = np.diff(np.log(above)) / np.diff(np.log(rows.times[late]))
    assert above[-1] < 2e-3
    # An unstable mode would have opposite signs in successive rows.
    assert np.abs(np.diff(slopes)).max() < 5e-4
    assert slopes.mean() == pytest.approx(-2 / 3, abs=0.005)


def test_correlations_of_any_age_are_read_off():
    found = theory.relaxation([0.5, 15.0, 30.0, LATE], 3, waiting_times=[0.123, 15.0, 29.8], step=STEP, spacing=0.12)
    assert np.isnan(found.correlation[1, 0])
    assert found.correlation[1, 1] == pytest.approx(1.0, abs=1e-9)
    assert 0 < found.correlation[0, 2] < found.correlation[1, 2] < found.correlation[2, 2] < 1


@pytest.mark.slow
def test_a_finer_grid_lies_within_the_estimated_error_of_the_widest_allowed():
    times = np.array([25.0, LATE])
    wide = theory.relaxation(times, 3, spacing=0.12, step=STEP)
    finer, _ = rows_to(LATE * 6**0.5, 3, 0.1).at(times)
    assert np.all(np.abs(wide.energy - finer) < wide.energy_error)
    assert wide.energy_error[1] < 2e-3
    with pytest.raises(ValueError, match="between 0.05 and 0.12"):
        theory.relaxation([40.0, 60.0], 3, spacing=0.14)


@pytest.mark.slow
def test_equilibrium_stays_what_it_is_for_ever():
    T = 0.95
    found = at_two_resolutions(Protocol(Covariance.of(3), T, 1 / T), [20.0, 30.0, 80.0, 100.0], [0.0, 20.0, 80.0], 0.2)
    np.testing.assert_allclose(found.energy, -1 / T, atol=1e-4)
    # Correlations depend on the difference of times alone.
    assert found.correlation[2, 3] == pytest.approx(found.correlation[0, 0], abs=5e-4)
