"""What figures have in common: colours that colour-blind readers tell apart, and the looks that journals ask for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

SIMULATION, THEORY, BAND = "#2E86C9", "#DD7711", "#8A8A8A"


@contextmanager
def drawing(settings: Mapping[RcKeyType, Any] | None = None) -> Iterator[None]:
    """Draw and save with matplotlib's own defaults and ``settings`` while a block runs.

    A user's matplotlibrc plays no part, so that the same data gives the same bytes for everyone.
    """
    with rc_context():
        rcdefaults()
        rcParams.update(settings or {})
        yield


@dataclass(frozen=True)
class Style:
    """Widths in inches and fonts of a place where figures are printed.

    Drawings give their text relative sizes ("small"), so that ``settings`` reach all of it. Figures drawn up to
    ``_NARROW`` wide get one column, wider ones the whole width; None leaves the size as drawn.
    """

    settings: Mapping[RcKeyType, Any]
    column: float | None = None
    full: float | None = None

    def fit(self, figure: Figure) -> None:
        """Give a figure its width in print and keep its shape."""
        width, height = figure.get_size_inches()
        printed = self.column if width <= _NARROW else self.full
        if printed is not None:
            figure.set_size_inches(printed, height * max(printed / width, _FLATTEST))


_NARROW = 5.0
_FLATTEST = 0.8  # text shrinks less than the page: a narrower figure keeps most of its height
_SERIF: dict[RcKeyType, Any] = {"font.family": "STIXGeneral", "mathtext.fontset": "stix"}
STYLES = {
    "screen": Style({}),
    # Physical Review: columns of 8.6 cm, both together 17.8 cm.
    "aps": Style({**_SERIF, "font.size": 9.0, "lines.linewidth": 1.0, "axes.linewidth": 0.6}, 3.386, 7.008),
    # The NeurIPS style file: one column of 5.5 inches, body text in 10 point Times.
    "neurips": Style({**_SERIF, "font.size": 9.0, "axes.linewidth": 0.6}, 5.5, 5.5),
    # A4 with margins of 2.5 cm.
    "thesis": Style({**_SERIF, "font.size": 11.0}, 4.2, 6.3),
}
