"""Control variates: numbers of exactly known mean that fluctuate together with what is measured.

If the controls c have the mean 0 and the shares b are fixed before the data are seen, ``y - b.c`` has the mean of y:
``E[y - b.c] = E[y] - b.E[c] = E[y]``. Its variance is smallest for the shares of the regression of y on c, and is then
smaller by the factor ``1 - R^2``. Shares from a pilot with other seeds keep most of this, and no choice of shares can
make the mean wrong.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array


class Fit(NamedTuple):
    """The shares that minimise the variance in a pilot.

    Attributes
    ----------
    shares : ndarray, shape (controls,)
        The regression coefficients.
    ratio : float
        Variance without the controls, over the variance with them; it allows for the number of fitted shares.
    """

    shares: Array
    ratio: float


def controlled(values: ArrayLike, controls: ArrayLike, shares: ArrayLike) -> Array:
    """Return measured numbers minus fixed shares of their controls: the same mean, a smaller variance.

    Parameters
    ----------
    values
        The numbers of one sample, shape (components,) or a single number.
    controls
        Its controls, each minus its exact mean, shape (controls,).
    shares
        Shares that do not depend on the sample, shape (controls,), for all components, or (components, controls).

    Returns
    -------
    ndarray, shape (components,)
        The numbers with smaller variance.

    Examples
    --------
    >>> controlled([1.0, 2.0], [0.5, -1.0], [0.2, 0.1])
    array([1., 2.])
    """
    reduced: Array = np.asarray(values, dtype=float) - np.asarray(shares, dtype=float) @ np.asarray(
        controls, dtype=float
    )
    return reduced


def best_shares(values: ArrayLike, controls: ArrayLike) -> Fit:
    """Return the shares of controls that minimise the variance of pilot data, and the ratio of variances.

    Parameters
    ----------
    values
        One number per sample, shape (samples,).
    controls
        The controls of each sample, shape (samples, controls).

    Returns
    -------
    Fit
        The shares and the ratio of variances.

    Raises
    ------
    ValueError
        If there are too few samples, or the controls are linearly dependent.

    Examples
    --------
    >>> x = np.arange(6.0)
    >>> best_shares(2 * x + [0, 1, 0, 0, 1, 0], x[:, None]).shares
    array([2.])
    """
    y, c = np.asarray(values, dtype=float), np.asarray(controls, dtype=float)
    if c.ndim != 2 or y.shape != c.shape[:1] or len(y) < c.shape[1] + 3:
        raise ValueError(
            f"give one number per sample and more samples than controls plus two; given shapes {y.shape} and {c.shape}"
        )
    centred, deviations = c - c.mean(axis=0), y - y.mean()
    shares, _, rank, _ = np.linalg.lstsq(centred, deviations)
    if rank < c.shape[1]:
        raise ValueError("the controls are linearly dependent; leave out those that follow from the others")
    left = deviations - centred @ shares
    freedom = len(y) - 1 - c.shape[1]
    return Fit(shares, float((deviations @ deviations / (len(y) - 1)) / (left @ left / freedom)))
