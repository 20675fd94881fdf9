"""All figures of the project by name, and functions that save them."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from spinglass._common.arguments import unknown
from spinglass.critical_points.basins import Basins
from spinglass.networks.data import Digits
from validation.engine.run_folder import write_whole
from validation.experiments import critical_points
from validation.figures import (
    deepest_minimum,
    disconnectivity,
    dynamics,
    landscapes,
    pair_densities,
    phases,
    planted_signals,
    recovery_phases,
    stability_of_minima,
    temperature,
)
from validation.figures.entry import Entry, Tables
from validation.figures.networks import (
    assumptions_by_depth,
    choromanska,
    generalisation,
    hard_networks,
    loss_surfaces,
    losses_on_the_sphere,
    polynomial_fits,
)
from validation.figures.style import STYLES, WIDTHS, Style, Width, drawing
from validation.series import EFFORTS, Effort, one_of

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

__all__ = ["FORMATS", "GALLERY", "STYLES", "WIDTHS", "Entry", "draw", "entry", "save", "save_graph", "select"]

FORMATS = ("pdf", "png", "svg")
# The ids in an SVG are hashes, which a fixed salt keeps reproducible. Type 42 embeds fonts that can be edited.
_REPEATABLE: "dict[RcKeyType, Any]" = {"svg.hashsalt": "spinglass", "pdf.fonttype": 42}
GALLERY = {
    **landscapes.ENTRIES,
    **deepest_minimum.ENTRIES,
    **stability_of_minima.ENTRIES,
    **pair_densities.ENTRIES,
    **planted_signals.ENTRIES,
    **choromanska.ENTRIES,
    **temperature.ENTRIES,
    **dynamics.ENTRIES,
    **phases.ENTRIES,
    **recovery_phases.ENTRIES,
    **polynomial_fits.ENTRIES,
    **generalisation.ENTRIES,
    **hard_networks.ENTRIES,
    **loss_surfaces.ENTRIES,
    **assumptions_by_depth.ENTRIES,
    **losses_on_the_sphere.ENTRIES,
}


def entry(name: str, effort: Effort = "quick", data: Digits | None = None) -> Entry:
    """Return the entry of a figure at one effort.

    Parameters
    ----------
    name : str
        Name of the figure.
    effort : {"quick", "standard", "paper"}, default "quick"
        How much to simulate, for figures with several efforts.
    data : Digits or None, default None
        Images on which networks are trained, for the figures of ``choromanska``; None for those of scikit-learn.

    Returns
    -------
    Entry
        The figure.

    Raises
    ------
    ValueError
        If the name or the effort is unknown, with the nearest name, or the figure does not use images.
    """
    found = GALLERY[_known("figure", name, GALLERY)]
    effort = one_of("effort", effort, EFFORTS)
    found = found if found.at is None else found.at(effort)
    if data is None:
        return found
    if found.on is None:
        fitting = ", ".join(known for known, other in GALLERY.items() if other.on is not None)
        raise ValueError(f"{name} does not use images; --data applies to {fitting}")
    return found.on(data)


def select(names: Sequence[str] | None = None) -> list[str]:
    """Return the names of the requested figures.

    Parameters
    ----------
    names : sequence of str or None, default None
        Names; the first words of a name select all figures whose names begin with them. None selects all figures.

    Returns
    -------
    list of str
        Full names, each once.

    Raises
    ------
    ValueError
        If a name is unknown; the nearest one is suggested.

    Examples
    --------
    >>> select(["counts"])
    ['counts-to-complexity', 'counts-by-energy']
    """
    chosen: list[str] = []
    for name in GALLERY if names is None else names:
        group = [known for known in GALLERY if known == name or known.startswith(f"{name}-")]
        chosen += group or [_known("figure", name, GALLERY)]
    return list(dict.fromkeys(chosen))


def _known(what: str, name: str, names: Sequence[str] | dict[str, Entry] | dict[str, Style]) -> str:
    if name not in names:
        raise unknown(what, name, names)
    return name


def draw(name: str, tables: Tables, style: str = "screen", width: Width = "own") -> Figure:
    """Draw one figure from its tables at its printed size.

    Parameters
    ----------
    name : str
        Name of the figure.
    tables : dict of str to pandas.DataFrame
        The figure's tables, as made by ``entry(name).tables(seed)`` or read from saved CSV files.
    style : {"screen", "aps", "neurips", "thesis"}, default "screen"
        Widths and fonts.
    width : {"own", "column", "full"}, default "own"
        Whether the figure has the width of one column or of the page. By default figures of one panel have the width
        of one column, and others that of the page.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.

    Raises
    ------
    ValueError
        If the name, the style or the width is unknown.

    Examples
    --------
    >>> figure = draw("dynamics-ageing", entry("dynamics-ageing").tables(0), "aps", "column")  # doctest: +SKIP
    >>> figure.savefig("ageing.pdf")  # doctest: +SKIP
    """
    chosen, look = entry(name), STYLES[_known("style", style, STYLES)]
    with drawing(look.settings, look.page(one_of("width", width, WIDTHS))):
        return chosen.draw(tables)


def save(
    name: str,
    folder: Path,
    formats: Sequence[str] = ("pdf", "png"),
    seed: int = 0,
    style: str = "screen",
    *,
    width: Width = "own",
    effort: Effort = "quick",
    data_only: bool = False,
    source: Path | None = None,
    data: Digits | None = None,
) -> list[Path]:
    """Make one figure and write it in every format, with its tables as CSV and its caption as text.

    Parameters
    ----------
    name : str
        Name of the figure.
    folder : Path
        Output directory, created if necessary.
    formats : sequence of {"pdf", "png", "svg"}, default ("pdf", "png")
        File formats.
    seed : int, default 0
        Seed of the simulation.
    style : {"screen", "aps", "neurips", "thesis"}, default "screen"
        Widths and fonts. PNG files have 300 dots per inch, those for the screen 150.
    width : {"own", "column", "full"}, default "own"
        Width of one column or of the page; by default that which suits the figure.
    effort : {"quick", "standard", "paper"}, default "quick"
        How much to simulate, for figures with several efforts.
    data_only : bool, default False
        Whether to write tables and caption without a drawing.
    source : Path or None, default None
        Directory of tables and captions saved earlier. They are drawn again; nothing is simulated, and ``seed`` has no
        effect.
    data : Digits or None, default None
        Images on which networks are trained, see :func:`entry`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If the name, a format, the style or the width is unknown, or ``source`` lacks a table of the figure.
    OSError
        If the directory cannot be written.
    """
    chosen = entry(name, effort, data)
    look = STYLES[_known("style", style, STYLES)]
    page = look.page(one_of("width", width, WIDTHS))
    for kind in formats:
        _known("format", kind, FORMATS)
    folder.mkdir(parents=True, exist_ok=True)
    if source is None:
        tables, caption = chosen.tables(seed), chosen.caption + f" Seed {seed}." * chosen.simulated + "\n"
    else:
        tables, caption = _read(name, source)
    paths = _write_tables(tables, folder, f"{name}.")
    paths.append(folder / f"{name}.txt")
    write_whole(paths[-1], caption.encode())
    if data_only:
        return paths
    pictures = [folder / f"{name}.{kind}" for kind in formats]
    with drawing({**look.settings, **_REPEATABLE}, page):
        figure = chosen.draw(tables)
        for path in pictures:
            _write(figure, path, look.dpi)
    return pictures + paths


def save_graph(basins: Basins, model: str, folder: Path) -> list[Path]:
    """Write a landscape's disconnectivity graph as PDF and PNG, with its tables as CSV.

    Parameters
    ----------
    basins : Basins
        The landscape's graph and the volumes of its basins.
    model : str
        The model for the title, such as ``H = 3``.
    folder : Path
        Output directory.

    Returns
    -------
    list of Path
        The files written.
    """
    tables = critical_points.disconnectivity(basins)
    n = basins.graph.every.x.shape[1]
    paths = [folder / f"disconnectivity.{kind}" for kind in ("pdf", "png")]
    with drawing(_REPEATABLE):
        figure = disconnectivity.disconnectivity(tables["minima"], tables["merges"], f"n = {n}, {model}")
        for path in paths:
            _write(figure, path, STYLES["screen"].dpi)
    return paths + _write_tables(tables, folder)


def _read(name: str, source: Path) -> tuple[Tables, str]:
    found = {path.name.removeprefix(f"{name}.").removesuffix(".csv"): path for path in source.glob(f"{name}.*.csv")}
    caption = source / f"{name}.txt"
    if not found or not caption.is_file():
        raise ValueError(
            f"{source} has no tables of {name}: it must contain {name}.*.csv and {name}.txt; "
            "create them with `spinglass figures --data-only`"
        )
    return {part: pd.read_csv(path) for part, path in sorted(found.items())}, caption.read_text(encoding="utf-8")


def _write_tables(tables: Tables, folder: Path, prefix: str = "") -> list[Path]:
    paths = [folder / f"{prefix}{part}.csv" for part in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        write_whole(path, table.to_csv(index=False).encode())
    return paths


def _write(figure: Figure, path: Path, dpi: int) -> None:
    # Dates and program versions are left out, so that the same data gives the same bytes.
    left_out = {"png": "Software", "pdf": "CreationDate", "svg": "Date"}
    kind, picture = path.suffix[1:], io.BytesIO()
    figure.savefig(picture, format=kind, dpi=dpi, metadata={left_out[kind]: None})
    write_whole(path, picture.getvalue())
