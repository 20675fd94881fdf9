"""The covariance function of a glass, on which all its large-n theory depends."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import Floats, mixture


@dataclass(frozen=True)
class Covariance:
    r"""``nu(t) = sum_H a_H^2 t^H``: energies of points with overlap t have covariance ``n nu(t)``.

    Examples
    --------
    >>> Covariance.of({3: 1.0, 4: 0.5})(1.0, derivative=2)
    9.0
    """

    squares: tuple[tuple[int, float], ...]

    @classmethod
    def of(cls, H: Any) -> "Covariance":
        """Return that of a pure model (an order) or of a mixture ``{order: weight}``."""
        return cls(tuple(sorted((p, a * a) for p, a in mixture(H).items())))

    @classmethod
    def with_scale(cls, H: Any) -> tuple["Covariance", float]:
        """Return that of the energies divided by a scale, so that ``nu'(1) = 1``, and the scale.

        No square of a weight overflows or underflows, unless the term is too small beside the others to count.
        """
        weights = mixture(H)
        largest = max(abs(a) for a in weights.values())
        squares = {p: (a / largest) ** 2 for p, a in weights.items()}
        slope = sum(p * square for p, square in squares.items())
        return cls(tuple(sorted((p, s / slope) for p, s in squares.items() if s > 0.0))), largest * math.sqrt(slope)

    @property
    def has_field(self) -> bool:
        """Whether there is a term of order 1, an external field."""
        return self.squares[0][0] == 1

    @property
    def pure_order(self) -> int | None:
        """The order of a pure model, None for a mixture."""
        return self.squares[0][0] if len(self.squares) == 1 else None

    def __call__(self, t: Any, derivative: int = 0) -> Any:
        """Return nu or a derivative at overlaps ``t``."""
        total = 0.0 * t
        for p, square in self.squares:
            if p >= derivative:
                factor = float(np.prod(np.arange(p - derivative + 1, p + 1)))
                total = total + square * factor * t ** (p - derivative)
        return total

    def missing(self, rest: ArrayLike) -> Floats:
        """Return ``nu(1) - nu(1 - rest)`` without cancellation."""
        rest = np.asarray(rest, dtype=np.float64)
        with np.errstate(divide="ignore"):
            steps = [square * -np.expm1(p * np.log1p(-rest)) for p, square in self.squares]
        return np.asarray(sum(steps))

    def refuse_field(self, what: str) -> None:
        """Raise ``ValueError`` where there is a term of order 1."""
        if self.has_field:
            raise ValueError(
                f"{what} is not defined in an external field; leave the term of order 1 out of the mixture"
            )
