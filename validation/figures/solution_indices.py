"""The normalised index of trained networks by size."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import SIMULATION, THEORY


def solution_indices(indices: pd.DataFrame) -> Figure:
    """Draw the share of negative eigenvalues against size, for both thresholds: a dot, or a bar between bounds.

    ``indices`` has columns hidden, network, parameters, low, high, relative_low, relative_high.
    """
    figure = Figure(figsize=(4.8, 3.0), layout="constrained")
    axis = figure.subplots()
    sizes = sorted(indices["hidden"].unique())
    for prefix, colour, marker, shift in (("", SIMULATION, "o", -0.13), ("relative_", THEORY, "s", 0.13)):
        label = "below $-0.001$" if not prefix else "below $-0.001$ times the largest"
        for place, hidden in enumerate(sizes):
            chosen = indices[indices["hidden"] == hidden]
            low, high = (chosen[prefix + end] / chosen["parameters"] for end in ("low", "high"))
            spread = [place + shift + 0.2 * (k / max(len(chosen) - 1, 1) - 0.5) for k in range(len(chosen))]
            axis.vlines(spread, low, high, color=colour, lw=1.2)
            exact = (low == high).to_numpy()
            at = [x for x, known in zip(spread, exact, strict=True) if known]
            axis.plot(at, high[exact], marker, color=colour, ms=4, label=label if place == 0 else None)
            for end in (low, high):
                axis.plot(spread, end, "_", color=colour, ms=4)
    axis.set_xticks(range(len(sizes)), [str(hidden) for hidden in sizes])
    axis.set(xlabel="hidden units", ylabel="index / parameters", ylim=(0, None))
    figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize="small")
    axis.spines[["top", "right"]].set_visible(False)
    return figure
