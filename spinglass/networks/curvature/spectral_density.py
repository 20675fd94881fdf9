"""The spectral density of a large symmetric matrix, by stochastic Lanczos quadrature.

For a random unit vector q, k Lanczos steps give the Gauss quadrature of the spectral measure ``sum_i (q.v_i)^2
delta(x - x_i)``: it is exact for polynomials up to degree 2k - 1. The mean of these measures over random starts is the
spectral density.

References: Golub & Welsch (1969); Ghorbani, Krishnan & Xiao (2019), "An investigation into neural net optimization via
Hessian eigenvalue density"; bounds by the inequalities of Chebyshev, Markov and Stieltjes, in Szego, "Orthogonal
polynomials", section 3.41.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.networks.curvature.probabilistic_bounds import Product, tridiagonalise


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralDensity:
    """Gauss quadratures of the spectral measures of random vectors, whose mean is the spectral density.

    Attributes
    ----------
    nodes, weights
        Nodes and weights of the quadratures, shape (P, k); axis 0 is the random vector. The weights of each sum to 1. A
        quadrature with fewer nodes, from an invariant space, has its last node repeated with weight 0.
    size
        Number of eigenvalues.
    """

    nodes: Array
    weights: Array
    size: int

    def mean(self, function: Callable[[Array], Array]) -> tuple[float, float]:
        """Return an estimate of the mean of a function over the eigenvalues, with its standard error.

        For a polynomial of degree at most 2k - 1, the only error is that of the random vectors.

        Parameters
        ----------
        function
            Elementwise function.

        Returns
        -------
        mean
            Estimate of ``(1/n) sum_i f(x_i)``.
        error
            Standard error over the random vectors; NaN for a single one.
        """
        values = (np.asarray(function(self.nodes)) * self.weights).sum(axis=1)
        return float(values.mean()), _standard_error(values)

    def cumulative(self, x: float) -> tuple[float, float, float]:
        """Return bounds on the share of eigenvalues below x.

        Parameters
        ----------
        x
            The point.

        Returns
        -------
        low, high
            Bounds on the share, which hold for the random vectors drawn, whatever the spectrum.
        error
            Standard error of the share over the random vectors, with the mean of both bounds for each; NaN for one.
        """
        low, high = np.zeros(len(self.nodes)), np.ones(len(self.nodes))
        for p, (nodes, weights) in enumerate(zip(self.nodes, self.weights, strict=True)):
            below = int(np.searchsorted(nodes, x))
            low[p] = weights[: max(below - 1, 0)].sum()
            high[p] = weights[: below + 1].sum() if below + 1 < len(nodes) else 1.0
        return float(low.mean()), float(high.mean()), _standard_error((low + high) / 2)

    def density(self, x: npt.ArrayLike, width: float) -> Array:
        """Return the density, smoothed by a Gaussian.

        Parameters
        ----------
        x
            Points, any shape.
        width
            Standard deviation of the Gaussian. The quadratures do not resolve less than about the distance of
            neighbouring nodes, see `resolution`.

        Returns
        -------
        ndarray
            Density at the points, whose integral is 1.

        Raises
        ------
        ValueError
            If the width is not positive.
        """
        if not width > 0:
            raise ValueError(f"width must be positive, not {width!r}; try resolution = {self.resolution:.2g}")
        points = np.asarray(x, dtype=np.float64)
        scaled = (points[..., None] - self.nodes.ravel()) / width
        kernel = np.exp(-(scaled**2) / 2) / (width * np.sqrt(2 * np.pi))
        return np.asarray(kernel @ self.weights.ravel() / len(self.nodes))

    @property
    def resolution(self) -> float:
        """Median distance of neighbouring nodes."""
        steps = np.diff(self.nodes, axis=1)
        return float(np.median(steps[steps > 0])) if (steps > 0).any() else float("nan")

    def __repr__(self) -> str:
        vectors, k = self.nodes.shape
        return f"SpectralDensity of {self.size} eigenvalues from {vectors} random vectors of {k} steps each"


def spectral_density(
    product: Product, size: int, *, vectors: int, steps: int, random: np.random.Generator
) -> SpectralDensity:
    """Return the spectral density of a symmetric matrix.

    Parameters
    ----------
    product
        Function that multiplies the matrix with a vector of shape (size,).
    size
        Number of rows.
    vectors
        Number of random vectors.
    steps
        Number of Lanczos steps, and of products, for each.
    random
        Generator of the vectors.

    Returns
    -------
    SpectralDensity
        The quadratures.

    Raises
    ------
    ValueError
        If the vectors do not fit in memory.
    """
    steps = min(steps, size)
    nodes, weights = np.empty((vectors, steps)), np.zeros((vectors, steps))
    for p in range(vectors):
        values, first = tridiagonalise(product, size, steps, random).ritz()
        nodes[p] = values[-1]
        nodes[p, : len(values)], weights[p, : len(values)] = values, first**2
    return SpectralDensity(nodes=nodes, weights=weights, size=size)


def _standard_error(values: Array) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
