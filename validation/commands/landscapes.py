"""Commands that look at one landscape, or count the critical points of several."""

from pathlib import Path
from typing import Annotated

import typer

Orders = Annotated[list[int], typer.Option("--H", help="Interaction order; give it again for more rows.")]


def descend(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 100,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    starts: Annotated[int, typer.Option(help="Descents, from uniform random points.")] = 64,
    seed: Annotated[int, typer.Option(help="Fixes the couplings and the starts.")] = 0,
    method: Annotated[str, typer.Option(help="lbfgs, cg, gradient, sgd or newton.")] = "lbfgs",
    dtype: Annotated[str, typer.Option(help="float64, or float32 for half the memory, with --tol 1e-5.")] = "float64",
    tol: Annotated[float, typer.Option(help="On the gradient norm divided by sqrt(n).")] = 1e-8,
    out: Annotated[Path | None, typer.Option(help="Parquet file, one row per start.")] = None,
) -> None:
    """Descend one random landscape from many starts."""
    from rich.console import Console

    from spinglass import SphericalSpinGlass, sphere
    from spinglass import descend as run
    from spinglass.couplings import check_dtype
    from spinglass.descent import DescentInterrupted
    from validation.archive import prepare_file
    from validation.storage import write_whole

    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare_file(out)
    glass = SphericalSpinGlass.pure(n, H, seed, check_dtype(dtype))
    interrupted = False
    with Console(stderr=True).status("descending") as status:
        try:
            found = run(
                glass,
                sphere.random_points(n, starts, seed),
                method=method,
                tol=tol,
                callback=lambda p: status.update(f"descending: step {p.iteration}, {p.active} starts under way"),
            )
        except DescentInterrupted as error:
            found, interrupted = error.found, True
    print(f"{glass!r}, seed {seed}\n{found!r}")
    if out is not None:
        write_whole(out, found.to_frame().to_parquet())
        print(f"{len(found)} rows written to {out}")
    raise typer.Exit(130 if interrupted else 0)


def enumerate_samples(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 8,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    samples: Annotated[int, typer.Option(help="Independent landscapes.")] = 1,
    seed: Annotated[int, typer.Option(help="Fixes the couplings of every sample.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Parquet file, one row per critical point.")] = None,
) -> None:
    """Find every critical point, with certificates.

    The exit status is 1 if a sample is not complete.
    """
    from rich.console import Console

    from spinglass.critical_points import Progress
    from validation.archive import prepare_file
    from validation.landscape_tables import print_survey
    from validation.storage import write_whole
    from validation.survey import survey

    if out is not None:
        prepare_file(out)
    with Console(stderr=True).status("enumerating") as status:

        def tell(sample: int, points: int, progress: Progress | None) -> None:
            paths = f", {progress.done} of {progress.paths} paths" if progress else ""
            status.update(f"sample {sample + 1} of {samples}{paths}; {points} critical points so far")

        found = survey(n, H, samples, seed, tell)
    print_survey(Console(), found, seed)
    if out is not None and found.finished:
        write_whole(out, found.points.to_parquet(index=False))
        print(f"{len(found.points)} rows written to {out}")
    raise typer.Exit(130 if found.finished < samples else int(bool(found.failures)))


def graph(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 10,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    seed: Annotated[int, typer.Option(help="Fixes the couplings and the starts.")] = 0,
    starts: Annotated[int, typer.Option(help="Gradient flows from uniform points, for basin volumes.")] = 1000,
    out: Annotated[Path | None, typer.Option(help="Folder for the disconnectivity graph and the tables.")] = None,
) -> None:
    """Show which minima the saddles join.

    The landscape as a graph: minima, the saddles that join them, barriers and basins.
    """
    from rich.console import Console

    from spinglass import SphericalSpinGlass, critical_points
    from spinglass.critical_points.basins import basin_volumes
    from spinglass.critical_points.graph import landscape_graph
    from validation import gallery
    from validation.archive import prepare
    from validation.landscape_tables import print_minima
    from validation.storage import write_whole

    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare(out)
    glass = SphericalSpinGlass.pure(n, H, seed)
    with Console(stderr=True).status("enumerating") as status:
        every = critical_points.enumerate_critical_points(
            glass, callback=lambda p: status.update(f"enumerating: {p.done} of {p.paths} paths")
        )
        status.update("descending from the saddles")
        joined = landscape_graph(every)
        print(f"{glass!r}, seed {seed}\n{joined!r}")
        status.update(f"flowing down from {starts} uniform starts")
        try:
            basins = basin_volumes(joined, starts, seed)
        except KeyboardInterrupt:
            if out is not None:
                write_whole(out / "saddles.csv", joined.to_frame().to_csv().encode())
            raise
    print(basins)
    print_minima(Console(), basins)
    if out is not None:
        print("\n".join(map(str, gallery.save_graph(basins, H, out))))
    raise typer.Exit(0 if joined.settled.all() and not basins.unsettled else 1)


def thresholds(
    H: Orders = [3],  # noqa: B006  typer reads it, nothing writes it
    k: Annotated[int, typer.Option("--k", help="Thresholds E_0 to E_k.")] = 2,
) -> None:
    """Print the thresholds E_inf, E_0, E_1, ...

    The energies per spin, with the sign turned, that organise the landscape of the pure model.
    """
    from rich.console import Console
    from rich.table import Table

    if k < 0:
        raise ValueError(f"k must be at least 0, not {k}; k = 0 is the ground state's threshold")
    import theory

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("H", "E_inf", "", *(f"E_{i}" for i in range(k + 1))):
        table.add_column(name, justify="right")
    for order in H:
        exact = theory.E_inf(order)
        values = [float(exact), *(float(theory.E_k(order, i)) for i in range(k + 1))]
        table.add_row(str(order), f"{values[0]:.8f}", f"= {exact}", *(f"{value:.8f}" for value in values[1:]))
    Console().print(table)
