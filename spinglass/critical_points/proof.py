"""What is proven about the solutions of one model: which are real, which are not, that no two are one."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinglass.critical_points import projective
from spinglass.critical_points.ball_arithmetic import ExactSystem
from spinglass.critical_points.certification import Boxes, apart, boxes, surely_not_real
from spinglass.critical_points.model import Model
from spinglass.critical_points.system import System, complex_points
from spinglass.critical_points.tracking.start_system import ComplexArray
from spinglass.landscape import Array

Certify = Literal["real", "all"] | None

_HARDEST = 64  # so many boxes at most are tried in ball arithmetic: more is not bad luck but a degenerate model


class Proof(NamedTuple):
    """What was proven.

    Attributes
    ----------
    real
        Centres of the real solutions' boxes, shape (real, variables).
    certified
        Real solutions proven real and different from every other one, shape (real,).
    reach
        Proven bound on the sine of the angle between a centre and its solution, infinite without proof.
    everything
        Whether all boxes, non-real ones included, are proven and disjoint (``certify="all"`` only).
    gap
        What could not be proven, in words; empty if nothing.
    """

    real: Array
    certified: NDArray[np.bool_]
    reach: Array
    everything: bool
    gap: str


def prove(model: Model, system: System, real: Array, others: ComplexArray, certify: Certify) -> Proof:
    """Prove what ``certify`` asks for; the ``others``, not real, come in conjugate pairs."""
    if certify is None:
        unproven = np.zeros(len(real), bool)
        return Proof(real, unproven, np.full(len(real), np.inf), everything=False, gap="")
    if certify == "real":
        # The mirror image of a proof that a solution is not real proves it of the conjugate solution.
        others = others[projective.one_of_each_pair(others)]
    real_boxes = _boxes(model, system, complex_points(real))
    other_boxes = _boxes(model, system, others)
    certified = apart(real_boxes)
    not_real = surely_not_real(other_boxes)
    gaps = []
    if not certified.all():
        gaps.append(f"{np.count_nonzero(~certified)} solutions could not be proven real and distinct")
    if not not_real.all():
        gaps.append(f"{np.count_nonzero(~not_real)} solutions could not be proven not to be real")
    everything = certify == "all" and not gaps and bool(apart(other_boxes).all())
    if certify == "all" and not gaps and not everything:
        gaps.append("not all solutions could be proven distinct")
    return Proof(real_boxes.points.real, certified, real_boxes.reach, everything, "; ".join(gaps))


def _boxes(model: Model, system: System, points: ComplexArray) -> Boxes:
    """Prove boxes in floating point, and the few that this leaves in ball arithmetic."""
    found = boxes(system, points)
    hard = np.flatnonzero(~found.proven)
    if 0 < len(hard) <= _HARDEST:
        exact = ExactSystem(system.spins, model.packed, model.weights)
        for row in hard:
            found.points[row], found.radius[row] = exact.prove(points[row])
    return found
