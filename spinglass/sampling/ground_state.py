"""Search for the ground state by repeated simulated annealing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from spinglass.descent.scale import gradient_scale
from spinglass.geometry import random_points
from spinglass.landscape import Landscape, check_landscape
from spinglass.sampling.annealing import anneal, schedule
from spinglass.saving import Saved

# Energies per spin whose difference is below this, in units of the gradient scale, belong to the same minimum: descents
# are accurate to 1e-8 in the gradient and 1e-16 in the energy. The same holds if they agree up to rounding.
_SAME, _ROUNDING = 1e-9, 500 * np.finfo(np.float64).eps


@dataclass(frozen=True, kw_only=True, eq=False)
class GroundState(Saved):
    """The lowest minimum found by repeated annealing.

    A "confirmed" ground state is not proved to be the ground state; for small n `enumerate_critical_points` gives a
    proof.

    Attributes
    ----------
    x : ndarray, shape (n,)
        The minimum, on the sphere; NaN if no anneal ended at a finite energy.
    energy : float
        Total energy.
    energy_per_spin : float
        ``energy / n``.
    energies : ndarray, shape (anneals,)
        Total energies at which the anneals ended, in their order; infinite where an energy is not finite.
    hits : int
        Number of independent anneals that ended at this energy.
    anneals : int
        Number of anneals.
    status : str
        "confirmed" if at least the requested number of anneals ended at this energy, else "unconfirmed", in which case
        a lower minimum may have been missed.
    """

    x: Array = field(repr=False)
    energy: float
    energy_per_spin: float
    energies: Array = field(repr=False)
    hits: int
    anneals: int
    status: Literal["confirmed", "unconfirmed"]


def ground_state(
    landscape: Landscape,
    *,
    temperatures: npt.ArrayLike | None = None,
    batch: int = 32,
    hits: int = 4,
    most: int = 256,
    seed: Seed = 0,
) -> GroundState:
    """Search for the ground state: anneal random starts in batches until several end at the lowest energy found.

    Every batch anneals more slowly than the previous one, through twice as many temperatures, up to eight times as many
    as the first.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    temperatures : array_like, shape (T,), optional
        Temperatures of the first batch, which never increase; by default those of `anneal`.
    batch : int, default 32
        Number of starts per batch.
    hits : int, default 4
        Number of anneals that must end at the lowest energy to confirm it.
    most : int, default 256
        No further batch begins after this number of anneals.
    seed : int, SeedSequence or Generator, default 0
        Source of randomness.

    Returns
    -------
    GroundState
        The lowest minimum and its status.

    Raises
    ------
    ValueError
        As `anneal`, and if ``batch``, ``hits`` or ``most`` is not a whole number of at least 1.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> found = ground_state(SphericalSpinGlass.pure(n=12, H=3, seed=1), seed=1)
    >>> found.status, found.anneals
    ('confirmed', 32)
    """
    check_landscape(landscape)
    root, rows = seed_sequence(seed), whole_number("batch", batch, 1)
    enough, limit = whole_number("hits", hits, 1), whole_number("most", most, 1)
    scale = gradient_scale(landscape)
    falling = schedule() * scale if temperatures is None else np.asarray(temperatures, dtype=np.float64)
    best, where, count, spent = np.inf, np.full(landscape.n, np.nan), 0, 0
    ends: list[Array] = []
    while count < enough and spent < limit:
        start = random_points(landscape.n, rows, child(root, spent, 0))
        slow = np.repeat(falling, min(2 ** (spent // rows), 8))
        found = anneal(landscape, start, slow, seed=child(root, spent, 1))
        energy = np.where(np.isfinite(found.energy), found.energy_per_spin, np.inf)
        lowest = int(energy.argmin())
        same = max(_SAME * scale, _ROUNDING * abs(energy[lowest])) if np.isfinite(energy[lowest]) else 0.0
        if energy[lowest] < best - same:
            best, where, count = float(energy[lowest]), found.x[lowest], 0
        count += int(np.sum(energy < best + same))
        spent += rows
        ends.append(energy * landscape.n)
    return GroundState(
        x=where,
        energy=best * landscape.n,
        energy_per_spin=best,
        energies=np.concatenate(ends),
        hits=count,
        anneals=spent,
        status="confirmed" if count >= enough else "unconfirmed",
    )
