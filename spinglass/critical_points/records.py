"""What is kept of the ends of paths: keys and certificates of all, and coordinates of those that may be real.

At n = 24 there are 2^24 solutions, whose coordinates would take 6 GiB. Of a solution that is clearly not real, only the
following is needed later: its keys (:mod:`.keys`), which tell whether it is the same as another solution or its
conjugate, and the radius of the box that is proven to contain it and no real class. The equations are real, so a box
that is proven for a solution is also proven for its conjugate, and one of the two is enough.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinglass._common.types import ComplexArray, IntArray
from spinglass.critical_points import projective
from spinglass.critical_points.certification import not_real_boxes
from spinglass.critical_points.keys import SHAPE, keys, partners, repeated
from spinglass.critical_points.system import Model, System

RECORD = np.dtype([("keys", np.float64, SHAPE), ("reach", np.float64), ("near_real", np.bool_)])
# Peak memory per solution, in the comparison of all with all: record, sorted copy of the keys, and numbers of rows.
BYTES = 200


class Records(NamedTuple):
    """Solutions, one row each.

    Attributes
    ----------
    table
        Array of type ``RECORD``. ``keys`` are NaN if the path did not arrive at a regular solution. ``reach`` is the
        ``Boxes.reach`` of a box that is proven to contain a solution and no real class, infinite if the proof failed,
        and NaN if no proof was attempted. ``near_real`` marks solutions that may be real.
    points
        Coordinates of the solutions that may be real, in the order of their rows.
    """

    table: NDArray[np.void]
    points: ComplexArray

    @property
    def arrived(self) -> NDArray[np.bool_]:
        """Whether each row is a solution."""
        return np.asarray(~np.isnan(self.table["keys"][:, 0, 0]))

    def rows(self, chosen: NDArray[np.bool_]) -> "Records":
        """Return the rows that are marked."""
        if chosen.all():
            return self
        return Records(self.table[chosen], self.points[chosen[self.table["near_real"]]])

    def replaced(self, rows: IntArray, new: "Records") -> "Records":
        """Put ``new`` into ``rows``, which are ascending; the table is changed in place."""
        keep = np.ones(len(self.table), bool)
        keep[rows] = False
        near = self.table["near_real"]
        number = np.concatenate([np.flatnonzero(near & keep), rows[new.table["near_real"]]])
        points = np.concatenate([self.points[keep[near]], new.points])[np.argsort(number)]
        self.table[rows] = new.table
        return Records(self.table, points)


def joined(parts: list[Records]) -> Records:
    """Return the rows of several records, one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Records(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def examined(
    model: Model, system: System, points: ComplexArray, arrived: NDArray[np.bool_], certified: bool, both: bool
) -> Records:
    """Return the records of points (rows, variables); rows that have not ``arrived`` get empty ones.

    If ``certified``, boxes are proven for one of each conjugate pair, or for ``both``.
    """
    table = np.zeros(len(points), RECORD)
    table["keys"], table["reach"] = np.nan, np.nan
    points = points[arrived]
    near = projective.imaginary_part(points) < projective.CANDIDATE
    table["near_real"][arrived], table["keys"][arrived] = near, keys(points)
    if certified:
        chosen = ~near & (projective.one_of_each_pair(points) | both)
        boxes = not_real_boxes(model, system, points[chosen])
        rows = np.flatnonzero(arrived)[chosen]
        # The proof is about the centre of the box, which differs slightly from the point.
        table["keys"][rows], table["reach"][rows] = keys(boxes.points), boxes.reach
    return Records(table, points[near])


def united(known: Records, new: Records) -> Records:
    """Return the distinct solutions of both."""
    new = new.rows(new.arrived & ~repeated(new.table["keys"])[0])
    if not len(known.table):
        return new
    return joined([known, new.rows(partners(known.table["keys"], new.table["keys"]) < 0)])


def closed_under_conjugation(found: Records) -> Records:
    """Add the conjugates that are missing, and give rows without a box the box of their conjugate."""
    table = found.table
    partner = partners(table["keys"], table["keys"][:, ::-1])
    bare = np.flatnonzero(np.isnan(table["reach"]) & ~table["near_real"] & (partner >= 0))
    bare = bare[~np.isnan(table["reach"][partner[bare]])]
    table["keys"][bare] = table["keys"][partner[bare]][:, ::-1]
    table["reach"][bare] = table["reach"][partner[bare]]
    alone = found.rows(partner < 0)
    if not len(alone.table):
        return found
    conjugates = alone.table.copy()
    conjugates["keys"] = alone.table["keys"][:, ::-1]
    return joined([found, Records(conjugates, alone.points.conj())])


def without_conjugate_or_box(found: Records) -> IntArray:
    """Return the rows that are not near real and have no box, and whose conjugate is not among the rows either."""
    table = found.table
    partner = partners(table["keys"], table["keys"][:, ::-1])
    return np.flatnonzero(found.arrived & (partner < 0) & np.isnan(table["reach"]) & ~table["near_real"])
