"""Proof, in floating point with rigorous error bounds, that a box around an approximation holds one solution.

Krawczyk's test for F(u) = 0, u = (X, lambda), at the floating-point vector v with C near F'(v)^{-1}: if

    eta + (kappa + L r) r < r   with   eta >= |C F(v)|,   kappa >= |I - C F'(v)|,
                                       L r >= |C (F'(u) - F'(v))|  for |u - v| <= r

(norms: largest entry, largest absolute row sum), then u - C F(u) maps the complex polydisc of radius r about
v into itself and contracts it, so that it holds exactly one solution. If v is real the conjugate of that
solution is one too, hence the same, hence real.

Rigour without directed rounding: a sum of k products, in any order, fused or not, is off by at most
``gamma_k = k u/(1 - k u)`` times the sum of the moduli, u = 2^-53 (Higham, "Accuracy and Stability of
Numerical Algorithms", 2002, eq. 3.4; a factor sqrt(8) for complex numbers, section 3.6). Here the moduli are
bounded by Cauchy-Schwarz, ``sum_j.. |T_ij..||X_j|.. <= |T_i| |X|^(d-1)`` with |T_i| the Frobenius norm of
slice i, and every bound is raised by a thousandth, far more than its own rounding. Coefficients of the
tensor may be off by a few u themselves.

Source: Krawczyk 1969; Rump, "Verification methods", Acta Numerica 19 (2010), section 13.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinglass._common.threads import run_in_threads
from spinglass.critical_points import projective
from spinglass.critical_points.ball_arithmetic import ExactSystem
from spinglass.critical_points.system import Model, Numbers, System, complex_points, inverses
from spinglass.critical_points.tracking.start_system import ComplexArray
from spinglass.landscape import Array

Certify = Literal["real", "all"] | None

_UNIT = 2.0**-53
_SAFETY = 1.001
_WIDEST = 1e-3  # boxes are at most this wide over sqrt(variables); bounds below rely on it
_BLOCK = 256  # points in one piece of work for a thread
_HARDEST = 64  # at most this many boxes are tried in ball arithmetic; more of them mean a degenerate model


class Boxes(NamedTuple):
    """Polydiscs that hold exactly one solution each.

    Attributes
    ----------
    points
        Centres X, of length one to rounding, shape (B, variables); real where the given points were.
    radius
        Half-width in every coordinate of X and in lambda, infinite where the test failed, shape (B,).
    """

    points: ComplexArray
    radius: Array

    @property
    def proven(self) -> NDArray[np.bool_]:
        """Which boxes hold a solution, for certain."""
        return np.isfinite(self.radius)

    @property
    def reach(self) -> Array:
        """Bound on the sine of the angle between a centre and its solution; infinite if there is none."""
        # |X - centre| <= sqrt(variables) r in the Euclidean norm, at length one.
        return np.asarray(1.01 * np.sqrt(self.points.shape[1]) * self.radius)


def boxes(system: System, points: ComplexArray) -> Boxes:
    """Refine points of length one by a Newton step and put a proven box around each."""
    real = not points.imag.any()
    centres = points.real.copy() if real else points.copy()
    radius = np.full(len(points), np.inf)
    block = min(_BLOCK, system.rows_at_once)

    def work(first: int) -> None:
        rows = slice(first, first + block)
        with np.errstate(all="ignore"):  # a singular matrix gives NaN, and NaN fails every comparison
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
    """Bound the errors of the computed left sides, and of the absolute row sums of their computed derivative."""
    n, N, d = system.spins, system.variables, system.degree
    # Roundings on the way to one entry: d-1 complex contractions of N terms, the coefficients, a few more.
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
    """Return the radius that Krawczyk's test proves, infinite if none; ``eigenvalue`` is |lambda|."""
    n, N, d = system.spins, system.variables, system.degree
    residual_error, jacobian_error = rounding(system, eigenvalue)
    product = 3.01 * _UNIT * (N + 2)  # error of one complex product of matrices of size N+1
    # Change of the rows of F' over a box of radius r, over r: of T_2, of lambda on the diagonal, of -x.
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
    """Mark boxes that hold no real class: some ``Im(X_i conj X_j)`` keeps its sign all over the box."""
    X, r = found.points, found.radius
    rows = np.arange(len(X))
    pivot = np.abs(X).argmax(1)
    turned = X * X[rows, pivot].conj()[:, None]
    other = np.abs(turned.imag).argmax(1)
    spread = r * (np.abs(X[rows, pivot]) + np.abs(X[rows, other])) + r * r
    return np.asarray(np.abs(turned.imag[rows, other]) > _SAFETY * spread + 1e-14)


def apart(found: Boxes) -> NDArray[np.bool_]:
    """Mark boxes whose class is proven different from that of every other one."""
    proven = np.flatnonzero(found.proven)
    pairs = projective.close_pairs(found.points[proven], 2 * found.reach[proven])
    alone = found.proven.copy()
    alone[proven[pairs.ravel()]] = False
    return alone


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
    real_boxes = _proven_boxes(model, system, complex_points(real))
    other_boxes = _proven_boxes(model, system, others)
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


def _proven_boxes(model: Model, system: System, points: ComplexArray) -> Boxes:
    """Prove boxes in floating point, and the few that this leaves in ball arithmetic."""
    found = boxes(system, points)
    hard = np.flatnonzero(~found.proven)
    if 0 < len(hard) <= _HARDEST:
        exact = ExactSystem(system.spins, model.packed, model.weights)
        for row in hard:
            found.points[row], found.radius[row] = exact.prove(points[row])
    return found
