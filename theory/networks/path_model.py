"""What is known of layered networks and their path model: sizes, covariances, activities, signs.

Widths are ``(n_0 = d, ..., n_H = 1)``; Psi = prod n_i paths, N = sum n_{i-1} n_i weights, ``Lambda = Psi^{1/H}``.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import real_numbers, scalar_or_array, whole_number
from theory.float_range import as_float, exponential, refuse_overflow

_FEWER = "take fewer or narrower layers"
_MOST_LAYERS = 2**53
_MOST_COUNTED = 5000
_LAST_NORMAL = 1022  # 2^-1022 is the smallest float of full precision


@dataclass(frozen=True)
class SizeBounds:
    """The chain of Theorem 3.1, ``Psi^2 H >= N >= H (Psi^2/d)^{1/H} >= Psi^{1/H}``, from above to below."""

    upper: int
    size: int
    middle: float
    lower: float


def size_bounds(widths: Sequence[int]) -> SizeBounds:
    """Return the four members of ``Psi^2 H >= N >= H (Psi^2/d)^{1/H} >= Psi^{1/H}``.

    The middle step is the inequality of arithmetic and geometric means for the N's summands, whose product is
    ``Psi^2/d`` when the last width is 1.

    Raises
    ------
    ValueError
        Unless the widths are at least two whole numbers >= 1, the last of them 1; if the middle is beyond the floats.

    Notes
    -----
    Source: Choromanska et al. 2015, Theorem 3.1. The floats have a relative error below 4e-13.

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
    """Return ``q = Psi^{-(H-1)/(2H)}``, the factor in front of a network's output.

    Raises
    ------
    ValueError
        As `size_bounds`, and if q is too small for a float, as in networks of hundreds of layers.

    Notes
    -----
    Relative error below 4e-13 (measured up to 600 layers).

    Examples
    --------
    >>> output_scale((4, 2, 2, 1))  # Psi = 16, H = 3: 16^(-1/3)
    0.396850...
    """
    layers = _widths(widths)
    H = len(layers) - 1
    return exponential(f"q at H = {H} layers", -(H - 1) / (2 * H) * math.log(math.prod(layers)), _FEWER)


def path_model_covariance(overlap: ArrayLike, Lambda: float, H: int, rho: float = 1.0) -> Any:
    """Return ``rho Lambda (w.w'/Lambda)^H``, the covariance of the path model's outputs with unique weights.

    Over X and A both; ``overlap`` is ``w.w'/Lambda``, a number or an array.

    Raises
    ------
    ValueError
        If H is not a whole number >= 1 or above 2^53, rho lies outside [0, 1], Lambda is not positive, or the
        covariance is beyond the largest float.

    Notes
    -----
    ``E[X^2 A^2] = rho`` on each of the paths of an H-tuple, and the multinomial theorem; at rho = 1 it is
    Choromanska et al. 2015, eq. 8.

    Examples
    --------
    >>> path_model_covariance(0.5, Lambda=8, H=3, rho=0.25)
    0.25
    """
    t = real_numbers("overlap", overlap)
    order = whole_number("H", H, 1, "H is the number of weights on a path")
    share, size = _number("rho", rho), _number("Lambda", Lambda)
    if not 0 <= share <= 1:
        raise ValueError(f"rho must lie in [0, 1], not {rho!r}")
    if size <= 0:
        raise ValueError(f"Lambda, the number of distinct weights, must be positive, not {Lambda!r}")
    if order > _MOST_LAYERS:
        raise ValueError("H must be at most 2^53, beyond which floats do not tell odd from even")
    with np.errstate(over="ignore", invalid="ignore"):
        covariance = np.asarray(share * size * t**order)
    refuse_overflow(covariance, False, "the covariance", "overlaps w.w'/Lambda of points on the sphere are at most 1")
    return scalar_or_array(covariance)


def path_activity_rate(H: int) -> float:
    """Return ``2^{-H}``, the chance that a path of a random network is active, at any input that is not zero.

    Over networks whose weights are independent and symmetric: each unit on the path is active with probability
    1/2 given that those before it are, whatever their values. With the last ReLU.

    Raises
    ------
    ValueError
        If H is not a whole number >= 1, or above 1022, where the floats end.

    Examples
    --------
    >>> path_activity_rate(3)
    0.125
    """
    layers = whole_number("H", H, 1, "H is the number of layers of weights")
    if layers > _LAST_NORMAL:
        raise ValueError(f"2^-H is too small for a float beyond H = {_LAST_NORMAL}; given H = {H!r}")
    return 0.5**layers


def path_activity_correlation(shared: int, H: int) -> float:
    """Return ``(2^s - 1)/(2^H - 1)``, the correlation of the activities of two paths with s units in common.

    The inputs do not count among the units, layers 1..H do.

    Over random networks as in `path_activity_rate`: both paths are active with probability ``2^{-(2H-s)}``. Two
    paths always share the output unit, so that s >= 1; where s = H they differ in their input alone and have the
    same activity. Independent activities would have 0.

    Raises
    ------
    ValueError
        If H or s is not a whole number >= 1, or s > H, or H - s > 1022, where the floats end.

    Examples
    --------
    >>> path_activity_correlation(1, H=2), path_activity_correlation(2, H=2)
    (0.3333333333333333, 1.0)
    """
    layers = whole_number("H", H, 1, "H is the number of layers of weights")
    units = whole_number("shared", shared, 1, "two paths share the output unit at least")
    if units > layers:
        raise ValueError(f"two paths of {layers} units share at most {layers}, not {units}")
    if layers - units > _LAST_NORMAL:
        raise ValueError(
            f"the correlation, about 2^-(H - shared), is too small for a float beyond H - shared = {_LAST_NORMAL}; "
            f"given H = {H!r}, shared = {shared!r}"
        )
    # 2^(s-H) (1 - 2^-s)/(1 - 2^-H): what is subtracted vanishes beyond 53 bits, where its power may not be a float.
    missing, whole = (2.0 ** -min(count, _LAST_NORMAL) for count in (units, layers))
    return 2.0 ** (units - layers) * (1 - missing) / (1 - whole)


def input_activity_correlation(d: int) -> float:
    """Return ``sqrt(2/(pi d))``, the correlation of a first-layer unit's activity with one of its weighted inputs.

    Over iid normal weights, at an input with entries +-1. Activities independent of X would have 0.

    Raises
    ------
    ValueError
        If d is not a whole number >= 1.

    Examples
    --------
    >>> input_activity_correlation(8)
    0.282094...
    """
    inputs = as_float("d", whole_number("d", d, 1, "d is the number of inputs"), "take fewer inputs")
    return math.sqrt(2 / math.pi) / math.sqrt(inputs)


@dataclass(frozen=True)
class LayeredMoments:
    """Mean and mean square over the sphere of ``V(w) = Var Y(w)/(rho Lambda)``; 1 and 1 for the glass."""

    mean: float
    mean_square: float


def layered_variance(widths: Sequence[int]) -> LayeredMoments:
    """Return the moments over the sphere of the variance of the path model with a weight an edge.

    ``V(w) = Psi^{-1} sum_paths prod w^2``. A glass has V = 1 everywhere; here it varies with w, so that the model is
    not isotropic. For normal w, ``E V^2 = Psi^{-2} sum over pairs of paths of 3^(edges in common)``, counted layer by
    layer; on the sphere, V being homogeneous of degree 2H, divide by ``E |w|^{4H} / N^{2H}``.

    Raises
    ------
    ValueError
        As `size_bounds`; above 5000 layers, or where a moment is too small for a float.

    Notes
    -----
    Counted in whole numbers and rounded once.

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
    # Quotients of whole numbers, which Python rounds correctly however large they are.
    mean = N**H / _rising_product(N, H)
    mean_square = (together + apart) * N ** (2 * H) / (math.prod(layers) ** 2 * _rising_product(N, 2 * H))
    if min(mean, mean_square) < sys.float_info.min:
        raise ValueError(f"the moments at H = {H} layers are too small for a float; {_FEWER}")
    return LayeredMoments(mean, mean_square)


def sign_correlation_bound(epsilon: ArrayLike) -> Any:
    """Return the paper's ``(1 - 2 epsilon)/(1 + 2 epsilon)`` for signs that differ with probability epsilon.

    It bounds their correlation from below if the signs are balanced (and, more generally, as long as the square of
    their mean is at most `largest_imbalance`); for unbalanced signs it is false: see `least_sign_correlation`.

    Raises
    ------
    ValueError
        If epsilon lies outside [0, 1/2].

    Notes
    -----
    Source: Choromanska et al. 2015, Theorem 3.2, which states it without the hypothesis.

    Examples
    --------
    >>> sign_correlation_bound(0.05)
    0.818181...
    """
    e = _error_rate(epsilon)
    return scalar_or_array((1 - 2 * e) / (1 + 2 * e))


def least_sign_correlation(epsilon: ArrayLike, mean: ArrayLike) -> Any:
    """Return the least correlation that a sign of this mean can have with one that differs with probability epsilon.

    With ``c = 1 - 2 epsilon`` it is ``sqrt((c^2 - m^2)/(1 - m^2))`` for ``m = |mean| <= c``, reached where the other
    sign's mean is ``mean/c``, and ``-sqrt((m-c)(1-m)/((1+m)(2-m+c)))`` beyond, where whenever the first sign takes its
    rarer value the other does not: then the signs may even be anticorrelated.

    Raises
    ------
    ValueError
        If epsilon lies outside [0, 1/2] or mean outside (-1, 1).

    Notes
    -----
    The correlation is ``(c - m m')/sqrt((1-m^2)(1-m'^2))``; its derivative by the other mean m' has the sign of
    ``c m' - m``. Minimise over the m' that signs which differ with probability epsilon can have. The relative error is
    below 1e-14, for ``m < 1/2`` next to its zero at ``m = c`` as if c were off by 1e-16.

    Examples
    --------
    >>> least_sign_correlation(0.05, 0.0), least_sign_correlation(0.05, 0.8), least_sign_correlation(0.2, 0.8)
    (0.9, 0.687184..., -0.111111...)
    """
    e, m = _error_rate(epsilon), np.abs(real_numbers("mean", mean))
    if np.any(m >= 1):
        raise ValueError(f"the mean of a sign that takes both values lies in (-1, 1); given {mean!r}")
    c, rest = 1 - 2 * e, 1 - m
    ahead = rest - 2 * e  # c - m without cancellation: for m > 1/2 the difference 1 - m is exact
    balanced = np.sqrt(np.maximum(ahead, 0.0) * (c + m) / (rest * (1 + m)))
    unbalanced = -np.sqrt(np.maximum(-ahead, 0.0) * rest / ((1 + m) * (2 - m + c)))
    return scalar_or_array(np.where(ahead >= 0, balanced, unbalanced))


def largest_imbalance(epsilon: ArrayLike) -> Any:
    """Return the largest ``|mean|`` of a sign for which the paper's bound holds at epsilon > 0.

    It solves ``least_sign_correlation = sign_correlation_bound``:
    ``mean = (1 - 2 epsilon) sqrt((1 + epsilon)/2)``. Accurate to 4e-16.

    Raises
    ------
    ValueError
        If epsilon lies outside (0, 1/2].

    Examples
    --------
    >>> largest_imbalance(0.05)
    0.652...
    """
    e = _error_rate(epsilon)
    if np.any(e == 0):
        raise ValueError("at epsilon = 0 the signs are equal and every bound holds; give epsilon > 0")
    return scalar_or_array((1 - 2 * e) * np.sqrt((1 + e) / 2))


def _widths(widths: Sequence[int]) -> tuple[int, ...]:
    layers = tuple(whole_number("a width", n, 1, "widths look like (10, 6, 4, 1)") for n in widths)
    if len(layers) < 2 or layers[-1] != 1:
        raise ValueError(f"widths need an input and end in one output unit, as (10, 6, 4, 1); not {layers}")
    return layers


def _rising_product(N: int, k: int) -> int:
    """Return ``N (N+2) ... (N+2k-2) = E |w|^{2k}`` for N independent normal numbers."""
    return math.prod(N + 2 * i for i in range(k))


def _number(name: str, value: ArrayLike) -> float:
    array = real_numbers(name, value)
    if array.ndim:
        raise ValueError(f"{name} must be one number, not an array of shape {array.shape}")
    return float(array)


def _error_rate(epsilon: ArrayLike) -> Any:
    e = real_numbers("epsilon", epsilon)
    if np.any((e < 0) | (e > 0.5)):
        raise ValueError(f"epsilon, the chance that the signs differ, must lie in [0, 1/2]; given {epsilon!r}")
    return e
