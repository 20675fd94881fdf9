"""Small landscapes whose critical points are all known, and the landscapes of order 3 that several claims share."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spinglass import SphericalSpinGlass, critical_points
from spinglass._common.types import Array, IntArray
from spinglass.critical_points import Enumeration
from validation.series import EFFORTS, Effort, Series

Model = int | dict[int, float]
# Number of landscapes of order 3 by n. Claims that read the same landscapes take all of them.
_LANDSCAPES: Mapping[Effort, Mapping[int, int]] = {
    "quick": {3: 1500, 4: 900, 5: 700, 6: 1300, 8: 500},
    "standard": {5: 9000, 6: 12000, 8: 11000, 10: 3000},
    "paper": {6: 150000, 8: 110000, 10: 85000},
}


@dataclass(frozen=True, eq=False)
class Points:
    """All critical points of one landscape, one row per point.

    Attributes
    ----------
    energy_per_spin : ndarray, shape (points,)
        Energies per spin.
    index : ndarray of int, shape (points,)
        Numbers of negative eigenvalues of the Riemannian Hessian.
    eigenvalues : ndarray, shape (points, n-1)
        Eigenvalues of the Riemannian Hessian.
    x : ndarray, shape (points, n)
        Positions.
    """

    energy_per_spin: Array
    index: IntArray
    eigenvalues: Array
    x: Array


def every_point(seed: np.random.SeedSequence, n: int, H: Model) -> Enumeration:
    """Draw a landscape, pure or a mixture ``{order: weight}``, and return all its critical points.

    The points are not certified: certificates change no number, and ``enumeration/complete`` tests completeness.

    Raises
    ------
    ArithmeticError
        If solutions are missing: a mean over what is left would be wrong.
    """
    return all_points(drawn(seed, n, H))


def drawn(seed: np.random.SeedSequence, n: int, H: Model) -> SphericalSpinGlass:
    """Draw a landscape, pure or a mixture ``{order: weight}``."""
    return SphericalSpinGlass.mixed(n, H, seed) if isinstance(H, dict) else SphericalSpinGlass.pure(n, H, seed)


def all_points(glass: SphericalSpinGlass) -> Enumeration:
    """Return all critical points of a landscape; missing solutions raise ``ArithmeticError``."""
    every = critical_points.enumerate_critical_points(glass, certify=None)
    if every.found < every.expected:
        raise ArithmeticError(f"{every.found} of {every.expected} solutions found, n={glass.n}, {glass.weights}")
    return every


def points(seed: np.random.SeedSequence, n: int, H: int) -> Points:
    """Draw a pure landscape and return its critical points; a simulation for :class:`Reading`."""
    every = every_point(seed, n, H)
    return Points(every.energy_per_spin, every.index, every.eigenvalues, every.x)


def landscapes(*sizes: tuple[int, ...], **further: Mapping[Effort, float]) -> dict[Effort, list[Series]]:
    """Return series of landscapes of order 3, for the values of n at quick, standard and paper.

    ``further`` are parameters of the prediction that depend on the effort.

    Examples
    --------
    >>> landscapes((6,), (6, 8), (8, 10))["standard"]
    [Series(12000, n=6, H=3), Series(11000, n=8, H=3)]
    """
    return {
        effort: [
            Series(_LANDSCAPES[effort][n], n=n, H=3, **{name: given[effort] for name, given in further.items()})
            for n in group
        ]
        for effort, group in zip(EFFORTS, sizes, strict=True)
    }
