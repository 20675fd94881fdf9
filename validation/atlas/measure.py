"""The tables of one sample: critical points with certificates, graph, basins and pairs."""

from itertools import combinations_with_replacement
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spinglass import SphericalSpinGlass, couplings, critical_points
from spinglass._common.types import Array
from spinglass.critical_points import Basins, Enumeration
from validation.atlas.columns import TABLES, schema
from validation.atlas.landscape_sets import AtlasPlan, Part, sample_seed
from validation.experiments.pairs_of_points import pairs_of

if TYPE_CHECKING:
    import pyarrow as pa

_LOW_INDEX = 1  # pairs are listed of points of at most this index; the others follow from the coordinates


def measure(plan: AtlasPlan, part: Part, sample: int, checkpoint: Path | None = None) -> "dict[str, pa.Table]":
    """Return the rows of one sample in each table.

    Parameters
    ----------
    plan
        Seed, and number of gradient flows.
    part
        Order and size.
    sample
        Number of the sample.
    checkpoint
        Folder in which finished batches of paths are saved. Default: None.

    Returns
    -------
    dict of str to pyarrow.Table
        The tables. Of a sample that is not complete there are no minima, saddles and pairs.
    """
    seed = sample_seed(plan.seed, part, sample)
    glass = SphericalSpinGlass.pure(part.n, part.H, seed)
    every = critical_points.enumerate_critical_points(glass, certify="all", checkpoint=checkpoint)
    rows: dict[str, dict[str, Any]] = {"critical_points": _points(every)}
    basins = None
    if every.complete:
        graph = critical_points.landscape_graph(every)
        basins = critical_points.basin_volumes(graph, plan.starts, seed)
        rows |= {"minima": _minima(basins), "saddles": _saddles(basins), "pairs": _pairs(every)}
    rows["samples"] = _sample(every, basins, seed, plan.starts) | {"couplings": [in_lexical_order(glass).tolist()]}
    key = {"H": part.H, "n": part.n, "sample": sample}
    return {name: _arrow(rows.get(name), key, schema(name)) for name in TABLES}


def _arrow(columns: dict[str, Any] | None, key: dict[str, int], wanted: "pa.Schema") -> "pa.Table":
    """Return the columns of one sample as a table of the given schema; None is an empty table."""
    import pyarrow as pa

    if columns is None:
        return wanted.empty_table()
    rows = len(next(iter(columns.values())))
    every = {name: np.full(rows, value) for name, value in key.items()} | columns
    return pa.table([pa.array(every[field.name], field.type) for field in wanted], wanted)


def _sample(every: Enumeration, basins: Basins | None, seed: int, starts: int) -> dict[str, Any]:
    return {
        "seed": [seed],
        "complete": [every.complete],
        "proven": [every.proven],
        "reason": [every.reason],
        "solutions": [every.found],
        "expected_solutions": [every.expected],
        "retried_paths": [every.retries],
        "critical_points": [len(every)],
        "counts": [every.counts.tolist()],
        "starts": [starts],
        "unsettled_starts": [None if basins is None else basins.unsettled],
    }


def in_lexical_order(glass: SphericalSpinGlass) -> Array:
    """Return the packed couplings of a pure model in the order of ``combinations_with_replacement(range(n), H)``.

    Examples
    --------
    >>> glass, x = SphericalSpinGlass.pure(2, 3, seed=0), np.array([1.0, 1.0])
    >>> bool(np.isclose(in_lexical_order(glass).sum() / 2, glass.energy(x)))  # n^(-(H-1)/2) = 1/2
    True
    """
    (H,) = glass.orders
    indices = np.array(list(combinations_with_replacement(range(glass.n), H)))
    return np.asarray(glass.couplings[H][couplings.ranks(indices, glass.n)], np.float64)


def _points(every: Enumeration) -> dict[str, Any]:
    frame = every.to_frame().reset_index()
    names = [name for name in TABLES["critical_points"].columns if name in frame]
    return {name: frame[name].to_numpy() for name in names} | {"x": list(every.x)}


def _minima(basins: Basins) -> dict[str, Any]:
    frame = basins.to_frame().reset_index()
    columns = {name: frame[name].to_numpy() for name in TABLES["minima"].columns if name in frame}
    heights = columns["escape_height"]
    return columns | {"escape_height": [float(height) if np.isfinite(height) else None for height in heights]}


def _saddles(basins: Basins) -> dict[str, Any]:
    frame = basins.graph.to_frame().reset_index()
    columns = {name: frame[name].to_numpy() for name in TABLES["saddles"].columns if name in frame}
    ends = {
        name: [int(end) if end >= 0 else None for end in columns[name].tolist()] for name in ("deeper", "shallower")
    }
    return columns | ends


def _pairs(every: Enumeration) -> dict[str, Any]:
    frame = pairs_of(every, 0, np.flatnonzero(every.index <= _LOW_INDEX))
    return {name: frame[name].to_numpy() for name in TABLES["pairs"].columns if name != "sample" and name in frame}
