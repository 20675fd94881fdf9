"""The description of one figure in the gallery."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from spinglass.networks.data import Digits
from validation.series import Effort

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Entry:
    """One figure: how its tables are made and drawn, and its caption.

    Attributes
    ----------
    caption : str
        Caption with all parameters of the figure.
    tables : callable
        Takes a seed and returns the tables by name.
    draw : callable
        Draws the figure from the tables alone.
    simulated : bool, default True
        False if everything is exact, so that the seed has no effect.
    at : callable or None, default None
        Takes an effort and returns the same figure at this effort, for figures with several.
    on : callable or None, default None
        Takes images and returns the same figure for networks trained on them, for figures of trained networks.
    seconds : float or None, default None
        Processor time that the figure takes, in a run of the whole gallery with compiled kernels, as measured; None if
        it was not measured. Figures of a family that share simulations share them with the first one made.
    """

    caption: str
    tables: Callable[[int], Tables]
    draw: Callable[[Tables], Figure]
    simulated: bool = True
    at: "Callable[[Effort], Entry] | None" = None
    on: "Callable[[Digits], Entry] | None" = None
    seconds: float | None = None
