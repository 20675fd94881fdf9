"""Estimated size and time of an atlas, before it is built."""

from dataclasses import dataclass

import theory
from spinglass import couplings
from validation.atlas.landscape_sets import AtlasPlan, Part

# CPU seconds on one core. Following and proving a path takes a time in proportion to n^3 and to the square of H - 2 at
# large n: measured factors are 3.7e-8, 2.9e-8 and 2.7e-8 at n = 12, 14 and 16 for H = 3, and 2.9e-8, 2.6e-8 and
# 2.6e-8 at n = 8, 9 and 11 for H = 4. Below, the time of a sample is that of its graph and basins.
_PER_PATH = 2.7e-8
_PER_SAMPLE = 0.12
_PER_START = 7e-4
# Bytes of a row besides its coordinates, as compressed.
_FILES = 27_000  # of the five files without rows
_POINT, _MINIMUM, _SADDLE, _PAIR, _SAMPLE = 26, 22, 10, 8.3, 20
# At even H both x and -x are critical and neighbours in the tables, so that compression stores one of them. At odd H
# they are far apart and at large n too far for compression to notice.
_EVEN = 0.4  # share of the bytes of coordinates and overlaps that is left at even H


@dataclass(frozen=True)
class Estimate:
    """What a part of an atlas, or all of it, is expected to need.

    Attributes
    ----------
    points
        Exact mean number of critical points, times the number of samples.
    size
        Size of the tables in bytes.
    seconds
        Time on one core.
    """

    points: float
    size: float
    seconds: float

    def __add__(self, other: "Estimate") -> "Estimate":
        """Return the sum of two parts."""
        return Estimate(self.points + other.points, self.size + other.size, self.seconds + other.seconds)


def estimated(plan: AtlasPlan) -> dict[Part, Estimate]:
    """Return the estimates of all parts of an atlas.

    Parameters
    ----------
    plan
        The atlas.

    Returns
    -------
    dict of Part to Estimate
        The estimates. Numbers of rows follow from exact mean counts, times from measured ones.

    Examples
    --------
    >>> [(part, found)] = estimated(AtlasPlan.checked([(3, 4, 100)])).items()
    >>> round(found.points / 100, 2), 0.5 < found.size / 2e5 < 2
    (18.79, True)
    """
    return {part: _of_part(part, plan.starts) for part in plan.parts}


def _of_part(part: Part, starts: int) -> Estimate:
    n, H, samples = part.n, part.H, part.samples
    points, minima, saddles = (float(theory.mean_critical_points(n, H, index=index)) for index in (None, 0, 1))
    pairs = (minima + saddles) ** 2 / 2
    left = _EVEN if H % 2 == 0 else min(1.0, 0.3 + n / 23)
    row = points * (8 * n * left + _POINT) + minima * _MINIMUM + saddles * _SADDLE
    row += pairs * _PAIR * (_EVEN if H % 2 == 0 else 1.0) + 8 * couplings.size(n, H) + _SAMPLE
    return Estimate(points * samples, row * samples + _FILES, seconds(part, starts) * samples)


def seconds(part: Part, starts: int) -> float:
    """Return the estimated time of one sample on one core, in seconds.

    Parameters
    ----------
    part
        Order and size.
    starts
        Number of gradient flows.

    Returns
    -------
    float
        The time.
    """
    return _PER_PATH * (part.H - 2) ** 2 * part.paths * part.n**3 + _PER_SAMPLE + _PER_START * starts
