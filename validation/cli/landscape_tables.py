"""Tables of complete landscapes in the terminal: counts with exact means, and the minima of one sample."""

import math

from rich.console import Console
from rich.table import Table
from rich.text import Text

from spinglass.critical_points.basins import Basins
from validation.experiments.survey import Survey
from validation.report.console import print_table
from validation.report.formatting import with_error


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in headers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def print_survey(console: Console, survey: Survey, seed: int) -> None:
    """Print the number of critical points of each index with the exact means, and the samples that failed.

    Parameters
    ----------
    console
        Where to print.
    survey
        The counts.
    seed
        The seed, which is printed as well.
    """
    table = _table("index", "mean number", "exact", "deviation")
    for row in survey.to_frame().reset_index().to_dict("records"):
        error, mean, exact = row["standard_error"], row["mean"], row["exact"]
        away = f"{(mean - exact) / error:+.1f} s.e." if error > 0 else ""
        table.add_row(row["index"], with_error(mean, error) if error > 0 else f"{mean:.4f}", f"{exact:.4f}", away)
    console.print(
        f"n = {survey.n}, H = {survey.H}, seed {seed}: {survey.finished} of {survey.asked} samples, "
        f"{len(survey.points)} critical points, {survey.paths} paths, {survey.retries} repeated",
        highlight=False,
        soft_wrap=True,
    )
    if survey.finished < survey.asked:
        console.print("interrupted; results of the finished samples:", style="yellow")
    if len(survey.counts):
        print_table(console, table)
    for sample, reason in survey.failures.items():
        console.print(Text(f"sample {sample} is NOT complete: {reason}", style="bold red"), soft_wrap=True)
    if not survey.failures:
        console.print("failed: nothing", highlight=False)


def print_minima(console: Console, basins: Basins) -> None:
    """Print all minima: energy, barrier to a deeper minimum, basin volume, overlap with the deepest minimum.

    Parameters
    ----------
    console
        Where to print.
    basins
        The minima and their basins.
    """
    table = _table("minimum", "energy per spin", "barrier", "basin volume, 95%", "overlap with 0")
    overlaps = basins.graph.overlaps[0]
    for row in basins.to_frame().reset_index().to_dict("records"):
        barrier = f"{row['escape_height']:.6f}" if math.isfinite(row["escape_height"]) else "–"
        table.add_row(
            str(row["minimum"]),
            f"{row['energy_per_spin']:.6f}",
            barrier,
            f"{row['volume']:.3f} ({row['volume_low']:.3f}–{row['volume_high']:.3f})",
            f"{overlaps[row['minimum']]:+.4f}",
        )
    print_table(console, table)
