"""The commands on the atlas of complete landscapes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from validation.cli.lists import whole_numbers
from validation.cli.paths import path
from validation.cli.tables import Csv, Json, empty_table, output

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from validation.atlas import AtlasPlan, AtlasResult

app = typer.Typer(help="Build tables of complete landscapes that other programs can read.")
_MEGABYTE = 1e6


@app.callback()
def _commands() -> None:
    """Keep ``build`` a command of its own, although it is the only one."""


@app.command()
def build(
    out: Annotated[
        Path | None, typer.Option(parser=path, help="Output folder: new, empty, or of the same atlas.")
    ] = None,
    chosen: Annotated[
        str | None,
        typer.Option("--set", metavar="NAME", help="Stated set of samples: standard (the default) or toy, for tests."),
    ] = None,
    H: Annotated[int | None, typer.Option("--H", help="Interaction order, for sizes of your own. Default: 3.")] = None,
    n: Annotated[
        str | None, typer.Option("--n", metavar="N,...", help="Numbers of spins, instead of a stated set.")
    ] = None,
    samples: Annotated[
        str | None, typer.Option(metavar="M,...", help="Number of samples for every size, or one for each.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed from which the seeds of all samples are derived.")] = 0,
    starts: Annotated[
        int | None, typer.Option(help="Gradient flows per sample that measure basins. Default: 200, of toy 20.")
    ] = None,
    url: Annotated[
        str, typer.Option(help="Address at which the data will be published, for croissant.json.")
    ] = "README.md",
    workers: Annotated[int | None, typer.Option(help="Number of worker processes; default: all cores.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the unfinished build in --out.")] = False,
    cluster: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:port, or mpi.")] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Print the estimated size and time, and build nothing.")
    ] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Build an atlas: all critical points of many landscapes with certificates, graphs, basins and pairs, as Parquet.

    The table shows the samples with the estimated size and time on one core. Exit status: 3 if a unit failed or a
    sample is not complete, 130 after Ctrl-C, otherwise 0.
    """
    from validation.engine.executors import worker_count
    from validation.report.console import print_table

    printed, plan = output(as_json, as_csv), _plan(chosen, H, n, samples, seed, starts)
    if out is None and not estimate:
        raise ValueError("give the output folder with --out DIR, or --estimate to see the size and time alone")
    count = worker_count(workers)
    frame = _estimates(plan)
    printed.table(frame, lambda console: print_table(console, _as_text(frame)))
    printed.note(_in_words(frame, count))
    if estimate or out is None:
        return
    found = _built(plan, out, workers, cluster, resume=resume, url=url)
    for error in list(found.failures.values())[:3]:
        printed.note(f"failed: {error.strip().splitlines()[-1]}")
    if found.files:
        printed.note(f"{len(found.files)} tables, {found.size / _MEGABYTE:.3g} MB, in {out}")
    else:
        printed.note(
            f"{found.finished} of {found.total} units are kept, {len(found.failures)} failed; the files are written "
            "when all are finished: repeat the command with --resume"
        )
    if found.incomplete:
        printed.note(f"{found.incomplete} samples are NOT complete; see the column reason of samples")
    raise typer.Exit(130 if found.interrupted else 3 if found.failures or found.incomplete else 0)


def _plan(
    chosen: str | None, H: int | None, n: str | None, samples: str | None, seed: int, starts: int | None
) -> "AtlasPlan":
    """Return the stated set, or the sizes given by the user."""
    from dataclasses import replace

    from spinglass._common.arguments import unknown
    from validation.atlas import SETS, AtlasPlan

    if n is None:
        if H is not None or samples is not None:
            raise ValueError("--H and --samples need sizes: add for instance --n 8,12")
        name = "standard" if chosen is None else chosen
        if name not in SETS:
            raise unknown("set", name, SETS)
        stated = SETS[name]
        checked = AtlasPlan.checked([(3, 4, 1)], seed, stated.starts if starts is None else starts)
        return replace(stated, seed=checked.seed, starts=checked.starts)
    if chosen is not None:
        raise ValueError(f"give either --set or sizes of your own, not both; got --set {chosen} and --n {n}")
    sizes, numbers = whole_numbers("n", n), whole_numbers("samples", "100" if samples is None else samples)
    if len(numbers) not in (1, len(sizes)):
        raise ValueError(f"--samples must be one number, or one for each of the {len(sizes)} sizes; got {samples}")
    numbers = numbers * len(sizes) if len(numbers) == 1 else numbers
    parts = [(3 if H is None else H, *pair) for pair in zip(sizes, numbers, strict=True)]
    return AtlasPlan.checked(parts, seed, 200 if starts is None else starts)


def _estimates(plan: "AtlasPlan") -> Any:
    """Return the table of parts with the estimates of each."""
    import pandas as pd

    from validation.atlas.estimate import estimated

    rows = [
        (part.H, part.n, part.samples, part.paths, found.points, found.size, found.seconds)
        for part, found in estimated(plan).items()
    ]
    return pd.DataFrame(rows, columns=["H", "n", "samples", "paths_per_sample", "points", "bytes", "seconds"])


def _as_text(frame: Any) -> Any:
    from validation.report.progress import duration

    table = empty_table(["H", "n", "samples", "paths per sample", "points, about", "size, about", "time, about"])
    for row in frame.to_dict("records"):
        size = f"{row['bytes'] / _MEGABYTE:.3g} MB"
        numbers = [str(row[name]) for name in ("H", "n", "samples", "paths_per_sample")]
        table.add_row(*numbers, f"{row['points']:.0f}", size, duration(row["seconds"]))
    return table


def _in_words(frame: Any, workers: int) -> str:
    """Return the estimated size and time of the whole atlas."""
    from validation.report.progress import duration

    size, seconds = frame["bytes"].sum() / _MEGABYTE, frame["seconds"].sum()
    divided = f", {duration(seconds / workers)} on {workers} cores" if workers > 1 else ""
    return (
        f"about {size:.3g} MB, and about twice as much more while it is built; about {duration(seconds)} on one core"
        f"{divided}, as measured on another machine"
    )


def _built(
    plan: "AtlasPlan", out: Path, workers: int | None, cluster: str | None, *, resume: bool, url: str
) -> "AtlasResult":
    """Build the atlas and show the progress."""
    from contextlib import ExitStack

    from validation.atlas import build_atlas
    from validation.engine import executors
    from validation.report.console import working
    from validation.report.progress import TimeLeft

    with ExitStack() as stack:
        executor: Executor | None = stack.enter_context(executors.cluster(cluster)) if cluster is not None else None
        show = stack.enter_context(working("starting"))
        left = TimeLeft()
        before = []

        def tell(share: float, done: int, failed: int, total: int) -> None:
            before.append(share)
            new = (share - before[0]) / (1 - before[0]) if before[0] < 1 else 1.0
            failures = f", {failed} failed" if failed else ""
            show(f"{done} of {total} units{left.text(new)}{failures}")

        return build_atlas(plan, out, workers, resume=resume, executor=executor, watch=tell, url=url)
