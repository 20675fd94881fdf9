"""Small data sets for regression and classification."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array, IntArray

_TARGETS = (0.349486, 0.830839, 1.007332, 0.971507, 0.133066, 0.166823, -0.848307, -0.445686, -0.563567, 0.261502)


def bishop_points() -> tuple[Array, Array]:
    """Return the ten points of Bishop's curve-fitting example: ``x_i = i/9`` and noisy values of ``sin(2 pi x)``.

    Returns
    -------
    x : ndarray, shape (10,)
        Inputs.
    t : ndarray, shape (10,)
        Targets, as published with the book.

    References
    ----------
    Bishop 2006, Pattern Recognition and Machine Learning, section 1.1.

    Examples
    --------
    >>> x, t = bishop_points()
    >>> x.shape, float(t[2])
    ((10,), 1.007332)
    """
    return np.arange(10) / 9, np.array(_TARGETS)


def sine(x: npt.ArrayLike) -> Array:
    """Return ``sin(2 pi x)``, the curve without noise.

    Parameters
    ----------
    x : array_like
        Inputs of any shape.

    Returns
    -------
    ndarray
        Values, of the shape of ``x``.
    """
    return np.sin(2 * np.pi * np.asarray(x, dtype=np.float64))


def noisy_sine(size: int, seed: Seed, noise: float = 0.3) -> tuple[Array, Array]:
    """Draw ``t_i = sin(2 pi x_i) + noise e_i`` at equally spaced ``x_i`` in [0, 1], with ``e_i`` iid N(0, 1).

    Parameters
    ----------
    size : int
        Number of points, at least 2.
    seed : int, SeedSequence or Generator
        Source of randomness.
    noise : float, default 0.3
        Standard deviation of the noise.

    Returns
    -------
    x : ndarray, shape (size,)
        Inputs, from 0 to 1.
    t : ndarray, shape (size,)
        Noisy targets.

    Raises
    ------
    ValueError
        If there are fewer than two points, or the noise is negative.

    Examples
    --------
    >>> x, t = noisy_sine(3, seed=0, noise=0.0)
    >>> x.tolist()
    [0.0, 0.5, 1.0]
    """
    size = whole_number("size", size, 2)
    noise = real_number("noise", noise)
    if noise < 0:
        raise ValueError(f"noise is a standard deviation and cannot be negative; given {noise!r}")
    x = np.linspace(0, 1, size)
    return x, sine(x) + noise * generator(seed).standard_normal(size)


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """Two equally likely classes in the plane; each is a mixture of K equally likely isotropic Gaussians.

    Attributes
    ----------
    means : ndarray, shape (2, K, 2)
        Means of the components; the axes are class, component and coordinate.
    spread : float
        Standard deviation of every component in each coordinate.

    Raises
    ------
    ValueError
        If ``means`` has another shape or is not finite, or ``spread`` is not positive.

    Examples
    --------
    >>> mixture = GaussianMixture(np.array([[[-1.0, 0.0]], [[1.0, 0.0]]]), spread=1.0)
    >>> mixture.log_odds(np.array([[0.0, 5.0], [0.5, 0.0]])).tolist()
    [0.0, 1.0]
    """

    means: Array
    spread: float

    def __post_init__(self) -> None:
        means = np.asarray(self.means)
        if means.ndim != 3 or means.shape[0] != 2 or means.shape[1] < 1 or means.shape[2] != 2:
            raise ValueError(f"means must have shape (2, K, 2), class by component by coordinate, not {means.shape}")
        if means.dtype.kind not in "fiu" or not np.isfinite(means).all():
            raise ValueError("means must be finite numbers")
        if not real_number("spread", self.spread) > 0:
            raise ValueError(f"spread is a standard deviation and must be positive; given {self.spread!r}")

    @classmethod
    def drawn(cls, components: int, seed: Seed, spread: float = 5**-0.5) -> GaussianMixture:
        """Draw the means of the two classes' components from N((1, 0), I) and N((0, 1), I).

        Parameters
        ----------
        components : int
            Number K of components per class.
        seed : int, SeedSequence or Generator
            Source of randomness.
        spread : float, default 1/sqrt(5)
            Standard deviation of every component.

        Returns
        -------
        GaussianMixture
            The mixture.

        References
        ----------
        Hastie, Tibshirani and Friedman 2009, The Elements of Statistical Learning, section 2.3.3: the simulated
        two-class example, with ten components of variance 1/5.

        Examples
        --------
        >>> GaussianMixture.drawn(10, seed=0).means.shape
        (2, 10, 2)
        """
        components = whole_number("components", components, 1)
        centres = np.array([[1.0, 0.0], [0.0, 1.0]])
        return cls(centres[:, None] + generator(seed).standard_normal((2, components, 2)), spread)

    def draw(self, size: int, seed: Seed) -> tuple[Array, IntArray]:
        """Draw points with their classes.

        Parameters
        ----------
        size : int
            Number of points, at least 1.
        seed : int, SeedSequence or Generator
            Source of randomness.

        Returns
        -------
        X : ndarray, shape (size, 2)
            Points.
        labels : ndarray of int64, shape (size,)
            Class of each point, 0 or 1.
        """
        size = whole_number("size", size, 1)
        random = generator(seed)
        labels = random.integers(2, size=size)
        component = random.integers(self.means.shape[1], size=size)
        return self.means[labels, component] + self.spread * random.standard_normal((size, 2)), labels

    def log_odds(self, X: npt.ArrayLike) -> Array:
        """Return ``log p(x | 1) - log p(x | 0)``, which vanishes on the decision boundary of the Bayes classifier.

        Parameters
        ----------
        X : array_like, shape (..., 2)
            Points of the plane.

        Returns
        -------
        ndarray, shape (...,)
            Log odds of class 1.

        Raises
        ------
        ValueError
            If ``X`` has another shape or is not finite.
        """
        points = np.asarray(X, dtype=np.float64)
        if points.shape[-1:] != (2,) or not np.isfinite(points).all():
            raise ValueError(f"X must be finite points of the plane, shape (..., 2), not {points.shape}")
        squares = ((points[..., None, None, :] - self.means) ** 2).sum(axis=-1)
        log_density = np.logaddexp.reduce(-squares / (2 * self.spread**2), axis=-1)
        return np.asarray(log_density[..., 1] - log_density[..., 0])
