"""Everything that draws takes a stream of its own: blocks, orders, chains, steps, batches, layers, networks, epochs.

Each test fails when two of its streams are made one. Seeds are fixed; the rates at which the tests would
fail by chance at another seed are those of `independence`.
"""

import numpy as np
import pytest
from independence import independent, streams_used, uncorrelated

from spinglass import SphericalSpinGlass, couplings, descend, sphere
from spinglass._common.seeds import child, seed_sequence
from spinglass.couplings import multiplicities
from spinglass.critical_points import homotopy
from spinglass.critical_points.system import System
from spinglass.networks import ReLUNetwork, train
from spinglass.networks.paths import draws, expectations
from spinglass.networks.training import steps
from spinglass.sampling import HMC, Langevin, ParallelTempering, exchange, ground_state, moves, noise, sample, tempering


class Flat:
    """A landscape without hills: chains move by their noise alone."""

    def __init__(self, n):
        self.n = n

    def energy_and_gradient(self, x):
        return np.zeros(len(x)), np.zeros_like(x)


def normals_of(n, H, seed):
    """Return the standard normal numbers of which couplings are made."""
    return couplings.draw(n, H, seed) / np.sqrt(multiplicities(n, H))


def test_blocks_of_couplings():
    # C(186, 3) numbers fill four blocks and a fifth in part.
    normals = normals_of(184, 3, 0)
    blocks = [normals[first : first + couplings._BLOCK] for first in range(0, normals.size, couplings._BLOCK)]
    assert len(blocks) == 5
    independent(*blocks)


def test_orders_and_seeds_of_couplings():
    independent(*(normals_of(12, H, seed) for H in (2, 3, 4, 5) for seed in (0, 1)))
    mixture = SphericalSpinGlass.mixed(12, {3: 1.0, 4: 1.0}, seed=0).couplings
    independent(*(packed / np.sqrt(multiplicities(12, H)) for H, packed in mixture.items()))


def test_glasses_are_independent_at_fixed_points():
    # At (1, ..., 1) all terms of the energy have one sign: couplings that repeat would not cancel. Of 400 landscapes
    # the relative error of a variance is sqrt(2/400) = 0.071, of a correlation 0.05; five of them fail at 1e-6.
    one = np.ones(8)
    energies = np.array(
        [[SphericalSpinGlass.pure(8, H, child(seed_sequence(1), k)).energy(one) for H in (2, 3, 4)] for k in range(400)]
    )
    assert (np.abs((energies**2).mean(axis=0) / 8 - 1) < 5 * 0.071).all()
    uncorrelated(*energies.T)
    uncorrelated(energies[:-1], energies[1:])


def test_one_seed_gives_different_numbers_to_different_drawers():
    n = 30
    state = HMC(Flat(n), 1.0).init(sphere.random_points(n, 60, 5), seed=0)
    momenta = np.empty((60, n))
    for key, out in zip(state.keys, momenta, strict=True):
        noise.normals(key, 0, moves._MOMENTUM, out)
    scale = np.linalg.norm(np.random.default_rng(0).standard_normal((60, n)), axis=1, keepdims=True) / np.sqrt(n)
    paths = draws.PathDraws(seed_sequence(0), 1800, 0.5)
    weights = ReLUNetwork.random((60, 30, 1), seed=0).weights
    # random_points projects the normals of its seed: times their length they are these normals again.
    points = sphere.random_points(n, 60, 0) * scale
    independent(points, momenta, normals_of(n, 3, 0)[:1800], paths.inputs(), weights[0])


@pytest.mark.parametrize("axis", ["rows", "steps", "streams"])
def test_noise_by_position(axis):
    draws_of = {
        "rows": [(key, 3, 1) for key in noise.row_keys(7, 12)],
        "steps": [(noise.row_keys(7, 1)[0], step, 1) for step in (0, 1, 2, 3, 1000, 2**40)],
        "streams": [(noise.row_keys(7, 1)[0], 3, stream) for stream in range(6)],
    }[axis]
    found = np.empty((len(draws_of), 2000))
    for place, out in zip(draws_of, found, strict=True):
        noise.normals(*place, out)
    independent(*found, [noise.uniform(key, 5, 9, block) for key in noise.row_keys(7, 4) for block in range(500)])
    # Blocks of four numbers within one stream.
    independent(*found[0].reshape(-1, 500))


def test_uses_within_one_step_have_streams_of_their_own():
    assert len({moves._MOMENTUM, moves._LENGTH, moves._CHOICE, exchange._SWAP}) == 4
    rows = 3000
    x = np.tile(np.eye(4)[3] * 2, (rows, 1))
    p, zero, one = np.empty_like(x), np.zeros(rows), np.ones(rows)
    used, total = np.empty(rows), np.empty(rows)
    keys = noise.row_keys(2, rows)
    moves.begin_trajectories(0, np.arange(rows), keys, x, p, zero, 0 * x, zero, one, used, total)
    # Box and Muller's radius is made of one uniform number, its angle of another.
    radius, angle = np.hypot(p[:, 0], p[:, 1]), np.arctan2(p[:, 1], p[:, 0])
    choice = [noise.uniform(key, 0, moves._CHOICE, 0) for key in keys]
    swap = [noise.uniform(key, 0, exchange._SWAP, 0) for key in keys]
    uncorrelated(used, radius, angle, choice, swap)


CHAINS = {
    "hmc": lambda n: HMC(Flat(n), 1.0, leaps=1),
    "splitting": lambda n: Langevin(Flat(n), 1.0, dt=0.01),
    "euler": lambda n: Langevin(Flat(n), 1.0, dt=0.01, scheme="euler"),
}


@pytest.mark.parametrize("kind", CHAINS)
def test_chains_batches_and_steps(kind):
    n = 400
    chain = CHAINS[kind](n)
    start = np.repeat(sphere.random_points(n, 1, 0), 6, axis=0)
    displacements = []
    for seed in (1, 2):
        state = chain.init(start, seed)
        for _ in range(3):
            after, _ = chain.step(state)
            displacements += list(after.x - (after.x * state.x).sum(axis=1, keepdims=True) / n * state.x)
            state = after
    # Of 36 displacements no two may be alike, be it of two chains, two batches or two steps. The tangent spaces differ
    # by small angles, which add correlations of less than 1/n.
    uncorrelated(*displacements)


def test_both_halves_of_a_splitting_step(monkeypatch):
    n, used = 600, []
    diffuse = Langevin.diffuse
    monkeypatch.setattr(Langevin, "diffuse", lambda self, x, xi: used.append(xi.copy()) or diffuse(self, x, xi))
    chain = Langevin(Flat(n), 1.0, dt=0.001)
    chain.step(chain.init(sphere.random_points(n, 1, 0), 1), 4)
    assert len(used) == 8
    uncorrelated(*used)


@pytest.mark.parametrize("kind", ["splitting", "euler"])
def test_free_diffusion_forgets_its_start_as_the_heat_equation_says(kind):
    # E x(t).x(0)/n = exp(-(n-1) T t/n) on a flat landscape; were steps to reuse their noise, chains would run on
    # straight.
    n, rows, dt, number = 10, 2000, 0.01, 40
    chain = Langevin(Flat(n), 1.0, dt, scheme=kind)
    start = sphere.random_points(n, rows, 3)
    state, _ = chain.step(chain.init(start, 4), number)
    overlap = sphere.overlap(state.x, start)
    error = overlap.std(ddof=1) / np.sqrt(rows)
    # Five standard errors (6e-7), and the error of the scheme of Euler, of order dt.
    assert abs(overlap.mean() - np.exp(-(n - 1) / n * dt * number)) < 5 * error + (dt if kind == "euler" else 0)


def test_replicas_and_glasses_of_tempering(monkeypatch):
    n, K, S = 60, 3, 2
    starts = {}

    def same(n, size, seed):
        starts[seed.spawn_key] = sphere.random_points(n, size, seed)
        return np.tile(np.sqrt(n) * np.eye(n)[0], (size, 1))

    monkeypatch.setattr(tempering, "random_points", same)
    monkeypatch.setattr(tempering, "descend", lambda glass, x, tol: descend(glass, x, tol=1e6))
    # Couplings of size 1e-9 are flat beside any temperature; every swap is made, and moves displacements about.
    glasses = [SphericalSpinGlass.mixed(n, {3: 1e-9}, seed=k) for k in range(S)]
    replicas = ParallelTempering(glasses, [1.0, 1.5, 2.0])
    state = replicas.init(seed=0)
    after, _ = replicas.step(state)
    independent(*starts.values())
    assert len(starts) == S
    assert len(np.unique(state.keys.reshape(-1, 2), axis=0)) == 2 * K * S
    uncorrelated(*after.x.reshape(-1, n)[:, 1:])


@pytest.fixture
def begun(monkeypatch):
    """Record every batch of chains that begins: its starts and the normals that its rows would draw."""
    seen = []
    init = HMC.init

    def recorded(self, x, seed):
        state = init(self, x, seed)
        draws = np.empty_like(state.x)
        for key, out in zip(state.keys, draws, strict=True):
            noise.normals(key, 0, moves._MOMENTUM, out)
        seen.append((state.x.copy(), draws))
        return state

    monkeypatch.setattr(HMC, "init", recorded)
    return seen


def test_batches_of_anneals(begun):
    glass = SphericalSpinGlass.pure(30, 3, seed=0)
    ground_state(glass, temperatures=[1.0], batch=16, hits=10**6, most=64, seed=0)
    assert len(begun) == 4
    independent(*(part for batch in begun for part in batch))


def test_hot_and_cold_chains_of_a_sample(begun):
    sample(SphericalSpinGlass.pure(60, 3, seed=0), 1.0, sweeps=4, burn_in=0, chains=8, seed=0)
    ((starts, draws),) = begun
    independent(*starts, *draws)


class Parts:
    """A linear energy whose parts are single coordinates, and a record of the parts that were asked for."""

    def __init__(self, n):
        self.n, self.asked = n, []

    def energy_and_gradient(self, x):
        return x.sum(axis=1), np.ones_like(x)

    def stochastic_gradient(self, x, part, parts):
        self.asked.append(part)
        return np.zeros_like(x)


def test_epochs_of_stochastic_descent():
    orders = []
    for seed in (0, 1):
        landscape = Parts(4)
        descend(landscape, sphere.random_points(4, 1, 0), "sgd", parts=300, max_iterations=4, seed=seed)
        orders += list(np.reshape(landscape.asked, (-1, 300)))
    uncorrelated(*orders)


def test_layers_of_a_random_network():
    independent(*(W for seed in (0, 1) for W in ReLUNetwork.random((40, 40, 40, 40, 1), seed).weights[:3]))


def test_blocks_of_inputs_and_activities():
    paths = draws.PathDraws(seed_sequence(0), 3 * draws._BLOCK, 0.5)
    inputs = paths.inputs().reshape(3, -1)
    independent(*inputs)
    # Normals are made of words by rejection, and fall out of step with uniform numbers after some hundred. The first
    # three bits of a word play no part in a normal, the fourth decides whether it is large: so rho is 1/16.
    few = [draws.PathDraws(seed_sequence(k), 8, 1 / 16) for k in range(1000)]
    uncorrelated(
        np.concatenate([one.inputs() for one in few]),
        np.concatenate([one.activities() for one in few]),
    )
    uncorrelated(*paths.activities().reshape(3, -1))


def test_blocks_of_sampled_activities():
    # One path whose term is 1: the outputs are the activities.
    outputs = expectations.sampled_outputs(np.ones((1, 1)), 0.5, 4 * expectations._BLOCK, 0)
    uncorrelated(*outputs.reshape(4, -1))


def test_networks_layers_orders_and_augmentation(monkeypatch):
    X, y = np.random.default_rng(0).standard_normal((64, 20)), np.arange(64) % 2
    orders, augmented = [], []
    epoch = steps.epoch
    monkeypatch.setattr(steps, "epoch", lambda *given: orders.append(given[5].copy()) or epoch(*given))
    monkeypatch.setenv("SPINGLASS_THREADS", "1")

    def augment(inputs, rng):
        augmented.append(rng.random(400))
        return inputs

    options = {"hidden": (20, 20), "networks": 3, "initial": "uniform", "seed": 0}
    start = train(X, y, epochs=0, **options)
    train(X, y, epochs=3, augment=augment, measure_every=3, **options)
    assert (len(orders), len(augmented)) == (9, 9)
    uncorrelated(*orders)
    # Weights are -1 + 2u of the generator's numbers u.
    uniform = [(W[k] + 1) / 2 for k in range(3) for W in start.weights[:2]]
    independent(*uniform, *augmented)
    # A permutation's numbers cannot be read off: its stream differs by name from the two others of its network.
    with streams_used() as used:
        train(X, y, epochs=1, **options)
    assert sorted(key for _, key, _ in used) == [(k, part) for k in range(3) for part in range(3)]


def test_attempts_of_an_enumeration():
    glass = SphericalSpinGlass.pure(12, 3, seed=0)
    frames = [homotopy.Homotopy(System(glass.to_tensor(), 12), 1, attempt)._frame[:12, :12] for attempt in range(3)]
    independent(*frames)


def test_descendants_are_of_seed_sequences_only():
    with pytest.raises(TypeError, match="child needs a SeedSequence, not 0"):
        child(0, 1)
