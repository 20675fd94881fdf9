"""Laws of the path activities of random ReLU networks: how often paths are active, and how activities correlate."""

import math
from dataclasses import dataclass

import numpy as np

from theory.arguments import whole_number
from theory.float_range import as_float

_LAST_NORMAL = 1022  # 2^-1022 is the smallest float of full precision


def path_activity_rate(H: int) -> float:
    r"""Return the probability that a path of a random network is active, at any input other than zero.

    .. math:: P(\text{active}) = 2^{-H}

    The probability is over networks whose weights are independent and symmetric, with a ReLU in every layer, the last
    one included. Each unit on the path is active with probability 1/2 given that the units before it are, whatever
    their values.

    Parameters
    ----------
    H : int
        Number of layers of weights, from 1 to 1022.

    Returns
    -------
    float
        The probability.

    Raises
    ------
    ValueError
        If ``H`` is not a whole number of at least 1, or is above 1022, where the probability is too small for a float.

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
    r"""Return the correlation of the activities of two paths that have ``shared`` units in common.

    .. math:: \mathrm{corr} = \frac{2^s - 1}{2^H - 1}

    Both paths are active with probability ``2^{-(2H-s)}``, over random networks as in :func:`path_activity_rate`.
    Independent activities would have correlation 0.

    Parameters
    ----------
    shared : int
        Number s of common units in layers 1..H; inputs are not counted. It is at least 1, because all paths share the
        output unit. Paths with ``s = H`` differ only in their input and have the same activity.
    H : int
        Number of layers of weights, at least ``shared``.

    Returns
    -------
    float
        The correlation, between 0 and 1.

    Raises
    ------
    ValueError
        If ``H`` or ``shared`` is not a whole number of at least 1, ``shared`` exceeds ``H``, or ``H - shared`` exceeds
        1022, where the correlation is too small for a float.

    Examples
    --------
    >>> path_activity_correlation(1, H=2), path_activity_correlation(2, H=2)
    (0.3333333333333333, 1.0)
    """
    layers = whole_number("H", H, 1, "H is the number of layers of weights")
    units = whole_number("shared", shared, 1, "two paths share at least the output unit")
    if units > layers:
        raise ValueError(f"two paths of {layers} units share at most {layers}, not {units}")
    if layers - units > _LAST_NORMAL:
        raise ValueError(
            f"the correlation, about 2^-(H - shared), is too small for a float beyond H - shared = {_LAST_NORMAL}; "
            f"given H = {H!r}, shared = {shared!r}"
        )
    # 2^(s-H) (1 - 2^-s)/(1 - 2^-H). Powers below 2^-53 no longer change a difference from 1, and may underflow.
    missing, whole = (2.0 ** -min(count, _LAST_NORMAL) for count in (units, layers))
    return 2.0 ** (units - layers) * (1 - missing) / (1 - whole)


def input_activity_correlation(d: int) -> float:
    r"""Return the correlation of a first-layer unit's activity with one of its weighted inputs.

    .. math:: \mathrm{corr} = \sqrt{\frac{2}{\pi d}}

    The correlation is over independent, identically distributed normal weights, at an input with entries of +1 and
    -1. Activities that are independent of X would have correlation 0.

    Parameters
    ----------
    d : int
        Number of inputs, at least 1.

    Returns
    -------
    float
        The correlation.

    Raises
    ------
    ValueError
        If ``d`` is not a whole number of at least 1, or is beyond the largest float.

    Examples
    --------
    >>> input_activity_correlation(8)
    0.282094...
    """
    inputs = as_float("d", whole_number("d", d, 1, "d is the number of inputs"), "take fewer inputs")
    return math.sqrt(2 / math.pi) / math.sqrt(inputs)


@dataclass(frozen=True)
class GateCorrelations:
    """Mean squared correlations of the activities of a random hidden layer, over normal inputs.

    Attributes
    ----------
    with_input : float
        Of a unit's activity and an input.
    between_units : float
        Of the activities of two units, each drawn at random from the layer, so that both may be the same one.
    """

    with_input: float
    between_units: float


def gate_correlations(d: int, n: int) -> GateCorrelations:
    r"""Return the mean squared correlations of the activities of a hidden layer over standard normal inputs.

    .. math:: \frac{2}{\pi d}, \qquad
              \frac1n + \left(1 - \frac1n\right)
              \mathbb{E} \left(\frac{2}{\pi} \arcsin c\right)^2

    The layer is the first one, and its n units have independent normal weights. The activities of two units whose
    weights have the cosine c have the correlation :math:`\frac{2}{\pi} \arcsin c` (Sheppard), and
    :math:`c` has the density :math:`(1-c^2)^{(d-3)/2}`. If activities were independent of inputs and of each other,
    the first number would be 0 and the second 1/n.

    Parameters
    ----------
    d : int
        Number of inputs, at least 2.
    n : int
        Number of units, at least 1.

    Returns
    -------
    GateCorrelations
        Both means, with relative errors of about 1e-13.

    Raises
    ------
    ValueError
        If a number is not whole or too small, or ``d`` is beyond the largest float.

    Examples
    --------
    >>> gate_correlations(2, 1)
    GateCorrelations(with_input=0.3183098861837907, between_units=1.0)
    """
    inputs = whole_number("d", d, 2, "d is the number of inputs")
    dimension = as_float("d", inputs, "take fewer inputs")
    units = whole_number("n", n, 1, "n is the number of units")
    # With c = sin(a) the density of a is cos(a)^(d-2), and (2/pi) arcsin c = 2 a/pi. For large d the density is that of
    # a normal law of variance 1/d, of which less than 1e-17 is beyond 9 standard deviations.
    nodes, weights = np.polynomial.legendre.leggauss(200)
    angle = min(math.pi / 2, 9 / math.sqrt(dimension)) * nodes
    log_cosine = 0.5 * np.log1p(-(np.sin(angle) ** 2))
    density = weights * np.exp((dimension - 2) * log_cosine)
    mean = float(np.sum(density * (2 * angle / np.pi) ** 2) / np.sum(density))
    return GateCorrelations(2 / (math.pi * dimension), 1 / units + (1 - 1 / units) * mean)
