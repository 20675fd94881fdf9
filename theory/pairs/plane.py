"""The plane's variables in the order in which they are drawn: radial derivatives, energies per spin, h and h'."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from spinglass._common.types import Array
from theory.pairs.joint_law import PairLaw

# Shares of a variance below this are rounding errors of the regression.
_ROUNDING = 1e-12

# Energies per spin of one point: all, those in an interval, or (with equal ends) one energy.
Window = tuple[float, float] | None


@dataclass(frozen=True)
class Plane:
    """Each variable as a linear function of the variables before it plus independent noise.

    The variables are (x, x', u, u', h, h'), or (x, x', h, h') if energies do not matter. The radial derivatives zeta
    are given as ``x = zeta/sqrt(2 nu''(1))``, and h likewise; u are energies per spin.

    Attributes
    ----------
    covariance : ndarray, shape (variables, variables)
        Covariance matrix.
    coefficients : ndarray, shape (variables, variables)
        Row k holds the coefficients of variable k on those before it.
    spread : ndarray, shape (variables,)
        Standard deviation of each variable given those before it.
    """

    covariance: Array
    coefficients: Array
    spread: Array

    @classmethod
    def of(cls, law: PairLaw, n: int, unit: float, energies: bool) -> "Plane":
        """Return the variables of a pair law.

        Parameters
        ----------
        law : PairLaw
            The law.
        n : int
            Number of spins.
        unit : float
            The unit of energies in ``law``, in the units of the model.
        energies : bool
            Whether the energies are among the variables.

        Returns
        -------
        Plane
            The variables.
        """
        pure, scale = law.nu.pure_order, cls.scale(law, n, unit)
        order = [0, 1, 4, 5, 2, 3] if energies else [0, 1, 2, 3]
        covariance = (law.plane * np.outer(scale, scale))[np.ix_(order, order)]
        coefficients, spread = np.zeros_like(covariance), np.zeros(len(order))
        for k in range(len(order)):
            if pure is not None and energies and k in (2, 3):
                # By Euler's theorem zeta = H f; regression would find this only up to rounding errors.
                coefficients[k, k - 2] = scale[4] / scale[0] / pure
                continue
            # A variable that those before it determine tells nothing new.
            given = [j for j in range(k) if spread[j] > 0.0]
            coefficients[k, given], spread[k] = regression(covariance, given, k)
        # Near overlap 1 this is far below every other scale; division by it must remain possible.
        spread[1] = max(spread[1], math.sqrt(_ROUNDING) * spread[0])
        return cls(covariance, coefficients, spread)

    @staticmethod
    def scale(law: PairLaw, n: int, unit: float) -> Array:
        """Return the factors from the variables of ``law.plane`` to those of this class, shape (6,)."""
        size = math.sqrt(2.0 * float(law.nu(1.0, 2)))
        return np.array([1 / size] * 4 + [unit / math.sqrt(n)] * 2)

    def given_radial(self, k: int) -> tuple[Array, float]:
        """Return the coefficients of variable k on x and x' alone, and the standard deviation of the rest."""
        return regression(self.covariance, [0, 1], k)


def regression(covariance: Array, given: list[int], k: int) -> tuple[Array, float]:
    """Return the coefficients of variable k on the given ones, and the standard deviation of the rest."""
    if not given:
        return np.zeros(0), math.sqrt(float(covariance[k, k]))
    size = np.sqrt(np.diag(covariance)[given])
    size = np.where(size > 0.0, size, 1.0)
    scaled = covariance[np.ix_(given, given)] / np.outer(size, size)
    inverse = np.linalg.pinv(scaled, rcond=_ROUNDING, hermitian=True)
    across = covariance[given, k]
    coefficients = inverse @ (across / size) / size
    rest = float(covariance[k, k] - coefficients @ across)
    return coefficients, math.sqrt(rest) if rest > _ROUNDING * float(covariance[k, k]) else 0.0


def log_probability(window: tuple[float, float], mean: Array, spread: float) -> Array:
    """Return the logarithm of a normal variable's probability of a window, or of its density at one energy."""
    low, high = ((end - mean) / spread for end in window)
    if window[0] == window[1]:
        return np.asarray(-0.5 * low**2 - math.log(spread * math.sqrt(2.0 * math.pi)))
    # In the upper tail the difference of two probabilities near 1 would be lost.
    low, high = np.where(low > 0.0, -high, low), np.where(low > 0.0, -low, high)
    upper = log_ndtr(high)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isneginf(upper), -np.inf, upper + np.log1p(-np.exp(log_ndtr(low) - upper)))


def draw_within(window: tuple[float, float], mean: Array, spread: float, uniform: Array) -> Array:
    """Draw normal variables given that they lie in a window, from uniform numbers; NaN where that is impossible."""
    if window[0] == window[1]:
        return np.full_like(mean, window[0])
    low, high = ((end - mean) / spread for end in window)
    flipped = low > 0.0
    low, high = np.where(flipped, -high, low), np.where(flipped, -low, high)
    below, above = ndtr(low), ndtr(high)
    drawn = ndtri(below + uniform * (above - below))
    return np.asarray(mean + spread * np.where(flipped, -drawn, drawn))
