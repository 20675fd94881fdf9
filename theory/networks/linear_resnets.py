"""Linear residual networks: the gradient inequality inside the ball, and how near to zero an optimum can lie.

The risk is ``f = E|x (I + A_1)...(I + A_l) - x R - xi|^2`` with ``Sigma = E x^T x``; sizes ``|A|`` are spectral norms.
"""

import math

from numpy.typing import ArrayLike

from theory.arguments import real_numbers, whole_number
from theory.float_range import as_float, exponential, refuse_overflow

_LAYERS = "it is the number of layers"
_FEWER = "take fewer layers"


def gradient_constant(layers: int, tau: float, smallest: float) -> float:
    r"""Return c of :math:`|\nabla f|^2 \ge c (f - f_{opt})` wherever all :math:`|A_i| \le \tau < 1`.

    :math:`c = 4 l (1 - \tau)^{2l - 2} \sigma_{min}(\Sigma)`; every critical point inside the ball is a global optimum.

    Raises
    ------
    ValueError
        If ``layers`` is no positive whole number, ``tau`` is not in [0, 1), ``smallest`` is negative, or the constant
        is too small or too large for a float. The relative error is below 4e-13.

    Examples
    --------
    >>> gradient_constant(2, 0.5, 1.0)
    2.0

    Notes
    -----
    Source: Hardt & Ma (2016), "Identity matters in deep learning", theorem 2.2.
    """
    count = whole_number("layers", layers, 1, _LAYERS)
    if not 0 <= _number("tau", tau) < 1:
        raise ValueError(f"tau must lie in [0, 1), the inequality holds in no larger ball; given {tau!r}")
    if _number("smallest", smallest) < 0:
        raise ValueError(f"smallest must be the least eigenvalue of a covariance, not {smallest!r}")
    size = as_float("layers", count, _FEWER)
    # log1p keeps a tau below the rounding of 1 - tau, which many layers make felt.
    logarithm = (2 * size - 2) * math.log1p(-float(tau))
    decay = exponential("(1 - tau)^(2l - 2)", logarithm, "take fewer layers or a smaller tau")
    constant = 4 * size * decay * float(smallest)
    refuse_overflow(constant, False, "the constant", _FEWER)
    return constant


def norm_bound(layers: int, gamma: float) -> float:
    r"""Return a size that the layers of some optimum do not exceed, :math:`(\pi + (e-1) \gamma)/(l-1)`.

    gamma is the largest :math:`|\log \sigma|` over the singular values of R, det R > 0. R = Q P is split into equal
    roots of the rotation Q and of P, as many of each as makes the largest norm small. It holds where the bound
    is at most e - 1; infinite where it is larger, l = 1 included.

    Raises
    ------
    ValueError
        If ``layers`` is no positive whole number or ``gamma`` is negative.

    Examples
    --------
    >>> round(norm_bound(101, 0.0), 6)
    0.031416

    Notes
    -----
    With a layers for the rotation and b for P the norms are at most ``pi/a`` and ``e^(gamma/b) - 1``, which is at most
    ``(e-1) gamma/b`` for ``gamma <= b``. Hardt & Ma (2016), theorem 2.1, have ``(4 pi + 3 gamma)/l``.
    """
    count = as_float("layers", whole_number("layers", layers, 1, _LAYERS), _FEWER)
    total = math.pi + (math.e - 1) * _gamma(gamma)
    return total / (count - 1) if count > 1 and total <= (math.e - 1) * (count - 1) else math.inf


def norm_floor(layers: int, gamma: float) -> float:
    r"""Return a size that some layer of every optimum reaches, :math:`1 - e^{-\gamma/l}`.

    The product of the layers' largest (smallest) singular values bounds those of R, so some layer stretches by
    :math:`e^{\gamma/l}` or shrinks by :math:`e^{-\gamma/l}`.

    Raises
    ------
    ValueError
        If ``layers`` is no positive whole number or ``gamma`` is negative.

    Examples
    --------
    >>> norm_floor(10, 0.0)
    0.0
    """
    return -math.expm1(-_gamma(gamma) / as_float("layers", whole_number("layers", layers, 1, _LAYERS), _FEWER))


def _gamma(gamma: ArrayLike) -> float:
    value = _number("gamma", gamma)
    if value < 0:
        raise ValueError(f"gamma is the largest |log sigma| of a matrix and not negative; given {gamma!r}")
    return value


def _number(name: str, value: ArrayLike) -> float:
    array = real_numbers(name, value)
    if array.ndim:
        raise ValueError(f"{name} must be one number, not an array of shape {array.shape}")
    return float(array)
