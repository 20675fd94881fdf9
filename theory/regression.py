"""Expected errors of polynomial least squares, with and without a ridge: exact, at any number of points."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import Floats, real_numbers, whole_number

_NODES = 400


@dataclass(frozen=True)
class ExpectedErrors:
    """Expected mean squared errors; each is (``bias`` of the fit to the noiseless curve)^2 plus what noise does.

    ``train`` is over the given points, ``test`` over new ones, uniform in [0, 1] and with noise of their own;
    ``test_bias`` and ``test_variance`` are the parts of ``test`` besides the noise of the new points.
    """

    train: float
    test: float
    test_bias: float
    test_variance: float


def expected_errors(
    x: ArrayLike, curve: Callable[[Floats], Floats], noise: float, degree: int, log_ridge: float | None = None
) -> ExpectedErrors:
    r"""Return the expected errors of the polynomial of degree M fitted to ``t_i = curve(x_i) + noise e_i``.

    A fit is linear in the targets, ``p(z) = s(z) . t``. So with ``S_ij = s_j(x_i)`` and iid e_i of variance 1

    ``train = (|(S - 1) f|^2 + noise^2 tr (S - 1)^T (S - 1)) / N``,
    ``test = int_0^1 ((s(z) . f - curve(z))^2 + noise^2 |s(z)|^2) dz + noise^2``.

    ``log_ridge = ln lambda`` adds ``lambda |w|^2``, w the coefficients of the powers of x; None adds nothing. The
    integral is by Gauss's rule of 400 nodes. Source: Hastie, Tibshirani & Friedman 2009, (7.9)-(7.11).

    Raises
    ------
    ValueError
        If numbers are not finite, the noise is negative, or without a ridge there are fewer than M + 1 distinct x.

    Examples
    --------
    >>> found = expected_errors([0.0, 0.5, 1.0], lambda x: 2 * x, noise=1.0, degree=1)
    >>> round(found.train, 12)
    0.333333333333
    """
    points = np.atleast_1d(real_numbers("x", x))
    degree = whole_number("degree", degree, 0, "it is the largest power of x")
    sigma = float(real_numbers("noise", noise))
    if points.ndim != 1 or sigma < 0:
        raise ValueError(f"x must be one vector and noise not negative; given shape {points.shape} and {noise!r}")
    if log_ridge is None and len(np.unique(points)) <= degree:
        raise ValueError(f"degree {degree} needs {degree + 1} distinct x without a ridge; give log_ridge")
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    nodes, weights = (nodes + 1) / 2, weights / 2
    ridge = 0.0 if log_ridge is None else float(np.exp(real_numbers("log_ridge", log_ridge)))
    at_points, at_nodes = _smoother(points, nodes, degree, ridge)
    truth = curve(points)
    rest = at_points - np.eye(len(points))
    train = (np.sum((rest @ truth) ** 2) + sigma**2 * np.sum(rest**2)) / len(points)
    bias = float(weights @ (at_nodes @ truth - curve(nodes)) ** 2)
    variance = float(sigma**2 * (weights @ np.sum(at_nodes**2, axis=1)))
    return ExpectedErrors(float(train), bias + variance + sigma**2, bias, variance)


def _smoother(x: Floats, z: Floats, degree: int, ridge: float) -> tuple[Floats, Floats]:
    """Return s at the points and at the nodes, by the singular values of Legendre polynomials or of powers."""
    if ridge == 0:
        # Any basis gives the same fit; Legendre's keeps the condition low.
        basis = np.polynomial.legendre.legvander
        left, values, right = np.linalg.svd(basis(2 * x - 1, degree), full_matrices=False)
        filtered = right.T @ ((1 / values)[:, None] * left.T)
        return basis(2 * x - 1, degree) @ filtered, basis(2 * z - 1, degree) @ filtered
    powers = np.arange(degree + 1)
    left, values, right = np.linalg.svd(x[:, None] ** powers, full_matrices=False)
    filtered = right.T @ ((values / (values**2 + ridge))[:, None] * left.T)
    return x[:, None] ** powers @ filtered, z[:, None] ** powers @ filtered
