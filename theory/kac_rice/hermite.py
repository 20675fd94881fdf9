"""Hermite functions, their integrals from the left, and the scale that keeps both from under- or overflow."""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import erfcx

from theory.arguments import Floats

# Rescale long before float64 overflows; powers of two make the rescaling exact.
_LARGE = 2.0**300


class HermiteTable(NamedTuple):
    """``psi_j(x) = exp(log_scale - x^2/2) psi[j]`` and ``a_j(x) = exp(log_scale - x^2/2) primitive[j]``.

    ``psi`` and ``primitive`` have shape (n+1, len(x)), ``log_scale`` has shape (len(x),).
    """

    psi: Floats
    primitive: Floats
    log_scale: Floats


def hermite_table(x: Floats, n: int) -> HermiteTable:
    r"""Tabulate the Hermite functions psi_0..psi_n and their integrals from minus infinity, at x <= 0.

    .. math:: \sqrt{j+1}\,\psi_{j+1} = \sqrt2\, x\,\psi_j - \sqrt{j}\,\psi_{j-1}, \qquad
              \sqrt{j+1}\,a_{j+1} = \sqrt{j}\,a_{j-1} - \sqrt2\,\psi_j

    The second line is the integral of :math:`\psi_j' = \sqrt{j/2}\,\psi_{j-1} - \sqrt{(j+1)/2}\,\psi_{j+1}`.
    To the left of the origin both recurrences only add terms of one sign wherever the functions grow with j,
    so the tables are accurate relative to their largest entry, however far out x lies.
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
            # Far out one step grows by more than any fixed factor, so each point is brought back to about 1.
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
