"""Polynomial least squares by orthogonalisation: the normal equations, which square the condition, are never formed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number

Array = npt.NDArray[np.float64]
_LARGEST = 1e100  # its square, and those of sums of it, are still floats
_NEGLIGIBLE = 1e-15  # relative; below this a singular value is rounding


@dataclass(frozen=True, eq=False)
class PolynomialFit:
    """A least-squares polynomial, held in the polynomials ``q_k`` that are orthonormal over the data.

    ``recurrence`` (M+2, M+1) holds the numbers h of ``x q_k = sum_{j <= k+1} h_jk q_j``; ``weights`` (M+1,) those of
    ``p = sum_k weights_k q_k``. Evaluation goes by the recurrence and stays accurate at degrees where powers of x fail.
    """

    recurrence: Array
    weights: Array
    residual: Array

    @property
    def degree(self) -> int:
        """The degree M."""
        return len(self.weights) - 1

    @property
    def root_mean_square(self) -> float:
        """The root of the mean squared residual over the data."""
        return float(np.sqrt(np.mean(self.residual**2)))

    @property
    def coefficients(self) -> Array:
        """The coefficients w_0, ..., w_M of the powers of x, shape (M+1,)."""
        powers = np.zeros((len(self.weights), len(self.weights)))
        powers[0, 0] = 1.0
        for k in range(self.degree):
            next_one = np.roll(powers[k], 1) - self.recurrence[: k + 1, k] @ powers[: k + 1]
            powers[k + 1] = next_one / self.recurrence[k + 1, k]
        return np.asarray(self.weights @ powers)

    def __call__(self, x: npt.ArrayLike) -> Array:
        """Return the polynomial's values at points of any shape."""
        points = np.asarray(x, dtype=np.float64)
        basis = np.ones((len(self.weights), *points.shape))
        for k in range(self.degree):
            next_one = points * basis[k] - np.tensordot(self.recurrence[: k + 1, k], basis[: k + 1], axes=1)
            basis[k + 1] = next_one / self.recurrence[k + 1, k]
        return np.asarray(np.tensordot(self.weights, basis, axes=1))


def fit_polynomial(x: npt.ArrayLike, t: npt.ArrayLike, degree: int) -> PolynomialFit:
    r"""Return the polynomial p of degree M that minimises ``sum_i (p(x_i) - t_i)^2``.

    The powers of x are orthogonalised over the data one after the other, each twice (Arnoldi's process with the matrix
    diag(x)). Source: Brubeck, Nakatsukasa & Trefethen 2021, Vandermonde with Arnoldi.

    Raises
    ------
    ValueError
        If x and t are not finite vectors of one length or there are fewer than M + 1 distinct x; and if numbers beyond
        1e100, or x within 1e-100 of each other, would square to infinity or zero.

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
            "lower the degree, or use ridge_path, which has a solution always"
        )
    if max(np.abs(x).max(), np.abs(t).max()) > _LARGEST or (degree and x.max() - x.min() < 1 / _LARGEST):
        raise ValueError(
            f"x and t must be at most {_LARGEST:g} and x spread by at least {1 / _LARGEST:g}; x goes from {x.min():g} "
            f"to {x.max():g}, t from {t.min():g} to {t.max():g}: rescale x, or t"
        )
    basis, recurrence = _orthonormal(x, degree)
    # Weights are taken off one by one, so that a polynomial that fits leaves a residual at the level of rounding.
    residual, weights = t.copy(), np.empty(degree + 1)
    for k, q in enumerate(basis):
        weights[k] = q @ residual / len(x)
        residual -= weights[k] * q
    return PolynomialFit(recurrence, weights, residual)


def _orthonormal(x: Array, degree: int) -> tuple[Array, Array]:
    """Return q_k(x_i), shape (M+1, N) with mean square 1, and the recurrence."""
    basis = np.ones((degree + 1, len(x)))
    recurrence = np.zeros((degree + 2, degree + 1))
    for k in range(degree):
        vector = x * basis[k]
        for _ in range(2):  # once leaves an error that grows with the degree
            overlaps = basis[: k + 1] @ vector / len(x)
            vector -= overlaps @ basis[: k + 1]
            recurrence[: k + 1, k] += overlaps
        recurrence[k + 1, k] = np.sqrt(np.mean(vector**2))
        basis[k + 1] = vector / recurrence[k + 1, k]
    return basis, recurrence


def ridge_path(x: npt.ArrayLike, t: npt.ArrayLike, degree: int, log_ridge: npt.ArrayLike) -> Array:
    r"""Return the coefficients w that minimise ``sum_i (p(x_i) - t_i)^2 + lambda |w|^2``, by ``log_ridge = ln lambda``.

    ``p(x) = sum_k w_k x^k``, w_0 is penalised like the others. The result has shape (..., M+1) for ``log_ridge`` of
    shape (...). With the powers of x factored as ``U diag(s) V^T``, ``w = V diag(s/(s^2 + lambda)) U^T t``, where s
    below 1e-15 of the largest count as zero: repeated x do no harm at any lambda, and as lambda goes to 0 the solution
    goes to the least-squares one of least norm. Source: Bishop 2006, (1.4).

    Raises
    ------
    ValueError
        If x and t are not finite vectors of one length, if ``x^M`` or t is beyond 1e100, or a ``log_ridge`` is not
        finite or beyond +-500.

    Examples
    --------
    >>> ridge_path([0.0, 1.0], [2.0, 2.0], degree=0, log_ridge=np.log(2.0)).round(12).tolist()
    [1.0]
    """
    x, t = _data(x, t)
    degree = whole_number("degree", degree, 0)
    logs = np.asarray(log_ridge, dtype=np.float64)
    if not (np.abs(logs) <= 500).all():
        raise ValueError(f"log_ridge must be finite, between -500 and 500; given {log_ridge!r}")
    if degree * np.log10(max(np.abs(x).max(), 1.0)) > np.log10(_LARGEST) or np.abs(t).max() > _LARGEST:
        raise ValueError(
            f"x to the power {degree}, and t, must be at most {_LARGEST:g}; the largest |x| is {np.abs(x).max():g}, "
            f"the largest |t| {np.abs(t).max():g}: rescale x, or t"
        )
    U, s, Vt = np.linalg.svd(x[:, None] ** np.arange(degree + 1), full_matrices=False)
    kept = s > _NEGLIGIBLE * s[0]
    along = (U.T @ t)[kept] / (s[kept] + np.exp(logs)[..., None] / s[kept])  # s/(s^2 + lambda), without squares
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
