"""Hermite functions and their integrals from minus infinity, scaled so that they neither underflow nor overflow."""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import erfcx

from spinglass._common.types import Array

# Values above this are rescaled, long before float64 overflows; powers of two make the rescaling exact.
_LARGE = 2.0**300


class HermiteTable(NamedTuple):
    """Hermite functions psi_0..psi_n and their integrals a_0..a_n from minus infinity, at points x.

    Attributes
    ----------
    psi : array, shape (n + 1, len(x))
        The functions: ``psi_j(x) = exp(log_scale - x^2/2) psi[j]``.
    primitive : array, shape (n + 1, len(x))
        The integrals: ``a_j(x) = exp(log_scale - x^2/2) primitive[j]``.
    log_scale : array, shape (len(x),)
        Logarithm of the scale at each point.
    """

    psi: Array
    primitive: Array
    log_scale: Array


def hermite_table(x: Array, n: int) -> HermiteTable:
    r"""Return the Hermite functions psi_0..psi_n and their integrals from minus infinity, at x <= 0.

    .. math:: \sqrt{j+1}\,\psi_{j+1} = \sqrt2\, x\,\psi_j - \sqrt{j}\,\psi_{j-1}, \qquad
              \sqrt{j+1}\,a_{j+1} = \sqrt{j}\,a_{j-1} - \sqrt2\,\psi_j

    The second line is the integral of :math:`\psi_j' = \sqrt{j/2}\,\psi_{j-1} - \sqrt{(j+1)/2}\,\psi_{j+1}`.
    Left of the origin both recurrences add only terms of the same sign where the functions grow with j, so the tables
    are accurate relative to their largest entry, for any distance of x from the origin.
    """
    psi = np.empty((n + 1, x.size))
    primitive = np.empty((n + 1, x.size))
    scale = np.empty((n + 1, x.size))
    log_scale = np.full(x.size, -0.25 * math.log(math.pi))
    before = np.zeros((2, x.size))
    now = np.stack([np.ones_like(x), math.sqrt(math.pi / 2) * erfcx(-x / math.sqrt(2.0))])
    psi[0], primitive[0], scale[0] = now[0], now[1], log_scale
    psi_sources = np.stack([x, -np.ones_like(x)]) * math.sqrt(2.0)
    signs = np.array([[-1.0], [1.0]])
    for j in range(n):
        after = (psi_sources * now[0] + signs * math.sqrt(j) * before) / math.sqrt(j + 1)
        before, now = now, after
        large = np.abs(now[0]) > _LARGE
        if large.any():
            # Far from the origin one step may grow by any factor, so each point is rescaled to about 1.
            power = np.where(large, np.frexp(now[0])[1], 0)
            before, now = np.ldexp(before, -power), np.ldexp(now, -power)
            log_scale = log_scale + power * math.log(2.0)
        psi[j + 1], primitive[j + 1] = now
        scale[j + 1] = log_scale
    top = (scale + np.log(np.maximum(np.abs(psi), 1e-300))).max(axis=0)
    factor = np.exp(scale - top)
    return HermiteTable(psi * factor, primitive * factor, top)


def hermite_integral(n: int) -> float:
    r"""Return :math:`\int \psi_n` over the line for even n: ``sqrt(2 sqrt(pi) n!)/(2^(n/2) (n/2)!)``."""
    log_ratio = 0.5 * math.lgamma(n + 1) - 0.5 * n * math.log(2.0) - math.lgamma(n / 2 + 1)
    return math.sqrt(2.0) * math.sqrt(math.sqrt(math.pi)) * math.exp(log_ratio)
