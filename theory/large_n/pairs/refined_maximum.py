"""Maxima of smooth functions with a single maximum in a box, by grids that are refined around the best node."""

from collections.abc import Callable

import numpy as np

from spinglass._common.types import Array

_NODES = {1: 33, 2: 21}


def refined_maximum(
    function: Callable[[Array], Array], low: Array, high: Array, resolution: float = 1e-11
) -> tuple[Array, Array]:
    """Return the maximum of a function of one or two variables in a box, and its place, for arrays of such functions.

    Parameters
    ----------
    function : callable
        Takes places of shape (variables, nodes, ...) and returns the values, shape (nodes, ...).
    low, high : array, shape (variables, ...)
        Opposite corners of the box of each function.
    resolution : float
        Part of the box to which places are determined; default 1e-11.

    Returns
    -------
    array, shape (...)
        The maxima.
    array, shape (variables, ...)
        Where they are.
    """
    variables, bottom, top, share = len(low), low, high, 1.0
    nodes = _NODES[variables]
    grid = np.stack(np.meshgrid(*[np.linspace(0.0, 1.0, nodes)] * variables, indexing="ij")).reshape(variables, -1)
    while True:
        # Ends are copied exactly, because bounds may be where the function stops being finite.
        at = grid.reshape(grid.shape + (1,) * (low.ndim - 1))
        places = np.where(at == 1.0, high[:, None], low[:, None] + at * (high - low)[:, None])
        values = function(places)
        best = np.argmax(values, axis=0)[None]
        centre = np.take_along_axis(places, np.broadcast_to(best, (variables, *best.shape))[:, :, ...], axis=1)[:, 0]
        if share < resolution:
            return np.take_along_axis(values, best, axis=0)[0], centre
        # Two steps on each side: the best node of a narrow ridge need not be next to the maximum.
        step = 2.0 * (high - low) / (nodes - 1)
        low, high = np.maximum(bottom, centre - step), np.minimum(top, centre + step)
        share *= 4.0 / (nodes - 1)
