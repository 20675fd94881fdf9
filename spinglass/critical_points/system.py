"""From a spin glass to the square polynomial system whose solutions are its critical points.

With x = sqrt(n) u and |u| = 1, ``energy/sqrt(n) = sum_H a_H J_H u^H``. No power of n is left, so the coefficients of
the system are the couplings themselves, up to a common power of two.

The unknowns are X, which is x for a pure model and (x, x_0) for a mixed one, and lambda. With ``T_1(X)`` the first n
components of ``T X^(d-1)``, the equations are

    T_1(X) - lambda x = 0,    (x.x - x_0^2)/2 = 0 (mixed models only),    a.X - 1 = 0.

The vector ``a`` is arbitrary and fixes the scale of X. For a real solution, X/x_0 (or X/|X| for a pure model) is a
critical point on the unit sphere, and lambda is x.grad/d at that point.
"""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from spinglass import couplings
from spinglass._common.types import Array, ComplexArray
from spinglass.critical_points.tracking.tensor import homogenised
from spinglass.hamiltonian import SphericalSpinGlass

Numbers = NDArray[np.inexact[Any]]  # float64 or complex128; real points stay real

_SLICE = 2**22  # numbers in the largest intermediate array
_LARGEST_TENSOR = 2**24  # numbers in the full tensor of the energy


@dataclass(frozen=True, eq=False)
class System:
    """The polynomial system of a homogenised energy.

    Attributes
    ----------
    tensor
        Symmetric tensor T of the energy, shape (variables,)*d, d >= 2.
    spins
        Number of spins n.
    """

    tensor: Array
    spins: int

    @property
    def variables(self) -> int:
        """Number of components of X: n, or n + 1 for mixed models."""
        return int(self.tensor.shape[0])

    @property
    def degree(self) -> int:
        """The highest order d."""
        return self.tensor.ndim

    @property
    def mixed(self) -> bool:
        """Whether x_0 is one of the variables."""
        return self.variables > self.spins

    @property
    def rows_at_once(self) -> int:
        """Number of points that are evaluated together, such that memory stays bounded."""
        return max(1, _SLICE // int(self.variables ** max(2, self.degree - 1)))

    def hessian_levels(self, X: Numbers) -> Numbers:
        """Return ``T X^(d-2)`` for points X (B, variables), shape (B, variables, variables)."""
        N = self.variables
        if self.degree == 2:
            return np.broadcast_to(self.tensor, (len(X), N, N))
        level = X @ self.tensor.reshape(N, -1)
        for order in range(self.degree - 2, 1, -1):
            level = np.matmul(X[:, None, :], level.reshape(len(X), N, N**order))
        return level.reshape(len(X), N, N)

    def rayleigh(self, X: Numbers) -> Numbers:
        """Return the Rayleigh quotient ``conj(x).T_1 / |x|^2`` of each point, the lambda that fits it best."""
        gradient = np.matmul(self.hessian_levels(X), X[:, :, None])[:, : self.spins, 0]
        x = X[:, : self.spins]
        quotient: Numbers = (x.conj() * gradient).sum(1) / (x.conj() * x).sum(1)
        return quotient

    def residual_and_jacobian(self, X: Numbers, eigenvalue: Numbers, a: Numbers) -> tuple[Numbers, Numbers]:
        """Return the left-hand sides (B, M) and their Jacobian matrix (B, M, M), M = variables + 1."""
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
        """Take Newton steps from points of length one; return the new points and the length of each last step.

        The last step of a row whose matrix is singular is infinite.
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
    """Return the inverses of a stack of matrices; the inverse of a singular matrix is NaN."""
    try:
        inverse: Numbers = np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        # One singular matrix makes the whole stack fail, so the stack is halved until that matrix is isolated.
        if len(matrices) == 1:
            return np.full_like(matrices, np.nan)
        middle = len(matrices) // 2
        inverse = np.concatenate([inverses(matrices[:middle]), inverses(matrices[middle:])])
    return inverse


def complex_points(X: Numbers) -> ComplexArray:
    """Return X as complex numbers."""
    return np.asarray(X, dtype=np.complex128)


@runtime_checkable
class EqualToGlass(Protocol):
    """A landscape whose energy equals that of a spin glass at every point, but which is stored differently."""

    def spin_glass(self) -> SphericalSpinGlass:
        """Return the spin glass of the same energy."""

    def continua(self) -> str:
        """Return the reason why continua of its points are critical, or an empty text if no such reason is known."""


@dataclass(frozen=True, eq=False)
class Model:
    """The nonzero terms of a spin glass, in float64.

    Attributes
    ----------
    glass
        The spin glass, converted to float64.
    packed
        Packed couplings of every nonzero term, ``{H: (C(n+H-1, H),)}``.
    weights
        Weight of every nonzero term, ``{H: a_H}``.
    """

    glass: SphericalSpinGlass
    packed: dict[int, Array]
    weights: dict[int, float]

    @property
    def symmetric(self) -> bool:
        """Whether -x is critical whenever x is, which holds if all orders are even or all are odd."""
        return len({H % 2 for H in self.packed}) == 1

    def system(self) -> System:
        """Return the polynomial system whose real solutions are the critical points.

        Raises
        ------
        ValueError
            If the full tensor of the homogenised energy is too large.
        """
        n, d = self.glass.n, max(2, *self.packed)
        variables = n + (len(self.packed) > 1 or d not in self.packed)
        if variables**d > _LARGEST_TENSOR:
            raise ValueError(
                f"enumeration needs the full tensor, {variables}^{d} numbers here; the limit is {_LARGEST_TENSOR}"
            )
        tensors = {H: self.weights[H] * couplings.unpack(J, n, H) for H, J in self.packed.items()}
        largest = max(float(np.abs(tensor).max()) for tensor in tensors.values())
        exponent = -int(np.frexp(largest)[1])
        scaled = {H: np.ldexp(tensor, exponent) for H, tensor in tensors.items()}
        if d not in scaled:
            scaled[d] = np.zeros((n,) * d)
        return System(homogenised(scaled), n)


def model(glass: SphericalSpinGlass) -> Model:
    """Return the nonzero terms of a spin glass."""
    packed = {H: np.asarray(J, dtype=np.float64) for H, J in glass.couplings.items() if glass.weights[H] and J.any()}
    if glass.dtype is not np.float64:
        double = {H: J.astype(np.float64) for H, J in glass.couplings.items()}
        glass = SphericalSpinGlass(glass.n, glass.weights, double, glass.noise)
    return Model(glass, packed, {H: glass.weights[H] for H in packed})
