"""The square polynomial system whose solutions are the critical points, up to scale.

Unknowns X = (x, or x and x_0) and lambda; with T_1(X) = T X^(d-1) in its first n places,

    T_1(X) - lambda x = 0,    (x.x - x_0^2)/2 = 0 (mixed models only),    a.X - 1 = 0,

``a`` any vector that fixes the scale. Real X/x_0 (or X/|X|) is a critical point on the unit sphere, and
lambda is x.grad/d there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinglass.critical_points.tracking.start_system import ComplexArray
from spinglass.landscape import Array

Numbers = NDArray[np.inexact[Any]]  # float64 or complex128: real points stay real

_SLICE = 2**22  # numbers in the largest intermediate array


@dataclass(frozen=True, eq=False)
class System:
    """The system of the symmetric ``tensor``, shape (variables,)*d, d >= 2, over ``spins`` spins."""

    tensor: Array
    spins: int

    @property
    def variables(self) -> int:
        """The length of X: n, or n + 1 for mixed models."""
        return int(self.tensor.shape[0])

    @property
    def degree(self) -> int:
        """The highest order d."""
        return self.tensor.ndim

    @property
    def mixed(self) -> bool:
        """Whether x_0 is among the variables."""
        return self.variables > self.spins

    @property
    def rows_at_once(self) -> int:
        """How many points to evaluate together within bounded memory."""
        return max(1, _SLICE // int(self.variables ** max(2, self.degree - 1)))

    def hessian_levels(self, X: Numbers) -> Numbers:
        """Return ``T X^(d-2)``, shape (B, variables) -> (B, variables, variables)."""
        N = self.variables
        if self.degree == 2:
            return np.broadcast_to(self.tensor, (len(X), N, N))
        level = X @ self.tensor.reshape(N, -1)
        for order in range(self.degree - 2, 1, -1):
            level = np.matmul(X[:, None, :], level.reshape(len(X), N, N**order))
        return level.reshape(len(X), N, N)

    def rayleigh(self, X: Numbers) -> Numbers:
        """Return the lambda that fits X best, ``conj(x).T_1 / |x|^2``."""
        gradient = np.matmul(self.hessian_levels(X), X[:, :, None])[:, : self.spins, 0]
        x = X[:, : self.spins]
        quotient: Numbers = (x.conj() * gradient).sum(1) / (x.conj() * x).sum(1)
        return quotient

    def residual_and_jacobian(self, X: Numbers, eigenvalue: Numbers, a: Numbers) -> tuple[Numbers, Numbers]:
        """Return the left sides (B, M) and their derivative (B, M, M), M = variables + 1."""
        n, N, d = self.spins, self.variables, self.degree
        levels = self.hessian_levels(X)
        residual = np.zeros((len(X), N + 1), np.result_type(X, eigenvalue))
        jacobian: NDArray[Any] = np.zeros((len(X), N + 1, N + 1), residual.dtype)
        gradient = np.matmul(levels, X[:, :, None])[:, :n, 0]
        residual[:, :n] = gradient - eigenvalue[:, None] * X[:, :n]
        jacobian[:, :n, :N] = (d - 1) * levels[:, :n]
        jacobian[:, range(n), range(n)] -= eigenvalue[:, None]
        jacobian[:, :n, N] = -X[:, :n]
        if self.mixed:
            residual[:, n] = ((X[:, :n] ** 2).sum(1) - X[:, n] ** 2) / 2
            jacobian[:, n, :n] = X[:, :n]
            jacobian[:, n, n] = -X[:, n]
        residual[:, N] = (a * X).sum(1) - 1
        jacobian[:, N, :N] = a
        return residual, jacobian

    def newton(self, X: Numbers, steps: int) -> tuple[Numbers, Array]:
        """Take Newton steps from points of length one; return them and the length of each one's last step.

        A row whose matrix is singular gets an infinite last step.
        """
        last = np.full(len(X), np.inf)
        for _ in range(steps):
            a = X.conj()
            residual, jacobian = self.residual_and_jacobian(X, self.rayleigh(X), a)
            step = -np.matmul(inverses(jacobian), residual[:, :, None])[:, :-1, 0]
            last = np.linalg.norm(step, axis=1)
            last[np.isnan(last)] = np.inf
            good = last < 0.5
            X = X.copy()
            X[good] += step[good]
            X[good] /= np.linalg.norm(X[good], axis=1)[:, None]
        return X, last


def inverses(matrices: Numbers) -> Numbers:
    """Invert a stack of matrices; a singular one becomes NaN."""
    try:
        inverse: Numbers = np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        # One singular matrix fails the whole stack: halve it until it stands alone.
        if len(matrices) == 1:
            return np.full_like(matrices, np.nan)
        middle = len(matrices) // 2
        inverse = np.concatenate([inverses(matrices[:middle]), inverses(matrices[middle:])])
    return inverse


def complex_points(X: Numbers) -> ComplexArray:
    """Return X as complex numbers."""
    return np.asarray(X, dtype=np.complex128)
