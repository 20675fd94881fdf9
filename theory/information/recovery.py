"""How much can be known about a planted signal: the Bayes-optimal overlap, and that of message passing."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from spinglass._common.types import Array
from theory.arguments import Model, Signal
from theory.covariance import Covariance
from theory.information.signal_to_noise import signal_to_noise

# Overlaps are m = 1/(1 + exp(-u)), so that both m and 1 - m may be small.
GRID = np.linspace(-34.0, 34.0, 4001)
_UNKNOWN = 1e-12  # overlaps below are those of no information


@dataclass(frozen=True)
class Recovery:
    """What can be known about a planted signal in the limit of large n.

    The overlap of a posterior mean with the signal is its squared length (divided by n), so the cosine of the angle
    between the two is the square root of the overlap, and the mean squared error is one minus the overlap.

    Attributes
    ----------
    overlap : float
        Bayes-optimal overlap m: that of the posterior mean with the signal.
    message_passing : float
        Overlap at which message passing from an uninformative start ends.
    information : float
        Mutual information of signal and observations per spin, in nats.
    """

    overlap: float
    message_passing: float
    information: float

    @property
    def cosine(self) -> float:
        """Cosine of the angle between the posterior mean and the signal."""
        return float(np.sqrt(self.overlap))

    @property
    def phase(self) -> str:
        """Whether recovery is "impossible", "hard" (message passing is not optimal) or "easy"."""
        if self.overlap < _UNKNOWN:
            return "impossible"
        return "easy" if abs(self.message_passing - self.overlap) < _UNKNOWN else "hard"


def recovery(signal: Signal, H: Model) -> Recovery:
    r"""Return the Bayes-optimal overlap with a planted signal, and that of message passing.

    .. math:: \phi(m) = \frac12 \left[\xi(m) + m + \log(1-m)\right], \qquad I = \frac{\xi(1)}{2} - \max_m \phi(m)

    The maximum lies at the Bayes-optimal overlap. All stationary points are fixed points of state evolution,
    ``m = xi'(m) / (1 + xi'(m))``. From an uninformative start, message passing ends at the smallest stable one.

    Parameters
    ----------
    signal : mapping
        Orders and strengths ``{k: lambda_k}`` of the signal, which is uniformly distributed on the sphere.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``, which must contain the orders of the signal. Each order
        is observed separately, and its strength and weight are known.

    Returns
    -------
    Recovery
        Overlaps, to about 1e-12, and the mutual information.

    Raises
    ------
    ValueError
        If the signal is not a mapping of orders to finite strengths, or has an order without noise.

    References
    ----------
    Lesieur, Miolane, Lelarge, Krzakala and Zdeborova (2017), ISIT; Sarao Mannelli et al.
    (2020), Phys. Rev. X 10, 011057.

    Examples
    --------
    >>> recovery({3: 1.18}, 3).phase, recovery({3: 1.3}, 3).phase, recovery({2: 0.9}, 2).phase
    ('impossible', 'hard', 'easy')
    """
    xi = signal_to_noise(signal, H)
    found = [0.0, *stable_overlaps(xi)]
    potentials = [potential(xi, m) for m in found]
    best = int(np.argmax(potentials))
    reached = found[1] if leaves_zero(xi) and len(found) > 1 else 0.0
    return Recovery(found[best], reached, float(xi(1.0)) / 2 - potentials[best])


def potential(xi: Covariance, m: float) -> float:
    """Return ``(xi(m) + m + log(1-m)) / 2``, whose maximum is the free energy relative to that of no signal."""
    return (float(xi(m)) + m + float(np.log1p(-m))) / 2


def leaves_zero(xi: Covariance) -> bool:
    """Return whether state evolution leaves overlap 0: with a field, or if xi''(0) > 1."""
    return float(xi(0.0, 1)) > 0 or float(xi(0.0, 2)) > 1


def log_gain(xi: Covariance, u: ArrayLike) -> Array:
    """Return ``log(xi'(m) (1-m) / m)`` at ``m = 1/(1 + exp(-u))``: state evolution increases m where it is positive."""
    return np.asarray(log_value(xi, u, 1) - np.asarray(u, dtype=np.float64))


def log_value(xi: Covariance, u: ArrayLike, derivative: int = 0) -> Array:
    """Return the logarithm of xi or a derivative at ``m = 1/(1 + exp(-u))``; powers of small m would underflow."""
    log_m = -np.logaddexp(0.0, -np.asarray(u, dtype=np.float64))
    terms = [
        math.log(square * math.perm(k, derivative)) + (k - derivative) * log_m
        for k, square in xi.squares
        if k >= derivative and square > 0.0
    ]
    return np.asarray(np.logaddexp.reduce([np.full(log_m.shape, -np.inf), *terms], axis=0))


def stable_overlaps(xi: Covariance) -> list[float]:
    """Return the overlaps above 0 at which state evolution ends, in ascending order."""
    gain = log_gain(xi, GRID)
    ends = np.flatnonzero((gain[:-1] > 0) & (gain[1:] <= 0))
    roots = [brentq(lambda u: float(log_gain(xi, u)), GRID[k], GRID[k + 1], xtol=1e-14) for k in ends.tolist()]
    return [float(1 / (1 + np.exp(-u))) for u in roots]
