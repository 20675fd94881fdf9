"""Commands that explore single landscapes, and count the critical points of several."""

from pathlib import Path
from typing import Annotated

import typer

from validation.cli.paths import path

Paths = Annotated[int, typer.Option("--max-paths", help="Largest number of homotopy paths per sample.")]
_MAX_PATHS = 2**21  # the default of enumerate_critical_points
Orders = Annotated[list[int], typer.Option("--H", help="Interaction order; can be repeated.")]


def descend(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 100,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    starts: Annotated[int, typer.Option(help="Number of descents from uniform random points.")] = 64,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings and the starts.")] = 0,
    method: Annotated[str, typer.Option(help="lbfgs, cg, gradient, sgd or newton.")] = "lbfgs",
    dtype: Annotated[str, typer.Option(help="float64, or float32 with --tol 1e-5 for half the memory.")] = "float64",
    tol: Annotated[float, typer.Option(help="Tolerance of the gradient norm divided by sqrt(n).")] = 1e-8,
    out: Annotated[
        Path | None, typer.Option(parser=path, help="Output table, one row per start: .parquet or .csv.")
    ] = None,
) -> None:
    """Minimise the energy of one random landscape from many starts."""
    from spinglass import SphericalSpinGlass, sphere
    from spinglass import descend as run
    from spinglass.couplings import check_dtype
    from spinglass.descent import DescentInterrupted
    from validation.report.console import working
    from validation.report.files import prepare_table, write_table

    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare_table(out)
    glass = SphericalSpinGlass.pure(n, H, seed, check_dtype(dtype))
    interrupted = False
    with working("descending") as show:
        try:
            found = run(
                glass,
                sphere.random_points(n, starts, seed),
                method=method,
                tol=tol,
                callback=lambda p: show(f"descending: step {p.iteration}, {p.active} starts in progress"),
            )
        except DescentInterrupted as error:
            found, interrupted = error.found, True
    print(f"{glass!r}, seed {seed}\n{found!r}")
    if out is not None:
        write_table(found.to_frame(), out)
        print(f"{len(found)} rows written to {out}")
    raise typer.Exit(130 if interrupted else 0)


def enumerate_samples(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 8,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    samples: Annotated[int, typer.Option(help="Number of independent landscapes.")] = 1,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings.")] = 0,
    max_paths: Paths = _MAX_PATHS,
    out: Annotated[
        Path | None, typer.Option(parser=path, help="Output table, one row per critical point: .parquet or .csv.")
    ] = None,
) -> None:
    """Find all critical points and certify them.

    Exit status: 1 if the enumeration of a sample is incomplete, otherwise 0.
    """
    from spinglass.critical_points import Progress
    from validation.cli.landscape_tables import print_survey
    from validation.experiments.survey import survey
    from validation.report.console import terminal, working
    from validation.report.files import prepare_table, write_table

    if out is not None:
        prepare_table(out)
    with working("enumerating") as show:

        def tell(sample: int, points: int, progress: Progress | None) -> None:
            paths = f", {progress.done} of {progress.paths} paths" if progress else ""
            show(f"sample {sample + 1} of {samples}{paths}; {points} critical points so far")

        found = survey(n, H, samples, seed, tell, max_paths)
    print_survey(terminal(), found, seed)
    if out is not None and found.finished:
        write_table(found.points, out, index=False)
        print(f"{len(found.points)} rows written to {out}")
    raise typer.Exit(130 if found.finished < samples else int(bool(found.failures)))


def graph(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 10,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings and the starts.")] = 0,
    starts: Annotated[int, typer.Option(help="Gradient flows from uniform points, for the volumes of basins.")] = 1000,
    max_paths: Paths = _MAX_PATHS,
    out: Annotated[
        Path | None, typer.Option(parser=path, help="Output folder for the disconnectivity graph and the tables.")
    ] = None,
) -> None:
    """Show which minima are connected by which saddles.

    The landscape as a graph: minima, the saddles that connect them, energy barriers and basins of attraction.
    """
    from spinglass import SphericalSpinGlass, critical_points
    from spinglass.critical_points.basins import basin_volumes
    from spinglass.critical_points.graph import landscape_graph
    from validation.cli.landscape_tables import print_minima
    from validation.engine.run_folder import write_whole
    from validation.figures import gallery
    from validation.report.console import terminal, working
    from validation.report.files import prepare

    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare(out)
    glass = SphericalSpinGlass.pure(n, H, seed)
    with working("enumerating") as show:
        every = critical_points.enumerate_critical_points(
            glass, callback=lambda p: show(f"enumerating: {p.done} of {p.paths} paths"), max_paths=max_paths
        )
        show("descending from the saddles")
        joined = landscape_graph(every)
        print(f"{glass!r}, seed {seed}\n{joined!r}")
        show(f"gradient flow from {starts} uniform starts")
        try:
            basins = basin_volumes(joined, starts, seed)
        except KeyboardInterrupt:
            if out is not None:
                write_whole(out / "saddles.csv", joined.to_frame().to_csv().encode())
            raise
    print(basins)
    print_minima(terminal(), basins)
    if out is not None:
        print("\n".join(map(str, gallery.save_graph(basins, H, out))))
    raise typer.Exit(0 if joined.settled.all() and not basins.unsettled else 1)


def thresholds(
    H: Orders = [3],  # noqa: B006  typer needs a list; it is not modified
    k: Annotated[int, typer.Option("--k", help="Show the thresholds E_0 to E_k.")] = 2,
) -> None:
    """Print the thresholds E_inf, E_0, E_1, ... of the pure model.

    For large n, -E_k is the lowest energy per spin of critical points of index k, and -E_inf is the limit of large
    k.
    """
    from rich.table import Table

    from validation.report.console import print_table, terminal

    if k < 0:
        raise ValueError(f"k must be at least 0, not {k}; E_0 is minus the ground-state energy per spin")
    import theory

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("H", "E_inf", "", *(f"E_{i}" for i in range(k + 1))):
        table.add_column(name, justify="right", no_wrap=True)
    for order in H:
        exact = theory.E_inf(order)
        values = [float(exact), *(float(theory.E_k(order, i)) for i in range(k + 1))]
        table.add_row(str(order), f"{values[0]:.8f}", f"= {exact}", *(f"{value:.8f}" for value in values[1:]))
    print_table(terminal(), table)
