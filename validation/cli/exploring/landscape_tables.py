"""Tables of complete landscapes in the terminal: counts with exact means, and the minima of one sample."""

import math

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from spinglass.critical_points.basins import Basins
from validation.cli.tables import empty_table
from validation.experiments.survey import Survey
from validation.report.console import print_table
from validation.report.formatting import with_error


def print_totals(console: Console, survey: Survey, model: str, seed: int) -> None:
    """Print the numbers of samples, critical points and paths.

    Parameters
    ----------
    console
        Where to print.
    survey
        The counts.
    model
        The model in words.
    seed
        The seed, which is printed as well.
    """
    proven = f", proven to be all in {survey.proven} of {survey.finished} samples" if survey.proven else ""
    console.print(
        f"n = {survey.n}, {model}, seed {seed}: {survey.finished} of {survey.asked} samples, "
        f"{len(survey.points)} critical points, {survey.paths} paths, {survey.retries} repeated{proven}",
        highlight=False,
        soft_wrap=True,
    )
    if survey.finished < survey.asked:
        console.print("interrupted; results of the finished samples:", style="yellow")


def counts_table(survey: Survey) -> Table:
    """Return the number of critical points of each index with the exact means.

    Parameters
    ----------
    survey
        The counts.

    Returns
    -------
    rich.table.Table
        The columns are index, mean number, exact, and deviation in standard errors.
    """
    table = empty_table(["index", "mean number", "exact", "deviation"])
    for row in survey.to_frame().reset_index().to_dict("records"):
        error, mean, exact = row["standard_error"], row["mean"], row["exact"]
        away = f"{(mean - exact) / error:+.1f} s.e." if error > 0 else ""
        table.add_row(row["index"], with_error(mean, error) if error > 0 else f"{mean:.4f}", f"{exact:.4f}", away)
    return table


def print_failures(console: Console, survey: Survey) -> None:
    """Print the samples whose enumeration is not complete.

    Parameters
    ----------
    console
        Where to print.
    survey
        The counts.
    """
    for sample, reason in survey.failures.items():
        console.print(Text(f"sample {sample} is NOT complete: {reason}", style="bold red"), soft_wrap=True)
    if not survey.failures:
        console.print("no sample failed", highlight=False)


def minima(basins: Basins) -> pd.DataFrame:
    """Return all minima with the overlap of each with the deepest one.

    Parameters
    ----------
    basins
        The minima and their basins.

    Returns
    -------
    pandas.DataFrame
        The table of :meth:`Basins.to_frame` and the column ``overlap_with_deepest``.
    """
    return basins.to_frame().assign(overlap_with_deepest=basins.graph.overlaps[0])


def print_minima(console: Console, basins: Basins) -> None:
    """Print all minima: energy, barrier to a deeper minimum, basin volume, overlap with the deepest minimum.

    Parameters
    ----------
    console
        Where to print.
    basins
        The minima and their basins.
    """
    table = empty_table(["minimum", "energy per spin", "barrier", "basin volume, 95%", "overlap with 0"])
    for row in minima(basins).reset_index().to_dict("records"):
        barrier = f"{row['escape_height']:.6f}" if math.isfinite(row["escape_height"]) else "–"
        table.add_row(
            str(row["minimum"]),
            f"{row['energy_per_spin']:.6f}",
            barrier,
            f"{row['volume']:.3f} ({row['volume_low']:.3f}–{row['volume_high']:.3f})",
            f"{row['overlap_with_deepest']:+.4f}",
        )
    print_table(console, table)
