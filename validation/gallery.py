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
from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.basins import Basins, basin_volumes
from spinglass.critical_points.graph import landscape_graph
from validation import experiments, figures

FORMATS = ("pdf", "png", "svg")


@dataclass(frozen=True)
class Entry:
    """One figure: a caption with all parameters, and a function from the seed to its tables and the drawing.

    ``simulated`` is False where everything is exact and the seed plays no part.
    """

    caption: str
    make: Callable[[int], tuple[dict[str, pd.DataFrame], Figure]]
    simulated: bool = True


def _descent_energies(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:
    H, sizes = 3, (25, 50, 100, 200)
    ends = experiments.descent_energies(sizes, H, samples=64, starts=16, seed=seed)
    minima = experiments.densities_of_minima(sizes, H, np.linspace(-1.75, -1.2, 221))
    drawn = figures.descent_energies(ends, minima, float(theory.E_inf(H)), float(theory.E_0(H)), H)
    return {"ends": ends, "minima": minima}, drawn


def _counts_to_complexity(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:  # noqa: ARG001  nothing is drawn at random
    H, indices = 3, (0, 1, 2)
    energies = np.union1d(np.linspace(-1.75, -0.75, 201), np.linspace(-1.71, -1.59, 121))
    counts = experiments.counts_below((10, 20, 50, 100, 200, 1000), H, indices, energies)
    drawn = figures.counts_to_complexity(counts, {k: float(theory.E_k(H, k)) for k in indices}, H)
    return {"counts": counts}, drawn


def _counts_by_energy(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:  # noqa: ARG001  nothing is drawn at random
    n, H = 1000, 3
    energies = np.union1d(np.linspace(-1.75, 1.75, 351), np.linspace(-1.68, -1.58, 201))
    densities = experiments.densities_of_points(n, H, (None, 0, 1, 2, 3, 4), energies)
    drawn = figures.counts_by_energy(densities, float(theory.E_inf(H)), float(theory.E_0(H)), n, H)
    return {"densities": densities}, drawn


def _disconnectivity(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:
    H = 3
    every = enumerate_critical_points(SphericalSpinGlass.pure(14, H, seed))
    return _drawn_graph(basin_volumes(landscape_graph(every), 2000, seed), H)


def _drawn_graph(basins: Basins, H: int) -> tuple[dict[str, pd.DataFrame], Figure]:
    tables = experiments.disconnectivity(basins)
    n = basins.graph.every.x.shape[1]
    return tables, figures.disconnectivity(tables["minima"], tables["merges"], n, H)


GALLERY = {
    "descent-energies": Entry(
        "Energies per spin at which L-BFGS descents from uniform random points end (64 landscapes of 16 starts a "
        "size, H = 3), beside the exact mean density of minima at the same n (Auffinger, Ben Arous and Cerny 2013, "
        "Theorem 2.1) and the band [-E_0, -E_inf]. The density counts every minimum once; descents favour wide "
        "basins, so the two differ. Below n = 200 most minima still lie above the band.",
        _descent_energies,
    ),
    "counts-to-complexity": Entry(
        "(1/n) log of the exact mean number of critical points of index k = 0, 1, 2 with energy per spin below u, at "
        "n = 10, 20, 50, 100, 200, 1000 and H = 3 (Auffinger, Ben Arous and Cerny 2013, Theorem 2.1), and its limit "
        "Theta_k (Theorem 2.5). Below -E_k, where Theta_k < 0, points of index k or more become exponentially rare as "
        "n grows. The upper row shows the whole rise, the lower one the surroundings of -E_k: even at n = 1000 the "
        "curves are still off the limit by about the height of its plateau. Nothing here is simulated.",
        _counts_to_complexity,
        simulated=False,
    ),
    "counts-by-energy": Entry(
        "Exact mean number of critical points per unit of energy per spin u, all of them and those of index 0 (minima) "
        "to 4, for H = 3 and n = 1000 (Auffinger, Ben Arous and Cerny 2013, Theorem 2.1, differentiated), as log10. "
        "Left: the whole range. Right: around the band [-E_0, -E_inf], grey. Low indices follow one another in layers "
        "from the bottom up; at this n the layers still overlap, and reach above -E_inf. Curves are cut at 10^-2. "
        "Nothing here is simulated.",
        _counts_by_energy,
        simulated=False,
    ),
    "disconnectivity": Entry(
        "Disconnectivity graph of one landscape, n = 14, H = 3. All critical points are known by a complete certified "
        "enumeration. Every minimum (dot) is a line that rises from its energy; two lines merge at the lowest saddle "
        "of index 1 (diamond) over which a path leads from one valley to the other, as gradient flow down both "
        "unstable directions of each saddle shows. Horizontal positions have no meaning. Below: each minimum's share "
        "of the sphere under gradient flow, from 2000 uniform starts, with Wilson's 95% intervals.",
        _disconnectivity,
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
    paths += _write_tables(tables, folder, f"{name}-")
    paths.append(folder / f"{name}.txt")
    paths[-1].write_text(chosen.caption + f" Seed {seed}." * chosen.simulated + "\n")
    return paths


def save_graph(basins: Basins, H: int, folder: Path) -> list[Path]:
    """Write a landscape's disconnectivity graph as PDF and PNG with its tables as CSV; return the paths."""
    tables, figure = _drawn_graph(basins, H)
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
