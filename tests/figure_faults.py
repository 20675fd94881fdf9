"""Faults of a drawn figure that a reader would see: text that collides or is cut, tiny text, clipped marks, greys."""

from itertools import combinations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.text import Text

SMALLEST_TEXT = 6.0  # points; journals ask for at least as much
_GAP = 1.0  # pixels at 100 dots per inch by which two texts may touch


def faults(figure):
    """Return one sentence per fault; none if the figure can be printed as it is."""
    canvas = FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    shown = [(text, text.get_window_extent(canvas.get_renderer())) for text in _texts(figure)]
    return [
        *_text_faults(figure, shown),
        *(fault for axis in figure.axes if axis.get_visible() for fault in _panel_faults(axis)),
        *_letter_faults([axis for axis in figure.axes if axis.get_visible()]),
        *(fault for legend in _legends(figure) for fault in _grey_faults(legend)),
    ]


def _texts(figure):
    """All visible texts within the range of their axes; ticks outside the limits are not drawn."""
    hidden = {id(text) for axis in figure.axes for text in _undrawn(axis)}
    for text in figure.findobj(Text):
        drawn = text.get_visible() and text.get_text().strip() and id(text) not in hidden
        if drawn and (text.axes is None or text.axes.get_visible()):
            yield text


def _undrawn(axis):
    """Labels of ticks that are not drawn, and those in three dimensions, whose places only the drawing knows."""
    for line in filter(None, (axis.xaxis, axis.yaxis, getattr(axis, "zaxis", None))):
        drawn = {id(tick) for tick in line._update_ticks()}
        for tick in (*line.majorTicks, *line.minorTicks):
            if id(tick) not in drawn or not (line.get_visible() and axis.get_visible()) or axis.name == "3d":
                yield from (tick.label1, tick.label2)


def _text_faults(figure, shown):
    for text, box in shown:
        name = repr(text.get_text())
        if text.get_fontsize() < SMALLEST_TEXT:
            yield f"{name} has only {text.get_fontsize():.1f} points"
        inside = (box.x0, box.y0, -box.x1, -box.y1) > (-1, -1, -figure.bbox.x1 - 1, -figure.bbox.y1 - 1)
        if not inside or box.x1 > figure.bbox.x1 + 1 or box.y0 < -1 or box.y1 > figure.bbox.y1 + 1:
            yield f"{name} leaves the page"
    for (one, a), (other, b) in combinations(shown, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > _GAP and high > _GAP:
            yield f"{one.get_text()!r} overlaps {other.get_text()!r}"


def _panel_faults(axis):
    if axis.name == "3d":
        return
    if axis.title.get_text() or axis.get_title("left"):
        ticks = [label.get_fontsize() for label in axis.get_xticklabels() + axis.get_yticklabels()]
        if axis._left_title.get_fontsize() < max(ticks, default=0):
            yield "a title is smaller than the tick labels"
    frame = axis.bbox
    for line in axis.lines:
        if line.get_transform() != axis.transData or not line.get_visible() or not len(line.get_xdata()):
            continue
        points = axis.transData.transform(np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)]))
        points = points[np.isfinite(points).all(axis=1)]
        marked = line.get_marker() not in ("None", None, "", " ", "_", "|")
        half = line.get_markersize() / 2 * axis.figure.dpi / 72 if marked and line.get_clip_on() else 0
        out = (points < [frame.x0 + half - 1, frame.y0 + half - 1]) | (
            points > [frame.x1 - half + 1, frame.y1 - half + 1]
        )
        if out.any():
            yield f"{'a mark is clipped' if marked else 'a curve leaves the frame'} in {axis.get_title('left')!r}"
    for direction in "xy":
        labelled = getattr(axis, f"get_{direction}label")() or getattr(axis.figure, f"get_sup{direction}label")()
        shared = getattr(axis, f"get_shared_{direction}_axes")().get_siblings(axis)
        if not labelled and not any(getattr(other, f"get_{direction}label")() for other in shared):
            yield f"the {direction} axis of {axis.get_title('left')!r} has no label"


def _letter_faults(axes):
    letters = sorted(axis.get_title("left")[:3] for axis in axes if axis.get_title("left"))
    if len(axes) > 1 and letters != [f"({'abcdefghijklmnop'[k]})" for k in range(len(letters))]:
        yield f"panels have the letters {letters}"
    if len(axes) > 1 and not letters:
        yield "panels have no letters"


def _legends(figure):
    return [*figure.legends, *(axis.get_legend() for axis in figure.axes if axis.get_legend())]


def _grey_faults(legend):
    """Lines in one legend differ in dashes, marker, width or, by a sixth of the range, in grey."""
    lines = [handle for handle in legend.legend_handles if isinstance(handle, Line2D)]
    for one, other in combinations(lines, 2):
        looks = [(line.get_linestyle(), line._unscaled_dash_pattern, line.get_marker()) for line in (one, other)]
        greys = [float(np.dot(to_rgb(line.get_color()), (0.299, 0.587, 0.114))) for line in (one, other)]
        if looks[0] == looks[1] and abs(greys[0] - greys[1]) < 1 / 6:
            yield f"{one.get_label()!r} and {other.get_label()!r} look alike in grey"
