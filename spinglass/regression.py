"""Polynomial least squares by orthogonalisation.

The normal equations are never formed, because their condition number is the square of that of the problem.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array

_LARGEST = 1e100  # sums of squares of such numbers do not overflow
_NEGLIGIBLE = 1e-15  # relative size below which a singular value is rounding error


@dataclass(frozen=True, eq=False)
class PolynomialFit:
    """A least-squares polynomial ``p = sum_k weights_k q_k`` in polynomials q_k that are orthonormal over the data.

    Evaluation uses the recurrence of the q_k and stays accurate at high degrees, where powers of x are not.

    Attributes
    ----------
    recurrence : ndarray, shape (M+2, M+1)
        Coefficients h of ``x q_k = sum_{j <= k+1} h_jk q_j``.
    weights : ndarray, shape (M+1,)
        Coefficients of p in the q_k.
    residual : ndarray, shape (N,)
        ``t_i - p(x_i)`` at the N data points.
    """

    recurrence: Array
    weights: Array
    residual: Array

    @property
    def degree(self) -> int:
        """Degree M of the polynomial."""
        return len(self.weights) - 1

    @property
    def root_mean_square(self) -> float:
        """Root mean square of the residuals."""
        return float(np.sqrt(np.mean(self.residual**2)))

    @property
    def coefficients(self) -> Array:
        """Coefficients w_0, ..., w_M of the powers of x, shape (M+1,)."""
        powers = np.zeros((len(self.weights), len(self.weights)))
        powers[0, 0] = 1.0
        for k in range(self.degree):
            next_one = np.roll(powers[k], 1) - self.recurrence[: k + 1, k] @ powers[: k + 1]
            powers[k + 1] = next_one / self.recurrence[k + 1, k]
        return np.asarray(self.weights @ powers)

    def __call__(self, x: npt.ArrayLike) -> Array:
        """Evaluate the polynomial.

        Parameters
        ----------
        x : array_like
            Points of any shape.

        Returns
        -------
        ndarray
            Values ``p(x)``, of the shape of ``x``.
        """
        points = np.asarray(x, dtype=np.float64)
        basis = np.ones((len(self.weights), *points.shape))
        for k in range(self.degree):
            next_one = points * basis[k] - np.tensordot(self.recurrence[: k + 1, k], basis[: k + 1], axes=1)
            basis[k + 1] = next_one / self.recurrence[k + 1, k]
        return np.asarray(np.tensordot(self.weights, basis, axes=1))


def fit_polynomial(x: npt.ArrayLike, t: npt.ArrayLike, degree: int) -> PolynomialFit:
    r"""Return the polynomial p of degree M that minimises ``sum_i (p(x_i) - t_i)^2``.

    The powers of x are orthogonalised over the data in turn, each of them twice (the Arnoldi process with the matrix
    diag(x)).

    Parameters
    ----------
    x : array_like, shape (N,)
        Inputs.
    t : array_like, shape (N,)
        Targets.
    degree : int
        Degree M; there must be at least M + 1 distinct inputs.

    Returns
    -------
    PolynomialFit
        The polynomial.

    Raises
    ------
    ValueError
        If x and t are not finite vectors of one length, if there are fewer than M + 1 distinct x, if a number exceeds
        1e100, or if all x lie within 1e-100 of each other (their squares would overflow or vanish).

    References
    ----------
    Brubeck, Nakatsukasa and Trefethen 2021, Vandermonde with Arnoldi.

    Examples
    --------
    >>> fit = fit_polynomial([0.0, 0.5, 1.0], [1.0, 3.0, 7.0], degree=2)
    >>> fit.coefficients.round(12).tolist()
    [1.0, 2.0, 4.0]
    """
    x, t = _data(x, t)
    degree = whole_number("degree", degree, 0)
    distinct = len(np.unique(x))
    if distinct <= degree:
        raise ValueError(
            f"a polynomial of degree {degree} needs {degree + 1} distinct x, there are {distinct}; "
            "lower the degree, or use ridge_path, which always has a solution"
        )
    if max(np.abs(x).max(), np.abs(t).max()) > _LARGEST or (degree and x.max() - x.min() < 1 / _LARGEST):
        raise ValueError(
            f"x and t must be at most {_LARGEST:g} and x span at least {1 / _LARGEST:g}; x ranges from {x.min():g} "
            f"to {x.max():g}, t from {t.min():g} to {t.max():g}: rescale x or t"
        )
    basis, recurrence = _orthonormal(x, degree)
    # The components are subtracted one by one, so that an exact fit has residuals at the level of rounding.
    residual, weights = t.copy(), np.empty(degree + 1)
    for k, q in enumerate(basis):
        weights[k] = q @ residual / len(x)
        residual -= weights[k] * q
    return PolynomialFit(recurrence, weights, residual)


def _orthonormal(x: Array, degree: int) -> tuple[Array, Array]:
    """Return q_k(x_i), shape (M+1, N), normalised to mean square 1, and the coefficients of the recurrence."""
    basis = np.ones((degree + 1, len(x)))
    recurrence = np.zeros((degree + 2, degree + 1))
    for k in range(degree):
        vector = x * basis[k]
        for _ in range(2):  # a single pass leaves an error that grows with the degree
            overlaps = basis[: k + 1] @ vector / len(x)
            vector -= overlaps @ basis[: k + 1]
            recurrence[: k + 1, k] += overlaps
        recurrence[k + 1, k] = np.sqrt(np.mean(vector**2))
        basis[k + 1] = vector / recurrence[k + 1, k]
    return basis, recurrence


def ridge_path(x: npt.ArrayLike, t: npt.ArrayLike, degree: int, log_ridge: npt.ArrayLike) -> Array:
    r"""Return the coefficients w that minimise ``sum_i (p(x_i) - t_i)^2 + lambda |w|^2``.

    Here ``p(x) = sum_k w_k x^k``, and w_0 is penalised like the other coefficients. With the singular value
    decomposition ``U diag(s) V^T`` of the matrix of powers of x, ``w = V diag(s/(s^2 + lambda)) U^T t``. Singular
    values below 1e-15 of the largest count as zero, so repeated x are allowed for every lambda; as lambda goes to 0
    the solution tends to the least-squares solution of least norm.

    Parameters
    ----------
    x : array_like, shape (N,)
        Inputs.
    t : array_like, shape (N,)
        Targets.
    degree : int
        Degree M.
    log_ridge : array_like, shape (...)
        ``ln lambda``, between -500 and 500.

    Returns
    -------
    ndarray, shape (..., M+1)
        Coefficients w_0, ..., w_M for every value of ``log_ridge``.

    Raises
    ------
    ValueError
        If x and t are not finite vectors of one length, if ``x^M`` or t exceeds 1e100, or if a ``log_ridge`` is not
        between -500 and 500.

    References
    ----------
    Bishop 2006, Pattern Recognition and Machine Learning, eq. (1.4).

    Examples
    --------
    >>> ridge_path([0.0, 1.0], [2.0, 2.0], degree=0, log_ridge=np.log(2.0)).round(12).tolist()
    [1.0]
    """
    x, t = _data(x, t)
    degree = whole_number("degree", degree, 0)
    logs = np.asarray(log_ridge, dtype=np.float64)
    if not (np.abs(logs) <= 500).all():
        raise ValueError(f"log_ridge must be finite and between -500 and 500, not {log_ridge!r}")
    if degree * np.log10(max(np.abs(x).max(), 1.0)) > np.log10(_LARGEST) or np.abs(t).max() > _LARGEST:
        raise ValueError(
            f"x to the power {degree}, and t, must be at most {_LARGEST:g}; the largest |x| is {np.abs(x).max():g}, "
            f"the largest |t| {np.abs(t).max():g}: rescale x or t"
        )
    U, s, Vt = np.linalg.svd(x[:, None] ** np.arange(degree + 1), full_matrices=False)
    kept = s > _NEGLIGIBLE * s[0]
    along = (U.T @ t)[kept] / (s[kept] + np.exp(logs)[..., None] / s[kept])  # s/(s^2 + lambda) without squaring s
    return np.asarray((along[..., None] * Vt[kept]).sum(axis=-2))


def _data(x: npt.ArrayLike, t: npt.ArrayLike) -> tuple[Array, Array]:
    inputs, targets = np.asarray(x), np.asarray(t)
    if inputs.ndim != 1 or inputs.shape != targets.shape or inputs.size == 0:
        raise ValueError(f"x and t must be vectors of one length, not of shapes {inputs.shape} and {targets.shape}")
    if inputs.dtype.kind not in "fiu" or targets.dtype.kind not in "fiu":
        raise ValueError(f"x and t must hold real numbers, not {inputs.dtype} and {targets.dtype}")
    if not (np.isfinite(inputs).all() and np.isfinite(targets).all()):
        raise ValueError("x and t must be finite; drop the points that are not")
    return inputs.astype(np.float64), targets.astype(np.float64)
