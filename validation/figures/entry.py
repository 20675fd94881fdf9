"""What the gallery knows of one figure."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from validation.series import Effort

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Entry:
    """One figure: a caption with all parameters, its tables from a seed, and its drawing from the tables alone.

    ``simulated`` is False where everything is exact and the seed plays no part. ``at`` gives the same figure at another
    effort, where there is more than one.
    """

    caption: str
    tables: Callable[[int], Tables]
    draw: Callable[[Tables], Figure]
    simulated: bool = True
    at: "Callable[[Effort], Entry] | None" = None
