"""Complete sampling runs: burn-in, tuning, sampling, and a check of equilibration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.descent.loop import descend
from spinglass.geometry import random_points
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Landscape, check_landscape
from spinglass.sampling.checks import check_connected
from spinglass.sampling.hmc import HMC
from spinglass.sampling.ladder import equalised
from spinglass.sampling.replicas import Tempering
from spinglass.sampling.samples import Samples
from spinglass.sampling.tempering import ParallelTempering

# Fractions of the burn-in after which the ladder is adapted; the rest of the burn-in only tunes step sizes.
_ROUNDS = (0.1, 0.15, 0.25)


def sample(
    landscape: Landscape,
    temperature: float,
    sweeps: int = 1000,
    *,
    chains: int = 8,
    burn_in: int | None = None,
    leaps: int = 8,
    seed: Seed = 0,
) -> Samples:
    """Sample the Gibbs measure exp(-energy/T) on the sphere by Hamiltonian Monte Carlo.

    Half of the chains start hot, from uniform random points; the other half start cold, from minima that L-BFGS finds
    from random points. The ``status`` of the result tells whether hot and cold chains have reached the same
    distribution. At low temperature they do not; use `temper` there.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    temperature : float
        Temperature T, in units of the total energy.
    sweeps : int, default 1000
        Number of recorded trajectories per chain, at least 4.
    chains : int, default 8
        Number of chains, at least 2.
    burn_in : int, optional
        Number of trajectories before recording, which tune the step sizes and are discarded; default ``sweeps``.
    leaps : int, default 8
        Number of leapfrog steps per trajectory.
    seed : int, SeedSequence or Generator, default 0
        Source of randomness.

    Returns
    -------
    Samples
        Energies per spin of all chains, overlaps of hot with cold chains, final points, and diagnostics.

    Raises
    ------
    ValueError
        If the temperature is not positive, there are fewer than 2 chains or 4 sweeps, n is 1, or a number is not whole.

    Examples
    --------
    >>> found = sample(SphericalSpinGlass.pure(n=20, H=3, seed=0), temperature=2.0, sweeps=300, seed=1)
    >>> str(found.status), found.energies.shape
    ('equilibrated', (8, 300))
    """
    check_landscape(landscape)
    check_connected(landscape.n)
    chain = HMC(landscape, temperature, leaps)
    records, rows = whole_number("sweeps", sweeps, 4), whole_number("chains", chains, 2)
    dropped = records if burn_in is None else whole_number("burn_in", burn_in, 0)
    require_memory(12 * rows * records, f"{records} energies and overlaps of {rows} chains", "fewer sweeps")
    root = seed_sequence(seed)
    x = random_points(landscape.n, rows, child(root, 0))
    cold = np.arange(rows) >= rows // 2
    x[cold] = descend(landscape, x[cold], tol=1e-3).x
    state = chain.init(x, child(root, 1))
    if dropped:
        state, _ = chain.step(state, dropped, tune=True)
    energies, overlaps, acceptance = np.empty((rows, records)), np.empty((rows // 2, records)), np.zeros(rows)
    for record in range(records):
        state, info = chain.step(state)
        energies[:, record] = state.energy / landscape.n
        hot, partners = state.x[: rows // 2], state.x[rows // 2 : 2 * (rows // 2)]
        overlaps[:, record] = np.einsum("ci,ci->c", hot, partners) / landscape.n
        acceptance += info.acceptance / records
    return Samples(
        temperature=chain.temperature, x=state.x, energies=energies, overlaps=overlaps, cold=cold, acceptance=acceptance
    )


def temper(
    glasses: Sequence[SphericalSpinGlass],
    temperatures: npt.ArrayLike,
    sweeps: int = 1000,
    *,
    burn_in: int | None = None,
    every: int = 1,
    leaps: int = 6,
    adapt: bool = True,
    seed: Seed = 0,
) -> Tempering:
    """Sample many disorder samples at a ladder of temperatures by parallel tempering, and check their equilibration.

    See `ParallelTempering` for the moves and `Tempering.status` for the checks. The same seed gives the same bits for
    any number of threads. Ctrl-C ends the run within seconds without a result; use several calls of
    `ParallelTempering.step` to keep intermediate results.

    Parameters
    ----------
    glasses : sequence of SphericalSpinGlass
        S models (disorder samples) with the same n and orders.
    temperatures : array_like, shape (K,)
        Increasing temperatures, at least two, in units of the total energy.
    sweeps : int, default 1000
        Number of sweeps after the burn-in.
    burn_in : int, optional
        Number of sweeps before recording, which tune the step sizes and are discarded; default ``sweeps``.
    every : int, default 1
        A record is taken after every sweep whose number, burn-in included, is a multiple of this. There are
        ``T = (burn_in + sweeps) // every - burn_in // every`` records, at least 4.
    leaps : int, default 6
        Number of leapfrog steps per trajectory.
    adapt : bool, default True
        Whether the burn-in also moves the temperatures, except the two ends, to make swap rates equal.
    seed : int, SeedSequence or Generator, default 0
        Source of randomness.

    Returns
    -------
    Tempering
        Records and checks. The axes of its arrays are, in this order, disorder sample (S), copy (2: hot start, cold
        start), temperature (K, in the order of its ``temperatures``) and record (T). ``energies`` are per spin.

    Raises
    ------
    ValueError
        As `ParallelTempering`, and if there are fewer than 4 records.
    TypeError
        If ``glasses`` is not a list of `SphericalSpinGlass`.

    Examples
    --------
    >>> from spinglass.sampling import geometric_ladder
    >>> glasses = [SphericalSpinGlass.pure(n=8, H=3, seed=k) for k in range(4)]
    >>> found = temper(glasses, geometric_ladder(0.7, 2.0, 4), sweeps=400, seed=0)
    >>> found.energy_per_spin.shape, bool(found.equilibrated.all())
    ((4, 4), True)
    """
    tempering = ParallelTempering(glasses, temperatures, leaps)
    end = whole_number("sweeps", sweeps, 1)
    dropped = sweeps if burn_in is None else whole_number("burn_in", burn_in, 0)
    records = (dropped + end) // whole_number("every", every, 1) - dropped // every
    if records < 4:
        raise ValueError(f"need at least 4 records, got {records} from {sweeps} sweeps with every = {every}")
    tempering.check_memory(records)
    rounds = [int(share * dropped) for share in _ROUNDS] if adapt else []
    state = tempering.init(seed)
    for length in filter(None, rounds):
        state, info = tempering.step(state, length, every=length, tune=True)
        # A sample without finite energies has no swap rates and is left out of the adaptation of the ladder.
        known = info.swap_rates[np.isfinite(info.swap_rates).all(axis=(1, 2))]
        if len(known):
            tempering = tempering.with_ladder(equalised(tempering.ladder, known.mean(axis=(0, 1))))
    if dropped > sum(rounds):
        state, _ = tempering.step(state, dropped - sum(rounds), every=dropped, tune=True)
    state, info = tempering.step(state, sweeps, every=every)
    return Tempering(
        temperatures=tempering.ladder,
        x=state.x,
        energies=info.energies,
        overlaps=info.overlaps,
        own_overlaps=info.own_overlaps,
        acceptance=info.acceptance,
        swap_rates=info.swap_rates,
        round_trips=info.round_trips,
    )
