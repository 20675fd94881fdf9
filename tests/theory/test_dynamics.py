"""The dynamical equations beside exact solutions, equilibrium, and a plain integrator."""

import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ive

import theory
from theory.covariance import Covariance
from theory.dynamics import uniform_kernels
from theory.dynamics.resolution import fastest_rate
from theory.dynamics.two_resolutions import integrated_pair
from theory.dynamics.uniform_grid import Protocol, integrate, refuse_too_long


def exact_quadratic(t):
    """Energy of gradient descent at H = 2: physics' -I_2(4s)/I_1(4s) at s = sqrt2 t, times sqrt2."""
    s = 4 * 2**0.5 * np.asarray(t)
    return -(2**0.5) * ive(2, s) / ive(1, s)


def exact_quadratic_correlation(t, waiting):
    """C of gradient descent at H = 2: ``phi(t + t') / sqrt(phi(2t) phi(2t'))`` with ``phi(t) = I_1(2 sqrt2 t) / t``."""

    def scaled(s):
        return ive(1, 8**0.5 * s) / s

    return scaled(t + waiting) / np.sqrt(scaled(2 * t) * scaled(2 * waiting))


def plain(nu, T, end, step):
    """Euler's rule and rectangle sums, written down from the equations; first order."""
    size = round(end / step) + 1
    C, R, energy = np.eye(size), np.eye(size), np.zeros(size)
    for i in range(size - 1):
        past = slice(0, i + 1)
        force, memory = nu(C[i, past], 1), nu(C[i, past], 2) * R[i, past]
        mu = T + step * np.sum(force * R[i, past] + memory * C[i, past])
        slope_C = -mu * C[i, past] + step * (memory @ C[past, past] + R[past, past] @ force)
        C[i + 1, past] = C[i, past] + step * slope_C
        C[past, i + 1] = C[i + 1, past]
        R[i + 1, past] = R[i, past] + step * (-mu * R[i, past] + step * memory @ R[past, past])
        energy[i] = -step * np.sum(force * R[i, past])
    return energy[:-1]


@pytest.mark.slow
def test_the_quadratic_model_is_exact():
    t = np.array([0.0, 0.01, 0.1, 0.5, 2.0, 8.0, 20.0])
    assert theory.gradient_descent_energy(0.0, 2) == 0.0
    found, exact = theory.relaxation(t[1:], 2), exact_quadratic(t[1:])
    np.testing.assert_array_equal(theory.gradient_descent_energy(t[1:], 2), found.energy)
    # Measured: 1.3e-6 within the first step, 5e-7 later.
    np.testing.assert_allclose(found.energy, exact, atol=2e-6)
    assert np.all(np.abs(found.energy - exact) < found.energy_error)
    assert found.energy_error[1:].max() < 4e-5


def test_order_three_reproduces_the_published_energies():
    # Twice the default step, which without a later time takes a tenth of the default's time.
    physics = theory.relaxation(np.array([1.0, 2.0, 5.0]) / 2**0.5, 3, step=0.02).energy / 2**0.5
    np.testing.assert_allclose(physics, [-0.782508, -0.926219, -1.035656], atol=1e-5)


def test_weights_scale_energies_and_time():
    t = np.array([0.2, 1.0])
    plain, doubled = theory.relaxation(2 * t, 3, step=0.02), theory.relaxation(t, {3: 2.0}, step=0.01)
    np.testing.assert_allclose(doubled.energy, 2 * plain.energy, rtol=1e-10)


def test_shapes_follow_the_times():
    # All times share the run of order 2, which is remembered.
    assert isinstance(theory.gradient_descent_energy(1.0, 2), float)
    assert theory.gradient_descent_energy([[0.1, 0.2]], 2).shape == (1, 2)
    assert theory.gradient_descent_energy([], 2).shape == (0,)


@pytest.mark.parametrize(
    ("H", "T"), [(3, 0.0), ({2: 0.5, 4: 1.0}, 0.3), ({1: 0.4, 3: 1.0}, 0.0), ({1: 0.8, 3: 1.0}, 0.5)]
)
def test_a_plain_integrator_agrees_to_its_first_order(H, T):
    nu = Covariance.of(H)
    rough, rougher = plain(nu, T, 1.0, 0.0025), plain(nu, T, 1.0, 0.005)
    times = np.array([0.25, 0.5, 0.9])
    at = np.rint(times / 0.005).astype(int)
    extrapolated = 2 * rough[2 * at] - rougher[at]
    # What is left is of second order: (0.0025 * rate)^2 with a rate of about 10. With a step given, the integration
    # ends at the last of the times.
    np.testing.assert_allclose(theory.relaxation(times, H, T, step=0.01).energy, extrapolated, atol=2e-3)


@pytest.mark.parametrize(("H", "T"), [(3, 0.0), (3, 0.5), (2, 0.0)])
def test_errors_fall_with_the_third_power_of_the_step(H, T):
    runs = [integrate(Protocol(Covariance.of(H), T), 3.2, h) for h in (0.08, 0.04, 0.02)]
    ends = [run.energy[round(1.6 / h)] for run, h in zip(runs, (0.08, 0.04, 0.02), strict=True)]
    assert abs((ends[0] - ends[1]) / (ends[1] - ends[2])) > 6


@pytest.mark.parametrize("T", [0.9, 1.3])
def test_equilibrium_stays_what_it_is(T):
    # About the default step, which alone would go on to t = 13.
    found = theory.relaxation([0.0, 0.5, 1.0, 2.0], 3, T, start=T, waiting_times=[0.0, 1.0], step=0.01)
    np.testing.assert_allclose(found.energy, -1 / T, atol=2e-5)
    # Correlations depend on the difference of times alone, to what one step of lower order a column leaves.
    assert found.correlation[1, 3] == pytest.approx(found.correlation[0, 2], abs=1e-4)
    assert np.isnan(found.correlation[1, :2]).all()


def test_fluctuations_and_response_are_in_proportion_at_equilibrium():
    T = 1.0
    times = np.linspace(0.3, 0.34, 5)
    found = theory.relaxation(times, 3, T, start=T, waiting_times=[0.0], step=0.01)
    slope = np.gradient(found.correlation[0], times, edge_order=2)
    np.testing.assert_allclose(found.response[0][1:-1], -slope[1:-1] / T, atol=1e-3)


def test_hot_langevin_dynamics_reaches_equilibrium():
    # The start is forgotten to exp(-12).
    assert theory.relaxation([6.0], 3, T=2.0, step=0.01).energy[0] == pytest.approx(-0.5, abs=1e-4)


def test_langevin_dynamics_in_a_field_reaches_its_equilibrium():
    H, T = {1: 1.5, 3: 1.0}, 2.5
    found = theory.relaxation([10.0], H, T, waiting_times=[5.0], step=0.03)
    equilibrium = theory.equilibrium(T, H)
    # The start is forgotten to exp(-10).
    assert found.energy[0] == pytest.approx(equilibrium.energy, abs=1e-4)
    # Configurations far apart in time overlap as two replicas do.
    assert found.correlation[0, 0] == pytest.approx(equilibrium.overlap, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("T", "time", "step"),
    # The last goes on to the dilating grid.
    [(20.0, 1.0, 0.0025), (100.0, 0.2, 0.0005), (200.0, 0.5, 0.0005)],
)
def test_a_fast_bath_reaches_its_equilibrium_within_the_estimated_error(T, time, step):
    # The start is forgotten to exp(-20); -1/T is exact. Two steps are the default ones, without their later times.
    found = theory.relaxation([time], 3, T=T, step=step)
    assert abs(found.energy[0] + 1 / T) < found.energy_error[0] < 2e-5


@pytest.mark.parametrize(("field", "other", "times"), [(3.0, 0.01, [0.05, 1.0]), (30.0, 1e-3, [0.02, 0.2])])
def test_descent_in_a_strong_field_is_that_of_the_field(field, other, times):
    times = np.array(times)
    # Alone a field a pulls by -a tanh(a t); order 2 adds its share in order other^2 / field. The default step.
    energy = theory.relaxation(times, {1: field, 2: other}, step=0.025 / field).energy
    np.testing.assert_allclose(energy, -field * np.tanh(field * times), atol=2e-5 * field + other**2 / field)


def test_no_energy_lies_below_the_ground_state_of_a_strong_field():
    mixture = {1: 30.0, 2: 1.0}
    energy = theory.relaxation([0.05, 0.2, 1.0], mixture, step=1 / 600).energy  # twice the default step
    assert np.all(np.diff(energy) < 1e-4)
    assert energy[-1] == pytest.approx(theory.ground_state_energy(mixture), rel=1e-5)


@pytest.mark.parametrize(("H", "T", "start"), [(3, 200.0, 200.0), (30, 0.0, 0.6), ({2: 1.0, 10: 0.5}, 0.0, 1.5)])
def test_the_fastest_rate_is_half_of_the_largest_multiplier(H, T, start):
    protocol = Protocol(Covariance.of(H), T, 1 / start)
    rate = fastest_rate(protocol)
    run = integrate(protocol, 8 / rate, 0.05 / rate)
    assert 0.5 < run.multiplier.max() / (2 * rate) < 1.1


def test_the_fastest_rate_is_at_most_a_fifth_too_low_in_a_bath():
    protocol = Protocol(Covariance.of(2), 8**0.5)
    run = integrate(protocol, 6.0, 0.04)
    # At equilibrium the multiplier is T + nu'/T, 2.5 sqrt(nu') at this temperature.
    assert run.multiplier[-1] == pytest.approx(2.5 * 2**0.5, rel=1e-3)
    assert run.multiplier.max() / 2 < 1.251 * fastest_rate(protocol)


def test_an_unstable_integration_is_refused_not_returned():
    # The longest steps that relaxation accepts are stable, so the integration is called directly with a hotter bath.
    with pytest.raises(ArithmeticError, match="unstable"):
        integrated_pair(Protocol(Covariance.of(3), 200.0), 1.0, 0.0102, 0.1)


@pytest.mark.slow
@pytest.mark.parametrize("step", [0.05, 0.1, 0.2, 0.25])
@pytest.mark.parametrize(
    ("H", "T", "start"), [(2, 0.0, None), (3, 0.5, None), ({3: 1.0, 4: 1.0}, 0.0, None), (3, 0.0, 0.9)]
)
def test_estimated_errors_cover_those_of_long_steps(H, T, start, step):
    rate = fastest_rate(Protocol(Covariance.of(H), T, 0.0 if start is None else 1 / start))
    times = np.geomspace(0.3, 15.0, 40) / rate
    rough = theory.relaxation(times, H, T, start, step=step / rate)
    exact = exact_quadratic(times) if H == 2 else theory.relaxation(times, H, T, start, step=0.02 / rate).energy
    # The finer solution's own error is below 2e-7, in comparison with a step of 0.0125.
    assert np.all(np.abs(rough.energy - exact) < rough.energy_error + 5e-6)


@pytest.mark.parametrize("waiting", [0.5, 1.0, 2.0])
def test_estimated_errors_of_correlations_cover_the_errors_where_the_difference_changes_sign(waiting):
    times = waiting + np.linspace(0.05, 4.0, 80)
    found = theory.relaxation(times, 2, waiting_times=[waiting], step=0.1 / 2**0.5, spacing=0)
    error = np.abs(found.correlation[0] - exact_quadratic_correlation(times, waiting))
    assert np.all(error < found.correlation_error[0])
    assert found.correlation_error.max() < 6e-3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("H", "T", "start", "bound"), [(2, 0.0, None, 4e-5), (6, 10.0, 10.0, 4e-4), (3, 4.0, 4.0, 4e-4)]
)
def test_early_errors_are_as_small_as_stated(H, T, start, bound):
    nu = Covariance.of(H)
    times = np.geomspace(1e-3, 2.6, 30) / fastest_rate(Protocol(nu, T, 0.0 if start is None else 1 / start))
    found = theory.relaxation(times, H, T, start)
    assert found.energy_error.max() < bound * nu(1.0, 1) ** 0.5
    if start == T:  # -1/T is exact
        assert np.abs(found.energy + 1 / T).max() < found.energy_error.max() / 5


@pytest.mark.parametrize("power", [0.25, 0.3, 0.4, 0.5, 0.6])
@pytest.mark.parametrize("until", [100.0, 4000.0])
def test_the_error_for_mixtures_covers_powers_other_than_two_thirds(monkeypatch, power, until):
    def falling(times, _):
        return SimpleNamespace(energy=-1.5 + 0.4 * times**-power, energy_error=np.full(times.size, 1e-8))

    monkeypatch.setattr("theory.dynamics.long_time.relaxation", falling)
    found = theory.long_time_energy({2: 1.0, 4: 0.28}, until)
    assert abs(found.energy + 1.5) < found.error < 3 * (0.4 * until**-power)
    assert found.exponent == pytest.approx(power, abs=1e-3)


@pytest.mark.slow
def test_a_pure_model_ends_at_the_threshold(monkeypatch):
    monkeypatch.setattr("theory.dynamics.resolution.STEP", 0.05)  # both together: a twentieth of the time
    monkeypatch.setattr("theory.dynamics.resolution.SPACING", 0.12)
    found = theory.long_time_energy(4, until=40.0)
    assert abs(found.energy + float(theory.E_inf(4))) < found.error < 0.005
    assert found.exponent == pytest.approx(2 / 3, abs=0.03)


def test_refusals_say_what_is_wrong():
    with pytest.raises(ValueError, match="at least 0"):
        theory.gradient_descent_energy(-1.0, 3)
    with pytest.raises(ValueError, match="finite"):
        theory.gradient_descent_energy(math.inf, 3)
    with pytest.raises(ValueError, match="T must be"):
        theory.relaxation([1.0], 3, T=-0.1)
    with pytest.raises(ValueError, match="static temperature"):
        theory.relaxation([1.0], 3, start=0.5)
    with pytest.raises(ValueError, match="external field"):
        theory.relaxation([1.0], {1: 0.5, 3: 1.0}, start=2.0)
    with pytest.raises(ValueError, match="spacing"):
        theory.relaxation([1.0], 3, spacing=0.5)
    with pytest.raises(ValueError, match="uniform grid need .* GB"):
        theory.relaxation([1e4], 3, spacing=0.0)
    with pytest.raises(ValueError, match="spacing"):
        theory.relaxation([1e5], 3, spacing=1e-6)
    with pytest.raises(ValueError, match=r"step must be at most 0\.1021"):
        theory.relaxation([1.0], 3, step=5)
    for name in ("T", "start", "step", "spacing"):
        with pytest.raises(ValueError, match=f"{name} must be one number"):
            theory.relaxation([1.0], 3, **{name: [1.0, 2.0]})
    with pytest.raises(ValueError, match="until must be one number"):
        theory.long_time_energy(3, until=[50.0])
    with pytest.raises(ValueError, match="step must be positive"):
        theory.relaxation([1.0], 3, step=0.0)
    with pytest.raises(ValueError, match="until"):
        theory.long_time_energy(3, until=1.0)


@pytest.mark.parametrize(
    ("H", "T", "start"),
    [(2, 0.0, None), ({1: 3.0, 2: 0.01}, 0.0, None), (3, 200.0, None), (3, 0.9, 0.9), ({2: 1.0, 10: 0.5}, 0.0, 1.5)],
)
def test_the_longest_steps_let_in_are_stable(H, T, start):
    rate = fastest_rate(Protocol(Covariance.of(H), T, 0.0 if start is None else 1 / start))
    times = np.array([0.5, 2.0, 20.0]) / rate
    energy = theory.relaxation(times, H, T, start, step=0.05 / rate).energy
    rough = theory.relaxation(times, H, T, start, step=0.25 / rate)
    # Measured: within 0.03 of the energy's bound.
    np.testing.assert_allclose(rough.energy, energy, atol=0.04 * math.sqrt(Covariance.of(H)(1.0, 1)))
    with pytest.raises(ValueError, match="step must be at most"):
        theory.relaxation(times, H, T, start, step=0.26 / rate)


def test_runs_of_days_are_refused_with_their_cost():
    with pytest.raises(ValueError, match=r"steps of 1e-09 .* hours"):
        theory.relaxation([1.0], 3, step=1e-9)
    with pytest.raises(ValueError, match="have not been measured"):
        theory.gradient_descent_energy(1e12, 3)
    refuse_too_long(100.0, 0.05)


def test_importing_the_package_loads_no_compiler():
    code = "import sys, theory; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_integrals_over_the_past_have_third_order_beside_quadrature():
    # C(s, t) has a cusp at s = t, as at temperature T. At the last node, where the sums have no correction, the memory
    # and its slope are 0.
    T, end = 0.7, 2.0

    def memory(s):
        return (end - s) ** 2 * np.cos(s)

    def force(s):
        return 1 + np.sin(s)

    def error(steps):
        h, t = end / steps, np.linspace(0.0, end, steps + 1)
        apart = np.abs(t[:, None] - t)
        nodes = (np.eye(t.size), np.eye(t.size), np.zeros(t.size))
        for m in range(1, t.size):
            uniform_kernels.append(nodes, np.exp(-apart[m] * np.array([[T], [1.0]])), h, m)
        found = uniform_kernels.integrate_past(nodes, force(t), memory(t), h, T, np.empty((5, t.size)))
        exact = [past(at) for at in t]
        return np.abs(np.transpose(found) - exact)

    def past(t):
        of_C = quad(lambda s: memory(s) * math.exp(-T * abs(t - s)), 0, end, points=[t])[0]
        of_R = quad(lambda s: memory(s) * math.exp(t - s), t, end)[0]
        return of_C + quad(lambda s: force(s) * math.exp(s - t), 0, t)[0], of_R

    first, second = error(16), error(32)
    # At node 1 the correction at the start meets the cusp: an error of T memory(0) h^2/24 remains at this node alone.
    assert first[1, 0] < T * memory(0) * (end / 16) ** 2 / 18
    first[1], second[1] = 0.0, 0.0
    assert (first.max(axis=0) < 2e-3).all()
    assert (second.max(axis=0) < first.max(axis=0) / 6.5).all()
