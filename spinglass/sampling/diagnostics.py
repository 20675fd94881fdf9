"""Convergence diagnostics of chains: autocorrelation time, effective sample size, split R-hat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array

_WINDOW = 5.0
_FEWEST = 4


def autocorrelation_time(traces: npt.ArrayLike) -> Array:
    """Return the integrated autocorrelation time ``1 + 2 sum_t rho(t)`` of each trace.

    The sum is truncated at the first lag that is at least 5 times the sum so far. The (biased) autocovariances are
    computed by FFT. A constant trace has time T: it counts as a single sample.

    Parameters
    ----------
    traces : array_like, shape (..., T)
        Recorded values; the last axis is time, with at least 4 records.

    Returns
    -------
    ndarray, shape (...,)
        Autocorrelation times in units of records, between 1 and T.

    Raises
    ------
    ValueError
        If a trace is shorter than 4 or not finite.

    References
    ----------
    Sokal, "Monte Carlo methods in statistical mechanics" (1997), for the truncation.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((3, 4000))
    >>> bool((autocorrelation_time(noise) < 1.2).all()), autocorrelation_time(np.ones(50)).item()
    (True, 50.0)
    """
    values = _of_size_one(_traces(traces), -1)
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
    """Return the effective sample size: the sum of ``T/tau`` over chains, with tau the `autocorrelation_time`.

    Parameters
    ----------
    traces : array_like, shape (..., chains, T)
        Recorded values; the last axis is time, with at least 4 records, the one before it the chains.

    Returns
    -------
    ndarray, shape (...,)
        Effective numbers of independent samples, all chains together.

    Raises
    ------
    ValueError
        If there is no axis of chains, or a trace is shorter than 4 or not finite.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((4, 1000))
    >>> bool(3000 < effective_sample_size(noise) <= 4000)
    True
    """
    values = _chains(traces)
    return np.asarray((values.shape[-1] / autocorrelation_time(values)).sum(axis=-1))


def split_rhat(traces: npt.ArrayLike) -> Array:
    """Return split R-hat, the potential scale reduction factor of chains split in halves; it is near 1 after mixing.

    ``sqrt(((N-1)/N W + B/N)/W)``, where W is the mean variance within the halves, each of length N, and B/N is the
    variance of the means of the halves. If all chains are constant, the result is 1 if their values are equal and
    infinite otherwise.

    Parameters
    ----------
    traces : array_like, shape (..., chains, T)
        Recorded values; the last axis is time, with at least 4 records, the one before it the chains.

    Returns
    -------
    ndarray, shape (...,)
        Split R-hat.

    Raises
    ------
    ValueError
        If there is no axis of chains, or a trace is shorter than 4 or not finite.

    References
    ----------
    Gelman et al., Bayesian Data Analysis (3rd ed. 2013), eqs. (11.3) and (11.4).

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((4, 1000))
    >>> bool(split_rhat(noise) < 1.01), bool(split_rhat(noise + np.arange(4)[:, None]) > 1.3)
    (True, True)
    """
    values = _of_size_one(_chains(traces), (-2, -1))
    N = values.shape[-1] // 2
    halves = np.concatenate([values[..., :N], values[..., -N:]], axis=-2)
    within = halves.var(axis=-1, ddof=1).mean(axis=-1)
    between = halves.mean(axis=-1).var(axis=-1, ddof=1)
    still = (np.ptp(halves, axis=-1) == 0).all(axis=-1)
    ratio = (N - 1) / N + between / np.where(still, 1.0, within)
    return np.where(still, np.where(between == 0, 1.0, np.inf), np.sqrt(ratio))


def _of_size_one(values: Array, axis: int | tuple[int, ...]) -> Array:
    """Shift and scale values to the interval [-1, 1], so that their squares neither overflow nor underflow."""
    values = values / np.maximum(np.abs(values).max(axis=axis, keepdims=True), np.finfo(np.float64).tiny)
    values = values - values.mean(axis=axis, keepdims=True)
    return np.asarray(values / np.maximum(np.abs(values).max(axis=axis, keepdims=True), np.finfo(np.float64).tiny))


def _chains(traces: npt.ArrayLike) -> Array:
    values = _traces(traces)
    if values.ndim < 2:
        raise ValueError(f"chains must have shape (..., chains, T), not {values.shape}; for one chain pass trace[None]")
    return values


def _traces(traces: npt.ArrayLike) -> Array:
    values = np.asarray(traces, dtype=np.float64)
    if values.ndim < 1 or values.shape[-1] < _FEWEST:
        raise ValueError(f"traces must have at least {_FEWEST} records in the last axis, not shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"traces must be finite; {np.count_nonzero(~np.isfinite(values))} records are not")
    return values
