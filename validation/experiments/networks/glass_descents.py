"""Where descents of spin glasses end: the other half of the experiment of Choromanska et al. (2015), section 5."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from spinglass import SphericalSpinGlass, descend, sphere
from spinglass._common.seeds import Seed, child, seed_sequence
from validation.experiments.networks.digits_efforts import EFFORTS, GLASS_SIZES
from validation.series import Effort

if TYPE_CHECKING:
    import pandas as pd

_GLASS, _POINTS = 2, 3  # children of the seed; 0 and 1 are those of the digits


def glass_ends(n: int, H: int, starts: int, method: str, seed: Seed) -> "pd.DataFrame":
    """Return the energies per spin at which descents of one spin glass from random points end.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int
        Interaction order.
    starts : int
        Descents.
    method : {"sgd", "gradient"}
        Stochastic gradient descent (the couplings in ten parts, one part per step, a decaying rate, 200 epochs) or
        gradient flow.
    seed : int, SeedSequence or Generator
        Source of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per descent: n, method, energy_per_spin, status.
    """
    import pandas as pd

    root = seed_sequence(seed)
    glass = SphericalSpinGlass.pure(n, H, child(root, _GLASS, n))
    x0 = sphere.random_points(n, starts, child(root, _POINTS, n))
    options: dict[str, Any] = {"seed": child(root, _POINTS, n, 1)} if method == "sgd" else {}
    found = descend(glass, x0, method=method, tol=1e-5, **options)
    return pd.DataFrame({"n": n, "method": method, "energy_per_spin": found.energy_per_spin, "status": found.status})


@lru_cache(maxsize=8)
def _ends(effort: Effort, seed: int, H: int, method: str) -> "pd.DataFrame":
    """Return the ends of descents by one method, for all sizes and landscapes of an effort."""
    import pandas as pd

    size, root = EFFORTS[effort], seed_sequence(seed)
    tables = [
        glass_ends(n, H, size.starts, method, child(root, sample)).assign(sample=sample)
        for n in GLASS_SIZES[effort]
        for sample in range(size.glasses)
    ]
    return pd.concat(tables)


def glasses(effort: Effort, seed: int, H: int = 3, methods: Sequence[str] = ("sgd", "gradient")) -> "pd.DataFrame":
    """Return the energies per spin at which descents end, for all sizes and methods of an effort.

    Parameters
    ----------
    effort : {"quick", "standard", "paper"}
        How much to simulate.
    seed : int
        Seed of all random numbers.
    H : int, default 3
        Interaction order.
    methods : sequence of str, default ("sgd", "gradient")
        Methods, see :func:`glass_ends`.

    Returns
    -------
    pandas.DataFrame
        One row per descent: n, sample, method, energy_per_spin, status.
    """
    import pandas as pd

    return pd.concat([_ends(effort, seed, H, method) for method in methods], ignore_index=True)
