r"""Linear residual networks: a gradient inequality near the identity, and bounds on the norms of optimal layers.

The risk is ``f = E|x (I + A_1)...(I + A_l) - x R - xi|^2`` with ``Sigma = E x^T x``, where R is the target map and xi
is noise; ``|A|`` is the spectral norm.
"""

import math

from theory.arguments import one_number, whole_number
from theory.float_range import as_float, exponential, refuse_overflow

_LAYERS = "it is the number of layers"
_FEWER = "take fewer layers"


def gradient_constant(layers: int, tau: float, smallest: float) -> float:
    r"""Return the constant c of the gradient inequality of a linear residual network.

    .. math:: |\nabla f|^2 \ge c\, (f - f_{opt}), \qquad c = 4\, l\, (1 - \tau)^{2l - 2} \sigma_{min}(\Sigma)

    The inequality holds wherever all :math:`|A_i| \le \tau < 1`, so every critical point there is a global optimum.

    Parameters
    ----------
    layers : int
        Number of layers l, at least 1.
    tau : float
        Bound on the spectral norms of all layers, at least 0 and below 1.
    smallest : float
        Smallest eigenvalue of the inputs' covariance Sigma, at least 0.

    Returns
    -------
    float
        The constant, with a relative error below 4e-13.

    Raises
    ------
    ValueError
        If an argument is not as described, or the constant is too small or too large for a float.

    References
    ----------
    Hardt and Ma (2016), "Identity matters in deep learning", Theorem 2.2.

    Examples
    --------
    >>> gradient_constant(2, 0.5, 1.0)
    2.0
    """
    count = whole_number("layers", layers, 1, _LAYERS)
    if not 0 <= one_number("tau", tau) < 1:
        raise ValueError(f"tau must lie in [0, 1), as the inequality holds in no larger ball; given {tau!r}")
    if one_number("smallest", smallest) < 0:
        raise ValueError(f"smallest is the smallest eigenvalue of a covariance, at least 0; given {smallest!r}")
    size = as_float("layers", count, _FEWER)
    # log1p keeps a tau that is smaller than the rounding error of 1 - tau, which matters with many layers.
    logarithm = (2 * size - 2) * math.log1p(-float(tau))
    decay = exponential("(1 - tau)^(2l - 2)", logarithm, "take fewer layers or a smaller tau")
    constant = 4 * size * decay * float(smallest)
    refuse_overflow(constant, False, "the constant", _FEWER)
    return constant


def norm_bound(layers: int, gamma: float) -> float:
    r"""Return a spectral norm that no layer of some optimum exceeds.

    .. math:: \max_i |A_i| \le \frac{\pi + (e-1)\, \gamma}{l - 1}

    Parameters
    ----------
    layers : int
        Number of layers l, at least 1.
    gamma : float
        Largest :math:`|\log \sigma|` over the singular values of the target map R, where det R > 0; at least 0.

    Returns
    -------
    float
        The bound where it is at most e - 1, for which it is proven; otherwise, and for ``l = 1``, infinity.

    Raises
    ------
    ValueError
        If ``layers`` is not a whole number of at least 1, or ``gamma`` is negative.

    Notes
    -----
    The optimum is built from the polar decomposition R = Q P: some layers are equal roots of the rotation Q, the others
    equal roots of P, in the proportion that makes the largest norm small. With a layers for Q and b for P the norms are
    at most ``pi/a`` and ``e^(gamma/b) - 1``; the latter is at most ``(e-1) gamma/b`` for ``gamma <= b``. Hardt and Ma
    (2016), Theorem 2.1, have the weaker ``(4 pi + 3 gamma)/l``.

    Examples
    --------
    >>> round(norm_bound(101, 0.0), 6)
    0.031416
    """
    count = as_float("layers", whole_number("layers", layers, 1, _LAYERS), _FEWER)
    total = math.pi + (math.e - 1) * _gamma(gamma)
    return total / (count - 1) if count > 1 and total <= (math.e - 1) * (count - 1) else math.inf


def norm_floor(layers: int, gamma: float) -> float:
    r"""Return a spectral norm that at least one layer of every optimum reaches.

    .. math:: \max_i |A_i| \ge 1 - e^{-\gamma/l}

    The products of the layers' largest and smallest singular values bound those of R, so some layer stretches a
    direction by at least :math:`e^{\gamma/l}` or shrinks one by at least :math:`e^{-\gamma/l}`.

    Parameters
    ----------
    layers : int
        Number of layers l, at least 1.
    gamma : float
        Largest :math:`|\log \sigma|` over the singular values of the target map R; at least 0.

    Returns
    -------
    float
        The bound, between 0 and 1.

    Raises
    ------
    ValueError
        If ``layers`` is not a whole number of at least 1, or ``gamma`` is negative.

    Examples
    --------
    >>> norm_floor(10, 0.0)
    0.0
    """
    return -math.expm1(-_gamma(gamma) / as_float("layers", whole_number("layers", layers, 1, _LAYERS), _FEWER))


def _gamma(gamma: float) -> float:
    value = one_number("gamma", gamma)
    if value < 0:
        raise ValueError(f"gamma is the largest |log sigma| of a matrix, at least 0; given {gamma!r}")
    return value
