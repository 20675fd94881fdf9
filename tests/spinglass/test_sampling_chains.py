"""Hamiltonian Monte Carlo and its diagnostics: equilibrium against exact averages, reversibility, bits, honesty."""

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, sphere
from spinglass.sampling import HMC, Langevin, autocorrelation_time, effective_sample_size, sample, split_rhat
from spinglass.sampling.moves import kick, rotate
from validation.claims._shared import gibbs


@pytest.mark.slow
@pytest.mark.parametrize(("n", "weights", "temperature"), [(2, {3: 1.0}, 0.7), (3, {1: 0.5, 3: 1.0, 4: 0.5}, 0.5)])
def test_energies_are_those_of_quadrature(n, weights, temperature):
    glass = SphericalSpinGlass.mixed(n, weights, seed=1)
    chain = HMC(glass, temperature, leaps=5)
    state, _ = chain.step(chain.init(sphere.random_points(n, 2000, seed=2), seed=3), 60, tune=True)
    means = []
    for _ in range(10):
        state, _ = chain.step(state, 5)
        means.append(state.energy / n)
    rows = np.mean(means, axis=0)  # chains are independent
    error = rows.std(ddof=1) / np.sqrt(len(rows))
    # Fails with probability 6e-5 at another seed.
    assert abs(rows.mean() - gibbs.mean_energy(glass, temperature)) < 4 * error
    assert error < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hmc", "langevin"])
def test_two_spins_are_those_of_the_eigenproblem(kind):
    n, temperature = 24, 0.6
    glass = SphericalSpinGlass.pure(n, 2, seed=1)
    exact = gibbs.two_spin_mean_energy(np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(n)), temperature)
    start = sphere.random_points(n, 120, seed=2)
    if kind == "hmc":
        chain = HMC(glass, temperature)
        state, _ = chain.step(chain.init(start, seed=3), 200, tune=True)
        between = 2
    else:
        chain = Langevin(glass, temperature, dt=0.02)
        state, _ = chain.step(chain.init(start, seed=3), 1500)
        between = 50
    means = []
    for _ in range(20):
        state, _ = chain.step(state, between)
        means.append(state.energy / n)
    rows = np.mean(means, axis=0)
    error = rows.std(ddof=1) / np.sqrt(len(rows))
    # 4 standard errors, and for Langevin the error of second order in dt, of 0.02^2 times constants of order 10.
    assert abs(rows.mean() - exact) < 4 * error + (0.004 if kind == "langevin" else 0)
    assert error < 0.005


def test_leapfrog_is_reversible_and_of_second_order():
    glass = SphericalSpinGlass.pure(10, 3, seed=0)
    x0 = sphere.random_points(10, 1, seed=1)[0]
    p0 = sphere.tangent(x0, sphere.random_points(10, 1, seed=2)[0])

    def trajectory(x, p, size, leaps):
        x, p = x.copy(), p.copy()
        for _ in range(leaps):
            kick(x, p, glass.gradient(x), size / 2)
            rotate(x, p, size)
            kick(x, p, glass.gradient(x), size / 2)
        return x, p

    x, p = trajectory(x0, p0, 0.1, 10)
    back, minus = trajectory(x, -p, 0.1, 10)
    assert np.allclose(back, x0, atol=1e-12)
    assert np.allclose(-minus, p0, atol=1e-12)
    assert abs(x @ p) < 1e-11
    errors = []
    for leaps in (10, 20, 40):
        x, p = trajectory(x0, p0, 1 / leaps, leaps)
        errors.append(abs(glass.energy(x) + p @ p / 2 - glass.energy(x0) - p0 @ p0 / 2))
    # Second order: a quarter each time, up to the next term.
    assert np.allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.3)


@pytest.mark.bits
def test_resumed_chain_equals_the_uninterrupted_one_in_any_batch():
    chain = HMC(SphericalSpinGlass.pure(12, 3, seed=0), 0.7)
    x = sphere.random_points(12, 70, seed=1)
    whole, _ = chain.step(chain.init(x, seed=2), 9, tune=True)
    half, _ = chain.step(chain.init(x[:8], seed=2), 4, tune=True)
    resumed, _ = chain.step(half, 5, tune=True)
    for a, b in zip(whole[:5], resumed[:5], strict=True):
        assert np.array_equal(a[:8], b)


def test_a_trial_without_energy_is_refused():
    class Hole:
        """A flat landscape that is not defined on one half of the sphere."""

        n = 6

        def energy_and_gradient(self, x):
            return np.where(x[:, 0] > 0, 0.0, np.nan), np.zeros_like(x)

    x = sphere.random_points(6, 50, seed=0)
    x[:, 0] = np.abs(x[:, 0])
    chain = HMC(Hole(), 1.0)
    state, info = chain.step(chain.init(x, seed=1), 30)
    assert (state.x[:, 0] > 0).all()
    assert 0 < info.acceptance.mean() < 1


@pytest.mark.slow
def test_chains_that_cannot_meet_are_reported():
    # Deep in a rugged landscape hot and cold chains stay where they fell.
    glass = SphericalSpinGlass.pure(60, 3, seed=0)
    frozen = sample(glass, 0.2, sweeps=60, burn_in=60, seed=1)
    assert frozen.status == "not equilibrated"
    assert "not equilibrated" in repr(frozen)
    warm = sample(glass, 3.0, sweeps=400, seed=1)
    assert warm.status == "equilibrated"
    # High temperature: -1/T up to terms of 1/n and the landscape's own fluctuation, 1/(T sqrt(n)) at most.
    assert warm.energy_per_spin == pytest.approx(-1 / 3, abs=0.05)


@pytest.mark.slow
def test_autocorrelation_time_of_an_autoregression():
    generator = np.random.default_rng(0)
    for memory in (0.0, 0.5, 0.9):
        noise = generator.standard_normal((20, 20_000))
        trace = np.empty_like(noise)
        trace[:, 0] = noise[:, 0] / np.sqrt(1 - memory**2)
        for t in range(1, trace.shape[1]):
            trace[:, t] = memory * trace[:, t - 1] + noise[:, t]
        exact = (1 + memory) / (1 - memory)
        # Windowed estimates scatter by sqrt(2 (2 window + 1)/T tau^...), 7% at most here; 20 of them by 1.6%.
        assert autocorrelation_time(trace).mean() == pytest.approx(exact, rel=0.07)
        assert effective_sample_size(trace) == pytest.approx(20 * 20_000 / exact, rel=0.07)


def test_split_rhat_by_its_definition():
    generator = np.random.default_rng(1)
    traces = generator.standard_normal((3, 4, 50)) + 0.3 * np.arange(4)[:, None]
    for group, found in zip(traces, split_rhat(traces), strict=True):
        halves = [half for trace in group for half in (trace[:25], trace[25:])]
        W = np.mean([np.var(half, ddof=1) for half in halves])
        B = 25 * np.var([half.mean() for half in halves], ddof=1)
        assert found == pytest.approx(np.sqrt((24 / 25 * W + B / 25) / W), rel=1e-12)
    # A drift within a chain shows although the chains agree.
    drifting = generator.standard_normal((2, 400)) + np.linspace(0, 3, 400)
    assert split_rhat(drifting) > 1.2
    assert split_rhat(np.array([[1.0] * 8, [2.0] * 8])) == np.inf


@pytest.mark.parametrize("function", [autocorrelation_time, effective_sample_size, split_rhat])
def test_hostile_traces_are_refused(function):
    with pytest.raises(ValueError, match="at least 4"):
        function([[1.0, 2.0]])
    with pytest.raises(ValueError, match="finite"):
        function([[1.0, 2.0, np.nan, 0.0, 1.0]])


@pytest.mark.parametrize(
    ("options", "text"), [({"temperature": 0.0}, "positive"), ({"temperature": 1.0, "leaps": 0}, "leaps")]
)
def test_hostile_options_are_refused(options, text):
    with pytest.raises(ValueError, match=text):
        HMC(SphericalSpinGlass.pure(5, 3, seed=0), **options)
