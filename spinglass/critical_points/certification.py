"""Certificates: proofs that a box around an approximate solution contains exactly one solution.

The proofs use floating-point arithmetic with rigorous error bounds. Krawczyk's test for F(u) = 0, u = (X, lambda), at
the floating-point vector v uses a matrix C close to F'(v)^{-1}. If

    eta + (kappa + L r) r < r   with   eta >= |C F(v)|,   kappa >= |I - C F'(v)|,
                                       L r >= |C (F'(u) - F'(v))|  for |u - v| <= r

(vector norm: largest entry; matrix norm: largest absolute row sum), then u - C F(u) maps the complex polydisc of
radius r about v into itself and is a contraction there, so the polydisc contains exactly one solution. If v is real,
the complex conjugate of that solution is also a solution in the polydisc; it is therefore the same, and real.

The bounds are rigorous without directed rounding. A sum of k products, in any order, fused or not, has an error of at
most ``gamma_k = k u/(1 - k u)`` times the sum of the moduli, u = 2^-53 (Higham, "Accuracy and Stability of Numerical
Algorithms", 2002, eq. 3.4; for complex numbers there is a factor sqrt(8), section 3.6). The moduli are bounded by the
Cauchy-Schwarz inequality, ``sum_j.. |T_ij..||X_j|.. <= |T_i| |X|^(d-1)`` with |T_i| the Frobenius norm of slice i.
Every bound is increased by one part in a thousand, which is much more than its own rounding error. The bounds allow
for errors of a few u in the coefficients of the tensor.

References: Krawczyk (1969); Rump, "Verification methods", Acta Numerica 19 (2010), section 13.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinglass._common.threads import run_in_threads
from spinglass._common.types import Array, ComplexArray
from spinglass.critical_points import projective
from spinglass.critical_points.ball_arithmetic import ExactSystem
from spinglass.critical_points.keys import keys, proven_distinct
from spinglass.critical_points.projective import Split
from spinglass.critical_points.system import Model, Numbers, System, complex_points, inverses

Certify = Literal["real", "all"] | None

_UNIT = 2.0**-53
_SAFETY = 1.001
_WIDEST = 1e-3  # the largest radius of a box is this over sqrt(variables); the bounds below rely on it
_BLOCK = 256  # points per task of a thread
_HARDEST = 64  # at most this many boxes are tried in ball arithmetic; more of them mean a degenerate model


class Boxes(NamedTuple):
    """Polydiscs, each of which contains exactly one solution if the test succeeded.

    Attributes
    ----------
    points
        Centres X, of length one up to rounding, shape (B, variables); real if the given points were real.
    radius
        Radius in every coordinate of X and in lambda, shape (B,); infinite where the test failed.
    """

    points: ComplexArray
    radius: Array

    @property
    def proven(self) -> NDArray[np.bool_]:
        """Whether each box is proven to contain a solution, shape (B,)."""
        return np.isfinite(self.radius)

    @property
    def reach(self) -> Array:
        """Bound on the sine of the angle between a centre and its solution, shape (B,); infinite without proof."""
        # In the Euclidean norm |X - centre| <= sqrt(variables) r, and centres have length one.
        return np.asarray(1.01 * np.sqrt(self.points.shape[1]) * self.radius)


def boxes(system: System, points: ComplexArray) -> Boxes:
    """Refine points of length one by a Newton step, and prove a box around each."""
    real = not points.imag.any()
    centres = points.real.copy() if real else points.copy()
    radius = np.full(len(points), np.inf)
    block = min(_BLOCK, system.rows_at_once)

    def work(first: int) -> None:
        rows = slice(first, first + block)
        with np.errstate(all="ignore"):  # a singular matrix gives NaN, and comparisons with NaN are false
            centres[rows], radius[rows] = _krawczyk(system, centres[rows])

    run_in_threads(work, range(0, len(points), block))
    return Boxes(complex_points(centres), radius)


def _krawczyk(system: System, X: Numbers) -> tuple[Numbers, Array]:
    """Return refined centres and radii of one block."""
    a = X.conj()
    eigenvalue = system.rayleigh(X)
    residual, jacobian = system.residual_and_jacobian(X, eigenvalue, a)
    step = np.matmul(inverses(jacobian), residual[:, :, None])[:, :, 0]
    good = np.linalg.norm(step, axis=1) < 1e-6
    X = np.where(good[:, None], X - step[:, :-1], X)
    eigenvalue = np.where(good, eigenvalue - step[:, -1], eigenvalue)
    residual, jacobian = system.residual_and_jacobian(X, eigenvalue, a)
    return X, np.where(good, radius_around(system, np.abs(eigenvalue), residual, jacobian), np.inf)


def rounding(system: System, eigenvalue: Array) -> tuple[Array, Array]:
    """Bound the rounding errors of the left-hand sides, and of the absolute row sums of their Jacobian matrix."""
    n, N, d = system.spins, system.variables, system.degree
    # Roundings in one entry: d-1 complex contractions of N terms, those in the coefficients, and a few more.
    slack = 1.01 * _UNIT * (3 * (d - 1) * (N + 1) + 16)
    residual = np.full((len(eigenvalue), N + 1), 2.0)
    residual[:, :n] = _slices(system) + eigenvalue[:, None]
    jacobian = np.full((len(eigenvalue), N + 1), 2.0)
    jacobian[:, :n] = (d - 1) * np.sqrt(N) * _slices(system) + eigenvalue[:, None] + 1
    return slack * residual, slack * jacobian


def _slices(system: System) -> Array:
    """Return the Frobenius norms |T_i|, shape (n,)."""
    norms: Array = np.sqrt((system.tensor[: system.spins] ** 2).sum(axis=tuple(range(1, system.degree))))
    return norms


def radius_around(system: System, eigenvalue: Array, residual: Numbers, jacobian: Numbers) -> Array:
    """Return the radius proven by Krawczyk's test, or infinity if it fails; ``eigenvalue`` is |lambda|."""
    n, N, d = system.spins, system.variables, system.degree
    residual_error, jacobian_error = rounding(system, eigenvalue)
    product = 3.01 * _UNIT * (N + 2)  # error of a complex matrix product of size N+1
    # Bound on the change of each row of F' over a box of radius r, divided by r: from T_2, lambda and -x.
    change = np.full(N + 1, float(N))
    change[:n] = (d - 1) * (d - 2) * N * (1 + _WIDEST) ** max(0, d - 3) * _slices(system) + 2
    change[N] = 0

    inverse = inverses(jacobian)
    size = np.abs(inverse)
    eta = _largest(size, np.abs(residual) + residual_error)
    defect = np.abs(np.eye(N + 1) - np.matmul(inverse, jacobian)).sum(2).max(1)
    kappa = _SAFETY * (defect + _largest(size, product * np.abs(jacobian).sum(2) + jacobian_error))
    lipschitz = _largest(size, np.broadcast_to(change, residual.shape))
    radius = 2 * eta
    proven = (kappa + lipschitz * radius < 0.49) & (radius <= _WIDEST / np.sqrt(N))
    return np.where(proven, radius, np.inf)


def _largest(size: Array, bound: Array) -> Array:
    """Return ``max_i sum_j size_ij bound_j``, rounded up by the safety factor."""
    largest: Array = _SAFETY * np.matmul(size, bound[:, :, None])[:, :, 0].max(1)
    return largest


def surely_not_real(found: Boxes) -> NDArray[np.bool_]:
    """Mark boxes that contain no real class, because some ``Im(X_i conj X_j)`` has the same sign in the whole box."""
    X, r = found.points, found.radius
    rows = np.arange(len(X))
    pivot = np.abs(X).argmax(1)
    turned = X * X[rows, pivot].conj()[:, None]
    other = np.abs(turned.imag).argmax(1)
    spread = r * (np.abs(X[rows, pivot]) + np.abs(X[rows, other])) + r * r
    return np.asarray(np.abs(turned.imag[rows, other]) > _SAFETY * spread + 1e-14)


def apart(found: Boxes) -> NDArray[np.bool_]:
    """Mark boxes whose class is proven to differ from the class of every other box."""
    proven = np.flatnonzero(found.proven)
    pairs = projective.close_pairs(found.points[proven], 2 * found.reach[proven])
    alone = found.proven.copy()
    alone[proven[pairs.ravel()]] = False
    return alone


class Proof(NamedTuple):
    """What was proven about the solutions of one model.

    Attributes
    ----------
    real
        Centres of the real solutions' boxes, shape (real, variables).
    certified
        Whether each real solution is proven to be real and different from all others, shape (real,).
    reach
        Proven bound on the sine of the angle between a centre and its solution, shape (real,); infinite without proof.
    everything
        Whether all boxes, including those of solutions that are not real, are proven and disjoint (``certify="all"``).
    gap
        Description of what could not be proven; empty if the proof is complete.
    """

    real: Array
    certified: NDArray[np.bool_]
    reach: Array
    everything: bool
    gap: str


def prove(model: Model, system: System, table: NDArray[np.void], near: Split, certify: Certify) -> Proof:
    """Prove what ``certify`` asks for.

    Parameters
    ----------
    model, system
        The energy, and its polynomial system.
    table
        Table of :class:`spinglass.critical_points.records.Records`, with the boxes of solutions far from real.
    near
        The solutions that are marked in the table as near real.
    certify
        What to prove.
    """
    if certify is None:
        unproven = np.zeros(len(near.real), bool)
        return Proof(near.real, unproven, np.full(len(near.real), np.inf), everything=False, gap="")
    real_boxes = _proven_boxes(model, system, complex_points(near.real))
    certified = apart(real_boxes)
    other_boxes = not_real_boxes(model, system, near.others)
    far = ~table["near_real"]
    reach = np.concatenate([table["reach"][far], other_boxes.reach])
    not_real = np.isfinite(reach)
    gaps = []
    if not certified.all():
        gaps.append(f"{np.count_nonzero(~certified)} solutions could not be proven real and distinct")
    if not not_real.all():
        gaps.append(f"{np.count_nonzero(~not_real)} solutions could not be proven not to be real")
    everything = False
    if certify == "all" and not gaps:
        everything = proven_distinct(
            np.concatenate([table["keys"][far], keys(other_boxes.points)]), reach, system.variables
        )
        if not everything:
            gaps.append("not all solutions could be proven distinct")
    return Proof(real_boxes.points.real, certified, real_boxes.reach, everything, "; ".join(gaps))


def not_real_boxes(model: Model, system: System, points: ComplexArray) -> Boxes:
    """Return boxes with exactly one solution and no real class; the radius is infinite where this is not proven."""
    found = _proven_boxes(model, system, points)
    return Boxes(found.points, np.where(surely_not_real(found), found.radius, np.inf))


def _proven_boxes(model: Model, system: System, points: ComplexArray) -> Boxes:
    """Prove boxes in floating point; the few for which this fails are tried in ball arithmetic."""
    found = boxes(system, points)
    hard = np.flatnonzero(~found.proven)
    if 0 < len(hard) <= _HARDEST:
        exact = ExactSystem(system.spins, model.packed, model.weights)
        for row in hard:
            found.points[row], found.radius[row] = exact.prove(points[row])
    return found
