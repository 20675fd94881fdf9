r"""The number of minima in an external field near the threshold at which all but one of them disappear.

The mean number of minima depends on the eigenvalue x_0 of a GOE matrix (:func:`theory.mean_critical_points`). Near its
edge ``x_0^2 = 2n + 2 n^(1/3) S``, with S of Tracy and Widom's law for beta = 1. With ``nu''/nu' = 1 + kappa n^(-1/3)``
the exponent is ``kappa^3/24 - kappa S/2`` up to terms that vanish.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import airy

from spinglass._common.types import Array
from theory.arguments import real_numbers, scalar_or_array
from theory.kac_rice.legendre import legendre_rule

_LARGEST = 6.0
# S is integrated between these ends; the kernel is cut where the Airy function is negligible.
_LOW, _HIGH, _PANELS, _NODES = -14.0, 34.0, 24, 8
_KERNEL_NODES, _REACH = 48, 16.0


def field_window(kappa: ArrayLike) -> Any:
    r"""Return the mean number of minima at large n in a field close to the threshold ``h_c^2 = nu'' - nu'``.

    .. math:: \lim_n E\, N_0 = 2\, E\, e^{\kappa^3/24 - \kappa S/2}, \qquad
              \frac{\nu''}{\nu' + h^2} = 1 + \kappa\, n^{-1/3}

    with derivatives at 1 of the covariance function without the field, the strength h of the field,
    and S of Tracy and Widom's law for beta = 1. The direction of the field, fixed or random, does not matter.

    Parameters
    ----------
    kappa : float or array
        Distance from the threshold, from -6 to 6; negative in stronger fields.

    Returns
    -------
    float or array
        The mean number, 2 at ``kappa = 0`` and close to 1 from -4; relative error below 1e-8. At finite n the number
        differs by terms of order ``n^(-1/3)``.

    Raises
    ------
    ValueError
        If a number is not from -6 to 6.

    References
    ----------
    Fyodorov (2015), Markov Process. Relat. Fields 21, 483, for trivialisation; the window is derived here. The law of S
    is that of Ferrari and Spohn (2005), J. Phys. A 38, L557, ``P(S < s) = det(1 - Ai(x + y + s))`` on the half-line,
    evaluated as in Bornemann (2010).

    Examples
    --------
    >>> field_window([0.0, -1.0, -2.0]).round(4)
    array([2.    , 1.3006, 1.0807])
    """
    values = real_numbers("kappa", kappa)
    if np.any(np.abs(values) > _LARGEST):
        raise ValueError(
            f"kappa must be from -{_LARGEST:g} to {_LARGEST:g}, not {values.ravel()[np.abs(values).argmax()]:g}; below "
            "-4 there is one minimum, and theory.mean_critical_points gives their number in weaker fields"
        )
    s, weights, below, above = _law()
    rate = -0.5 * values[..., None]
    # Integrals by parts of exp(rate s) against the law, each from the side on which it converges.
    tilted = weights * np.exp(rate * s) * np.where(rate > 0.0, rate * above, -rate * below)
    ends = np.where(values < 0.0, np.exp(-0.5 * values * _LOW), np.exp(-0.5 * values * _HIGH))
    mean = np.where(values == 0.0, 1.0, tilted.sum(axis=-1) + ends)
    return scalar_or_array(2.0 * np.exp(values**3 / 24.0) * mean)


@lru_cache(maxsize=1)
def _law() -> tuple[Array, Array, Array, Array]:
    """Return nodes s and weights, and the probabilities that S is below and above each node."""
    x, w, _ = legendre_rule(_NODES)
    half = 0.5 * (_HIGH - _LOW) / _PANELS
    s = (_LOW + half * (2.0 * np.arange(_PANELS)[:, None] + 1.0 + x)).ravel()
    y, v, _ = legendre_rule(_KERNEL_NODES)
    y, root = 0.5 * _REACH * (1.0 + y), np.sqrt(0.5 * _REACH * v)
    kernel = root[:, None] * airy(y[:, None] + y + s[:, None, None])[0] * root
    # The logarithm of 1 - P would lose the upper tail; sums of logarithms of eigenvalues keep it.
    eigenvalues = np.minimum(np.linalg.eigvalsh(kernel), 1.0 - 1e-16)
    log_below = np.log1p(-eigenvalues).sum(axis=1)
    return s, np.tile(half * w, _PANELS), np.exp(log_below), -np.expm1(log_below)
