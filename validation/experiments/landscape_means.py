"""Means over complete landscapes with their standard errors."""

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array


def mean_and_error(values: npt.ArrayLike) -> tuple[Array, Array]:
    """Return the mean over landscapes and its standard error, which is NaN for a single landscape.

    Parameters
    ----------
    values : array_like, shape (landscapes, ...)
        Values of each landscape. Those that could not be completed are left out by the caller.

    Returns
    -------
    mean, error : ndarray, shape (...)
        Both are NaN without any landscape.

    Examples
    --------
    >>> mean, error = mean_and_error([[1.0], [3.0]])
    >>> mean.tolist(), error.tolist()
    ([2.0], [1.0])
    """
    array = np.asarray(values, dtype=np.float64)
    unknown = np.full(array.shape[1:], np.nan)
    mean = array.mean(axis=0) if len(array) else unknown
    return mean, array.std(axis=0, ddof=1) / np.sqrt(len(array)) if len(array) > 1 else unknown
