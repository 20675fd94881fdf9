"""Axes of drawings in a page: the pixel of a value, and round values for the ticks."""

import math
from typing import NamedTuple

_ROUND = (1.0, 2.0, 5.0, 10.0)


class Scale(NamedTuple):
    """A linear map from values to pixels.

    Attributes
    ----------
    low, high
        Values at the two ends.
    start, end
        Pixels of these values.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value, to a tenth of a pixel.

        Examples
        --------
        >>> Scale(0.0, 2.0, 100.0, 0.0)(0.5)
        75.0
        """
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, about: int = 6) -> list[tuple[str, float]]:
        """Return the texts and pixels of round values between the ends.

        Parameters
        ----------
        about
            Number of ticks that is wanted.

        Returns
        -------
        list of (str, float)
            At most about twice that number.

        Examples
        --------
        >>> Scale(-1.5, 0.2, 0.0, 17.0).ticks(4)
        [('−1.5', 0.0), ('−1.0', 5.0), ('−0.5', 10.0), ('0.0', 15.0)]
        """
        rough = (self.high - self.low) / about
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(factor for factor in _ROUND if factor * power >= rough * (1 - 1e-9))
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [
            (f"{number * step:.{digits}f}".replace("-", "−"), self(number * step)) for number in range(first, last + 1)
        ]


def around(values: list[float], margin: float = 0.06) -> tuple[float, float]:
    """Return an interval that contains the values with a margin, a share of their range, on both sides."""
    low, high = min(values), max(values)
    free = margin * (high - low) or 1.0
    return low - free, high + free
