"""The project's figures by name: what is simulated and computed for each, how it is drawn, and where it is saved."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

import theory
from validation import experiments, figures

FORMATS = ("pdf", "png", "svg")


@dataclass(frozen=True)
class Entry:
    """One figure: a caption with all parameters, and a function from the seed to its tables and the drawing."""

    caption: str
    make: Callable[[int], tuple[dict[str, pd.DataFrame], Figure]]


def _descent_energies(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:
    H, sizes = 3, (25, 50, 100, 200)
    ends = experiments.descent_energies(sizes, H, samples=64, starts=16, seed=seed)
    minima = experiments.densities_of_minima(sizes, H, np.linspace(-1.75, -1.2, 221))
    drawn = figures.descent_energies(ends, minima, float(theory.E_inf(H)), float(theory.E_0(H)), H)
    return {"ends": ends, "minima": minima}, drawn


GALLERY = {
    "descent-energies": Entry(
        "Energies per spin at which L-BFGS descents from uniform random points end (64 landscapes of 16 starts a "
        "size, H = 3), beside the exact mean density of minima at the same n (Auffinger, Ben Arous and Cerny 2013, "
        "Theorem 2.1) and the band [-E_0, -E_inf]. The density counts every minimum once; descents favour wide "
        "basins, so the two differ. Below n = 200 most minima still lie above the band.",
        _descent_energies,
    ),
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
    for part, table in tables.items():
        paths.append(folder / f"{name}-{part}.csv")
        table.to_csv(paths[-1], index=False)
    paths.append(folder / f"{name}.txt")
    paths[-1].write_text(f"{chosen.caption} Seed {seed}.\n")
    return paths


def _write(figure: Figure, path: Path) -> None:
    # Without dates and random ids the same data gives the same bytes.
    nothing = {"png": {"Software": None}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
    with rc_context({"svg.hashsalt": "spinglass", "pdf.fonttype": 42}):
        figure.savefig(path, dpi=150, metadata=nothing[path.suffix[1:]])
