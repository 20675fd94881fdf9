"""The spherical spin glass on a circle, n = 2: a random trigonometric polynomial with all critical points known."""

import numpy as np

import theory
from spinglass import SphericalSpinGlass
from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims._shared.mutants import MULTIPLICITY, WRONG_SIZE

_ON_CIRCLE = 1e-7  # roots off the circle come in pairs z, 1/conj(z); rounding moves near-double roots by sqrt(eps)


def count(seed: np.random.SeedSequence, H: int) -> int:
    """Return the number of critical points at n = 2: the zeros of the energy's derivative along the circle.

    The energy at angle t is a trigonometric polynomial of degree H, known from 2H + 2 angles; the zeros of its
    derivative are those roots of a polynomial of degree 2H that lie on the unit circle.
    """
    glass = SphericalSpinGlass.pure(2, H, seed)
    angles = 2 * np.pi * np.arange(2 * H + 2) / (2 * H + 2)
    energy = glass.energy(np.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    waves = np.fft.fft(energy)
    degrees = np.arange(-H, H + 1)
    roots = np.roots((degrees * waves[degrees])[::-1])
    return int(np.sum(np.abs(np.abs(roots) - 1) < _ON_CIRCLE))


def mean_count(H: int) -> float:
    """Return the exact mean number of critical points, ``2 sqrt(3H - 2)``."""
    return float(theory.mean_critical_points(2, H))


# In a pilot of 1000 landscapes per order (seed 77) the standard deviations are 0.30, 0.31 and 0.27 of the mean at H =
# 3, 4 and 6. With 2500 landscapes the standard errors are at most 0.0063; delta/4.3 is 0.0070.
CLAIMS = (
    Claim(
        id="circle/mean-count",
        kind="theorem",
        statement="On the circle, n = 2, the mean number of critical points is 2 sqrt(3H - 2).",
        formula=r"\mathbb{E} N = 2 \sqrt{3H - 2}",
        source="Auffinger, Ben Arous & Černý 2013, Thm 2.1 summed over k; Rice's formula",
        measured="the number of zeros of the derivative of the energy along the circle, a trigonometric polynomial",
        measure=count,
        predict=mean_count,
        delta=deltas(0.03, 0.01, 0.003),
        sizes=sizes((2500, 25000, 250000), settings("H", 3, 4, 6)),
        mutants=(MULTIPLICITY, WRONG_SIZE),
    ),
)
