"""The command that finds all critical points of several landscapes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from validation.cli.exploring.explore import MAX_PATHS, Paths
from validation.cli.models import Mixture, Orders, read_model
from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from spinglass.critical_points import Progress
    from validation.experiments.survey import Survey


def enumerate_samples(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 8,
    H: Orders = None,
    mixture: Mixture = None,
    samples: Annotated[int, typer.Option(help="Number of independent landscapes.")] = 1,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings.")] = 0,
    certify: Annotated[
        str,
        typer.Option(
            help="real: prove each critical point and that no other solution is real. all: prove also that all complex "
            "solutions are distinct, hence that none is missing. none: prove nothing."
        ),
    ] = "real",
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            parser=path, help="Folder for finished batches of paths; the same command resumes after an interruption."
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler, tcp://host:port, or mpi, to follow batches of paths there."),
    ] = None,
    max_paths: Paths = MAX_PATHS,
    out: Annotated[
        Path | None, typer.Option(parser=path, help="Output table, one row per critical point: .parquet or .csv.")
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Find all critical points and certify them.

    The table shows the mean number of points of each index and the exact mean.

    Exit status: 1 if the enumeration of a sample is incomplete, 130 after Ctrl-C, otherwise 0.
    """
    from validation.cli.exploring.landscape_tables import counts_table, print_failures, print_totals
    from validation.report.console import print_table
    from validation.report.files import prepare_table, write_table

    printed, model = output(as_json, as_csv), read_model(H, mixture)
    if out is not None:
        prepare_table(out)
    options = {"certify": _certificates(certify), "checkpoint": checkpoint, "max_paths": max_paths}
    found = _surveyed(n, model.H, samples, seed, cluster, options)
    print_totals(printed.console, found, model.text, seed)
    if len(found.counts):
        printed.table(found.to_frame(), lambda console: print_table(console, counts_table(found)))
    print_failures(printed.console, found)
    if out is not None and found.finished:
        write_table(found.points, out, index=False)
        printed.note(f"{len(found.points)} rows written to {out}")
    if found.finished < samples and checkpoint is not None:
        printed.note(f"the finished batches are kept in {checkpoint}; repeat the command to continue")
    raise typer.Exit(130 if found.finished < samples else int(bool(found.failures)))


def _certificates(text: str) -> str | None:
    if text not in ("real", "all", "none"):
        raise ValueError(f"--certify must be real, all or none, not {text!r}")
    return None if text == "none" else text


def _surveyed(n: int, H: Any, samples: int, seed: int, cluster: str | None, options: dict[str, Any]) -> "Survey":
    """Return the survey of all samples, and show its progress."""
    from validation.engine import executors
    from validation.experiments.survey import survey
    from validation.report.console import working

    with ExitStack() as stack:
        if cluster is not None:
            options["distribute"] = over(stack.enter_context(executors.cluster(cluster)))
        show = stack.enter_context(working("enumerating"))
        status = Status(samples)

        def watch(sample: int, points: int, progress: "Progress | None") -> None:
            show(status.line(sample, points, progress))

        return survey(n, H, samples, seed, watch, **options)


def over(executor: "Executor") -> Callable[[Callable[[int], Any], Iterable[int]], Iterator[tuple[int, Any]]]:
    """Return a function that follows batches of paths on an executor; one that fails there ends the enumeration.

    Parameters
    ----------
    executor
        Where the batches are followed.

    Returns
    -------
    callable
        The argument ``distribute`` of :func:`spinglass.enumerate_critical_points`.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as pool:
    ...     list(over(pool)(abs, [-2, 3]))
    [(-2, 2), (3, 3)]
    """
    from validation.engine.executors import Failure, sweep

    def distribute(work: Callable[[int], Any], numbers: Iterable[int]) -> Iterator[tuple[int, Any]]:
        for number, result in sweep(work, list(numbers), executor=executor):
            if isinstance(result, Failure):
                raise ValueError(
                    f"batch {number} of the paths failed on the cluster; a run with --checkpoint can be resumed by "
                    f"the same command. {result.text}"
                )
            yield number, result

    return distribute


class Status:
    """Describes the progress of an enumeration of several samples.

    Parameters
    ----------
    samples
        Number of samples.

    Examples
    --------
    >>> Status(samples=3).line(sample=0, points=0, progress=None)
    'sample 1 of 3; 0 critical points so far'
    """

    def __init__(self, samples: int) -> None:
        from validation.report.progress import TimeLeft

        self._samples, self._left = samples, TimeLeft()
        self._last: dict[int, Progress] = {}  # the last progress of each sample

    def line(self, sample: int, points: int, progress: "Progress | None") -> str:
        """Return the progress as text.

        Parameters
        ----------
        sample
            Number of the current sample.
        points
            Number of critical points of the samples before it.
        progress
            Progress of the sample, or None at its start.

        Returns
        -------
        str
            One line. Paths that were read from a checkpoint do not enter the rate.
        """
        paths, part = "", 0.0
        if progress is not None:
            self._last[sample] = progress
            new = sum(one.done - one.resumed for one in self._last.values())
            paths = f", {progress.done} of {progress.paths} paths{self._left.rate(new)}"
            part = progress.done / progress.paths
        before = sum(one.resumed / one.paths for one in self._last.values()) / self._samples
        left = self._left.text((sample + part) / self._samples, before)
        return f"sample {sample + 1} of {self._samples}{paths}; {points} critical points so far{left}"
