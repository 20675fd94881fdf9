"""Ladders of temperatures for parallel tempering."""

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass.landscape import Array
from spinglass.sampling.checks import positive_temperature

# Below this, rejections are noise; it also keeps the barrier increasing.
_LEAST_REJECTION = 1e-3


def geometric_ladder(coldest: float, hottest: float, rungs: int) -> Array:
    """Return ``rungs`` temperatures from ``coldest`` to ``hottest`` with equal ratios.

    Raises
    ------
    ValueError
        Unless 0 < coldest < hottest and rungs >= 2.

    Examples
    --------
    >>> geometric_ladder(0.5, 2.0, 3).tolist()
    [0.5, 1.0, 2.0]
    """
    low, high = positive_temperature(coldest, "coldest"), positive_temperature(hottest, "hottest")
    if low >= high:
        raise ValueError(f"the ladder must rise: coldest = {low:g} is not below hottest = {high:g}")
    return np.geomspace(low, high, whole_number("rungs", rungs, 2))


def check_ladder(temperatures: npt.ArrayLike) -> Array:
    """Return temperatures as an increasing array of at least two positive numbers, or raise ``ValueError``."""
    try:
        ladder = np.array(temperatures, dtype=np.float64)
    except (TypeError, ValueError):
        ladder = np.empty(0)
    if ladder.ndim != 1 or ladder.size < 2 or not np.isfinite(ladder).all() or not (ladder > 0).all():
        raise ValueError(
            f"temperatures must be at least two positive finite numbers, not {temperatures!r}; "
            "for one temperature use sample(glass, T)"
        )
    if (np.diff(ladder) <= 0).any():
        raise ValueError(f"temperatures must increase from the coldest to the hottest, not {temperatures!r}")
    return ladder


def equalised(temperatures: Array, swap_rates: Array) -> Array:
    """Return a ladder of the same ends and length on which all swap rates would be equal, shapes (K,) and (K-1,).

    The rejections add up to a barrier along 1/T that depends little on the ladder; its parts are made equal.

    Source: Syed, Bouchard-Cote, Deligiannidis and Doucet, J. R. Stat. Soc. B 84 (2022) 321, section 5.1.

    Examples
    --------
    >>> equalised(np.array([0.5, 1.0, 2.0]), np.array([0.2, 0.6])).round(3).tolist()
    [0.5, 0.8, 2.0]
    """
    barrier = np.concatenate([[0.0], np.cumsum(np.maximum(1 - swap_rates, _LEAST_REJECTION))])
    beta = np.interp(np.linspace(0, barrier[-1], len(temperatures)), barrier, 1 / temperatures)
    beta[[0, -1]] = 1 / temperatures[0], 1 / temperatures[-1]
    return np.asarray(1 / beta)
