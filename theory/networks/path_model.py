"""Sizes, output scale and covariances of the path-product model of a ReLU network.

Widths are ``(n_0, ..., n_H)``, with ``n_0 = d`` inputs and ``n_H = 1`` output. A network has ``Psi = prod_i n_i``
paths from an input to the output and ``N = sum_i n_{i-1} n_i`` weights; ``Lambda = Psi^{1/H}``.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import one_number, real_numbers, scalar_or_array, whole_number
from theory.float_range import exponential, refuse_overflow

_FEWER = "take fewer or narrower layers"
_MOST_LAYERS = 2**53
_MOST_COUNTED = 5000


@dataclass(frozen=True)
class SizeBounds:
    """The four members of the chain ``Psi^2 H >= N >= H (Psi^2/d)^{1/H} >= Psi^{1/H}`` in descending order.

    Attributes
    ----------
    upper : int
        ``Psi^2 H``.
    size : int
        ``N``, the number of weights.
    middle : float
        ``H (Psi^2/d)^{1/H}``.
    lower : float
        ``Psi^{1/H}``, which is Lambda.
    """

    upper: int
    size: int
    middle: float
    lower: float


def size_bounds(widths: Sequence[int]) -> SizeBounds:
    r"""Return the four members of the bounds on the number of weights of a network.

    .. math:: \Psi^2 H \ge N \ge H (\Psi^2/d)^{1/H} \ge \Psi^{1/H}

    The second inequality is that of the arithmetic and geometric means, applied to the H summands of N, whose product
    is ``Psi^2/d`` when the last width is 1.

    Parameters
    ----------
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers, each at least 1 and the last equal to 1.

    Returns
    -------
    SizeBounds
        The members from the largest to the smallest. The floats have a relative error below 4e-13.

    Raises
    ------
    ValueError
        If there are fewer than two widths, one is not a whole number of at least 1, the last is not 1, or ``middle``
        is beyond the largest float.

    References
    ----------
    Choromanska et al. (2015), Theorem 3.1.

    Examples
    --------
    >>> size_bounds((10, 6, 4, 1))
    SizeBounds(upper=172800, size=88, middle=53.776..., lower=6.214...)
    """
    layers = _widths(widths)
    H, Psi = len(layers) - 1, math.prod(layers)
    middle = H * exponential("(Psi^2/d)^(1/H)", (2 * math.log(Psi) - math.log(layers[0])) / H, _FEWER)
    return SizeBounds(Psi**2 * H, sum(a * b for a, b in pairwise(layers)), middle, math.exp(math.log(Psi) / H))


def output_scale(widths: Sequence[int]) -> float:
    r"""Return the factor that multiplies a network's output.

    .. math:: q = \Psi^{-(H-1)/(2H)}

    Parameters
    ----------
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers, each at least 1 and the last equal to 1.

    Returns
    -------
    float
        The factor, with a relative error below 4e-13 (measured up to 600 layers).

    Raises
    ------
    ValueError
        If the widths are not as described, or the factor is too small for a float, as in networks of hundreds of
        layers.

    Examples
    --------
    >>> output_scale((4, 2, 2, 1))  # Psi = 16, H = 3: 16^(-1/3)
    0.396850...
    """
    layers = _widths(widths)
    H = len(layers) - 1
    return exponential(f"q at H = {H} layers", -(H - 1) / (2 * H) * math.log(math.prod(layers)), _FEWER)


def path_model_covariance(overlap: ArrayLike, Lambda: float, H: int, rho: float = 1.0) -> Any:
    r"""Return the covariance of two outputs of the path model with unique weights.

    .. math:: \mathrm{Cov}\left(Y(w), Y(w')\right) = \rho\, \Lambda \left(\frac{w \cdot w'}{\Lambda}\right)^H

    The covariance is over both the inputs X and the path activities A.

    Parameters
    ----------
    overlap : float or array
        Overlap ``w.w'/Lambda`` of the two weight vectors.
    Lambda : float
        Number of distinct weights, above 0.
    H : int
        Number of weights on a path, from 1 to 2^53.
    rho : float
        Probability that a path is active, between 0 and 1; default 1.

    Returns
    -------
    float or array
        The covariance, in the shape of ``overlap``.

    Raises
    ------
    ValueError
        If an argument is not as described, or the covariance is beyond the largest float.

    Notes
    -----
    The result follows from ``E[X^2 A^2] = rho`` for each path of an H-tuple of weights and the multinomial theorem.

    References
    ----------
    Choromanska et al. (2015), eq. 8, for ``rho = 1``.

    Examples
    --------
    >>> path_model_covariance(0.5, Lambda=8, H=3, rho=0.25)
    0.25
    """
    t = real_numbers("overlap", overlap)
    order = whole_number("H", H, 1, "H is the number of weights on a path")
    share, size = one_number("rho", rho), one_number("Lambda", Lambda)
    if not 0 <= share <= 1:
        raise ValueError(f"rho must lie in [0, 1], not {rho!r}")
    if size <= 0:
        raise ValueError(f"Lambda, the number of distinct weights, must be positive, not {Lambda!r}")
    if order > _MOST_LAYERS:
        raise ValueError("H must be at most 2^53: larger odd numbers are not floats")
    with np.errstate(over="ignore", invalid="ignore"):
        covariance = np.asarray(share * size * t**order)
    refuse_overflow(covariance, False, "the covariance", "overlaps w.w'/Lambda of points on the sphere are at most 1")
    return scalar_or_array(covariance)


@dataclass(frozen=True)
class LayeredMoments:
    """Moments over the sphere of the relative variance ``V(w) = Var Y(w) / (rho Lambda)``.

    Both moments are 1 for a spherical spin glass.

    Attributes
    ----------
    mean : float
        Mean of V over the sphere.
    mean_square : float
        Mean of ``V^2`` over the sphere.
    """

    mean: float
    mean_square: float


def layered_variance(widths: Sequence[int]) -> LayeredMoments:
    r"""Return the moments over the sphere of the variance of the path model in which each edge has its own weight.

    .. math:: V(w) = \Psi^{-1} \sum_{\text{paths}} \prod_{e \in \text{path}} w_e^2

    A spherical spin glass has V = 1 everywhere. Here V varies with w, so the model is not isotropic.

    Parameters
    ----------
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers, each at least 1 and the last equal to 1.

    Returns
    -------
    LayeredMoments
        Mean and mean square of V. They are computed with whole numbers and rounded once.

    Raises
    ------
    ValueError
        If the widths are not as described, there are more than 5000 layers, or a moment is too small for a float.

    Notes
    -----
    For normal w, ``E V^2`` is ``Psi^{-2}`` times the sum of ``3^(number of common edges)`` over all pairs of paths,
    which is computed layer by layer. V is homogeneous of degree 2H, so on the sphere this is divided by
    ``E |w|^{4H} / N^{2H}``.

    Examples
    --------
    >>> layered_variance((1, 1))  # w = +-1
    LayeredMoments(mean=1.0, mean_square=1.0)
    """
    layers = _widths(widths)
    H, N = len(layers) - 1, sum(a * b for a, b in pairwise(layers))
    if H > _MOST_COUNTED:
        raise ValueError(f"pairs of paths are counted exactly for at most {_MOST_COUNTED} layers; given {H}")
    together, apart = layers[0], layers[0] * (layers[0] - 1)
    for n in layers[1:]:
        together, apart = n * (3 * together + apart), n * (n - 1) * (together + apart)
    # Python rounds quotients of whole numbers correctly, however large they are.
    mean = N**H / _rising_product(N, H)
    mean_square = (together + apart) * N ** (2 * H) / (math.prod(layers) ** 2 * _rising_product(N, 2 * H))
    if min(mean, mean_square) < sys.float_info.min:
        raise ValueError(f"the moments at H = {H} layers are too small for a float; {_FEWER}")
    return LayeredMoments(mean, mean_square)


def _widths(widths: Sequence[int]) -> tuple[int, ...]:
    layers = tuple(whole_number("a width", n, 1, "widths look like (10, 6, 4, 1)") for n in widths)
    if len(layers) < 2 or layers[-1] != 1:
        raise ValueError(f"widths must have at least two entries and end in 1, as in (10, 6, 4, 1); given {layers}")
    return layers


def _rising_product(N: int, k: int) -> int:
    """Return ``N (N+2) ... (N+2k-2) = E |w|^{2k}`` for N independent normal numbers."""
    return math.prod(N + 2 * i for i in range(k))
