"""Training a network of three threshold units is as hard as set splitting (Blum and Rivest 1992).

Set splitting is the following NP-complete problem: given sets of elements 0, ..., n-1, divide the elements into two
parts such that no set lies within one part. The network has two hidden threshold units and one threshold unit as
output. Training means finding weights that classify every example correctly.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array
from spinglass.networks.small.separation import Points, separating_plane

Sets = Iterable[Collection[int]]
Labels = npt.NDArray[np.bool_]

# Corners of a cube in three additional inputs. Only an intersection of two half-spaces classifies them correctly.
_CUBE = (((0, 0, 0), True), ((1, 0, 1), True), ((0, 1, 1), True))
_CUBE_OUTSIDE = (((1, 0, 0), False), ((0, 1, 0), False), ((0, 0, 1), False), ((1, 1, 1), False))


@dataclass(frozen=True, eq=False)
class ThreeNodeNetwork:
    """Two threshold units ``w_i . x > b_i``, whose AND is the output.

    Attributes
    ----------
    w
        Weights of the two units, shape (2, d).
    b
        Thresholds, shape (2,).
    negated
        Whether the output is the negation of the AND. Default: False.
    """

    w: Array
    b: Array
    negated: bool = False

    def __call__(self, X: npt.ArrayLike) -> Labels:
        """Return the outputs of the network.

        Parameters
        ----------
        X
            Inputs, shape (N, d).

        Returns
        -------
        ndarray
            Boolean outputs, shape (N,).
        """
        return np.asarray((np.asarray(X) @ self.w.T > self.b).all(axis=-1) != self.negated)


def splitting(n: int, sets: Sets) -> tuple[bool, ...] | None:
    """Return a division of the elements into two parts such that no set lies within one part.

    All ``2^(n-1)`` divisions are tried.

    Parameters
    ----------
    n
        Number of elements.
    sets
        Non-empty sets of elements 0, ..., n-1.

    Returns
    -------
    tuple of bool, or None
        The part of each element; None if there is no such division.

    Raises
    ------
    ValueError
        If a set is empty or contains anything other than elements 0, ..., n-1.

    Examples
    --------
    >>> splitting(3, [{0, 1}, {1, 2}])
    (False, True, False)
    >>> splitting(3, [{0, 1}, {1, 2}, {0, 2}]) is None
    True
    """
    family = _checked(n, sets)
    for rest in product((False, True), repeat=n - 1):
        part = (False, *rest)
        if all(len({part[i] for i in each}) == 2 for each in family):
            return part
    return None


def splitting_examples(n: int, sets: Sets) -> tuple[Points, Labels]:
    """Return the training examples to which the reduction maps a set-splitting problem.

    The origin is positive, the unit vector of every element is negative, and the indicator vector of every set is
    positive. Seven points that use the last three inputs force the output unit to act as AND.

    Parameters
    ----------
    n
        Number of elements.
    sets
        Non-empty sets of elements 0, ..., n-1.

    Returns
    -------
    X
        Inputs with entries 0 or 1, shape (N, n + 3).
    labels
        Boolean labels, shape (N,).

    Raises
    ------
    ValueError
        If a set is empty or contains anything other than elements 0, ..., n-1.

    References
    ----------
    Blum and Rivest (1992), "Training a 3-node neural network is NP-complete", Theorem 1 and section 4.
    """
    family = _checked(n, sets)
    rows = [((0,) * n + corner, label) for corner, label in _CUBE + _CUBE_OUTSIDE]
    rows += [((*_indicator(n, [i]), 0, 0, 0), False) for i in range(n)]
    rows += [((*_indicator(n, each), 0, 0, 0), True) for each in family]
    return np.array([x for x, _ in rows], dtype=np.int64), np.array([label for _, label in rows])


def network_of_splitting(part: Collection[bool]) -> ThreeNodeNetwork:
    """Return the network that classifies correctly the examples of every family of sets that a division splits.

    The weights of unit i are -1 for the elements of its part and n for the others. All thresholds are -1/2.

    Parameters
    ----------
    part
        The part of each element, as from `splitting`.

    Returns
    -------
    ThreeNodeNetwork
        The network.
    """
    n = len(part)
    mine = np.array(list(part))
    w = np.array([np.where(mine == side, -1.0, float(n)) for side in (False, True)])
    return ThreeNodeNetwork(np.column_stack([w, [[1, 1, -1], [-1, -1, 1]]]), np.full(2, -0.5))


def train_three_nodes(X: npt.ArrayLike, labels: npt.ArrayLike) -> ThreeNodeNetwork | None:
    """Return a network of three threshold units that classifies all examples correctly, or None if there is none.

    The answer is exact. Up to negations, a threshold unit with two binary inputs is constant, one of its inputs, their
    AND or their OR. Therefore either the positive or the negative examples must be those in the intersection of two
    half-spaces. All assignments of the other examples to the half-space that excludes them are searched; each is
    decided by :func:`separating_plane`. The time grows exponentially with the number of examples.

    Parameters
    ----------
    X
        Integer inputs, shape (N, d).
    labels
        Boolean labels, shape (N,).

    Returns
    -------
    ThreeNodeNetwork or None
        The network; None if no network classifies all examples correctly.

    Raises
    ------
    ValueError
        If X does not contain whole numbers, labels are not boolean, or shapes do not fit.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> train_three_nodes(X, [False, True, True, False])(X).tolist()
    [False, True, True, False]
    """
    points, wanted = np.asarray(X), np.asarray(labels)
    if points.ndim != 2 or wanted.shape != points.shape[:1] or wanted.dtype != bool:
        raise ValueError(f"X must be (N, d) and labels N truth values; given {points.shape} and {wanted!r}")
    if points.dtype.kind not in "iu":
        raise ValueError(f"X must hold whole numbers, so that the answer can be exact; given {points.dtype}")
    for negated in (False, True):
        planes = _two_half_spaces(points[wanted != negated], points[wanted == negated])
        if planes is not None:
            w, b = zip(*planes, strict=True)
            return ThreeNodeNetwork(np.array(w), np.array(b), negated)
    return None


def _two_half_spaces(inside: Points, outside: Points) -> list[tuple[Array, float]] | None:
    """Return two half-spaces that contain all of ``inside``, and whose intersection contains no row of ``outside``."""
    known: dict[frozenset[int], tuple[Array, float] | None] = {}

    def plane(missing: frozenset[int]) -> tuple[Array, float] | None:
        if missing not in known:
            known[missing] = separating_plane(inside, outside[sorted(missing)])
        return known[missing]

    sides = _assign(0, len(outside), (frozenset(), frozenset()), lambda missing: plane(missing) is not None)
    if sides is None:
        return None
    planes = [plane(side) for side in sides]
    return [found for found in planes if found is not None]


def _assign(
    k: int, count: int, sides: tuple[frozenset[int], ...], possible: Callable[[frozenset[int]], bool]
) -> tuple[frozenset[int], ...] | None:
    """Assign points k, k+1, ... to two sides such that each side stays possible; None if there is no such way."""
    if k == count:
        return sides
    for side in range(1 if k == 0 else 2):  # the two sides are equivalent at first
        more = sides[side] | {k}
        if possible(more):
            chosen = (more, sides[1]) if side == 0 else (sides[0], more)
            found = _assign(k + 1, count, chosen, possible)
            if found is not None:
                return found
    return None


def _checked(n: int, sets: Sets) -> list[frozenset[int]]:
    whole_number("n", n, 1)
    family = [frozenset(each) for each in sets]
    for each in family:
        if not each or not all(isinstance(i, int | np.integer) and 0 <= i < n for i in each):
            raise ValueError(f"sets must be non-empty and hold elements from 0 to {n - 1}; given {sorted(each)}")
    return family


def _indicator(n: int, each: Collection[int]) -> tuple[int, ...]:
    return tuple(int(i in each) for i in range(n))
