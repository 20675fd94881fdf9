"""Every complex solution where linear algebra finds them: highest order 1 or 2.

``S x + h x_0/2 = lambda x, x.x = x_0^2``: without field the eigenvectors of S. With one, x is
``(lambda - S)^{-1} h x_0/2`` and x.x = x_0^2 makes lambda an eigenvalue of a matrix of size 2n.

Source: Gander, Golub and von Matt, "A constrained eigenvalue problem", Linear Algebra Appl. 114 (1989), eq. 13.
"""

import numpy as np

from spinglass.critical_points.start import ComplexArray
from spinglass.critical_points.system import System, complex_points, inverses
from spinglass.landscape import Array


def eigenvectors(S: Array) -> ComplexArray:
    """Return the eigenvectors of a symmetric matrix as rows of length one."""
    return complex_points(np.linalg.eigh(S)[1].T)


def field_only(h: Array) -> ComplexArray:
    """Return the two solutions (x, x_0) along a field, of length one."""
    unit = h / np.linalg.norm(h)
    return complex_points(np.array([[*unit, 1.0], [*unit, -1.0]]) / np.sqrt(2))


def with_field(system: System) -> ComplexArray:
    """Return the 2n solutions (x, x_0) of a quadratic form in a field, of length one."""
    n = system.spins
    S, h = system.tensor[:n, :n], system.tensor[:n, n]
    linearised = np.block([[S, -np.eye(n)], [-np.outer(h, h), S]])
    eigenvalues = np.linalg.eigvals(linearised).astype(complex)
    shifted = S[None] - eigenvalues[:, None, None] * np.eye(n)
    with np.errstate(all="ignore"):  # a singular matrix gives NaN, and its row is left out
        x = -np.matmul(inverses(shifted), h)
        points = np.concatenate([x, np.ones((2 * n, 1))], axis=1)
        points /= np.linalg.norm(points, axis=1)[:, None]
    return np.asarray(points[np.isfinite(points).all(1)])
