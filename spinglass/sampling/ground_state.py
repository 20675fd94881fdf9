"""The search for the ground state by repeated annealing."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.descent.scale import gradient_scale
from spinglass.geometry import random_points
from spinglass.landscape import Array, Landscape, check_landscape
from spinglass.sampling.annealing import anneal, schedule

# Energies per spin closer than this, in units of the gradient scale, are one minimum's: descents end to 1e-8 in the
# gradient, 1e-16 in the energy. So are those that are equal to the rounding of the energy.
_SAME, _ROUNDING = 1e-9, 500 * np.finfo(np.float64).eps


@dataclass(frozen=True, kw_only=True, eq=False)
class GroundState:
    """The lowest point that annealing found, and how often it was found.

    ``status`` is "confirmed" when independent anneals ended there as often as was asked, else "unconfirmed": then a
    lower point is likely to have been missed. A confirmed one is no proof; `enumerate_critical_points` gives that at
    small n.
    """

    x: Array = field(repr=False)  # (n,), on the sphere
    energy: float
    energy_per_spin: float
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
    """Anneal batches of random starts until ``hits`` of them have ended at the lowest energy, ``most`` at the most.

    The first batch anneals through ``temperatures``, by default those of `anneal`.
    Every further batch anneals more slowly, through twice as many temperatures as the one before, up to eight times.

    Raises
    ------
    ValueError
        As `anneal`, and if a number is not whole or below 1.

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
    return GroundState(
        x=where,
        energy=best * landscape.n,
        energy_per_spin=best,
        hits=count,
        anneals=spent,
        status="confirmed" if count >= enough else "unconfirmed",
    )
