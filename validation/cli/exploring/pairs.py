"""The command that counts the pairs of critical points by their overlap."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from validation.cli.exploring.explore import MAX_PATHS, Paths
from validation.cli.lists import whole_numbers
from validation.cli.models import Mixture, Orders, read_model
from validation.cli.paths import path
from validation.cli.tables import Csv, Json, empty_table, output

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from validation.experiments.pairs_of_points import PairSurvey

_MOST_INTERVALS = 100


def pairs(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 8,
    H: Orders = None,
    mixture: Mixture = None,
    samples: Annotated[int, typer.Option(help="Number of independent landscapes.")] = 10,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings and of theory's Monte Carlo.")] = 0,
    intervals: Annotated[int, typer.Option(help="Number of intervals of overlaps between -1 and 1.")] = 10,
    indices: Annotated[
        str | None,
        typer.Option(metavar="K,L", help="Count only pairs of these indices, such as 0,0 for pairs of minima."),
    ] = None,
    accuracy: Annotated[float, typer.Option(help="Relative standard error of the exact numbers.")] = 0.01,
    max_paths: Paths = MAX_PATHS,
    out: Annotated[
        Path, typer.Option(parser=path, help="Output table of all pairs, one row per pair: .parquet or .csv.")
    ] = Path("pairs.parquet"),
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Count all pairs of critical points by their overlap.

    The table shows mean numbers of unordered pairs per landscape, and those of the Kac-Rice formula for two points.
    Pairs (x, -x), which exist if all orders are even or all are odd, are counted apart. Every pair is written to a
    file.

    Exit status: 1 if the enumeration of a sample is incomplete, 130 after Ctrl-C, otherwise 0.
    """
    import numpy as np

    from spinglass.critical_points import Progress
    from validation.experiments.pairs_of_points import compared, exact_pairs, survey_pairs
    from validation.report.console import print_table, working
    from validation.report.files import prepare_table
    from validation.report.growing_table import GrowingTable
    from validation.report.progress import TimeLeft

    printed, model, chosen = output(as_json, as_csv), read_model(H, mixture), _indices(indices)
    if not 1 <= intervals <= _MOST_INTERVALS:
        raise ValueError(f"intervals must be from 1 to {_MOST_INTERVALS}, not {intervals}")
    file = prepare_table(out)
    edges = np.linspace(-1.0, 1.0, intervals + 1)
    with working("evaluating the Kac-Rice formula") as show, GrowingTable(file) as rows:
        exact = exact_pairs(n, model.H, edges, chosen, accuracy, seed)
        left = TimeLeft()

        def tell(sample: int, progress: Progress | None) -> None:
            done = (sample + (progress.done / max(progress.paths, 1) if progress else 0)) / samples
            show(f"sample {sample + 1} of {samples}; {rows.rows} pairs so far{left.text(done)}")

        found = survey_pairs(
            n, model.H, samples, seed, edges, indices=chosen, write=rows.append, watch=tell, max_paths=max_paths
        )
    table = compared(found, exact)
    printed.note(_totals(found, model.text, seed))
    printed.table(table, lambda console: print_table(console, _text_table(table, len(found.counts))))
    for sample, reason in found.failures.items():
        printed.note(f"sample {sample} is NOT complete and left out: {reason}")
    if rows.rows:
        printed.note(f"{rows.rows} rows written to {file}")
    raise typer.Exit(130 if found.finished < samples else int(bool(found.failures)))


def _indices(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    numbers = whole_numbers("indices", text)
    if len(numbers) != 2:
        raise ValueError(f"indices must be two numbers separated by a comma, such as 0,0; given {text!r}")
    return numbers[0], numbers[1]


def _totals(found: "PairSurvey", model: str, seed: int) -> str:
    """Return the numbers of samples, points and pairs in a sentence."""
    finished = len(found.counts)
    pairs = int(found.counts.sum() + found.mirrors.sum())
    mirrors = f", of which {int(found.mirrors.sum())} are (x, -x)" if found.mirrors.any() else ""
    return (
        f"n = {found.n}, {model}, seed {seed}: {finished} of {found.asked} samples, {int(found.points.sum())} critical "
        f"points, {pairs} pairs counted{mirrors}"
    )


def _text_table(table: "pd.DataFrame", samples: int) -> "Table":
    from validation.report.formatting import with_error

    shown = empty_table(["overlap", "mean number of pairs", "exact", "deviation"])
    for row in table.to_dict("records"):
        mean, spread, exact, error = (row[name] for name in ("mean", "standard_error", "exact", "exact_error"))
        # Few counts can have a spread far below the true one, or none at all. It is at least about that of a Poisson
        # variable, because pairs of one landscape occur together.
        least = math.sqrt(exact / samples) if samples else math.nan
        both = math.hypot(max(spread, least), error)
        shown.add_row(
            f"{row['low']:+.2f} to {row['high']:+.2f}",
            with_error(mean, spread) if spread > 0 else f"{mean:.4g}",
            "too rare" if math.isnan(exact) else with_error(exact, error) if error > 0 else f"{exact:.4f}",
            f"{(mean - exact) / both:+.1f} s.e." if both > 0 else "",
        )
    return shown
