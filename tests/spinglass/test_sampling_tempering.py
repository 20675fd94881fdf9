"""Parallel tempering: exact averages at small n, the ladder, bits, and reports of what has not mixed."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from spinglass import SphericalSpinGlass
from spinglass.sampling import HMC, Langevin, ParallelTempering, geometric_ladder, sample, temper, tempering
from spinglass.sampling.ladder import equalised
from validation.claims._shared import gibbs

LADDER = geometric_ladder(0.3, 1.5, 5)


def glasses(n, count, weights):
    return [SphericalSpinGlass.mixed(n, weights, seed=k) for k in range(count)]


@pytest.mark.slow
@pytest.mark.parametrize(("n", "weights"), [(2, {3: 1.0}), (3, {1: 0.3, 4: 1.0})])
def test_energies_are_those_of_quadrature(n, weights):
    family = glasses(n, 45, weights)
    found = temper(family, LADDER, sweeps=500, seed=5, adapt=False)
    exact = np.array([[gibbs.mean_energy(glass, T) for T in LADDER] for glass in family])
    difference = found.energy_per_spin - exact
    error = difference.std(axis=0, ddof=1) / np.sqrt(45)
    # The differences of 45 glasses are independent; five temperatures at 4 errors fail with probability 4e-4.
    assert (np.abs(difference.mean(axis=0)) < 4.2 * error).all(), difference.mean(axis=0) / error
    assert (error < 0.006).all()


@pytest.mark.slow
def test_two_spins_are_those_of_the_eigenproblem():
    family = glasses(12, 30, {2: 1.0})
    found = temper(family, LADDER, sweeps=300, seed=5)
    values = [np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(12)) for glass in family]
    exact = np.array([[gibbs.two_spin_mean_energy(v, T) for T in found.temperatures] for v in values])
    difference = found.energy_per_spin - exact
    error = difference.std(axis=0, ddof=1) / np.sqrt(30)
    assert (np.abs(difference.mean(axis=0)) < 4.2 * error).all()
    # The stated errors are those that are made, within their own scatter.
    pulls = difference / found.standard_error
    assert 0.7 < pulls.std() < 1.5


@pytest.mark.bits
def test_resumed_replicas_equal_uninterrupted_ones(monkeypatch):
    replicas = ParallelTempering(glasses(10, 3, {3: 1.0}), LADDER)
    start = replicas.init(seed=1)
    whole, info = replicas.step(start, 12, tune=True)
    half, first = replicas.step(start, 5, tune=True)
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    resumed, second = replicas.step(half, 7, tune=True)
    assert all(np.array_equal(a, b) for a, b in zip(whole, resumed, strict=True))
    assert np.array_equal(info.energies, np.concatenate([first.energies, second.energies], axis=-1))
    _, every = replicas.step(start, 12, tune=True, every=4)
    assert np.array_equal(every.energies, info.energies[..., 3::4])
    assert np.array_equal(every.overlaps, info.overlaps[..., 3::4])
    assert np.array_equal(every.own_overlaps, info.own_overlaps[..., 3::4])


@pytest.mark.bits
def test_bits_do_not_depend_on_where_the_kernel_is_left(monkeypatch):
    replicas = ParallelTempering(glasses(10, 2, {3: 1.0}), LADDER)
    start = replicas.init(seed=1)
    whole, info = replicas.step(start, 13, every=3, tune=True)
    monkeypatch.setattr(tempering, "_OPERATIONS", 0)  # after every sweep
    cut, pieces = replicas.step(start, 13, every=3, tune=True)
    assert all(np.array_equal(a, b) for a, b in zip(whole, cut, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(info, pieces, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "2"])
def test_ctrl_c_ends_a_long_step_and_leaves_the_state_as_it_was(threads, monkeypatch):
    monkeypatch.setenv("SPINGLASS_THREADS", threads)
    replicas = ParallelTempering(glasses(40, 2, {3: 1.0}), LADDER)
    start = replicas.init(seed=1)
    replicas.step(start)
    before, pressed = [array.copy() for array in start[:5]], []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.3, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        replicas.step(start, 10**6, every=10**5)
    # Some tenths of a second on a free core; the bound leaves room for a busy machine.
    assert time.perf_counter() - pressed[0] < 5
    assert all(np.array_equal(a, b) for a, b in zip(before, start, strict=False))


def test_a_glass_does_not_depend_on_those_beside_it():
    family = glasses(10, 3, {3: 1.0})
    together, _ = (t := ParallelTempering(family, LADDER)).step(t.init(seed=1), 6)
    alone, _ = (t := ParallelTempering(family[:1], LADDER)).step(t.init(seed=1), 6)
    assert np.array_equal(together.x[:1], alone.x)


def test_energies_stay_those_of_the_points_through_swaps():
    family = glasses(12, 2, {2: 0.5, 3: 1.0})
    replicas = ParallelTempering(family, LADDER)
    start = replicas.init(seed=1)
    state, info = replicas.step(start, 50)
    for glass, x, energy, gradient, trace in zip(
        family, state.x, state.energy, state.gradient, info.energies, strict=True
    ):
        assert np.allclose(glass.energy(x), energy, atol=1e-11)
        assert np.allclose(glass.gradient(x), gradient, atol=1e-11)
        assert np.allclose(trace[..., -1] * 12, energy, atol=1e-11)
    assert np.allclose((state.x**2).sum(axis=-1), 12, atol=1e-11)
    assert np.allclose(info.overlaps[..., -1], (state.x[:, 0] * state.x[:, 1]).sum(axis=-1) / 12, atol=1e-11)


def test_replicas_are_followed_through_swaps():
    family = glasses(12, 2, {3: 1.0})
    replicas = ParallelTempering(family, LADDER)
    start = replicas.init(seed=1)
    state, info = replicas.step(start, 30)
    # With each end's point a replica has one overlap; as a set, those with where they stood must be among them.
    every = np.einsum("scki,sclj,ij->sckl", start.x, state.x, np.eye(12)) / 12
    distance = np.abs(every - info.own_overlaps[..., -1, None])
    assert (distance.min(axis=3) < 1e-12).all()
    ends = distance.argmin(axis=3)
    assert (np.sort(ends, axis=2) == np.arange(len(LADDER))).all()  # every replica stands at one rung
    assert (ends != np.arange(len(LADDER))).any()


@pytest.mark.slow
def test_adapting_makes_swap_rates_equal():
    family = glasses(16, 8, {3: 1.0})
    uneven = np.array([0.4, 0.42, 0.44, 0.8, 1.6])
    plain = temper(family, uneven, sweeps=300, seed=2, adapt=False)
    adapted = temper(family, uneven, sweeps=300, seed=2, burn_in=600)
    spread = [np.ptp(found.swap_rates.mean(axis=(0, 1))) for found in (plain, adapted)]
    assert spread[1] < spread[0] / 3
    assert adapted.temperatures[[0, -1]].tolist() == [0.4, 1.6]
    assert (np.diff(adapted.temperatures) > 0).all()


def test_equal_rates_leave_the_ladder_as_it_is():
    T = 1 / np.linspace(2, 0.5, 6)
    assert np.allclose(equalised(T, np.full(5, 0.4)), T, rtol=1e-12)


def test_ladders_that_do_not_mix_are_reported():
    found = temper(glasses(60, 2, {3: 1.0}), [0.1, 3.0], sweeps=40, seed=0)
    assert set(found.status) == {"ladder does not mix"}
    assert not found.equilibrated.any()
    assert "ladder does not mix" in repr(found)
    assert (found.to_frame()["status"] == "ladder does not mix").all()


def test_starts_that_have_not_met_are_reported():
    # Swaps are easy on this narrow ladder, but without a burn-in the hot copy is still on its way down.
    found = temper(glasses(60, 3, {3: 1.0}), [0.3, 0.301], sweeps=30, burn_in=0, seed=0)
    assert set(found.status) == {"not equilibrated"}


@pytest.mark.slow
def test_replicas_that_swap_places_but_keep_to_their_valleys_are_reported():
    # All of this ladder is below the dynamical transition, at 0.87 for n -> infinity: swaps are easy and energies
    # mix at every rung, but no replica forgets where it was. The excess is 0.4 with a standard deviation of 0.1.
    found = temper(glasses(48, 4, {3: 1.0}), geometric_ladder(0.3, 0.5, 6), sweeps=300, seed=0)
    assert found.swap_rates.min() > 0.3
    assert (found.rhat <= 1.1).all(axis=1).any()  # R-hat alone would let some of them pass
    assert not found.equilibrated.any()
    assert "replicas stay in their valleys" in found.status


@pytest.mark.slow
def test_ladders_that_reach_above_the_transition_raise_no_alarm():
    # The excess is -0.04 with a standard deviation of 0.03: beyond 0.1, by 4.5 of them, in one glass of 3e5.
    found = temper(glasses(16, 25, {3: 1.0}), geometric_ladder(0.5, 1.6, 8), sweeps=200, seed=0)
    assert (found.excess_overlap < 0.1).all()
    assert found.equilibrated.all()


@pytest.mark.parametrize("weights", [{1: 1.0}, {2: 1.0}, {4: 1.0}])
def test_one_valley_for_all_is_no_freezing(weights):
    # Both copies find the only minimum (or the two opposite ones): overlaps stay large, and rightly so.
    found = temper(glasses(6, 4, weights), geometric_ladder(0.1, 0.5, 5), sweeps=300, seed=1)
    assert (found.excess_overlap < 0.05).all()


@pytest.mark.parametrize(
    ("temperatures", "text"),
    [
        ([1.0], "at least two.*use sample"),
        ([], "at least two"),
        ([[0.5, 1.0]], "at least two"),
        ([1.0, 1.0], "increase"),
        ([0.0, 1.0], "positive"),
        ([-1.0, 1.0], "positive"),
        ([1.0, 0.5], "increase"),
        ([1.0, np.nan], "finite"),
        ("cold", "at least two"),
    ],
)
def test_hostile_ladders_are_refused(temperatures, text):
    with pytest.raises(ValueError, match=text):
        ParallelTempering(glasses(5, 1, {3: 1.0}), temperatures)


def test_hostile_arguments_are_refused():
    with pytest.raises(ValueError, match="same n and orders"):
        ParallelTempering([*glasses(5, 1, {3: 1.0}), *glasses(6, 1, {3: 1.0})], LADDER)
    with pytest.raises(ValueError, match="no glasses"):
        ParallelTempering([], LADDER)
    with pytest.raises(ValueError, match="at least 4"):
        temper(glasses(5, 1, {3: 1.0}), LADDER, sweeps=9, every=3)
    with pytest.raises(ValueError, match="n >= 2"):
        temper(glasses(1, 1, {3: 1.0}), LADDER)
    with pytest.raises(ValueError, match="n >= 2"):
        sample(glasses(1, 1, {3: 1.0})[0], 1.0)
    for chain in (HMC, Langevin):
        with pytest.raises(ValueError, match="n >= 2"):
            chain(glasses(1, 1, {3: 1.0})[0], 1.0)
    with pytest.raises(TypeError, match="list of SphericalSpinGlass"):
        ParallelTempering(iter(glasses(5, 1, {3: 1.0})), LADDER)
    with pytest.raises(TypeError, match="list of SphericalSpinGlass"):
        ParallelTempering(glasses(5, 1, {3: 1.0})[0], LADDER)
    with pytest.raises(ValueError, match="must increase"):
        geometric_ladder(2.0, 1.0, 5)


def test_records_that_do_not_fit_are_refused_before_anything_runs():
    glass = SphericalSpinGlass.pure(8, 3, seed=0)
    with pytest.raises(ValueError, match="records of 1 glasses"):
        temper([glass], [0.5, 0.8, 1.2], sweeps=10**12)
    with pytest.raises(ValueError, match="energies and overlaps of 8 chains"):
        sample(glass, 1.0, sweeps=10**12)


def test_the_number_of_records_is_as_stated():
    found = temper(glasses(4, 1, {3: 1.0}), [0.8, 1.2], sweeps=41, every=2, seed=0)
    assert found.energies.shape[-1] == (41 + 41) // 2 - 41 // 2
