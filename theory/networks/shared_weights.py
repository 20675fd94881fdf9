"""Networks in which few values are shared by all weights: changed predictions, and use of tuples of values."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.special import spherical_jn

from spinglass._common.types import Array
from theory.arguments import whole_number


def sign_changes_by_rounding(widths: Sequence[int], size: int) -> float:
    r"""Return how often the output of a wide random ReLU network changes its sign if its weights are rounded.

    .. math:: \epsilon = \frac{\arccos c_H}{\pi}, \qquad c_1 = r_1, \quad c_l = r_l\, \kappa(c_{l-1}), \quad
              \kappa(c) = \frac{\sqrt{1-c^2} + (\pi - \arccos c)\, c}{\pi}

    Here r_l is the correlation of a weight of layer l with its rounded value, c_l that of the inputs of a unit of layer
    l in both networks, and :math:`\kappa` the correlation of two rectified normal numbers of correlation c. The weights
    of layer l are uniform in :math:`\pm\sqrt{6/n_{l-1}}`. All weights of the network are divided into ``size`` classes
    of equally many weights by value, and each is replaced by the mean of its class. If all layers have the same range,
    :math:`\epsilon \approx \sqrt{H}/(\pi\, \mathrm{size})`.

    Parameters
    ----------
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers, each at least 1.
    size : int
        Number of distinct values, at least 2.

    Returns
    -------
    float
        The probability that the signs differ, exact for infinite widths of the same ratios; computed to a relative
        accuracy of about 1e-13 for any size.

    Raises
    ------
    ValueError
        If there are fewer than two widths, or a number is not whole or too small.

    Examples
    --------
    >>> round(sign_changes_by_rounding((32, 32, 32, 32), 32), 4), round(math.sqrt(3) / (32 * math.pi), 4)
    (0.0172, 0.0172)
    """
    layers, values = _layers(widths), whole_number("size", size, 2, "it is the number of distinct values")
    counts = np.array([below * above for below, above in pairwise(layers)], dtype=float)
    ends = np.sqrt(6 / np.array(layers[:-1], dtype=float))
    r, defects = _defects(counts / counts.sum(), ends, values)
    defect = float(defects[0])
    for correlation, own in zip(r[1:], defects[1:], strict=True):
        angle = _angle(defect)
        # 1 - kappa is defect - (sin(angle) - angle cos(angle))/pi, and 1 - r kappa = 1 - r + r (1 - kappa).
        defect = float(own + correlation * (defect - angle**2 * spherical_jn(1, angle) / math.pi))
    return _angle(defect) / math.pi


def _angle(defect: float) -> float:
    """Return ``arccos(1 - defect)`` without cancellation."""
    return 2.0 * math.asin(math.sqrt(min(max(0.5 * defect, 0.0), 1.0)))


def tuple_scatter_at_random(widths: Sequence[int], size: int) -> float:
    r"""Return the mean scatter of how often H-tuples of values occur on paths if every weight draws its value.

    .. math:: \mathbb{E}\, \Lambda^H \sum_t p_t^2 - 1 = \mathbb{E} \prod_{l=1}^H \Lambda^{[\text{edge } l \text{ is
              shared}]} - 1

    Here :math:`\Lambda` is ``size``, p_t is the share of paths with the tuple t, and the mean on the right is over two
    random paths. It is summed layer by layer. Paths without common edges would give
    :math:`\Lambda^H/\Psi`, which is 1 for :math:`\Lambda^H = \Psi`.

    Parameters
    ----------
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers, each at least 1.
    size : int
        Number of distinct values, at least 1.

    Returns
    -------
    float
        The mean squared relative scatter.

    Raises
    ------
    ValueError
        If there are fewer than two widths, or a number is not whole or too small.

    Examples
    --------
    >>> tuple_scatter_at_random((4, 1), 4)  # four paths of one weight
    0.75
    """
    layers, values = _layers(widths), whole_number("size", size, 1, "it is the number of distinct values")
    same = 1 / layers[0]  # both paths are at the same unit; the sum includes the factors of shared edges so far
    other = 1 - same
    for n in layers[1:]:
        other, same = (other + same) * (1 - 1 / n), (other + values * same) / n
    return other + same - 1


def _layers(widths: Sequence[int]) -> list[int]:
    if len(widths) < 2:
        raise ValueError(f"a network has at least two widths, those of its inputs and outputs; given {tuple(widths)}")
    return [whole_number("widths", n, 1, "a layer has at least one unit") for n in widths]


def _defects(share: Array, ends: Array, size: int) -> tuple[Array, Array]:
    """Return the correlations r of the weights of each layer with their rounded values, and 1 - r without cancellation.

    All laws are symmetric, so that w >= 0 suffices. There the classes have whole numbers as ends in the variable v,
    which counts classes; if their number is odd, the first half of class 0 is missing, and its mean is 0. Cut at the
    ends of the layers' ranges, the line consists of pieces that are part of a class or consist of whole classes.
    """
    knots = np.concatenate([[0.0], np.unique(ends)])
    density = (ends[:, None] >= knots[1:]) / (2.0 * ends[:, None])
    per_length = size * (share @ density)
    v = size % 2 / 2.0 + np.concatenate([[0.0], np.cumsum(per_length * np.diff(knots))])
    cuts = np.unique(np.clip(np.concatenate([v, np.floor(v), np.ceil(v)]), v[0], v[-1]))
    low = cuts[:-1]
    segment = np.searchsorted(v, low, side="right") - 1
    places = np.interp(cuts, v, knots)
    width, middle = np.diff(places), 0.5 * (places[:-1] + places[1:])
    of_one = np.minimum(width, 1.0 / per_length[segment])  # width of a class in a piece of whole classes
    _, number = np.unique(np.floor(low), return_inverse=True)
    pooled = per_length[segment] * width
    mean = (np.bincount(number, pooled * middle) / np.bincount(number, pooled))[number]
    mean[low < size % 2] = 0.0
    # Twice the mean over w >= 0 of rounded^2, (w - rounded) rounded and (w - rounded)^2, and the mean of w^2.
    weight = 2.0 * density[:, segment] * width
    square = weight @ (mean**2 + (width - of_one) * (width + of_one) / 12.0)
    mixed = weight @ ((middle - mean) * mean)
    error = weight @ (of_one**2 / 12.0 + (middle - mean) ** 2)
    total = ends**2 / 3.0
    kept = square > 0.0  # a layer inside class 0 is rounded to 0
    square = np.where(kept, square, 1.0)
    r = np.where(kept, (square + mixed) / np.sqrt(square * total), 0.0)
    return r, np.where(kept, (error - mixed**2 / square) / (total * (1.0 + r)), 1.0)
