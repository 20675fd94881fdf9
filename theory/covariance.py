"""The covariance function of a spherical spin glass, which determines its theory at large n."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import Model, mixture


def sum_of_powers(terms: Iterable[tuple[int, float]], t: Any, derivative: int = 0) -> Any:
    """Return ``sum_k c_k t^k`` for pairs (k, c_k), or a derivative of it, in the shape of ``t``."""
    total = 0.0 * t
    for k, coefficient in terms:
        if k >= derivative:
            total = total + coefficient * float(math.perm(k, derivative)) * t ** (k - derivative)
    return total


@dataclass(frozen=True)
class Covariance:
    r"""Covariance function ``nu(t) = sum_H a_H^2 t^H``: energies of points with overlap t have covariance ``n nu(t)``.

    Attributes
    ----------
    squares : tuple of (int, float)
        Pairs of order H and squared weight ``a_H^2``, in ascending order.

    Examples
    --------
    >>> Covariance.of({3: 1.0, 4: 0.5})(1.0, derivative=2)
    9.0
    """

    squares: tuple[tuple[int, float], ...]

    @classmethod
    def of(cls, H: Model) -> "Covariance":
        """Return the covariance function of a model.

        Parameters
        ----------
        H : int or mapping
            Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

        Returns
        -------
        Covariance
            The covariance function.

        Raises
        ------
        ValueError
            If ``H`` is neither an order of at least 2 nor a mixture.
        """
        return cls(tuple(sorted((p, a * a) for p, a in mixture(H).items())))

    @classmethod
    def with_scale(cls, H: Model) -> tuple["Covariance", float]:
        """Return the covariance function of energies divided by a scale such that ``nu'(1) = 1``, and the scale.

        The square of a weight never overflows. It underflows only if the term is negligible.

        Parameters
        ----------
        H : int or mapping
            Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

        Returns
        -------
        Covariance
            The covariance function of the scaled energies.
        float
            The scale, in units of energy.

        Raises
        ------
        ValueError
            If ``H`` is neither an order of at least 2 nor a mixture.
        """
        weights = mixture(H)
        largest = max(abs(a) for a in weights.values())
        squares = {p: (a / largest) ** 2 for p, a in weights.items()}
        slope = sum(p * square for p, square in squares.items())
        return cls(tuple(sorted((p, s / slope) for p, s in squares.items() if s > 0.0))), largest * math.sqrt(slope)

    @property
    def has_field(self) -> bool:
        """Whether the model has a term of order 1, an external field."""
        return self.squares[0][0] == 1

    @property
    def pure_order(self) -> int | None:
        """The order of a pure model, None for a mixture."""
        return self.squares[0][0] if len(self.squares) == 1 else None

    def __call__(self, t: Any, derivative: int = 0) -> Any:
        """Return nu or a derivative.

        Parameters
        ----------
        t : float or array
            Overlap.
        derivative : int
            Order of the derivative; default 0.

        Returns
        -------
        float or array
            The value, in the shape of ``t``.
        """
        return sum_of_powers(self.squares, t, derivative)

    def missing(self, rest: ArrayLike) -> Array:
        """Return ``nu(1) - nu(1 - rest)`` without cancellation.

        Parameters
        ----------
        rest : float or array
            One minus the overlap.

        Returns
        -------
        array
            The difference, in the shape of ``rest``.
        """
        rest = np.asarray(rest, dtype=np.float64)
        with np.errstate(divide="ignore"):
            steps = [square * -np.expm1(p * np.log1p(-rest)) for p, square in self.squares]
        return np.asarray(sum(steps))

    def refuse_field(self, what: str) -> None:
        """Raise ``ValueError`` if the model has a term of order 1.

        Parameters
        ----------
        what : str
            Name of the quantity that is not defined in a field, for the message.

        Raises
        ------
        ValueError
            If the model has a term of order 1.
        """
        if self.has_field:
            raise ValueError(f"{what} is not defined in an external field; omit the term of order 1 from the mixture")
