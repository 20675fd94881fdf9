"""Linear residual networks: the population risk, its gradient, and an optimum with small layers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.types import Array
from spinglass.networks.linear.problem import partial_products


@dataclass(frozen=True, eq=False, repr=False, init=False)
class LinearResNet:
    """The risk ``f = E|x (I + A_1)...(I + A_l) - x R - xi|^2`` of a linear network with skip connections.

    Inputs x are row vectors with ``E x^T x = covariance``; xi is independent noise with ``E|xi|^2 = noise``, which is
    the smallest possible risk. In all methods ``A`` is an array of l layers, shape (l, n, n). Results are infinite or
    NaN if the layers are so large that they overflow.

    Parameters
    ----------
    R
        The target map, shape (n, n).
    covariance
        Second moments of the inputs, shape (n, n), symmetric and positive definite. Default: the identity.
    noise
        Mean square of the noise. Default: 0.

    Attributes
    ----------
    R, covariance, noise
        The parameters, in float64.

    Raises
    ------
    ValueError
        If R or the covariance is not a finite n x n matrix, the covariance is not symmetric and positive definite, or
        the noise is negative.

    Examples
    --------
    >>> net = LinearResNet([[2.0]])
    >>> net.risk([[[0.0]]]), net.gradient([[[0.0]]]).tolist()
    (1.0, [[[-2.0]]])
    """

    R: Array
    covariance: Array
    noise: float

    def __init__(self, R: npt.ArrayLike, covariance: npt.ArrayLike | None = None, noise: float = 0.0) -> None:
        target = _square("R", R)
        spread = np.eye(len(target)) if covariance is None else _square("covariance", covariance)
        if spread.shape != target.shape:
            raise ValueError(f"covariance must have R's shape {target.shape}, not {spread.shape}")
        rounding = 1e-12 * np.abs(spread).max()
        if not np.allclose(spread, spread.T, rtol=0, atol=rounding) or np.linalg.eigvalsh(spread)[0] <= 0:
            raise ValueError("covariance must be symmetric and positive definite")
        if real_number("noise", noise) < 0:
            raise ValueError(f"noise is a mean square and must not be negative, not {noise!r}")
        object.__setattr__(self, "R", target)
        object.__setattr__(self, "covariance", (spread + spread.T) / 2)
        object.__setattr__(self, "noise", float(noise))

    @property
    def n(self) -> int:
        """Number of inputs, which is also the number of outputs."""
        return len(self.R)

    @np.errstate(over="ignore", invalid="ignore")
    def forward(self, A: npt.ArrayLike, x: npt.ArrayLike) -> Array:
        """Return the outputs of the network, in which layer l maps x to ``x + x A_l``.

        Parameters
        ----------
        A
            The layers, shape (l, n, n).
        x
            Inputs, one row per data point, shape (M, n).

        Returns
        -------
        ndarray
            Outputs, shape (M, n).

        Raises
        ------
        ValueError
            If shapes do not fit, or A is not finite.
        """
        outputs = np.asarray(x, dtype=np.float64)
        if outputs.ndim != 2 or outputs.shape[1] != self.n:
            raise ValueError(f"x must have shape (M, {self.n}), not {outputs.shape}")
        for layer in self._checked(A):
            outputs = outputs + outputs @ layer
        return outputs

    def risk(self, A: npt.ArrayLike) -> float:
        """Return the risk f.

        Parameters
        ----------
        A
            The layers, shape (l, n, n).

        Returns
        -------
        float
            The risk.

        Raises
        ------
        ValueError
            If A does not have this shape, or is not finite.
        """
        return self.noise + self.excess_risk(A)

    @np.errstate(over="ignore", invalid="ignore")
    def excess_risk(self, A: npt.ArrayLike) -> float:
        """Return ``f - noise = tr (P - R)^T covariance (P - R)``, with ``P = (I + A_1)...(I + A_l)``.

        Parameters
        ----------
        A
            The layers, shape (l, n, n).

        Returns
        -------
        float
            The excess risk.

        Raises
        ------
        ValueError
            If A does not have this shape, or is not finite.
        """
        below, _, last = self._products(A)
        off = below[-1] @ last - self.R
        return float(np.sum(off * (self.covariance @ off)))

    @np.errstate(over="ignore", invalid="ignore")
    def gradient(self, A: npt.ArrayLike) -> Array:
        """Return the derivatives of f with respect to all layers.

        Parameters
        ----------
        A
            The layers, shape (l, n, n).

        Returns
        -------
        ndarray
            Derivatives, shape (l, n, n).

        Raises
        ------
        ValueError
            If A does not have this shape, or is not finite.
        """
        below, above, last = self._products(A)
        slope = 2 * self.covariance @ (below[-1] @ last - self.R)
        return np.array([P.T @ slope @ Q.T for P, Q in zip(below, above, strict=True)])

    def _products(self, A: npt.ArrayLike) -> tuple[list[Array], list[Array], Array]:
        layers = list(np.eye(self.n) + self._checked(A))
        below, above = partial_products(layers)
        return below, above, layers[-1]

    def _checked(self, A: npt.ArrayLike) -> Array:
        layers = np.asarray(A, dtype=np.float64)
        if layers.ndim != 3 or layers.shape[1:] != self.R.shape or not len(layers):
            raise ValueError(f"A must have shape (l, {self.n}, {self.n}) with l >= 1, not {layers.shape}")
        if not np.isfinite(layers).all():
            raise ValueError("A must be finite; some of its entries are not")
        return layers

    def __repr__(self) -> str:
        return f"LinearResNet(n={self.n}, noise={self.noise:g})"


def polar_layers(R: npt.ArrayLike, layers: int) -> Array:
    """Return small layers A with ``(I + A_1)...(I + A_l) = R``, for det R > 0.

    The polar decomposition is R = Q P with a rotation Q = exp(K) and P positive definite. The first a layers are
    exp(K/a) - I, the other b = l - a layers are P^(1/b) - I, and a is chosen such that the largest spectral norm of the
    layers is as small as possible.

    Parameters
    ----------
    R
        The product, shape (n, n), with positive determinant.
    layers
        Number of layers l.

    Returns
    -------
    ndarray
        The layers, shape (l, n, n).

    Raises
    ------
    ValueError
        If R is not a finite square matrix, or det R <= 0, which no product of layers near the identity can reach.

    References
    ----------
    Hardt and Ma (2016), theorem 2.1; here the layers are divided between the two factors.

    Examples
    --------
    >>> A = polar_layers([[0.0, -1.0], [1.0, 0.0]], 100)  # a quarter turn
    >>> round(float(np.linalg.norm(A, 2, axis=(1, 2)).max()), 4)
    0.0157
    """
    target = _square("R", R)
    count = whole_number("layers", layers, 1)
    # The logarithm is used because a determinant may overflow.
    if np.linalg.slogdet(target)[0] <= 0:
        raise ValueError("det R must be positive: no product of factors I + A_i with |A_i| < 1 can be equal to R")
    if count == 1:
        return (target - np.eye(len(target)))[None]
    rotation, stretch = linalg.polar(target, side="right")
    frame, angles, planes = rotation_planes(rotation)
    sigma, axes = np.linalg.eigh(stretch)
    turn = np.array([2 * np.sin(np.abs(angles).max(initial=0.0) / (2 * a)) for a in range(1, count)])
    pull = np.array([np.abs(np.expm1(np.log(sigma) / b)).max() for b in range(1, count)])[::-1]
    norms = np.maximum(turn, pull)
    a = 1 + int(norms.argmin())
    # If one factor is the identity, all layers are used for the other one.
    if not np.abs(angles).max(initial=0.0) > 0:
        a = 0
    if np.abs(np.log(sigma)).max() < 1e-15:
        a = count
    return np.concatenate(
        [
            np.repeat((_turned(frame, angles / max(a, 1), planes) - np.eye(len(target)))[None], a, axis=0),
            np.repeat(((axes * np.expm1(np.log(sigma) / max(count - a, 1))) @ axes.T)[None], count - a, axis=0),
        ]
    )


def rotation_planes(rotation: Array) -> tuple[Array, Array, Sequence[tuple[int, int]]]:
    """Return the planes that a rotation turns, and their angles.

    Eigenvalues -1 occur in pairs, and each pair is a plane that is turned by pi.

    Parameters
    ----------
    rotation
        Orthogonal matrix with determinant 1, shape (n, n).

    Returns
    -------
    frame
        Orthonormal basis as columns, shape (n, n).
    angles
        Angle of each plane.
    planes
        The pair of columns of ``frame`` that spans each plane.
    """
    form, frame = linalg.schur(rotation, output="real")
    angles = []
    planes = []
    reversed_axes = []
    i = 0
    while i < len(form):
        if i + 1 < len(form) and abs(form[i + 1, i]) > 1e-12:
            angles.append(np.arctan2(form[i + 1, i] - form[i, i + 1], form[i, i] + form[i + 1, i + 1]))
            planes.append((i, i + 1))
            i += 2
        else:
            if form[i, i] < 0:
                reversed_axes.append(i)
            i += 1
    for first, second in zip(reversed_axes[::2], reversed_axes[1::2], strict=True):
        angles.append(np.pi)
        planes.append((first, second))
    return frame, np.array(angles), planes


def _turned(frame: Array, angles: Array, planes: Sequence[tuple[int, int]]) -> Array:
    form = np.eye(len(frame))
    for angle, (i, j) in zip(angles, planes, strict=True):
        c, s = np.cos(angle), np.sin(angle)
        form[[i, i, j, j], [i, j, i, j]] = c, -s, s, c
    return np.asarray(frame @ form @ frame.T)


def _square(name: str, given: npt.ArrayLike) -> Array:
    matrix = np.asarray(given)
    if matrix.dtype.kind not in "fiu" or matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"{name} must be a square matrix of real numbers, not {matrix.dtype} of shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{name} must be finite; some of its entries are not")
    return matrix.astype(np.float64)
