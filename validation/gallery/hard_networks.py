"""Figures of small networks with hard landscapes."""

import numpy as np
from matplotlib.figure import Figure

from validation import figures, hard_landscapes
from validation.gallery.entry import Entry, Tables

_POINTS = 50


def _two_parameters(seed: int) -> Tables:
    surface = hard_landscapes.noisy_line(_POINTS, seed)
    starts = np.array([[0.05, -0.04], [-0.03, 0.05], [-15.0, 6.0], [17.0, -3.0], [3.0, 17.0], [-9.0, -16.0]])
    return {
        "surface": hard_landscapes.surface_grid(surface, 20, 121),
        "descents": hard_landscapes.descents(surface, starts),
    }


def _draw_two_parameters(tables: Tables) -> Figure:
    # The noise moves the hyperbola from w_1 w_2 = 100 by a few tenths; its descents end on the data's own.
    last = tables["descents"].groupby("descent").last()
    return figures.two_parameter_surface(tables["surface"], tables["descents"], float((last["w1"] * last["w2"]).mean()))


def _neuron(seed: int) -> Tables:
    line, plane, minima = hard_landscapes.neuron_on_a_plane(per_axis=3, count=121)
    counts = hard_landscapes.counted_minima([(d, 2) for d in range(1, 7)] + [(d, 3) for d in range(1, 5)], seed)
    return {"line": line, "plane": plane, "minima": minima, "counts": counts}


def _draw_neuron(tables: Tables) -> Figure:
    return figures.neuron_landscape(tables["line"], tables["plane"], tables["minima"], tables["counts"])


def _spread(seed: int) -> Tables:
    return {"ends": hard_landscapes.ends_by_size((2, 4, 8, 16, 32, 64), networks=60, epochs=1000, seed=seed)}


def _draw_spread(tables: Tables) -> Figure:
    return figures.spread_of_minima(tables["ends"])


ENTRIES = {
    "hard-networks-two-parameters": Entry(
        f"The loss sum_i (y_i - w_2 w_1 x_i)^2 of two weights in a row on {_POINTS} points of the noisy line "
        "y = 100 x + e, x uniform in [0, 1], e N(0, 1). Left: its logarithm. Right: contours, equally spaced in the "
        "logarithm; the strict saddle at the origin (eigenvalues -2 x.y and 2 x.y), the minima on the hyperbola "
        "w_1 w_2 = x.y/|x|^2, and gradient flow, along which w_1^2 - w_2^2 is conserved.",
        _two_parameters,
        _draw_two_parameters,
    ),
    "hard-networks-neuron": Entry(
        "One sigmoid neuron with squared loss (Auer, Herbster and Warmuth 1996). Inputs along each axis are 1, 1/16, "
        "1/256, targets 3/4. Left: the loss of one weight; middle: of two, with its nine minima; right: the number "
        "of minima that descents find for d weights after a random linear map of the inputs, beside k^d.",
        _neuron,
        _draw_neuron,
    ),
    "hard-networks-spread": Entry(
        "Training losses at which 60 networks a size end: one hidden layer of tanh units, cross-entropy, 1000 epochs "
        "of full-batch Adam (rate 0.02) on 40 points of one two-class Gaussian mixture. Small networks end at minima "
        "of very different losses, large ones near zero.",
        _spread,
        _draw_spread,
    ),
}
