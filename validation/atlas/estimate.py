"""Estimated size and time of an atlas, before it is built."""

from dataclasses import dataclass

import theory
from spinglass import couplings
from validation.atlas.landscape_sets import AtlasPlan, Part

# Seconds on one core, fitted to samples of n = 8 to 16 at H = 3 and n = 6 to 10 at H = 4. Following a path takes a time
# in proportion to n^3 and to the square of H - 2.
_PER_PATH = 6.5e-8
_PER_SAMPLE = 0.08
_PER_START = 6e-4
# Bytes of a row besides its coordinates, as compressed.
_FILES = 27_000  # of the five files without rows
_POINT, _MINIMUM, _SADDLE, _PAIR, _SAMPLE = 36, 40, 18, 13, 80


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
    row = points * (8 * n + _POINT) + minima * _MINIMUM + saddles * _SADDLE + pairs * _PAIR
    row += 8 * couplings.size(n, H) + _SAMPLE
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
