"""The project's figures by name, one file of entries a family, and how they are saved."""

import difflib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from spinglass.critical_points.basins import Basins
from validation.gallery import landscapes
from validation.gallery.entry import Entry

__all__ = ["FORMATS", "GALLERY", "Entry", "entry", "save", "save_graph"]

FORMATS = ("pdf", "png", "svg")
GALLERY = {
    **landscapes.ENTRIES,
}


def entry(name: str) -> Entry:
    """Return a figure's entry, or raise ``ValueError`` with the nearest name."""
    if name not in GALLERY:
        near = difflib.get_close_matches(name, GALLERY, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown figure {name!r}; did you mean {near!r}? There are {', '.join(GALLERY)}")
    return GALLERY[name]


def save(name: str, folder: Path, formats: Sequence[str] = ("pdf", "png"), seed: int = 0) -> list[Path]:
    """Make one figure and write it in every format, with its tables as CSV and its caption; return the paths.

    Raises
    ------
    ValueError
        If the name or a format is unknown.
    OSError
        If the folder cannot be written.
    """
    chosen = entry(name)
    for kind in formats:
        if kind not in FORMATS:
            raise ValueError(f"format must be one of {', '.join(FORMATS)}; given {kind!r}")
    folder.mkdir(parents=True, exist_ok=True)
    tables, figure = chosen.make(seed)
    paths = [folder / f"{name}.{kind}" for kind in formats]
    for path in paths:
        _write(figure, path)
    paths += _write_tables(tables, folder, f"{name}-")
    paths.append(folder / f"{name}.txt")
    paths[-1].write_text(chosen.caption + f" Seed {seed}." * chosen.simulated + "\n")
    return paths


def save_graph(basins: Basins, H: int, folder: Path) -> list[Path]:
    """Write a landscape's disconnectivity graph as PDF and PNG with its tables as CSV; return the paths."""
    tables, figure = landscapes.drawn_graph(basins, H)
    paths = [folder / f"disconnectivity.{kind}" for kind in ("pdf", "png")]
    for path in paths:
        _write(figure, path)
    return paths + _write_tables(tables, folder)


def _write_tables(tables: dict[str, pd.DataFrame], folder: Path, prefix: str = "") -> list[Path]:
    paths = [folder / f"{prefix}{part}.csv" for part in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        table.to_csv(path, index=False)
    return paths


def _write(figure: Figure, path: Path) -> None:
    # Without dates and random ids the same data gives the same bytes.
    nothing = {"png": {"Software": None}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
    with rc_context({"svg.hashsalt": "spinglass", "pdf.fonttype": 42}):
        figure.savefig(path, dpi=150, metadata=nothing[path.suffix[1:]])
