"""The sizes of a layered network: paths, weights, and the number Lambda that scales its output."""

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from spinglass._common.arguments import whole_number


@dataclass(frozen=True)
class Architecture:
    """The widths ``n_0 = d, n_1, ..., n_H = 1`` of a network with one output.

    Examples
    --------
    >>> layers = Architecture.of((10, 6, 4, 1))
    >>> layers.H, layers.paths, layers.size
    (3, 240, 88)
    """

    widths: tuple[int, ...]

    @classmethod
    def of(cls, widths: Iterable[int]) -> "Architecture":
        """Check ``widths`` at the door.

        Raises
        ------
        ValueError
            If there are fewer than two, one is not a whole number of at least 1, or the last is not 1.
        """
        if not isinstance(widths, Iterable):
            raise ValueError(f"widths must be whole numbers as (10, 6, 4, 1), not {widths!r}")
        sizes = tuple(whole_number("a width", width, 1) for width in widths)
        if len(sizes) < 2:
            raise ValueError(f"a network needs at least an input and an output layer; widths = {sizes}: try (10, 6, 1)")
        if sizes[-1] != 1:
            raise ValueError(f"paths end in one output unit; the last width is {sizes[-1]}: try {(*sizes[:-1], 1)}")
        return cls(sizes)

    @property
    def H(self) -> int:
        """Number of weight layers, and of weights along a path."""
        return len(self.widths) - 1

    @property
    def paths(self) -> int:
        """Number of paths from an input to the output, ``Psi = prod_{i=0}^H n_i``."""
        return math.prod(self.widths)

    @property
    def size(self) -> int:
        """Number of weights, ``N = sum_{i=1}^H n_{i-1} n_i``."""
        return sum(a * b for a, b in pairwise(self.widths))

    @property
    def Lambda(self) -> float:
        """``Psi^{1/H}``, exact where it is a whole number."""
        # Few paths by a power, which is the more accurate; so many that no float holds them by their logarithm.
        few = self.paths < 10**300
        root = self.paths ** (1 / self.H) if few else math.exp(math.log(self.paths) / self.H)
        nearest = round(root)
        return float(nearest) if nearest**self.H == self.paths else root

    @property
    def q(self) -> float:
        """``Lambda^{-(H-1)/2}``, which keeps the output's size when layers are added.

        Raises
        ------
        ValueError
            If it is too small for a float, as in networks of hundreds of layers.
        """
        scale = float(self.Lambda ** (-(self.H - 1) / 2))
        if scale < sys.float_info.min:
            exponent = (self.H - 1) / 2 * math.log10(self.Lambda)
            raise ValueError(
                f"q = Lambda^(-(H-1)/2) is about 10^-{exponent:.0f} with H = {self.H} layers and "
                f"Lambda = {self.Lambda:.4g}, too small for a float: take fewer or narrower layers"
            )
        return scale

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """The shapes ``(n_{l-1}, n_l)`` of the weight matrices."""
        return list(pairwise(self.widths))


def in_figures(count: int) -> str:
    """Return a count to be read: in full, or its power of ten where it has more than 15 digits.

    >>> in_figures(240), in_figures(100**200)
    ('240', 'about 10^400.0')
    """
    return str(count) if count < 10**15 else f"about 10^{math.log10(count):.1f}"
