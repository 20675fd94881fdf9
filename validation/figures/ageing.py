"""Two-time correlations of gradient descent: a curve for each age, and what they fall onto."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure


def ageing(correlations: pd.DataFrame, H: int) -> Figure:
    """Draw C(t, t_w) against t - t_w and against t / t_w; ``correlations`` has columns waiting, time, correlation."""
    figure = Figure(figsize=(7.0, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    ages = sorted(correlations["waiting"].unique())
    colours = matplotlib.colormaps["viridis"](np.linspace(0.0, 0.85, len(ages)))
    for age, colour in zip(ages, colours, strict=True):
        rows = correlations[(correlations["waiting"] == age) & (correlations["time"] > age)]
        left.plot(rows["time"] - age, rows["correlation"], color=colour, lw=1.3)
        right.plot(rows["time"] / age, rows["correlation"], color=colour, lw=1.3, label=f"{age:g}")
    left.set(xscale="log", xlabel=r"$t - t_w$", ylabel=rf"$C(t, t_w)$, H = {H}", ylim=(0, 1.02))
    right.set(xscale="log", xlabel=r"$t / t_w$", xlim=(1, None))
    right.legend(title=r"age $t_w$", frameon=False, fontsize="small", title_fontsize="small")
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
    return figure
