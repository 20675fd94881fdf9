"""One landscape as a self-contained HTML page: no server, no library, nothing from the network."""

import json
import math
from pathlib import Path
from typing import Any

from markupsafe import Markup

from spinglass.critical_points import Basins, LandscapeGraph
from theory.arguments import Model
from validation.experiments.descent_paths import descent_paths
from validation.report import html
from validation.report.one_landscape.densities import draw_densities
from validation.report.one_landscape.tree import TreeDrawing, draw_tree_of

_TEMPLATES = Path(html.__file__).parent / "templates"
_DIGITS = 6  # of energies in the page's data


def landscape_page(basins: Basins, model: Model, title: str, command: str) -> str:
    """Return a page with the disconnectivity graph, the energies by index and the paths over the saddles.

    Parameters
    ----------
    basins
        The landscape's graph, with all its critical points, and the volumes of its basins.
    model
        Order of the pure model, or weights by order, for the exact mean densities.
    title
        The landscape in words, such as ``n = 12, H = 3, seed 0``.
    command
        The command that writes this page again.

    Returns
    -------
    str
        The page.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, basin_volumes, enumerate_critical_points, landscape_graph
    >>> graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(n=4, H=3, seed=0)))
    >>> page = landscape_page(basin_volumes(graph, starts=20), 3, "n = 4, H = 3", "spinglass graph --n 4")
    >>> "Minima and the saddles between them" in page, "https://" in page
    (True, False)
    """
    graph = basins.graph
    drawing = draw_tree_of(basins)
    saddles, energies = graph.to_frame(), graph.every.energy_per_spin
    return (
        html.environment(autoescape=True)
        .get_template("landscape.html.j2")
        .render(
            title=title,
            command=command,
            every=graph.every,
            basins=basins,
            tree=drawing,
            densities=draw_densities(graph.every, model),
            minima=_minima(basins),
            saddles=[row for row in saddles.reset_index().to_dict("records") if row["saddle"] in drawing.saddles],
            unsettled=int((~graph.settled).sum()),
            chosen=_first(graph, drawing),
            lowest=float(energies.min()),
            style=_text("report.css") + _text("landscape.css"),
            script=_text("landscape.js"),
            data=Markup(json.dumps(_data(basins, drawing), separators=(",", ":")).replace("<", "\\u003c")),
        )
    )


def _first(graph: LandscapeGraph, drawing: TreeDrawing) -> int | None:
    """Return the saddle that is chosen at first: the lowest pass out of the valley of the deepest minimum."""
    out = graph.merges.saddle[graph.merges.deeper == 0]
    return int(out[0]) if len(out) else next(iter(drawing.saddles), None)


def _text(name: str) -> Markup:
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))


def _minima(basins: Basins) -> list[dict[str, Any]]:
    """Return the rows of the table of minima."""
    frame = basins.to_frame().assign(overlap=basins.graph.overlaps[0]).reset_index()
    rows = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    for row in rows:
        row["barrier"] = f"{row['escape_height']:.6f}" if math.isfinite(row["escape_height"]) else "–"
    return rows


def _data(basins: Basins, drawing: TreeDrawing) -> dict[str, Any]:
    """Return what the page's script needs: the minima, and each saddle with its routes and its path."""
    graph = basins.graph
    u = graph.every.energy_per_spin
    paths = descent_paths(graph)
    merging = set(graph.merges.saddle.tolist())
    saddles = {
        saddle: {
            "energy": round(float(u[graph.saddles[saddle]]), _DIGITS),
            "joins": list(path.minima),
            "merges": saddle in merging,
            "routes": list(drawing.routes[saddle]),
            "position": [round(x, 3) for x in path.position.tolist()],
            "path": [round(x, 5) for x in path.energy_per_spin.tolist()],
        }
        for saddle, path in paths.items()
    }
    return {"minima": [round(x, _DIGITS) for x in u[graph.minima].tolist()], "saddles": saddles}
