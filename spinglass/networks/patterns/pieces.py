"""Critical points of a one-hidden-layer ReLU network, piece by piece of its parameter space.

Within a piece every unit is active on a fixed set of data points, its pattern, and the output depends on the weights
through ``u_j = v_j w_j`` linearly. With the residuals r and ``g_j = sum_{m in pattern j} r_m x_m``, a point is critical
if ``v_j g_j = 0`` and ``w_j.g_j = 0`` for all units. Units with v_j != 0 (*used*) thus have g_j = 0: their u solve a
least-squares problem, whose residuals are unique. Units with v_j = 0 (*unused*) need ``w_j.g_j = 0``. Units that are
active on no data point are *dead* and have no conditions. At a data point x = 0 the output is 0 whatever the weights,
without a kink; there all units count as inactive.

The Hessian has one negative eigenvalue for each unused unit with g_j != 0. Its Gauss-Newton part is positive
semidefinite and does not change with the w_j of unused units, so ``w_j`` along -g_j and v_j together lower the loss,
and Weyl's inequality allows no more. If g_j = 0 for all units that are not dead, then the least-squares problem, which
is convex, is solved by all u near it, and the point is a local minimum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from spinglass.networks.patterns.rational import Inequality, Matrix, Vector, dot, solve, strict_solution

Pattern = tuple[bool, ...]
Unit = tuple[Pattern, int]  # pattern and sign of v


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected set of critical points with fixed patterns and signs, up to the order of units.

    Attributes
    ----------
    used
        Patterns and signs of the units with v != 0.
    unused
        Patterns of the units with v = 0.
    dead
        Number of dead units.
    loss
        The loss.
    index
        Number of negative eigenvalues of the Hessian.
    isolated
        Whether the point is unique, up to the scales of used units.
    w, v
        Weights of one point, used units first, then unused, then dead ones.
    """

    used: tuple[Unit, ...]
    unused: tuple[Pattern, ...]
    dead: int
    loss: Fraction
    index: int
    isolated: bool
    w: Matrix
    v: Vector


def realisable_patterns(X: Matrix) -> dict[Pattern, Vector]:
    """Return all patterns of a unit, with weights that realise each: w.x > 0 on the pattern, else w.x < 0 or x = 0.

    Parameters
    ----------
    X
        Inputs, one row per data point.

    Returns
    -------
    dict of tuple of bool to list of Fraction
        A weight vector for each pattern that occurs.

    Examples
    --------
    >>> sorted(realisable_patterns([[Fraction(1)], [Fraction(2)]]))
    [(False, False), (True, True)]
    """
    found: dict[Pattern, Vector] = {(): [Fraction(0)] * len(X[0])}
    for length in range(1, len(X) + 1):
        longer: dict[Pattern, Vector] = {}
        for prefix in found:
            for active in (False, True) if any(X[length - 1]) else (False,):
                pattern = (*prefix, active)
                w = strict_solution(_sides(X[:length], pattern), len(X[0]))
                if w is not None:
                    longer[pattern] = w
        found = longer
    return found


def pieces(X: Matrix, y: Vector, hidden: int) -> list[Piece]:
    """Return all pieces of the set of critical points away from kinks.

    Parameters
    ----------
    X, y
        The data.
    hidden
        Number of hidden units.

    Returns
    -------
    list of Piece
        The pieces.
    """
    patterns = realisable_patterns(X)
    dead = next((w for pattern, w in patterns.items() if not any(pattern)), None)
    live = sorted((pattern for pattern in patterns if any(pattern)), reverse=True)
    found: list[Piece] = []
    units = [(pattern, sign) for pattern in live for sign in (1, -1)]
    for number in range(hidden + 1):
        for used in combinations_with_replacement(units, number):
            solved = _used_units(X, y, used)
            if solved is not None:
                found += _completed(X, live, dead, hidden, used, solved)
    return found


def _completed(
    X: Matrix,
    live: Sequence[Pattern],
    dead: Vector | None,
    hidden: int,
    used: tuple[Unit, ...],
    solved: tuple[Matrix, Vector, bool],
) -> list[Piece]:
    """Return the pieces with given used units, with all choices of the other units."""
    u, residuals, unique = solved
    candidates = _unused_units(X, live, residuals)
    loss, number = dot(residuals, residuals) / 2, len(used)
    found = []
    for idle in range(hidden - number + 1):
        rest = hidden - number - idle
        if rest and dead is None:
            continue
        for unused in combinations_with_replacement(sorted(candidates, reverse=True), idle):
            w = [[sign * entry for entry in row] for row, (_, sign) in zip(u, used, strict=True)]
            w += [candidates[pattern][0] for pattern in unused] + [list(dead or [])] * rest
            v = [Fraction(sign) for _, sign in used] + [Fraction(0)] * idle + [Fraction(1)] * rest
            index = sum(candidates[pattern][1] for pattern in unused)
            found.append(Piece(used, unused, rest, loss, index, unique and not idle, w, v))
    return found


def _sides(X: Matrix, pattern: Sequence[bool], sign: int = 1) -> list[Inequality]:
    return [
        ([(sign if active else -sign) * entry for entry in x], Fraction(0))
        for x, active in zip(X, pattern, strict=True)
        if any(x)
    ]


def _used_units(X: Matrix, y: Vector, used: Sequence[Unit]) -> tuple[Matrix, Vector, bool] | None:
    """Return u of all units, the residuals, and whether u is unique; None if no point lies within the piece."""
    d = len(X[0])
    rows = [[entry if pattern[m] else Fraction(0) for (pattern, _) in used for entry in x] for m, x in enumerate(X)]
    if not used:
        return [], [-target for target in y], True
    columns = [list(column) for column in zip(*rows, strict=True)]
    solution = solve([[dot(a, b) for b in columns] for a in columns], [dot(a, y) for a in columns])
    assert solution is not None  # normal equations always have a solution
    point, basis = solution
    sides = []
    for j, (pattern, sign) in enumerate(used):
        for a, _ in _sides(X, pattern, sign):
            along = [dot(a, vector[j * d : (j + 1) * d]) for vector in basis]
            sides.append((along, dot(a, point[j * d : (j + 1) * d])))
    z = strict_solution(sides, len(basis))
    if z is None:
        return None
    flat = [p + dot(z, [vector[i] for vector in basis]) for i, p in enumerate(point)]
    residuals = [dot(row, flat) - target for row, target in zip(rows, y, strict=True)]
    return [flat[j * d : (j + 1) * d] for j in range(len(used))], residuals, not basis


def _unused_units(X: Matrix, live: Sequence[Pattern], residuals: Vector) -> dict[Pattern, tuple[Vector, bool]]:
    """Return, for every pattern of an unused unit, weights with w.g = 0, and whether g is not zero."""
    found: dict[Pattern, tuple[Vector, bool]] = {}
    for pattern in live:
        active = [(r, x) for r, x, on in zip(residuals, X, pattern, strict=True) if on]
        g = [sum((r * x[i] for r, x in active), Fraction(0)) for i in range(len(X[0]))]
        if not any(g):
            basis = [[Fraction(int(i == k)) for i in range(len(g))] for k in range(len(g))]
        else:
            solution = solve([g], [Fraction(0)])
            assert solution is not None
            basis = solution[1]
        sides = [([dot(a, vector) for vector in basis], c) for a, c in _sides(X, pattern)]
        z = strict_solution(sides, len(basis))
        if z is not None:
            w = [dot(z, [vector[i] for vector in basis]) for i in range(len(g))]
            found[pattern] = (w, any(g))
    return found
