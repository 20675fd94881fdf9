"""The command that runs a study defined by a TOML file."""

from pathlib import Path
from typing import Annotated

import typer

from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output


def study(
    file: Annotated[
        Path | None, typer.Argument(parser=path, help="TOML file with task, samples, seed and [settings].")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=path, help="Output folder, for data.parquet; default: FILE without its suffix."),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Number of worker processes; default: all cores.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the unfinished run in --out.")] = False,
    cluster: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:port, or mpi.")] = None,
    describe: Annotated[str | None, typer.Option(help="Show the settings and columns of this task only.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Run a study: one task for many sizes, models or methods.

    --json and --csv print the whole dataset or, with --describe, the settings and columns of the task. Exit status: 3
    if a unit failed, 130 after Ctrl-C, otherwise 0.
    """
    from contextlib import ExitStack

    from validation.engine import executors
    from validation.report.console import working
    from validation.report.files import load
    from validation.report.progress import Progress
    from validation.study import read_study, run_study
    from validation.study.describe import described, print_task
    from validation.study.run import setting_text

    printed = output(as_json, as_csv)
    if describe is not None:
        printed.table(described(describe), lambda console: print_task(console, describe))
        return
    if file is None:
        raise ValueError("give the TOML file of a study; --describe TASK shows the settings that it may contain")
    plan = read_study(file)
    folder = out if out is not None else file.with_suffix("")
    progress: list[Progress] = []
    with ExitStack() as stack:
        executor = stack.enter_context(executors.cluster(cluster)) if cluster is not None else None
        show = stack.enter_context(working("starting"))

        def tell(done: int, failed: int, total: int) -> None:
            if not progress:
                progress.append(Progress(total, before=done))
            show(progress[0].line(done, failed))

        found = run_study(plan, folder, workers, resume=resume, executor=executor, watch=tell)
    for unit, error in list(found.failures.items())[:3]:
        printed.note(f"failed: {setting_text(plan, unit)}: {error.strip().splitlines()[-1]}")
    printed.note(
        f"{found.finished} of {found.total} units, {len(found.failures)} failed; {found.rows} rows in {folder}"
    )
    if printed.form != "text":
        printed.table(load(folder))
    if found.interrupted:
        printed.note(f"interrupted; continue with: spinglass study {file} --out {folder} --resume")
    raise typer.Exit(130 if found.interrupted else 3 if found.failures else 0)
