"""How well chains have mixed: autocorrelation time, effective sample size, split R-hat. Time is the last axis."""

import numpy as np
import numpy.typing as npt

from spinglass.landscape import Array

_WINDOW = 5.0
_FEWEST = 4


def autocorrelation_time(traces: npt.ArrayLike) -> Array:
    """Return the integrated autocorrelation time ``1 + 2 sum_t rho(t)`` of each trace, (..., T) -> (...).

    The sum ends at the first lag above 5 times itself (Sokal 1997); autocovariances by FFT, biased. A trace that
    never moves has time T: all of it is one sample. In units of records, at least 1.

    Raises
    ------
    ValueError
        If a trace is shorter than 4 or not finite.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((3, 4000))
    >>> bool((autocorrelation_time(noise) < 1.2).all()), autocorrelation_time(np.ones(50)).item()
    (True, 50.0)
    """
    values = _traces(traces)
    length = values.shape[-1]
    centred = values - values.mean(axis=-1, keepdims=True)
    moving = np.ptp(values, axis=-1) > 0
    waves = np.fft.rfft(centred, 2 * length)
    covariance = np.fft.irfft(waves * np.conj(waves), 2 * length)[..., :length]
    scale = np.where(moving, covariance[..., 0], 1.0)[..., None]
    times = 2 * np.cumsum(covariance / scale, axis=-1) - 1
    wide = np.arange(length) >= _WINDOW * times
    lag = np.where(wide.any(axis=-1), wide.argmax(axis=-1), length - 1)
    found = np.take_along_axis(times, lag[..., None], axis=-1)[..., 0]
    return np.where(moving, np.clip(found, 1.0, length), float(length))


def effective_sample_size(traces: npt.ArrayLike) -> Array:
    """Return ``T/tau`` summed over chains, (..., chains, T) -> (...); tau is `autocorrelation_time`.

    Raises as that.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((4, 1000))
    >>> bool(3000 < effective_sample_size(noise) <= 4000)
    True
    """
    values = _traces(traces)
    if values.ndim < 2:
        raise ValueError(f"chains must have shape (..., chains, T), not {values.shape}; one chain is trace[None]")
    return np.asarray((values.shape[-1] / autocorrelation_time(values)).sum(axis=-1))


def split_rhat(traces: npt.ArrayLike) -> Array:
    """Return the potential scale reduction of chains cut in halves, (..., chains, T) -> (...); 1 when they have mixed.

    ``sqrt(((N-1)/N W + B/N)/W)``, W the mean variance within the 2 x chains halves of length N, B/N the variance of
    their means. 1 for chains that all stand still in one place, infinite where they stand still in several.

    Source: Gelman et al., Bayesian Data Analysis (3rd ed. 2013), eqs. 11.3 and 11.4.

    Raises
    ------
    ValueError
        If a trace is shorter than 4 or not finite.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((4, 1000))
    >>> bool(split_rhat(noise) < 1.01), bool(split_rhat(noise + np.arange(4)[:, None]) > 1.3)
    (True, True)
    """
    values = _traces(traces)
    if values.ndim < 2:
        raise ValueError(f"chains must have shape (..., chains, T), not {values.shape}; one chain is trace[None]")
    N = values.shape[-1] // 2
    halves = np.concatenate([values[..., :N], values[..., -N:]], axis=-2)
    within = halves.var(axis=-1, ddof=1).mean(axis=-1)
    between = halves.mean(axis=-1).var(axis=-1, ddof=1)
    still = within == 0
    ratio = (N - 1) / N + between / np.where(still, 1.0, within)
    return np.where(still, np.where(between == 0, 1.0, np.inf), np.sqrt(ratio))


def _traces(traces: npt.ArrayLike) -> Array:
    values = np.asarray(traces, dtype=np.float64)
    if values.ndim < 1 or values.shape[-1] < _FEWEST:
        raise ValueError(f"traces must have at least {_FEWEST} records in the last axis, not shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"traces must be finite; {np.count_nonzero(~np.isfinite(values))} records are not")
    return values
