"""An adversarial search in the ball of small layers for points where a linear ResNet's gradient is small."""

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.resnet import LinearResNet

_STEPS = 40
_DONE = 1e-10  # excess risk, relative to |R|^2, below which rounding dominates the ratio


def least_ratio(net: LinearResNet, A: Array, tau: float) -> tuple[float, float]:
    """Return the smallest ``|gradient|^2/(f - f_opt)`` and ``f - f_opt`` found while the first is minimised.

    The method is projected descent of the logarithm of the ratio: steps are projected onto the ball ``|A_i| <= tau`` by
    reducing singular values, grow after a success and shrink after a failure.
    """
    A = into_ball(A, tau)
    ratio, excess = _ratio(net, A)
    lowest, step = excess, 0.05
    floor = _DONE * float(np.sum(net.R**2))
    for _ in range(_STEPS):
        if excess < floor or step < 1e-6:
            break
        slope = _slope(net, A, excess)
        trial = into_ball(A - step * slope / max(float(np.linalg.norm(slope)), 1e-300), tau)
        there, beyond = _ratio(net, trial)
        if there < ratio and beyond > floor:
            A, ratio, excess, step = trial, there, beyond, 1.5 * step
            lowest = min(lowest, excess)
        else:
            step /= 2
    return ratio, lowest


def into_ball(A: Array, tau: float) -> Array:
    """Return the layers with singular values above tau reduced to tau."""
    U, s, Vt = np.linalg.svd(A)
    return np.asarray((U * np.minimum(s, tau)[:, None, :]) @ Vt)


def _ratio(net: LinearResNet, A: Array) -> tuple[float, float]:
    excess = net.excess_risk(A)
    return float(np.sum(net.gradient(A) ** 2)) / max(excess, 1e-300), excess


def _slope(net: LinearResNet, A: Array, excess: float) -> Array:
    """Return the gradient of ``log(|g|^2/excess)``; the product of the Hessian with g is a central difference."""
    g = net.gradient(A)
    size = float(np.linalg.norm(g))
    step = 1e-5 / max(size, 1e-300)
    bent = (net.gradient(A + step * g) - net.gradient(A - step * g)) / (2 * step)
    return np.asarray(2 * bent / max(size**2, 1e-300) - g / max(excess, 1e-300))
