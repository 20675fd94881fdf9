"""Strengths of a planted signal above which it can be recovered, in principle and by message passing."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from theory.arguments import Model, Signal
from theory.covariance import Covariance
from theory.information.recovery import GRID, log_gain, log_value
from theory.information.signal_to_noise import signal_to_noise
from theory.statics.log_remainder import log_remainder


@dataclass(frozen=True)
class RecoveryThresholds:
    """Factors of a signal at which its recovery changes, for large n.

    Attributes
    ----------
    informative : float
        Factor above which state evolution has a fixed point besides that of no information.
    bayes : float
        Information-theoretic threshold: the posterior mean has a positive overlap with the signal above it, and no
        estimator has below.
    spectral : float
        Factor above which message passing leaves an uninformative start; infinite without a term of order 2, and 0 with
        a term of order 1.
    algorithmic : float
        Factor above which message passing from an uninformative start is Bayes-optimal.
    """

    informative: float
    bayes: float
    spectral: float
    algorithmic: float


def recovery_thresholds(signal: Signal, H: Model) -> RecoveryThresholds:
    r"""Return the factors t at which the recovery of the signal ``t lambda_k`` changes.

    .. math:: t_{bayes}^2 = \min_m \frac{-m - \log(1-m)}{\xi(m)}, \quad
              t_{informative}^2 = \min_m \frac{m}{(1-m)\, \xi'(m)}, \quad t_{spectral}^2 = \frac{1}{\xi''(0)}

    The square of the algorithmic threshold is the largest local maximum of ``m / ((1-m) xi'(m))``, that at m = 0
    included. Recovery can be hard only between the Bayes and the algorithmic threshold. It is hard just below the
    latter, and just above the former if that is smaller than the spectral threshold; otherwise, as with a term of order
    1, it is easy there and becomes hard at a larger factor, if at all. For a pure model without order 2, the thresholds
    are inverse temperatures: ``t lambda / a`` is ``1/T_d`` at the informative and ``1/T_s`` at the Bayes threshold.

    Parameters
    ----------
    signal : mapping
        Orders and strengths ``{k: lambda_k}`` of the signal for the factor 1.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``, which must contain the orders of the signal.

    Returns
    -------
    RecoveryThresholds
        The factors, with relative errors of about 1e-9.

    Raises
    ------
    ValueError
        If the signal is not a mapping of orders to finite strengths, not all 0, or has an order without noise.

    References
    ----------
    Lesieur, Miolane, Lelarge, Krzakala and Zdeborova (2017), ISIT; Sarao Mannelli et al. (2020), Phys. Rev. X 10,
    011057, for ``Delta_2 = 1``.

    Examples
    --------
    >>> found = recovery_thresholds({3: 1.0}, 3)
    >>> round(found.informative**2 * 3, 9), round(found.bayes, 6), found.algorithmic  # 1 / Delta_3 = 4
    (4.0, 1.206556, inf)
    """
    xi = signal_to_noise(signal, H)
    if not xi(1.0):
        raise ValueError(f"a signal with strengths {dict(signal)} has no thresholds; give a strength other than 0")
    at_zero = _loss_at_zero(xi)
    loss = -log_gain(xi, GRID)
    maxima = 1 + np.flatnonzero((loss[1:-1] >= loss[:-2]) & (loss[1:-1] > loss[2:]))
    tops = [-_lowest(lambda u: float(log_gain(xi, u)), k) for k in maxima.tolist()]
    bottom = _lowest(lambda u: -float(log_gain(xi, u)), int(loss.argmin()))
    least = _lowest(lambda u: _log_bayes(xi, u), int(_log_bayes(xi, GRID).argmin()))
    logs = (min(bottom, at_zero), min(least, at_zero), at_zero, max([at_zero, *tops]))
    return RecoveryThresholds(*(math.exp(log / 2) for log in logs))


def _loss_at_zero(xi: Covariance) -> float:
    """Return the limit of ``log(m / ((1-m) xi'(m)))`` at m = 0."""
    if float(xi(0.0, 1)):
        return -math.inf
    second = float(xi(0.0, 2))
    return -math.log(second) if second else math.inf


def _log_bayes(xi: Covariance, u: Any) -> Any:
    """Return ``log((-m - log(1-m)) / xi(m))`` at ``m = 1/(1 + exp(-u))``."""
    m = 1 / (1 + np.exp(-np.asarray(u)))
    # -log(1-m) = log(1 + exp(u)) stays finite where m rounds to 1.
    entropy = np.where(m < 0.5, log_remainder(np.minimum(m, 0.5)) * m**2, np.logaddexp(0.0, u) - m)
    return np.log(entropy) - log_value(xi, u)


def _lowest(function: Callable[[float], float], near: int) -> float:
    """Return the minimum of a function near a point of the grid."""
    low, high = GRID[max(near - 1, 0)], GRID[min(near + 1, GRID.size - 1)]
    return float(minimize_scalar(function, bounds=(low, high), method="bounded", options={"xatol": 1e-9}).fun)
