"""Commands that explore single landscapes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from validation.cli.lists import numbers
from validation.cli.models import Mixture, Orders, read_model
from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output, text_table

if TYPE_CHECKING:
    import pandas as pd

    from spinglass import CriticalPoints

Paths = Annotated[int, typer.Option("--max-paths", help="Largest number of homotopy paths per sample.")]
MAX_PATHS = 2**24  # the default of enumerate_critical_points
_SIGNAL = 0x53  # first key of the child seed of the signal; those of couplings have another one


def descend(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 100,
    H: Orders = None,
    mixture: Mixture = None,
    starts: Annotated[int, typer.Option(help="Number of descents from uniform random points.")] = 64,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings, the starts and the signal.")] = 0,
    spike: Annotated[
        float | None,
        typer.Option(
            help="Strength r of a planted signal: the energy -r n (x.v/n)^k of a random direction v is added. The "
            "overlaps x.v/n at the end are summarised; without --times they are also a column of the rows."
        ),
    ] = None,
    spike_order: Annotated[
        int | None, typer.Option(help="Order k of the planted signal. Default: the highest order of the model.")
    ] = None,
    method: Annotated[
        str, typer.Option(help="lbfgs, cg, gradient, sgd, or newton, which ends at points of any index.")
    ] = "lbfgs",
    times: Annotated[
        str | None,
        typer.Option(
            metavar="TIME,...",
            help="Times at which --method gradient records energies, such as 0.1,1,10; the flow ends at the last one, "
            "or where --tol is reached.",
        ),
    ] = None,
    dtype: Annotated[
        str, typer.Option(help="Type of the stored couplings: float64, or float32 for half the memory.")
    ] = "float64",
    tol: Annotated[
        float, typer.Option(help="Tolerance of the gradient norm / sqrt(n), relative to the gradient scale.")
    ] = 1e-8,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=path, help="Output table, .parquet or .csv: one row per start or, with --times, per start and time."
        ),
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Minimise the energy of one random landscape from many starts.

    With --times the table shows the mean energy at each time; otherwise --json and --csv print one row per start. With
    --spike a signal is planted, and the overlaps with it at the end are shown.
    """
    from spinglass import sphere
    from spinglass.couplings import check_dtype
    from validation.report.console import print_table
    from validation.report.files import prepare_table, write_table

    printed, options = output(as_json, as_csv), _method_options(method, times)
    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare_table(out)
    model = read_model(H, mixture)
    glass, direction = _planted(model.glass(n, seed, check_dtype(dtype)), spike, spike_order, seed)
    found, interrupted = _descended(glass, sphere.random_points(n, starts, seed), method=method, tol=tol, **options)
    printed.note(f"n = {n}, {model.text}, seed {seed}\n{found!r}")
    rows = found.to_frame().reset_index() if times is None else found.history()
    if direction is not None:
        overlaps = sphere.overlap(found.x, direction)
        printed.note(f"overlap with the signal at the end: mean {overlaps.mean():.4f}, largest {overlaps.max():.4f}")
        if times is None:
            rows["overlap"] = overlaps
    if times is None:
        printed.table(rows)
    else:
        means = _means_by_time(rows)
        formats = dict.fromkeys(("time", "energy_per_spin"), ".6g") | {"standard_error": ".2g"}
        printed.table(means, lambda console: print_table(console, text_table(means, formats)))
    if out is not None:
        write_table(rows, out, index=False)
        printed.note(f"{len(rows)} rows written to {out}")
    raise typer.Exit(130 if interrupted else 0)


def _planted(glass: Any, spike: float | None, order: int | None, seed: int) -> tuple[Any, Any]:
    """Return the glass with a signal, and the signal's direction; None for the direction without a signal."""
    from spinglass import plant, sphere
    from spinglass._common.seeds import child, seed_sequence

    if spike is None:
        if order is not None:
            raise ValueError(f"--spike-order {order} needs a strength: add for instance --spike 1.2")
        return glass, None
    direction = sphere.random_points(glass.n, 1, child(seed_sequence(seed), _SIGNAL))[0]
    return plant(glass, direction, {max(glass.orders) if order is None else order: spike}), direction


def _method_options(method: str, times: str | None) -> dict[str, Any]:
    """Return the options of the method of descent."""
    if times is None:
        return {}
    if method != "gradient":
        raise ValueError(f"--times are times of gradient flow: add --method gradient; the method is {method!r}")
    return {"times": numbers("times", times)}


def _descended(glass: Any, x0: Any, **options: Any) -> "tuple[CriticalPoints, bool]":
    """Return the result of a descent, and whether Ctrl-C ended it."""
    from spinglass import descend as run
    from spinglass.descent import DescentInterrupted
    from validation.report.console import working

    with working("descending") as show:
        try:
            found = run(
                glass,
                x0,
                callback=lambda p: show(f"descending: step {p.iteration}, {p.active} starts in progress"),
                **options,
            )
        except DescentInterrupted as error:
            return error.found, True
    return found, False


def _means_by_time(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Return the mean energies over the starts, with standard errors."""
    import pandas as pd

    energies = rows.groupby("time")["energy_per_spin"]
    columns = {"energy_per_spin": energies.mean(), "standard_error": energies.sem(), "starts": energies.count()}
    return pd.DataFrame(columns).reset_index()
