"""Style of all figures: one palette, panels with letters, and the widths and fonts that journals ask for."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import cycle, islice
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

# The palette of all figures. Colour-blind readers can tell the colours apart, and so can readers of a print without
# colour: the greys of simulation and theory are 0.4 and 0.6, and marks that share a grey differ in shape or dashes.
SIMULATION, THEORY, BAND = "#1F6FB2", "#EE8A12", "#8A8A8A"  # data; predictions; bands and reference lines
OTHER_SIMULATION = "#00734F"  # a second simulation in the same panel
PALE, FAINT_TEXT, EMPHASIS = "#AAAAAA", "#555555", "#000000"
SURFACE = "cividis"  # colour map of functions of two variables
# Several curves in one panel: colours of Okabe and Ito, each with its own dashes for print without colour.
CURVES: tuple[tuple[str, Any], ...] = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", ":"),
    ("#56B4E9", (0, (5, 1, 1, 1, 1, 1))),
    ("#E69F00", (0, (9, 2))),
)
# Errors or losses on training and test data: colour, marker, dashes, label.
TRAIN_AND_TEST = {"train": (SIMULATION, "o", "-", "training"), "test": (THEORY, "s", "--", "test")}
# Critical points by kind: the shape of the marker distinguishes them without colour.
CRITICAL_POINTS: dict[str, dict[str, Any]] = {
    "minimum": {"marker": "o", "markerfacecolor": "#F0E442"},
    "saddle": {"marker": "D", "markerfacecolor": THEORY},
    "maximum": {"marker": "^", "markerfacecolor": "#CC3311"},
    "minimum at a kink": {"marker": "v", "markerfacecolor": "#FFFFFF"},
}
_LIGHT_TO_DARK = LinearSegmentedColormap.from_list("sizes", ("#5BA7DC", SIMULATION, "#08203F"))
_MARKERS = ("o", "s", "D", "^", "v", "P")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (8, 2)))


class Look(NamedTuple):
    """How one of several curves or point sets in one panel is drawn."""

    colour: str
    marker: str
    dashes: Any


def ordered(count: int) -> list[Look]:
    """Return looks for curves that have an order, such as system sizes: from light to dark, the last one solid."""
    places = np.linspace(0, 1, count) if count > 1 else np.ones(1)
    dashes = list(islice(cycle(_DASHES), count))[::-1]
    markers = islice(cycle(_MARKERS), count)
    return [Look(to_hex(_LIGHT_TO_DARK(at)), *rest) for at, *rest in zip(places, markers, dashes, strict=True)]


def panels(
    rows: int,
    columns: int,
    height: float,
    extra: float = 0.0,
    *,
    wide: bool = True,
    narrow: tuple[int, int] | None = None,
    **options: Any,
) -> tuple[Figure, NDArray[Any]]:
    """Return a figure as wide as the page of the style, and its panels.

    Parameters
    ----------
    rows, columns : int
        Shape of the grid of panels.
    height : float
        Height of a row in inches. It shrinks to at most 80% where panels are narrower than on the screen.
    extra : float, default 0.0
        Height in inches of the legend and other text outside the panels.
    wide : bool, default True
        Whether the figure takes the full width of the page, instead of one column.
    narrow : (int, int) or None, default None
        Shape of the grid if the figure has to fit into one column; None keeps it.
    **options
        Options of ``Figure.subplots``.

    Returns
    -------
    figure : matplotlib.figure.Figure
        The figure.
    axes : ndarray of matplotlib.axes.Axes
        The panels, in the shape of the grid.
    """
    width = _page.get()[wide]
    usual = _SCREEN[wide] / columns
    if narrow is not None and width <= _NARROW:
        rows, columns = narrow
    shrink = np.clip(width / columns / usual, 0.8, 1.0)
    figure = Figure(figsize=(width, rows * height * shrink + extra), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    for axis in axes.ravel():
        axis.tick_params(labelsize="small")
        if axis.name != "3d":
            hide_spines(axis)
    return figure, axes


def grid_of(
    count: int, columns: int, height: float, extra: float = 0.0, *, narrow: int | None = None, **options: Any
) -> tuple[Figure, list[Axes]]:
    """Return a figure with this many panels in rows of ``columns``, or of ``narrow`` if it has to fit one column."""
    columns, narrow = min(columns, count), min(narrow or columns, count)
    shape = (-(-count // narrow), narrow)
    figure, axes = panels(-(-count // columns), columns, height, extra, narrow=shape, **options)
    for axis in axes.ravel()[count:]:
        axis.set_visible(False)
    return figure, list(axes.ravel()[:count])


def letter(axes: Iterable[Axes], titles: Sequence[str] = ()) -> None:
    """Give the panels of a figure the letters (a), (b), ... in front of their titles, if they have titles."""
    for place, axis in enumerate(axes):
        title = titles[place] if titles else ""
        axis.set_title(f"({ascii_lowercase[place]}) {title}".rstrip(), loc="left", fontsize="medium")


def hide_spines(*axes: Axes, left: bool = False) -> None:
    """Hide the upper and right edges of panels, and the left ones if asked."""
    for axis in axes:
        axis.spines[["top", "left", "right"] if left else ["top", "right"]].set_visible(False)


def legend_above(figure: Figure, handles: Sequence[Any], labels: Sequence[str] | None = None) -> None:
    """Put one legend for all panels above them, in as many columns as fit the width."""
    names = [str(handle.get_label()) for handle in handles] if labels is None else labels
    renderer = FigureCanvasAgg(figure).get_renderer()
    for columns in range(len(names), 0, -1):
        legend = figure.legend(
            handles, names, loc="outside upper center", ncols=columns, frameon=False, fontsize="small",
            handlelength=1.8, columnspacing=1.2, borderaxespad=0.2,
        )  # fmt: skip
        if columns == 1 or legend.get_window_extent(renderer).width < figure.bbox.width:
            return
        legend.remove()


def legend_inside(axis: Axes, **options: Any) -> None:
    """Put a legend without a frame into a panel."""
    axis.legend(frameon=False, fontsize="small", title_fontsize="small", **options)


@contextmanager
def drawing(
    settings: "Mapping[RcKeyType, Any] | None" = None, page: tuple[float, float] | None = None
) -> Generator[None]:
    """Draw and save with matplotlib's own defaults and ``settings`` within a ``with`` block.

    A user's matplotlibrc is ignored, so that the same data gives the same bytes for everyone.

    Parameters
    ----------
    settings : mapping or None, default None
        Matplotlib settings (rcParams).
    page : (float, float) or None, default None
        Width in inches of narrow and of wide figures; None means those of the screen.
    """
    with rc_context():
        rcdefaults()
        rcParams.update(settings or {})
        before = _page.set(page or _SCREEN)
        try:
            yield
        finally:
            _page.reset(before)


Width = Literal["own", "column", "full"]
WIDTHS: tuple[Width, ...] = ("own", "column", "full")


@dataclass(frozen=True)
class Style:
    """Widths and fonts for one place of publication.

    Attributes
    ----------
    settings : mapping
        Matplotlib settings. Drawings give relative font sizes ("small"), so that these reach all text.
    column, full : float
        Width in inches of one column and of the page.
    dpi : int, default 300
        Dots per inch of PNG files.
    """

    settings: "Mapping[RcKeyType, Any]"
    column: float
    full: float
    dpi: int = 300

    def page(self, width: Width) -> tuple[float, float]:
        """Return the width in inches of narrow and of wide figures, all the same unless ``width`` is "own"."""
        return {"own": (self.column, self.full), "column": (self.column,) * 2, "full": (self.full,) * 2}[width]


_SCREEN = (5.0, 7.0)
_NARROW = 5.0  # figures up to this width in inches are arranged for one column
_page: ContextVar[tuple[float, float]] = ContextVar("page", default=_SCREEN)
_SERIF: "dict[RcKeyType, Any]" = {"font.family": "STIXGeneral", "mathtext.fontset": "stix"}
STYLES = {
    "screen": Style({}, *_SCREEN, dpi=150),
    # Physical Review: columns of 8.6 cm, both together 17.8 cm.
    "aps": Style({**_SERIF, "font.size": 9.0, "lines.linewidth": 1.0, "axes.linewidth": 0.6}, 3.386, 7.008),
    # The NeurIPS style file: one column of 5.5 inches, body text in 10 point Times.
    "neurips": Style({**_SERIF, "font.size": 9.0, "axes.linewidth": 0.6}, 5.5, 5.5),
    # A4 with margins of 2.5 cm.
    "thesis": Style({**_SERIF, "font.size": 11.0}, 4.2, 6.3),
}
