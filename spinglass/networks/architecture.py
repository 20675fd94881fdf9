"""The sizes of a layered network: number of paths Psi, number of weights N, and the scale Lambda = Psi^(1/H)."""

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from spinglass._common.arguments import whole_number


@dataclass(frozen=True)
class Architecture:
    """The widths ``n_0 = d, n_1, ..., n_H = 1`` of a network with one output.

    Attributes
    ----------
    widths
        Number of units of each layer, the inputs first. Use `of` to check them.

    References
    ----------
    Choromanska et al. (2015), section 3.1.

    Examples
    --------
    >>> layers = Architecture.of((10, 6, 4, 1))
    >>> layers.H, layers.paths, layers.size
    (3, 240, 88)
    """

    widths: tuple[int, ...]

    @classmethod
    def of(cls, widths: Iterable[int]) -> "Architecture":
        """Return the architecture with the given widths, after checking them.

        Parameters
        ----------
        widths
            Number of units of each layer, ``n_0, ..., n_H``; the last must be 1.

        Returns
        -------
        Architecture
            The architecture.

        Raises
        ------
        ValueError
            If there are fewer than two widths, one of them is not a whole number >= 1, or the last is not 1.
        """
        if not isinstance(widths, Iterable):
            raise ValueError(f"widths must be whole numbers such as (10, 6, 4, 1), not {widths!r}")
        sizes = tuple(whole_number("a width", width, 1) for width in widths)
        if len(sizes) < 2:
            raise ValueError(f"a network needs at least an input and an output layer; widths = {sizes}: try (10, 6, 1)")
        if sizes[-1] != 1:
            raise ValueError(f"paths end in one output unit; the last width is {sizes[-1]}: try {(*sizes[:-1], 1)}")
        return cls(sizes)

    @property
    def H(self) -> int:
        """Number of weight layers, which is also the number of weights along a path."""
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
        """The scale ``Lambda = Psi^{1/H}``, exact if it is a whole number."""
        # A power is more accurate, but needs Psi to fit into a float; otherwise the logarithm is used.
        few = self.paths < 10**300
        root = self.paths ** (1 / self.H) if few else math.exp(math.log(self.paths) / self.H)
        nearest = round(root)
        return float(nearest) if nearest**self.H == self.paths else root

    @property
    def q(self) -> float:
        """The factor ``q = Lambda^{-(H-1)/2}``, which makes the size of the output independent of the depth.

        Raises
        ------
        ValueError
            If q is too small for a float, as in networks with hundreds of layers.
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
    """Return a count as text, written as a power of ten if it has more than 15 digits.

    >>> in_figures(240), in_figures(100**200)
    ('240', 'about 10^400.0')
    """
    return str(count) if count < 10**15 else f"about 10^{math.log10(count):.1f}"
