"""Networks in which few values are shared by all weights: changed predictions, and use of tuples of values."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

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
        The probability that the signs differ, exact for infinite widths of the same ratios.

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
    share = counts / counts.sum()
    knots = np.unique(np.concatenate([-ends, ends]))
    edges = np.interp(np.linspace(0, 1, values + 1), share @ _below(knots, ends), knots)
    weight, moment = np.diff(_below(edges, ends)), np.diff(_moment_below(edges, ends))
    mean = (share @ moment) / (share @ weight)
    r = (moment @ mean) / np.sqrt(weight @ mean**2 * ends**2 / 3)
    c = float(r[0])
    for correlation in r[1:]:
        angle = math.acos(min(c, 1.0))
        c = float(correlation) * (math.sin(angle) + (math.pi - angle) * math.cos(angle)) / math.pi
    return math.acos(min(c, 1.0)) / math.pi


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


def _below(w: Array, ends: Array) -> Array:
    """Return the share of each layer's weights below w, shape (layers, len(w))."""
    return np.asarray((np.clip(w / ends[:, None], -1, 1) + 1) / 2)


def _moment_below(w: Array, ends: Array) -> Array:
    """Return the part of each layer's mean weight that comes from weights below w."""
    return np.asarray(ends[:, None] * (np.clip(w / ends[:, None], -1, 1) ** 2 - 1) / 4)
