"""Exact decision whether a plane separates two finite sets of points."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array

Points = npt.NDArray[np.int64]
_LARGEST_DENOMINATOR = 10**6


def separating_plane(inside: Points, outside: Points) -> tuple[Array, float] | None:
    """Return a plane that separates two finite sets of points, or None if there is none.

    Linear programming gives either a separating plane or a common point of the two convex hulls. Rational arithmetic
    then proves that the plane separates all points, or that the two convex combinations are equal.

    Parameters
    ----------
    inside, outside
        Points with integer coordinates as rows, shapes (N, d) and (M, d).

    Returns
    -------
    tuple of ndarray and float, or None
        (w, b) with ``w . x > b`` for all rows of ``inside`` and ``w . x < b`` for all rows of ``outside``.

    Raises
    ------
    ArithmeticError
        If neither can be proved, which does not occur for small integers.

    Examples
    --------
    >>> xor, rest = np.array([[0, 1], [1, 0]]), np.array([[0, 0], [1, 1]])
    >>> separating_plane(xor, rest) is None
    True
    >>> separating_plane(rest[1:], xor) is None
    False
    """
    inside, outside = inside.astype(np.int64), outside.astype(np.int64)  # unsigned integers have no negative ones
    if len(inside) == 0 or len(outside) == 0:
        return np.zeros(inside.shape[1]), (-1.0 if len(inside) else 1.0)
    plane = _plane(inside, outside)
    if plane is not None and _separates(plane, inside, outside):
        return plane
    if plane is None and _hulls_meet(inside, outside):
        return None
    raise ArithmeticError("neither a separating plane nor a common point of the convex hulls could be proved")


def _plane(inside: Points, outside: Points) -> tuple[Array, float] | None:
    from scipy.optimize import linprog

    rows = np.vstack(
        [np.column_stack([-inside, np.ones(len(inside))]), np.column_stack([outside, -np.ones(len(outside))])]
    )
    found = linprog(np.zeros(rows.shape[1]), A_ub=rows, b_ub=-np.ones(len(rows)), bounds=(None, None))
    return None if found.x is None else (found.x[:-1], float(found.x[-1]))


def _separates(plane: tuple[Array, float], inside: Points, outside: Points) -> bool:
    w, b = [Fraction(float(v)) for v in plane[0]], Fraction(plane[1])

    def height(x: npt.NDArray[np.int64]) -> Fraction:
        return sum((wi * int(xi) for wi, xi in zip(w, x, strict=True)), Fraction(0)) - b

    return all(height(x) > 0 for x in inside) and all(height(x) < 0 for x in outside)


def _hulls_meet(inside: Points, outside: Points) -> bool:
    """Find equal convex combinations of both sets, and check them in rational arithmetic."""
    from scipy.optimize import linprog

    p, q = len(inside), len(outside)
    sums = np.vstack([np.r_[np.ones(p), np.zeros(q)], np.r_[np.zeros(p), np.ones(q)]])
    A = np.vstack([np.column_stack([inside.T, -outside.T]), sums])
    b = np.r_[np.zeros(inside.shape[1]), 1, 1]
    found = linprog(np.zeros(p + q), A_eq=A, b_eq=b, bounds=(0, None), method="highs-ds")
    if found.x is None:
        return False
    shares = [Fraction(float(v)).limit_denominator(_LARGEST_DENOMINATOR) for v in found.x]
    totals = [sum((int(a) * s for a, s in zip(row, shares, strict=True)), Fraction(0)) for row in A]
    return min(shares) >= 0 and totals == [int(v) for v in b]
