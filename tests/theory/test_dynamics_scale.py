"""Dynamics at weights, temperatures and times of any scale: rescaled exactly, or refused."""

import numpy as np
import pytest

import theory


@pytest.mark.parametrize("factor", [2.0**-150, 2.0**150])
def test_weights_of_any_scale_give_the_same_curves(factor):
    times = np.array([0.0, 1e-12, 0.3, 2.0])
    plain = theory.relaxation(times, {2: 0.5, 3: 1.0}, T=0.4, spacing=0)
    scaled = theory.relaxation(times / factor, {2: 0.5 * factor, 3: factor}, T=0.4 * factor, spacing=0)
    # Powers of two commute with every rounding; logarithms and square roots of the scale do not.
    np.testing.assert_allclose(scaled.energy / factor, plain.energy, rtol=1e-9)
    np.testing.assert_allclose(scaled.multiplier / factor, plain.multiplier, rtol=1e-9)


@pytest.mark.parametrize("H", [{3: 1e-200}, {3: 1e-100}, {3: 1e100}, {3: 1e200}])
def test_scales_beyond_the_kernels_are_refused(H):
    for call in (lambda: theory.gradient_descent_energy(1e-250, H), lambda: theory.long_time_energy(H)):
        with pytest.raises(ValueError, match="divide all weights and temperatures by the largest|weight"):
            call()
    with pytest.raises(ValueError, match="rate of the fastest motion"):
        theory.relaxation([1e-305], 3, T=1e300)


def test_short_times_follow_the_first_force():
    # e(t) = -nu'(1) t at first; the estimate of the error is absolute.
    for H in (2, 3, 20):
        found = theory.relaxation([1e-6, 1e-9], H, spacing=0)
        assert np.all(np.abs(found.energy + H * found.times) < found.energy_error + H * H * H * found.times**2)


def test_tables_of_waiting_times_are_refused():
    with pytest.raises(ValueError, match="list of numbers"):
        theory.relaxation([1.0], 3, waiting_times=[[0.0]])
