"""The bootstrap over disorder samples: laws of studentised deviations, where Student's is not to be trusted."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

RESAMPLES = 20_000
# Ten million resamples, some minutes.
SMALLEST_LEVEL = 1e-6
_ENOUGH = 100  # draws beyond what was measured: a p-value is known to a tenth then
_AT_ONCE = 1_000
_DRAWS_AT_ONCE = 20_000_000  # some hundred megabytes


def resamples_for(alpha: float) -> int:
    """Return how many resamples a test at level ``alpha`` takes, for its smallest p-value to be a tenth of that."""
    return max(RESAMPLES, math.ceil(10 / alpha))


def too_skewed(series: Sequence[NDArray[np.float64]], weights: NDArray[np.float64], alpha: float) -> bool:
    """Whether skewness above the standard error of normal numbers' doubles a tail of Student's t at level ``alpha``.

    The statistic is ``sum_s w_s mean_s`` of independent series. To first order the tail beyond z changes by
    ``g z (2 z^2 + 1) / 6``, relative, where g is the skewness of the sum, of one series that of its numbers over
    ``sqrt(m)`` (Hall, The Bootstrap and Edgeworth Expansion, 1992, eq. 2.55 and below, with the tail phi(z)/z).
    Where a mean is too low by chance, so is the skewness seen: a wider margin would leave these cases to Student's t.
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

    ``values`` has shape (samples, components); each draw resamples whole rows, so that the components keep
    their correlation, and studentises by its own standard error (bootstrap-t, Efron 1979; simultaneous bands
    as in Romano & Wolf 2005, eq. 8). Every component must vary. Drawing ends at ``resamples``, or from
    ``RESAMPLES`` on where 100 draws reach ``measured`` (Besag & Clifford, Biometrika 78, 301 (1991)): of 10/alpha
    resamples that leaves a p-value of 10 alpha at least, which decides.

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
            mean, variance = _resampled(standard, size, generator)
            yield np.abs(_studentised(mean, variance / (len(values) - 1))).max(axis=1, initial=0.0)

    return _enough(draws(), measured)


def combined_t(
    series: Sequence[NDArray[np.float64]],
    weights: NDArray[np.float64],
    seed: np.random.SeedSequence,
    resamples: int = RESAMPLES,
    measured: float | None = None,
) -> NDArray[np.float64]:
    """Return bootstrap draws (draws, F) of ``(L* - L) / se*`` for each of F sums ``L = sum_s w_s mean_s``.

    ``weights`` has shape (F, series); each series (samples,) is resampled by itself. One of them must vary. Where 100
    draws of one sum reach ``measured``, on either side, drawing may end early as in :func:`maximal_t`.

    Examples
    --------
    >>> given = list(np.random.default_rng(0).standard_normal((2, 50)))
    >>> draws = combined_t(given, np.array([[1.0, -1.0]]), np.random.SeedSequence(0), 2000)
    >>> bool(1.8 < np.quantile(np.abs(draws), 0.95) < 2.2)
    True
    """
    centred = [values - values.mean() for values in series]
    generator = np.random.default_rng(seed)

    def draws() -> Iterator[NDArray[np.float64]]:
        for size in _portions(resamples, max(map(len, centred))):
            parts = [_resampled(values[:, None], size, generator) for values in centred]
            means = np.concatenate([mean for mean, _ in parts], axis=1)
            variances = np.concatenate(
                [v / (len(values) - 1) for (_, v), values in zip(parts, centred, strict=True)], axis=1
            )
            yield _studentised(np.einsum("bs,fs->bf", means, weights), np.einsum("bs,fs->bf", variances, weights**2))

    return _enough(draws(), measured)


def tail(law: NDArray[np.float64], t: float) -> float:
    """Return the probability that a statistic reaches ``t``, the largest that the draws (draws, F) give for any sum."""
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
    values: NDArray[np.float64], size: int, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return means and variances (size, components) of resampled rows of ``values`` (samples, components)."""
    count = len(values)
    rows = generator.integers(count, size=(size, count)) + count * np.arange(size)[:, None]
    weights = np.bincount(rows.ravel(), minlength=size * count).reshape(size, count) / count
    # Einsum, not a BLAS product: its bits do not depend on the number of BLAS threads.
    mean = np.einsum("bi,ik->bk", weights, values)
    return mean, np.einsum("bi,ik->bk", weights, values**2) - mean**2


def _studentised(mean: NDArray[np.float64], squared_error: NDArray[np.float64]) -> NDArray[np.float64]:
    # A resample of one repeated row has no error bar: count it as infinitely far, the cautious side.
    error = np.sqrt(np.where(squared_error > 1e-12 * squared_error.max(axis=0, initial=0.0), squared_error, np.nan))
    return np.where(np.isnan(error), np.copysign(np.inf, mean), mean / error)
