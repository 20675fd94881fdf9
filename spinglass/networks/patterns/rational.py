"""Exact linear algebra over the rational numbers: linear systems, and strict linear inequalities."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import optimize

from spinglass._common.types import Array

Vector = list[Fraction]
Matrix = list[Vector]
Inequality = tuple[Vector, Fraction]  # coefficients a and constant c of a.z + c > 0
_MOST = 50_000  # inequalities during elimination


def exact(array: Array) -> Matrix:
    """Return a matrix of floats as fractions, without rounding.

    Parameters
    ----------
    array
        Finite numbers, shape (rows, columns).

    Returns
    -------
    list of list of Fraction
        The same numbers.

    Examples
    --------
    >>> exact(np.array([[0.5, 3.0]]))
    [[Fraction(1, 2), Fraction(3, 1)]]
    """
    return [[Fraction(float(entry)) for entry in row] for row in array]


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """Return the scalar product."""
    return sum((x * y for x, y in zip(a, b, strict=True) if x and y), Fraction(0))


def solve(A: Matrix, b: Vector) -> tuple[Vector, Matrix] | None:
    """Return all solutions of ``A z = b`` as a point and a basis of the null space, or None if there are none.

    Parameters
    ----------
    A
        Matrix with at least one row.
    b
        Right-hand side.

    Returns
    -------
    point
        One solution.
    basis
        Vectors that span the solutions of ``A z = 0``.

    Examples
    --------
    >>> one, half = Fraction(1), Fraction(1, 2)
    >>> solve([[one, one]], [half])
    ([Fraction(1, 2), Fraction(0, 1)], [[Fraction(-1, 1), Fraction(1, 1)]])
    """
    rows = [[*row, value] for row, value in zip(A, b, strict=True)]
    columns = len(A[0])
    pivots: list[int] = []
    for column in range(columns):
        below = next((i for i in range(len(pivots), len(rows)) if rows[i][column]), None)
        if below is None:
            continue
        top = len(pivots)
        rows[top], rows[below] = rows[below], rows[top]
        rows[top] = [entry / rows[top][column] for entry in rows[top]]
        for i, row in enumerate(rows):
            if i != top and row[column]:
                factor = row[column]
                rows[i] = [x - factor * y for x, y in zip(row, rows[top], strict=True)]
        pivots.append(column)
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    point = [Fraction(0)] * columns
    for row, column in zip(rows, pivots, strict=False):
        point[column] = row[-1]
    basis = []
    for free in (column for column in range(columns) if column not in pivots):
        vector = [Fraction(0)] * columns
        vector[free] = Fraction(1)
        for row, column in zip(rows, pivots, strict=False):
            vector[column] = -row[free]
        basis.append(vector)
    return point, basis


def strict_solution(inequalities: Sequence[Inequality], variables: int) -> Vector | None:
    """Return a point that satisfies ``a.z + c > 0`` for all inequalities, or None if there is none.

    A candidate from a linear program in floating point is accepted if it satisfies the inequalities exactly. Otherwise
    Fourier and Motzkin's elimination decides.

    Parameters
    ----------
    inequalities
        Pairs of coefficients and constant.
    variables
        Number of variables.

    Returns
    -------
    list of Fraction or None
        A solution.

    Raises
    ------
    ValueError
        If the elimination creates too many inequalities.

    Examples
    --------
    >>> one = Fraction(1)
    >>> strict_solution([([one], -one), ([-one], one)], 1) is None  # z > 1 and z < 1
    True
    """
    for candidate in _candidates(inequalities, variables):
        if all(dot(a, candidate) + c > 0 for a, c in inequalities):
            return candidate
    return _eliminated(_reduced(inequalities), variables)


def _candidates(inequalities: Sequence[Inequality], variables: int) -> Iterator[Vector]:
    """Yield points with the largest margin to all inequalities within two boxes, with small denominators first."""
    if not variables or not inequalities:
        yield [Fraction(0)] * variables
        return
    scale = [max(map(abs, (*a, c))) or Fraction(1) for a, c in inequalities]
    A = np.array([[-float(x / s) for x in a] for (a, _), s in zip(inequalities, scale, strict=True)])
    c = np.array([float(constant / s) for (_, constant), s in zip(inequalities, scale, strict=True)])
    for box in (4.0, 1e4):
        found: Any = optimize.linprog(
            np.r_[np.zeros(variables), -1.0],
            A_ub=np.hstack([A, np.ones((len(A), 1))]),
            b_ub=c,
            bounds=[(-box, box)] * variables + [(None, 1.0)],
        )
        if found.success and found.x[-1] > 0:
            point = [Fraction(float(z)) for z in found.x[:-1]]
            yield [z.limit_denominator(16) for z in point]
            yield point


def _eliminated(inequalities: list[Inequality], variables: int) -> Vector | None:
    if any(not any(a) and c <= 0 for a, c in inequalities):
        return None
    if variables == 0:
        return []
    last = variables - 1
    above = [(a, c) for a, c in inequalities if a[last] > 0]
    below = [(a, c) for a, c in inequalities if a[last] < 0]
    free = [(a[:last], c) for a, c in inequalities if not a[last]]
    if len(free) + len(above) * len(below) > _MOST:
        raise ValueError("too many inequalities for exact elimination; take fewer data points, inputs or hidden units")
    # Each lower bound on the last variable must lie below each upper bound.
    pairs = [
        ([x / a[last] - y / b[last] for x, y in zip(a[:last], b[:last], strict=True)], c / a[last] - d / b[last])
        for a, c in above
        for b, d in below
    ]
    start = _eliminated(_reduced([*free, *pairs]), last)
    if start is None:
        return None
    lower = max((-(dot(a[:last], start) + c) / a[last] for a, c in above), default=None)
    upper = min((-(dot(a[:last], start) + c) / a[last] for a, c in below), default=None)
    return [*start, _between(lower, upper)]


def _between(lower: Fraction | None, upper: Fraction | None) -> Fraction:
    if lower is None:
        return Fraction(0) if upper is None else upper - 1
    return lower + 1 if upper is None else (lower + upper) / 2


def _reduced(inequalities: Sequence[Inequality]) -> list[Inequality]:
    """Scale the largest coefficient to 1 and keep the strongest of parallel inequalities."""
    strongest: dict[tuple[Fraction, ...], Fraction] = {}
    for a, c in inequalities:
        size = max(map(abs, a), default=Fraction(0)) or Fraction(1)
        key = tuple(x / size for x in a)
        strongest[key] = min(strongest.get(key, c / size), c / size)
    return [(list(a), c) for a, c in strongest.items()]
