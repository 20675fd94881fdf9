"""The bootstrap over disorder samples: the law of the largest studentised deviation of a curve."""

import math

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 20_000
# Ten million resamples, some minutes.
SMALLEST_LEVEL = 1e-6
_AT_ONCE = 1_000


def resamples_for(alpha: float) -> int:
    """Return how many resamples a test at level ``alpha`` takes, for its smallest p-value to be a tenth of that."""
    return max(RESAMPLES, math.ceil(10 / alpha))


def maximal_t(
    values: NDArray[np.float64], seed: np.random.SeedSequence, resamples: int = RESAMPLES
) -> NDArray[np.float64]:
    r"""Return bootstrap draws of ``max_k |mean*_k - mean_k| / se*_k`` over resampled rows.

    ``values`` has shape (samples, components); each draw resamples whole rows, so that the components keep
    their correlation, and studentises by its own standard error (bootstrap-t, Efron 1979; simultaneous bands
    as in Romano & Wolf 2005, eq. 8). Every component must vary.

    Examples
    --------
    >>> curve = np.random.default_rng(0).standard_normal((50, 3))
    >>> bool(2.0 < np.quantile(maximal_t(curve, np.random.SeedSequence(0), 2000), 0.95) < 3.0)
    True
    """
    count = len(values)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    squares = standard**2
    generator = np.random.default_rng(seed)
    draws = []
    for start in range(0, resamples, _AT_ONCE):
        size = min(_AT_ONCE, resamples - start)
        rows = generator.integers(count, size=(size, count)) + count * np.arange(size)[:, None]
        weights = np.bincount(rows.ravel(), minlength=size * count).reshape(size, count) / count
        # Einsum, not a BLAS product: its bits do not depend on the number of BLAS threads.
        mean = np.einsum("bi,ik->bk", weights, standard)
        variance = np.einsum("bi,ik->bk", weights, squares) - mean**2
        # A resample of one repeated row has no error bar: count it as infinitely far, the cautious side.
        spread = np.where(variance > 1e-12, variance, np.nan)
        t = np.abs(mean) * math.sqrt(count - 1) / np.sqrt(spread)
        draws.append(np.nan_to_num(t, nan=np.inf).max(axis=1, initial=0.0))
    return np.concatenate(draws)
