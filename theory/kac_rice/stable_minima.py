r"""Exact mean numbers of minima by energy and stability at finite n; stability is the smallest Hessian eigenvalue.

The Kac-Rice formula of :func:`theory.mean_critical_points` counts minima by the smallest eigenvalue a of an n x n GOE
matrix with a Gaussian weight. The Hessian at such a minimum is ``s (y_j - a)``, ``s = sqrt(2 nu''/n)``, where the y are
the other n-1 eigenvalues of the same matrix: its smallest eigenvalue is s times the gap of the two lowest.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr

from spinglass._common.types import Array
from theory.arguments import Model, real_numbers, scalar_or_array, whole_number
from theory.covariance import Covariance
from theory.float_range import refuse_huge
from theory.kac_rice.two_lowest import log_density_with_gap, log_joint_density, seconds_per_point

_MOST_SPINS = 100
_SECONDS = 300.0
# Standard deviations beyond which a Gaussian is negligible, and nodes per standard deviation there.
_REACH, _NARROW_STEP = 10.0, 0.5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def stability_density(u: ArrayLike, stability: ArrayLike, n: int, H: Model, log: bool = False) -> Any:
    r"""Return the exact mean number of minima per unit of energy per spin and of smallest Hessian eigenvalue.

    .. math:: \frac{\partial^2\, E N_0}{\partial u\, \partial\lambda} = 2\sqrt{\frac{2\nu''}{\nu'+\nu''}}
              \left(\frac{\nu''}{\nu'}\right)^{(n-1)/2} \frac1s \int da\;
              e^{-a^2(\nu''-\nu')/(2(\nu''+\nu'))}\, f_{01}(a, a + \lambda/s)\, P(u \mid a), \qquad
              s = \sqrt{2\nu''/n}

    with derivatives of nu at 1, the density :math:`f_{01}` of the two smallest eigenvalues of an n x n GOE matrix
    with eigenvalue density :math:`\prod|x_i-x_j|\prod e^{-x_i^2/2}`, and the normal law P of the energy given a that
    :func:`theory.mean_critical_points` states. In a pure model the energy determines a.

    Parameters
    ----------
    u : float or array
        Energy per spin.
    stability : float or array
        Smallest eigenvalue of the Riemannian Hessian, at least 0; broadcasts against ``u``.
    n : int
        Number of spins, from 2 to 100.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.
    log : bool
        Return the natural logarithm; default False.

    Returns
    -------
    float or array
        The density, in the shape of ``u`` and ``stability`` together. Its integral over the stability is
        ``mean_critical_point_density(u, n, H, index=0)``. The measured relative error is below 1e-12 for n up to 20
        and below 1e-10 up to 60. It is 0 at stability 0. A logarithm below -745 may be returned as -inf.

    Raises
    ------
    ValueError
        If an argument is not as described, or if the values would take more than five minutes.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Lemmas 3.2 and 3.3, for the law of the Hessian; de Bruijn (1955) for the
    Pfaffian. The joint law is derived in :mod:`theory.kac_rice.two_lowest`.

    Examples
    --------
    >>> round(stability_density(-1.2, 2.0, 6, 3), 9)
    2.303838896
    """
    law = _Minima.of(n, H)
    energies, stabilities = np.broadcast_arrays(real_numbers("u", u), _stabilities(stability))
    law.refuse_huge(energies, stabilities)
    values = law.log_density(energies.ravel(), stabilities.ravel()).reshape(energies.shape)
    return scalar_or_array(values if log else np.exp(values))


def mean_stable_minima(n: int, H: Model, stability: ArrayLike, below: ArrayLike | None = None) -> Any:
    r"""Return the exact mean number of minima whose smallest Hessian eigenvalue is above ``stability``.

    .. math:: E\, \#\{\text{minima with } \lambda_{\min} > \lambda,\; u \le u_0\}

    Parameters
    ----------
    n : int
        Number of spins, from 2 to 100.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.
    stability : float or array
        Bound on the smallest eigenvalue of the Riemannian Hessian, at least 0.
    below : float or array, optional
        Count only minima with energy per spin below this value; broadcasts against ``stability``. Default: all
        energies.

    Returns
    -------
    float or array
        The mean number, in the shape of ``stability`` and ``below`` together; for stability 0 it is
        ``mean_critical_points(n, H, index=0, below=below)``. Its accuracy is that of :func:`stability_density`.

    Raises
    ------
    ValueError
        If an argument is not as described, or if the values would take more than five minutes.

    References
    ----------
    As for :func:`stability_density`.

    Examples
    --------
    >>> round(mean_stable_minima(6, 3, 2.0), 9), round(mean_stable_minima(6, 3, 2.0, below=-1.2), 9)
    (0.936091301, 0.634744749)
    """
    law = _Minima.of(n, H)
    bound = real_numbers("below", math.inf if below is None else below, infinite=True)
    stabilities, energies = np.broadcast_arrays(_stabilities(stability), bound)
    law.refuse_huge(energies, stabilities)
    values = law.log_counts(energies.ravel(), stabilities.ravel()).reshape(energies.shape)
    return scalar_or_array(np.exp(values))


def _stabilities(stability: ArrayLike) -> Array:
    values = real_numbers("stability", stability)
    if np.any(values < 0.0):
        raise ValueError(
            f"stability must be at least 0, the smallest Hessian eigenvalue of a minimum; given {values.min():g}"
        )
    return values


@dataclass(frozen=True)
class _Minima:
    """The mean number of minima, in terms of the smallest eigenvalue a and of the gap of the two smallest.

    Attributes
    ----------
    n : int
        Number of spins.
    scale : float
        Unit of energies and Hessians, in which ``nu'(1) = 1``.
    second : float
        ``nu''(1)`` in this unit.
    free : float
        n times the variance of the energy per spin given a, in this unit; 0 for a pure model.
    """

    n: int
    scale: float
    second: float
    free: float

    @classmethod
    def of(cls, n: int, H: Model) -> "_Minima":
        n = whole_number("n", n, 2, "n is the number of spins; with one spin the Hessian has no eigenvalue")
        if n > _MOST_SPINS:
            raise ValueError(f"n must be at most {_MOST_SPINS} here, not {n}; theory.stability_complexity is the limit")
        nu, scale = Covariance.with_scale(H)
        second = float(nu(1.0, 2))
        if second < 1e-200:
            raise ValueError(f"the terms of order 2 and above are too small next to the field in {H!r}; reduce it")
        free = sum(s * t * (p - q) ** 2 for p, s in nu.squares for q, t in nu.squares if p < q) / (1.0 + second)
        return cls(n, scale, second, free)

    @property
    def gap_unit(self) -> float:
        """The smallest Hessian eigenvalue over the gap of the two smallest GOE eigenvalues."""
        return self.scale * math.sqrt(2.0 * self.second / self.n)

    @property
    def slope(self) -> float:
        """Derivative of the mean energy per spin with respect to a."""
        return self.gap_unit / (1.0 + self.second)

    @property
    def width(self) -> float:
        """Standard deviation of the energy per spin given a, over ``slope``."""
        return self.scale * math.sqrt(self.free / self.n) / self.slope

    def log_weight(self, a: Array) -> Array:
        """Return the logarithm of the factor with which the formula weights a."""
        front = math.log(2.0) + 0.5 * math.log(2.0 * self.second / (1.0 + self.second))
        rate = (self.second - 1.0) / (2.0 * (self.second + 1.0))
        return np.asarray(front + 0.5 * (self.n - 1) * math.log(self.second) - rate * a * a)

    def reach(self) -> float:
        """Return the |a| beyond which the weighted density of a is negligible."""
        decay = self.second / (1.0 + self.second)
        return math.sqrt(self.n / decay) + 7.0 / math.sqrt(decay)

    def spacing(self) -> float:
        """Return half a level spacing at the origin, the shortest scale on which densities vary."""
        return 0.4 * math.pi / math.sqrt(2.0 * self.n)

    def log_density(self, u: Array, stability: Array) -> Array:
        y, gap = u / self.slope, stability / self.gap_unit
        if self.free == 0.0:
            value = self._weighted(y, gap)
        elif self.width < 0.3 * self.spacing():
            value = self._narrow(y, gap)
        else:
            value = self._wide(y, gap)
        return np.asarray(value - math.log(self.slope * self.gap_unit))

    def _weighted(self, a: Array, gap: Array) -> Array:
        self._refuse_slow(a.size)
        return np.asarray(self.log_weight(a) + log_joint_density(a, a + gap, self.n))

    def _narrow(self, y: Array, gap: Array) -> Array:
        """Average over a normal law that is narrower than the scale of the density, by the trapezoidal rule."""
        z = np.arange(-_REACH, _REACH + _NARROW_STEP / 2, _NARROW_STEP)
        a = y[:, None] + self.width * z
        logs = self._weighted(a.ravel(), np.repeat(gap, z.size)).reshape(a.shape)
        weight = -0.5 * z * z + math.log(_NARROW_STEP / math.sqrt(2.0 * math.pi))
        return np.asarray(np.logaddexp.reduce(logs + weight, axis=1))

    def _wide(self, y: Array, gap: Array) -> Array:
        """Average by the trapezoidal rule over nodes that all energies of the same gap share."""
        step = 0.7 / math.hypot(1.0 / self.width, 1.0 / self.spacing())
        # The normal law around farther energies underflows.
        inside = np.abs(y) < self.reach() + 40.0 * self.width
        low = min(-self.reach(), float(y[inside].min(initial=0.0)))
        high = max(self.reach(), float(y[inside].max(initial=0.0)))
        a = np.arange(low, high + step, step)
        gaps, which = np.unique(gap, return_inverse=True)
        logs = self._weighted(np.tile(a, gaps.size), np.repeat(gaps, a.size)).reshape(gaps.size, a.size)
        result = np.full(y.size, -math.inf)
        unit = math.log(step / (self.width * math.sqrt(2.0 * math.pi)))
        for i in np.flatnonzero(inside):
            result[i] = np.logaddexp.reduce(logs[which[i]] - 0.5 * ((y[i] - a) / self.width) ** 2) + unit
        return result

    def log_counts(self, u: Array, stability: Array) -> Array:
        """Return the logarithms of the numbers with energy per spin below u and stability above the given one."""
        gap, result = stability / self.gap_unit, np.empty(u.size)
        for i, y in enumerate(u / self.slope):
            a, weights = self._panels(y)
            self._refuse_slow(a.size * u.size)
            logs = self.log_weight(a) + log_density_with_gap(a, a + gap[i], self.n)
            if self.free > 0.0:
                logs = logs + log_ndtr((y - a) / self.width)
            result[i] = np.logaddexp.reduce(logs + np.log(weights)) if a.size else -math.inf
        return result

    def _panels(self, y: float) -> tuple[Array, Array]:
        """Return Gauss-Legendre nodes and weights over all a that contribute to energies below ``slope y``."""
        reach, panel = self.reach(), 5.0 * self.spacing()
        high = min(y, reach) if self.free == 0.0 else reach
        if high <= -reach:
            return np.empty(0), np.empty(0)
        edges = np.linspace(-reach, high, 1 + math.ceil((high + reach) / panel))
        if self.free > 0.0 and math.isfinite(y):
            # The normal law's distribution function rises here.
            rise = y + self.width * np.arange(-9.0, 9.5, 1.5)
            edges = np.unique(np.concatenate([edges, rise[(rise > -reach) & (rise < high)]]))
        half = 0.5 * np.diff(edges)[:, None]
        return (edges[:-1, None] + half * (1.0 + _NODES)).ravel(), (half * _WEIGHTS).ravel()

    def refuse_huge(self, u: Array, stability: Array) -> None:
        refuse_huge("the energy per spin", u, self.scale)
        refuse_huge("stability", stability, self.scale)

    def _refuse_slow(self, points: int) -> None:
        seconds = points * seconds_per_point(self.n)
        if seconds > _SECONDS:
            raise ValueError(
                f"these values take {points} points at n = {self.n}, about {seconds / 60:.0f} minutes; give fewer "
                "values at a time, or a smaller n"
            )
