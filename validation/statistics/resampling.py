"""Bootstrap over disorder samples: distributions of studentised deviations where Student's t is not accurate."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

RESAMPLES = 20_000
# It takes ten million resamples and a few minutes.
SMALLEST_LEVEL = 1e-6
_ENOUGH = 100  # draws beyond the measured value, which determine a p-value to 10%
_AT_ONCE = 1_000
_DRAWS_AT_ONCE = 20_000_000  # a few hundred megabytes


def resamples_for(alpha: float) -> int:
    """Return the number of resamples for a test at level ``alpha``: its smallest p-value is ``alpha / 10``."""
    return max(RESAMPLES, math.ceil(10 / alpha))


def cautious_rows(count: int) -> int:
    """Return how many rows a resample of ``count`` skewed numbers has: ``count - 2 sqrt(count)``, at least 2.

    A sample of skewed numbers lacks their rare large values more often than not, and its own skewness is then too
    small: the studentised mean of 30 exponential numbers exceeds the bootstrap's 99% quantile with a probability of
    1.5%. The skewness of a mean of fewer rows is larger, by the factor ``1 + 1/sqrt(count)``, which vanishes for large
    samples (resampling of fewer rows: Bickel, Goetze and van Zwet 1997).

    Parameters
    ----------
    count
        Number of samples, at least 2.

    Returns
    -------
    int
        Number of rows.

    Examples
    --------
    >>> cautious_rows(30), cautious_rows(900)
    (19, 840)
    """
    return max(2, count - round(2 * math.sqrt(count)))


def too_skewed(series: Sequence[NDArray[np.float64]], weights: NDArray[np.float64], alpha: float) -> bool:
    """Return whether skewness makes a tail of Student's t wrong by a factor of two at level ``alpha``.

    The statistic is ``sum_s w_s mean_s`` of independent series. To first order, the tail beyond z changes by the
    fraction ``g z (2 z^2 + 1) / 6``, where g is the skewness of the sum; for one series, g is that of its numbers
    divided by ``sqrt(m)`` [1]_. The skewness must also exceed its standard error for normal numbers. A stricter
    condition would miss cases: if a mean is too low by chance, its estimated skewness is too low as well.

    Parameters
    ----------
    series
        The measured numbers of each series, shape (samples,).
    weights
        The weight of each series, shape (series,).
    alpha
        Error level.

    Returns
    -------
    bool
        True if the bootstrap should be used.

    References
    ----------
    .. [1] P. Hall, The Bootstrap and Edgeworth Expansion (1992), eq. (2.55) and below, with the tail phi(z)/z.
    """
    z = -float(special.ndtri(alpha / 2))
    largest = max(float(np.abs(values - values.mean()).max()) for values in series) or 1.0
    second = third = sixth = 0.0
    for values, weight in zip(series, weights, strict=True):
        centred, count = (values - values.mean()) / largest, len(values)
        variance = float((centred**2).mean())
        second += weight**2 * variance / count
        third += weight**3 * float((centred**3).mean()) / count**2
        sixth += weight**6 * 6 * variance**3 / count**5  # the variance of `third` for normal numbers
    return bool(abs(third) > max(math.sqrt(sixth), 6 / (z * (2 * z**2 + 1)) * second**1.5))


def maximal_t(
    values: NDArray[np.float64],
    seed: np.random.SeedSequence,
    resamples: int = RESAMPLES,
    measured: float | None = None,
) -> NDArray[np.float64]:
    r"""Return bootstrap draws of ``max_k |mean*_k - mean_k| / se*_k`` over resampled rows.

    Each draw resamples whole rows, which preserves the correlation of the components, and divides by its own standard
    errors [1]_ [2]_. The bootstrap stops early, after at least ``RESAMPLES`` draws, once 100 draws reach ``measured``
    [3]_. The p-value is then at least 10 alpha for 10/alpha resamples, so that the decision is clear.

    Parameters
    ----------
    values
        Measured numbers, shape (samples, components). Every component must vary.
    seed
        Seed of the bootstrap.
    resamples
        Largest number of draws. Default 20000.
    measured
        The measured maximum. Default None: no early stop.

    Returns
    -------
    ndarray, shape (draws,)
        The maxima.

    References
    ----------
    .. [1] B. Efron, Ann. Statist. 7, 1 (1979).
    .. [2] J. P. Romano and M. Wolf, Econometrica 73, 1237 (2005), eq. (8).
    .. [3] J. Besag and P. Clifford, Biometrika 78, 301 (1991).

    Examples
    --------
    >>> curve = np.random.default_rng(0).standard_normal((50, 3))
    >>> bool(2.0 < np.quantile(maximal_t(curve, np.random.SeedSequence(0), 2000), 0.95) < 3.0)
    True
    """
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    generator = np.random.default_rng(seed)

    def draws() -> Iterator[NDArray[np.float64]]:
        for size in _portions(resamples, len(values)):
            mean, variance = _resampled(standard, size, generator, len(values))
            yield np.abs(_studentised(mean, variance / (len(values) - 1))).max(axis=1, initial=0.0)

    return _enough(draws(), measured)


def combined_t(
    series: Sequence[NDArray[np.float64]],
    weights: NDArray[np.float64],
    seed: np.random.SeedSequence,
    resamples: int = RESAMPLES,
    measured: float | None = None,
    rows: Sequence[int] | None = None,
) -> NDArray[np.float64]:
    """Return bootstrap draws of ``(L* - L) / se*`` for F sums ``L = sum_s w_s mean_s`` of independent series.

    Parameters
    ----------
    series
        The measured numbers of each series, shape (samples,). At least one series must vary.
    weights
        The weights of each sum, shape (F, series).
    seed
        Seed of the bootstrap.
    resamples
        Largest number of draws. Default 20000.
    measured
        If 100 draws of one sum reach this absolute value, the bootstrap may stop early, as in :func:`maximal_t`.
        Default None: no early stop.
    rows
        How many rows of each series a resample has; deviations and errors are scaled to those of a whole series.
        Default None: as many as the series.

    Returns
    -------
    ndarray, shape (draws, F)
        The studentised deviations.

    Examples
    --------
    >>> given = list(np.random.default_rng(0).standard_normal((2, 50)))
    >>> draws = combined_t(given, np.array([[1.0, -1.0]]), np.random.SeedSequence(0), 2000)
    >>> bool(1.8 < np.quantile(np.abs(draws), 0.95) < 2.2)
    True
    """
    centred = [values - values.mean() for values in series]
    counts = np.array([len(values) for values in centred])
    drawn = counts if rows is None else np.array(rows)
    scaled = weights * np.sqrt(drawn / counts)
    generator = np.random.default_rng(seed)

    def draws() -> Iterator[NDArray[np.float64]]:
        for size in _portions(resamples, max(counts)):
            parts = [_resampled(values[:, None], size, generator, k) for values, k in zip(centred, drawn, strict=True)]
            means, variances = (np.concatenate(columns, axis=1) for columns in zip(*parts, strict=True))
            squared_errors = variances / (drawn - 1)
            yield _studentised(np.einsum("bs,fs->bf", means, scaled), np.einsum("bs,fs->bf", squared_errors, scaled**2))

    return _enough(draws(), measured)


def tail(law: NDArray[np.float64], t: float) -> float:
    """Return the p-value of ``t`` under draws of shape (draws,) or (draws, F); of F statistics, the largest."""
    return float((1 + (law >= t).sum(axis=0).max()) / (1 + len(law)))


def _enough(draws: Iterator[NDArray[np.float64]], measured: float | None) -> NDArray[np.float64]:
    taken: list[NDArray[np.float64]] = []
    number, reached = 0, np.zeros(1, dtype=int)
    for portion in draws:
        taken.append(portion)
        number += len(portion)
        if measured is not None:
            reached = reached + (np.abs(portion) >= measured).sum(axis=0)
        if number >= RESAMPLES and reached.max() >= _ENOUGH:
            break
    return np.concatenate(taken)


def _portions(resamples: int, count: int) -> Iterator[int]:
    most = max(1, min(_AT_ONCE, _DRAWS_AT_ONCE // count))
    return (min(most, resamples - start) for start in range(0, resamples, most))


def _resampled(
    values: NDArray[np.float64], size: int, generator: np.random.Generator, drawn: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return means and variances, shape (size, components), of ``drawn`` resampled rows of ``values``."""
    count = len(values)
    rows = generator.integers(count, size=(size, drawn))
    rows += count * np.arange(size)[:, None]
    weights = np.bincount(rows.ravel(), minlength=size * count).reshape(size, count) / drawn
    # The bits of einsum, unlike those of a BLAS product, do not depend on the number of BLAS threads. It is twice as
    # fast where the sum runs over neighbours in memory.
    powers = np.ascontiguousarray(np.concatenate([values, values**2], axis=1).T)
    mean, square = np.split(np.einsum("bi,ki->bk", weights, powers), 2, axis=1)
    return mean, square - mean**2


def _studentised(mean: NDArray[np.float64], squared_error: NDArray[np.float64]) -> NDArray[np.float64]:
    # A resample that repeats one row has the error 0: count it as an infinite deviation, which is cautious.
    error = np.sqrt(np.where(squared_error > 1e-12 * squared_error.max(axis=0, initial=0.0), squared_error, np.nan))
    return np.where(np.isnan(error), np.copysign(np.inf, mean), mean / error)
