"""Hypothesis strategies for ReLU networks with ties, dead units, zero weights and duplicate units."""

from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from hypothesis import strategies as st

from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork
from spinglass.networks.architecture import Architecture
from validation.testing.strategies import architectures, inputs, seeds

Feature = Literal["ties", "zero weights", "dead units", "duplicate units", "units without input"]
FEATURES: tuple[Feature, ...] = get_args(Feature)


def special_network(
    widths: tuple[int, ...], seed: int, features: tuple[Feature, ...] = (), last_relu: bool = False
) -> ReLUNetwork:
    """Return a random ReLU network with special features.

    Parameters
    ----------
    widths
        Number of units of each layer, from the inputs to the single output.
    seed
        Seed of the weights, which are standard normal before the features are added.
    features
        Some of these; the default is none:

        * ``"ties"``: weights are rounded to -1.5, -0.5, 0.5, 1.5, ..., so that many are equal;
        * ``"zero weights"``: about a third of all weights are zero;
        * ``"dead units"``: all weights into the last unit of each hidden layer from the second onwards are negative, so
          that it is never active;
        * ``"duplicate units"``: the last unit of each hidden layer has the same weights as the first one, into it and
          out of it;
        * ``"units without input"``: all weights into the first unit of each hidden layer are zero, so that its
          preactivation lies at the kink of ReLU for every input.
    last_relu
        Whether the output unit is rectified. Default False.

    Returns
    -------
    ReLUNetwork
        The network.

    Raises
    ------
    ValueError
        If a feature is unknown or the widths are not valid.

    Examples
    --------
    >>> special_network((2, 3, 1), 0, ("duplicate units",)).weights[0].round(2).tolist()
    [[0.13, -0.13, 0.13], [0.1, -0.54, 0.1]]
    """
    unknown = [feature for feature in features if feature not in FEATURES]
    if unknown:
        raise ValueError(f"there is no feature {unknown[0]!r}; choose some of {', '.join(FEATURES)}")
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal(shape) for shape in Architecture.of(widths).shapes]
    if "ties" in features:
        weights = [np.floor(W) + 0.5 for W in weights]
    if "zero weights" in features:
        weights = [np.where(rng.random(W.shape) < 1 / 3, 0.0, W) for W in weights]
    for into, out in pairwise(weights):
        if "dead units" in features and into is not weights[0]:
            into[:, -1] = -np.abs(into[:, -1])
        if "duplicate units" in features:
            into[:, -1], out[-1] = into[:, 0], out[0]
        if "units without input" in features:
            into[:, 0] = 0.0
    return ReLUNetwork(weights, last_relu=last_relu)


def special_networks(kinks: bool = True, last_relu: bool | None = None) -> st.SearchStrategy[ReLUNetwork]:
    """Return a strategy for ReLU networks with special features, see :func:`special_network`.

    Parameters
    ----------
    kinks
        Whether there may be units without input. Default True.
    last_relu
        Whether the output unit is rectified; default: either.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(special_networks(last_relu=False), lambda net: True)
    ReLUNetwork(widths=(1, 1), 1 weights, 1 paths, last_relu=False)
    """
    possible = FEATURES if kinks else FEATURES[:-1]
    chosen = st.lists(st.sampled_from(possible), unique=True, max_size=len(possible)).map(tuple)
    rectified = st.booleans() if last_relu is None else st.just(last_relu)
    return st.builds(special_network, architectures(), seeds(), chosen, rectified)


@st.composite
def special_networks_with_inputs(
    draw: st.DrawFn, kinks: bool = True, last_relu: bool | None = None, margin: float = 1e-3
) -> tuple[ReLUNetwork, Array]:
    """Draw a network with special features, and inputs.

    Parameters
    ----------
    kinks
        Whether a preactivation may be zero, or closer to zero than the margin, while a unit of the layer below is
        active. The derivative at such a point is a matter of convention. Default True.
    last_relu
        Whether the output unit is rectified; default: either.
    margin
        Smallest absolute value of a preactivation if kinks are excluded. Default 1e-3.

    Examples
    --------
    >>> from hypothesis import find
    >>> net, X = find(special_networks_with_inputs(kinks=False), lambda case: True)
    >>> bool(kink_distance(net, X) > 1e-3)
    True
    """
    net = draw(special_networks(kinks, last_relu))
    X = inputs(net.widths[0])
    return net, draw(X if kinks else X.filter(lambda rows: kink_distance(net, rows) > margin))


def kink_distance(net: ReLUNetwork, X: Array) -> float:
    """Return the smallest absolute preactivation of all rectified units into which an active unit leads.

    Where no unit of the layer below is active, the preactivation is zero and remains zero for small changes of the
    weights, so that the output is differentiable nevertheless.
    """
    value, smallest = X, np.inf
    for layer, W in enumerate(net.weights, 1):
        entering = value @ W
        reached = value.any(axis=1)
        if reached.any() and (layer < net.H or net.last_relu):
            smallest = min(smallest, float(np.abs(entering[reached]).min()))
        value = np.maximum(entering, 0.0)
    return smallest
