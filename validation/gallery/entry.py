"""What the gallery knows of one figure."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Entry:
    """One figure: a caption with all parameters, and a function from the seed to its tables and the drawing.

    ``simulated`` is False where everything is exact and the seed plays no part.
    """

    caption: str
    make: Callable[[int], tuple[dict[str, pd.DataFrame], Figure]]
    simulated: bool = True
