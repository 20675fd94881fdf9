"""Figures of networks' loss surfaces on planes of their parameters."""

import pandas as pd
from matplotlib.figure import Figure

from validation import figures, surfaces
from validation.gallery.entry import Entry, Tables

_REACH = 3.0
_GRID = 101
_STARTS = 21


def _relu_surfaces(seed: int) -> Tables:
    planes = surfaces.random_planes(seed)
    return {
        "surfaces": _stacked({name: surfaces.surface(plane, _REACH, _GRID) for name, plane in planes.items()}),
        "kinks": _stacked({name: surfaces.kinks(plane, _REACH, _GRID) for name, plane in planes.items()}),
        "points": _stacked({name: surfaces.critical_points(plane, _REACH, _STARTS) for name, plane in planes.items()}),
    }


def _draw_relu_surfaces(tables: Tables) -> Figure:
    return figures.network_surfaces(tables["surfaces"], tables["kinks"], tables["points"], surfaces.PLANES)


def _stacked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(plane=name) for name, table in tables.items()], ignore_index=True)


ENTRIES = {
    "relu-surfaces": Entry(
        "Squared loss of a ReLU network (widths 2-3-2-1, biases 0.5 N(0,1), six Gaussian data points) on three planes "
        "of its weights, u and v in [-3, 3]: W1 = uU + vV, W2 = uU + vV, and W1 = uU with W2 = vV; U and V Gaussian, "
        "all else fixed. Above: log10 E. Below: contours, 22 levels evenly spaced in log E; white dots mark the "
        "kinks, where a hidden unit changes sides for some data point. Within one layer (left, middle) E is a convex "
        "quadratic between kinks, so that smooth critical points are minima only; moving two layers (right) makes "
        "smooth saddles. Critical points by Newton's method from a grid of 21 x 21 starts, classified by the "
        "Hessian's eigenvalues; flat valleys and plateaus of dead units are not points and not marked.",
        _relu_surfaces,
        _draw_relu_surfaces,
    ),
}
