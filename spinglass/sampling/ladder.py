"""Ladders of temperatures for parallel tempering."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array
from spinglass.sampling.checks import positive_temperature

# Smaller rejection rates are noise; the bound also keeps the cumulative barrier strictly increasing.
_LEAST_REJECTION = 1e-3


def geometric_ladder(coldest: float, hottest: float, rungs: int) -> Array:
    """Return a ladder of temperatures from ``coldest`` to ``hottest`` with equal ratios.

    Parameters
    ----------
    coldest, hottest : float
        First and last temperature, in units of the total energy.
    rungs : int
        Number of temperatures, at least 2.

    Returns
    -------
    ndarray, shape (rungs,)
        Increasing temperatures.

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
        raise ValueError(f"the ladder must increase: coldest = {low:g} is not below hottest = {high:g}")
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
    """Return a ladder with the same ends and length on which all swap rates are expected to be equal.

    The rejection rates add up to a cumulative barrier as a function of 1/T that hardly depends on the ladder. The new
    ladder divides this barrier into equal parts.

    Parameters
    ----------
    temperatures : ndarray, shape (K,)
        Current ladder.
    swap_rates : ndarray, shape (K-1,)
        Mean swap probabilities of neighbours on this ladder.

    Returns
    -------
    ndarray, shape (K,)
        New ladder.

    References
    ----------
    Syed, Bouchard-Côté, Deligiannidis and Doucet, J. R. Stat. Soc. B 84 (2022) 321, section 5.1.

    Examples
    --------
    >>> equalised(np.array([0.5, 1.0, 2.0]), np.array([0.2, 0.6])).round(3).tolist()
    [0.5, 0.8, 2.0]
    """
    barrier = np.concatenate([[0.0], np.cumsum(np.maximum(1 - swap_rates, _LEAST_REJECTION))])
    beta = np.interp(np.linspace(0, barrier[-1], len(temperatures)), barrier, 1 / temperatures)
    beta[[0, -1]] = 1 / temperatures[0], 1 / temperatures[-1]
    return np.asarray(1 / beta)
