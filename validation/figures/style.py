"""Style of all figures: one palette, small drawing helpers, and the widths and fonts that journals ask for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

# The palette of all figures. Colour-blind readers can tell the colours apart.
SIMULATION, THEORY, BAND = "#2E86C9", "#DD7711", "#8A8A8A"  # data; predictions; bands and reference lines
OTHER_SIMULATION = "#009E73"  # a second simulation in the same panel
PALE, FAINT_TEXT = "#AAAAAA", "#555555"
# Several curves in one panel: colours of Okabe and Ito, each with its own dashes for print without colour.
CURVES: tuple[tuple[str, Any], ...] = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", ":"),
    ("#56B4E9", (0, (5, 1, 1, 1, 1, 1))),
    ("#E69F00", (0, (1, 1))),
)
# Several system sizes in one panel, smallest first: lighter to darker, with markers or dashes for print without colour.
SIZES = (("#A6CEE3", "o", ":"), ("#4A9BCF", "s", "--"), ("#08519C", "D", "-"), ("#08306B", "^", "-."))
# Errors or losses on training and test data: colour, marker, dashes, label.
TRAIN_AND_TEST = {"train": (SIMULATION, "o", "-", "training"), "test": (THEORY, "s", "--", "test")}
# Critical points by kind: the shape of the marker distinguishes them without colour.
CRITICAL_POINTS: dict[str, dict[str, Any]] = {
    "minimum": {"marker": "o", "markerfacecolor": "#F0E442"},
    "saddle": {"marker": "D", "markerfacecolor": THEORY},
    "maximum": {"marker": "^", "markerfacecolor": "#CC3311"},
    "minimum at a kink": {"marker": "v", "markerfacecolor": "#FFFFFF"},
}


def hide_spines(*axes: Axes, left: bool = False) -> None:
    """Hide the upper and right edges of panels, and the left ones if asked."""
    for axis in axes:
        axis.spines[["top", "left", "right"] if left else ["top", "right"]].set_visible(False)


def legend_above(figure: Figure, handles: Sequence[Any], labels: Sequence[Any] | None = None, columns: int = 1) -> None:
    """Put one legend for all panels above them."""
    names = [handle.get_label() for handle in handles] if labels is None else labels
    figure.legend(handles, names, loc="outside upper center", ncols=columns, frameon=False, fontsize="small")


def subplots(count: int, columns: int, height: float, extra: float, *, share: bool = True) -> tuple[Figure, list[Axes]]:
    """Return a figure with this many panels in rows of ``columns``; a row is ``height`` inches high, plus ``extra``."""
    rows = -(-count // columns)
    figure = Figure(figsize=(7.0, height * rows + extra), layout="constrained")
    axes = list(figure.subplots(rows, columns, sharex=share, sharey=share, squeeze=False).ravel())
    for axis in axes[count:]:
        axis.set_visible(False)
    return figure, axes[:count]


@contextmanager
def drawing(settings: Mapping[RcKeyType, Any] | None = None) -> Iterator[None]:
    """Draw and save with matplotlib's own defaults and ``settings`` within a ``with`` block.

    A user's matplotlibrc is ignored, so that the same data gives the same bytes for everyone.

    Parameters
    ----------
    settings : mapping or None, default None
        Matplotlib settings (rcParams).
    """
    with rc_context():
        rcdefaults()
        rcParams.update(settings or {})
        yield


@dataclass(frozen=True)
class Style:
    """Widths and fonts for one place of publication.

    Attributes
    ----------
    settings : mapping
        Matplotlib settings. Drawings give relative font sizes ("small"), so that these reach all text.
    column : float or None, default None
        Width in inches of figures that were drawn at most 5 inches wide; None keeps their size.
    full : float or None, default None
        Width in inches of wider figures; None keeps their size.
    """

    settings: Mapping[RcKeyType, Any]
    column: float | None = None
    full: float | None = None

    def fit(self, figure: Figure) -> None:
        """Scale a figure to its printed width and keep its shape.

        Parameters
        ----------
        figure : matplotlib.figure.Figure
            The figure, which is changed in place.
        """
        width, height = figure.get_size_inches()
        printed = self.column if width <= _NARROW else self.full
        if printed is not None:
            figure.set_size_inches(printed, height * max(printed / width, _FLATTEST))


_NARROW = 5.0
_FLATTEST = 0.8  # text shrinks less than the page, so that a narrower figure keeps most of its height
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
