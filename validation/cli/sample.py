"""The command that samples the Gibbs measure: chains at one temperature, or parallel tempering at several."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from validation.cli.lists import numbers
from validation.cli.models import ChosenModel, Mixture, Orders, read_model
from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output

if TYPE_CHECKING:
    from spinglass.sampling import Samples, Tempering


def sample(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 64,
    H: Orders = None,
    mixture: Mixture = None,
    temperature: Annotated[
        str,
        typer.Option(
            metavar="T,...",
            help="One temperature, for Hamiltonian Monte Carlo, or several, such as 0.6,0.8,1.2, for parallel "
            "tempering.",
        ),
    ] = "1",
    rungs: Annotated[
        int | None,
        typer.Option(
            help="Parallel tempering at this number of temperatures from the lowest to the highest given one; those "
            "between are chosen so that all swap rates are equal."
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="Number of landscapes, for parallel tempering; default: 1.")
    ] = None,
    chains: Annotated[
        int | None, typer.Option(help="Number of chains, at a single temperature; at least 2, default: 8.")
    ] = None,
    sweeps: Annotated[
        int, typer.Option(help="Number of recorded sweeps, after the same number for tuning, which are discarded.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings and the chains.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(parser=path, help="Output table of all recorded energies and overlaps: .parquet or .csv."),
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Sample energies and overlaps at one or several temperatures.

    The chains sample the Gibbs measure exp(-energy/T). Temperatures are in units in which the energy has variance n.
    The table compares means over landscapes and chains with the limit of large n, where it is known. Exit status: 1 if
    a landscape has not equilibrated, 130 after Ctrl-C, otherwise 0.
    """
    from validation.cli.sample_tables import means_by_temperature, means_table, not_equilibrated
    from validation.report.console import print_table, working
    from validation.report.files import prepare_table, write_table

    printed, model, temperatures = output(as_json, as_csv), read_model(H, mixture), numbers("temperature", temperature)
    _check(temperatures, rungs, samples, chains)
    if out is not None:
        prepare_table(out)
    with working("sampling"):
        if len(temperatures) == 1:
            found: Samples | Tempering = _one_temperature(n, model, temperatures[0], chains, sweeps, seed)
        else:
            found = _tempered(n, model, temperatures, rungs, samples, sweeps, seed)
    means = means_by_temperature(found, model.H)
    printed.note(f"n = {n}, {model.text}, seed {seed}\n{found!r}")
    printed.table(means, lambda console: print_table(console, means_table(means)))
    if out is not None:
        rows = found.history()
        write_table(rows, out, index=False)
        printed.note(f"{len(rows)} rows written to {out}")
    raise typer.Exit(int(not_equilibrated(found)))


def _check(temperatures: list[float], rungs: int | None, samples: int | None, chains: int | None) -> None:
    """Refuse options that would have no effect."""
    if len(temperatures) == 1 and (rungs is not None or samples is not None):
        given = "--rungs" if rungs is not None else "--samples"
        raise ValueError(f"{given} is for parallel tempering: give several temperatures, such as --temperature 0.6,1.2")
    if len(temperatures) > 1 and chains is not None:
        raise ValueError("--chains is for a single temperature; parallel tempering has two copies of each temperature")
    if samples is not None and samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}")


def _one_temperature(
    n: int, model: ChosenModel, temperature: float, chains: int | None, sweeps: int, seed: int
) -> "Samples":
    from spinglass import sampling
    from spinglass._common.seeds import child, seed_sequence

    root = seed_sequence(seed)
    glass = model.glass(n, child(root, 0, 0))
    return sampling.sample(glass, temperature, sweeps, chains=8 if chains is None else chains, seed=child(root, 1))


def _tempered(
    n: int, model: ChosenModel, given: list[float], rungs: int | None, samples: int | None, sweeps: int, seed: int
) -> "Tempering":
    from spinglass import sampling
    from spinglass._common.seeds import child, seed_sequence

    root = seed_sequence(seed)
    ladder = given if rungs is None else sampling.geometric_ladder(min(given), max(given), rungs)
    glasses = [model.glass(n, child(root, 0, k)) for k in range(1 if samples is None else samples)]
    return sampling.temper(glasses, ladder, sweeps, adapt=rungs is not None, seed=child(root, 1))
