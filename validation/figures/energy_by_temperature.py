"""The energy against temperature: simulation at several sizes, and the infinite glass."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import BAND, THEORY

# Light to dark with size: told apart without colour as well.
_SIZES = (("#A6CEE3", "o"), ("#4A9BCF", "s"), ("#08519C", "D"), ("#08306B", "^"))


def energy_by_temperature(
    measured: pd.DataFrame, infinite: pd.DataFrame, T_s: float, T_d: float, E_0: float, H: int
) -> Figure:
    """Draw mean energies per spin with error bars a size, the infinite glass, and the two transition temperatures.

    ``measured`` has columns n, temperature, energy_per_spin, standard_error; ``infinite`` temperature,
    energy_per_spin, liquid.
    """
    figure = Figure(figsize=(5.0, 3.8), layout="constrained")
    axis = figure.subplots()
    lowest = -E_0 - 0.06
    below = infinite[(infinite["temperature"] < T_s) & (infinite["liquid"] > lowest)]
    axis.axhline(-E_0, color=BAND, lw=0.8, ls=":")
    axis.plot(below["temperature"], below["liquid"], color=THEORY, lw=1, ls="--", label="$-1/T$, continued")
    axis.plot(infinite["temperature"], infinite["energy_per_spin"], color=THEORY, lw=1.8, label=r"$n = \infty$, exact")
    for (n, group), (colour, marker) in zip(measured.groupby("n"), _SIZES, strict=False):
        axis.errorbar(
            group["temperature"],
            group["energy_per_spin"],
            group["standard_error"],
            color=colour,
            marker=marker,
            ms=4,
            lw=0,
            elinewidth=1,
            label=f"n = {n}",
        )
    for T, name, side in ((T_s, "$T_s$", "right"), (T_d, "$T_d$", "left")):
        axis.axvline(T, color=BAND, lw=0.8)
        axis.text(T, 1.01, name, transform=axis.get_xaxis_transform(), ha=side, va="bottom", fontsize="small")
    axis.text(1.0, -E_0, " $-E_0$", transform=axis.get_yaxis_transform(), va="center", fontsize="small")
    axis.set(xlabel="temperature T", ylabel=f"energy per spin, H = {H}", ylim=(lowest, None))
    axis.legend(frameon=False, fontsize="small")
    axis.spines[["top", "right"]].set_visible(False)
    return figure
