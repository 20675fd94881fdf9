"""All complex solutions of models of highest order 1 or 2, by linear algebra.

The equations are ``S x + h x_0/2 = lambda x, x.x = x_0^2``. Without a field h, the solutions are the eigenvectors of S.
With a field, in the basis of eigenvectors of S and at x_0 = 1, they are ``x_i = b_i/(lambda - s_i)``, where the b_i are
the components of h/2, and x.x = 1 becomes the secular equation ``sum_i b_i^2/(lambda - s_i)^2 = 1``. Its roots are the
eigenvalues of a matrix. If a component b_i is zero (the hard case of the trust-region subproblem), two roots disappear;
they are replaced by the two solutions ``lambda = s_i, x_i = +-sqrt(1 - sum_{j != i} x_j^2)``. If b_i is close to zero,
these roots are inaccurate because of rounding. Newton's method is therefore started from solutions of both kinds, and
finds all solutions for field components of any size.

References: Gander, Golub and von Matt, "A constrained eigenvalue problem", Linear Algebra Appl. 114 (1989), eq. 13;
Conn, Gould and Toint, "Trust-region methods" (2000), section 7.3.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinglass._common.types import Array, ComplexArray
from spinglass.critical_points import projective
from spinglass.critical_points.keys import SAME
from spinglass.critical_points.system import System, complex_points

# In units of the largest entry of the tensor: eigenvalues closer than this are equal up to rounding, and a component of
# the field below it is zero.
_EQUAL = 1e-13
# Components of the field above this, in the same unit, give roots of the secular equation accurate to 1e-9.
_WEAK = 1e-3
_STEPS = 6  # Newton steps: starts are accurate to a few times 1e-3 or better, and convergence is quadratic


class Spectrum(NamedTuple):
    """Eigenspaces of S, each with one vector along the projection of the field."""

    values: Array  # (K,), distinct eigenvalues, ascending
    field: Array  # (K,), component of h/2 along each vector
    vectors: Array  # (K, n), unit vectors in the eigenspaces, along the projection of the field if it is not zero
    multiple: NDArray[np.bool_]  # (K,), whether the eigenspace has more than one dimension


def eigenvectors(S: Array) -> ComplexArray:
    """Return the eigenvectors of a symmetric matrix as rows of length one."""
    return complex_points(np.linalg.eigh(S)[1].T)


def field_only(h: Array) -> ComplexArray:
    """Return the two solutions (x, x_0) along a field, of length one."""
    unit = h / np.linalg.norm(h)
    return complex_points(np.array([[*unit, 1.0], [*unit, -1.0]]) / np.sqrt(2))


def with_field(system: System) -> tuple[ComplexArray, int]:
    """Return the solutions (x, x_0) of a quadratic form in a field, of length one, and their expected number.

    There are two solutions for each eigenspace of S, hence 2n if all eigenvalues are simple. An eigenvalue of
    multiplicity m > 1 whose eigenspace is orthogonal to the field has a continuous family of solutions instead, a
    sphere of squared radius ``1 - sum_j x_j^2``. If that is negative, no solution of the family is real; otherwise the
    family counts as 2 expected solutions, which are not found.
    """
    n = system.spins
    spectrum = _spectrum(system.tensor[:n, :n], system.tensor[:n, n])
    size = np.abs(spectrum.field)
    pairs, square = _pairs(spectrum)
    continuum = spectrum.multiple & (size <= _EQUAL)
    weak = (size <= _WEAK) & ~continuum
    starts: ComplexArray = np.concatenate([_secular(spectrum, size > _EQUAL), *pairs[:, weak]])
    starts = starts[np.isfinite(starts).all(axis=1)]
    found = _refined(system, starts @ spectrum.vectors)
    expected = 2 * int(np.count_nonzero(~continuum | (square >= 0)))
    return found[projective.first_of_each(found)], expected


def _spectrum(S: Array, b: Array) -> Spectrum:
    """Return the eigenspaces of S with the components of the field in them."""
    values, vectors = np.linalg.eigh(S)
    first = np.flatnonzero(np.diff(values, prepend=-np.inf) > _EQUAL)
    sizes = np.diff(first, append=len(values))
    along = vectors.T @ b
    length = np.sqrt(np.add.reduceat(along**2, first))
    directions = np.empty((len(first), len(b)))
    for k, (start, size) in enumerate(zip(first, sizes, strict=True)):
        part = along[start : start + size]
        weights = part / length[k] if size > 1 and length[k] > _EQUAL else np.eye(size)[0]
        directions[k] = vectors[:, start : start + size] @ weights
    field = np.einsum("kn,n->k", directions, b)
    return Spectrum(np.add.reduceat(values, first) / sizes, field, directions, sizes > 1)


def _secular(spectrum: Spectrum, active: NDArray[np.bool_]) -> ComplexArray:
    """Return x at the roots of the secular equation of the ``active`` components, shape (2 active, K)."""
    s, b = spectrum.values[active], spectrum.field[active]
    eye = np.eye(len(s))
    eigenvalues = np.linalg.eigvals(np.block([[np.diag(s), -eye], [-np.outer(b, b), np.diag(s)]])).astype(complex)
    x = np.zeros((2 * len(s), len(active)), complex)
    with np.errstate(all="ignore"):  # a root at an eigenvalue gives infinity or NaN and is dropped
        x[:, active] = b / (eigenvalues[:, None] - s)
    return x


def _pairs(spectrum: Spectrum) -> tuple[ComplexArray, Array]:
    """Return x of both solutions at each eigenvalue as if its b_i were zero, (2, K, K), and the x_i^2, (K,)."""
    s, b = spectrum.values, spectrum.field
    gaps = s[:, None] - s
    np.fill_diagonal(gaps, np.inf)
    x = b / gaps
    square = 1 - (x**2).sum(axis=1)
    both = np.stack([x, x]).astype(complex)
    diagonal = np.arange(len(s))
    both[0, diagonal, diagonal] = np.sqrt(square.astype(complex))
    both[1, diagonal, diagonal] = -both[0, diagonal, diagonal]
    return both, square


def _refined(system: System, x: ComplexArray) -> ComplexArray:
    """Return the solutions (x, x_0) that Newton's method reaches from the starts (x, 1); others are dropped."""
    starts = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    starts /= np.linalg.norm(starts, axis=1)[:, None]
    points: ComplexArray = starts.copy()
    last = np.empty(len(starts))
    for first in range(0, len(starts), system.rows_at_once):
        rows = slice(first, first + system.rows_at_once)
        with np.errstate(all="ignore"):  # a singular matrix gives NaN, and comparisons with NaN are false
            points[rows], last[rows] = system.newton(starts[rows], _STEPS)
    return points[last < SAME]
