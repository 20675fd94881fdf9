"""Commands that evaluate theory: thresholds, exact mean numbers of critical points, and equilibrium."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from validation.cli.lists import numbers, whole_numbers
from validation.cli.models import ChosenModel, Mixture, Orders, read_model
from validation.cli.tables import Csv, Json, output, text_table

if TYPE_CHECKING:
    import pandas as pd

Models = Annotated[
    list[str] | None,
    typer.Option(
        "--H",
        metavar="ORDERS",
        show_default="3",
        help="Interaction order, such as 3, or a mixed model of equal shares, such as 3+4; can be repeated.",
    ),
]
_LARGEST_EXPONENT = 709.0  # of a number that a float can hold
_MOST_THRESHOLDS, _USUAL_K = 100, 2


def thresholds(
    H: Models = None,
    mixture: Annotated[
        list[str] | None,
        typer.Option(metavar="H=WEIGHT,...", help="Mixed model by its weights, such as 3=0.8,4=0.6; can be repeated."),
    ] = None,
    k: Annotated[
        int, typer.Option("--k", help="Show the thresholds E_0 to E_k of pure models, k up to 100.")
    ] = _USUAL_K,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the thresholds of pure and mixed models.

    Pure models: for large n, -E_k is the lowest energy per spin of critical points of index k, and -E_inf is the limit
    of large k. Mixed models: -E_0 is the ground-state energy per spin, -E_th the threshold energy, and -E_alg the
    energy that Hessian ascent reaches; E_th and E_alg of a pure model are E_inf.
    """
    import pandas as pd

    from validation.report.console import print_table

    if k < 0:
        raise ValueError(f"k must be at least 0, not {k}; E_0 is minus the ground-state energy per spin")
    out = output(as_json, as_csv)
    given = [read_model(orders, None) for orders in H or []] + [read_model(None, text) for text in mixture or []]
    if k != _USUAL_K and given and not any(isinstance(model.H, int) for model in given):
        raise ValueError(f"--k {k} shows E_k of pure models, and no pure model is given: leave it out, or add --H 3")
    rows = [_thresholds(model, k) for model in given or [read_model(None, None)]]
    energies = [(name, float(str(row[name]))) for row in rows for name in row if name[:2] == "E_"]
    form = ".8f" if all(1e-3 < abs(energy) < 1e4 for _, energy in energies) else ".9g"
    formats = {name: form for name, _ in energies}
    out.table(pd.DataFrame(rows), lambda console: print_table(console, text_table(pd.DataFrame(rows), formats)))


def _thresholds(model: ChosenModel, k: int) -> dict[str, object]:
    import theory

    row: dict[str, object] = {"model": model.text}
    if not 0 <= k <= _MOST_THRESHOLDS:
        raise ValueError(f"--k must lie in 0..{_MOST_THRESHOLDS}, not {k}; theory.E_k gives single values")
    if isinstance(model.H, int):
        exact = theory.E_inf(model.H)
        row |= {"E_inf": float(exact), "exact": str(exact)}
        return row | {f"E_{i}": float(theory.E_k(model.H, i)) for i in range(k + 1)}
    row |= {"E_0": -theory.ground_state_energy(model.H), "E_th": theory.E_th(model.H)}
    return row if 1 in model.H else row | {"E_alg": theory.E_alg(model.H)}  # not defined in a field


def counts(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 100,
    H: Orders = None,
    mixture: Mixture = None,
    index: Annotated[
        str | None,
        typer.Option(
            metavar="K,...",
            help="Count points with this number of negative Hessian eigenvalues (0: minima); several separated by "
            "commas. Default: all indices together.",
        ),
    ] = None,
    below: Annotated[
        str | None,
        typer.Option(
            metavar="ENERGY,...",
            help="Count points with energy per spin below this value; several separated by commas. Default: all "
            "energies.",
        ),
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print exact mean numbers of critical points at finite n.

    The Kac-Rice formula of Auffinger, Ben Arous and Cerny (2013), extended to mixed models. A mean number that is too
    large for a float is given by its natural logarithm alone.
    """
    from validation.report.console import print_table

    out, model = output(as_json, as_csv), read_model(H, mixture)
    indices = [None] if index is None else whole_numbers("index", index)
    frame = _counts(n, model, indices, None if below is None else numbers("below", below))
    out.note(f"n = {n}, {model.text}: exact mean numbers of critical points")
    formats = {"below": "g", "mean_number": ".8g", "log_mean_number": ".8g"}
    out.table(frame, lambda console: print_table(console, text_table(frame, formats)))
    if frame["log_mean_number"].isna().any():
        out.note("empty: numbers that float64 cannot represent")


def _counts(n: int, model: ChosenModel, indices: Sequence[int | None], below: list[float] | None) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    from theory import mean_critical_points

    energies = np.array([np.inf] if below is None else below)
    tables = []
    for index in indices:
        logarithms = mean_critical_points(n, model.H, index=index, below=energies, log=True, unknown="nan")
        fits = logarithms <= _LARGEST_EXPONENT
        means = np.full(len(energies), np.nan)  # where they overflow or are not known
        if fits.any():
            means[fits] = mean_critical_points(n, model.H, index=index, below=energies[fits], unknown="nan")
        columns = {
            "index": "all" if index is None else str(index),
            "below": "all" if below is None else energies,
            "mean_number": means,
            "log_mean_number": logarithms,
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def equilibrium(
    T: Annotated[str, typer.Option("--T", metavar="T,...", help="Temperature above 0; several separated by commas.")],
    H: Orders = None,
    mixture: Mixture = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the equilibrium of pure and mixed models for large n, with any kind of replica symmetry breaking.

    Overlaps of two configurations (replicas): the largest, the smallest, and the probability m of all below the
    largest. Energies are per spin. In a field (order 1 of --mixture) the table is followed by the temperature of de
    Almeida and Thouless, below which replica symmetry is unstable; without one, by the transition temperatures.
    """
    from validation.report.console import print_table

    out, model = output(as_json, as_csv), read_model(H, mixture)
    frame = _equilibrium(numbers("T", T), model)
    names = ("energy", "free_energy", "entropy", "overlap", "lower_overlap", "m")
    formats = {"T": "g", **dict.fromkeys(names, ".8f")}
    out.table(frame, lambda console: print_table(console, text_table(frame, formats)))
    out.note(_transitions(model))


def _equilibrium(temperatures: list[float], model: ChosenModel) -> "pd.DataFrame":
    import pandas as pd

    import theory

    found = theory.equilibrium(temperatures, model.H)
    columns = {
        "model": model.text,
        "T": found.temperature,
        "phase": found.phase,
        "energy": found.energy,
        "free_energy": found.free_energy,
        "entropy": found.entropy,
        "overlap": found.overlap,
        "lower_overlap": found.lower_overlap,
        "m": found.breakpoint,
    }
    return pd.DataFrame(columns)


def _transitions(model: ChosenModel) -> str:
    """Return a sentence with the transition temperatures of a model."""
    import theory

    if isinstance(model.H, int) or 1 not in model.H:
        T_s, T_d = float(theory.static_temperature(model.H)), float(theory.dynamical_temperature(model.H))
        return f"static transition at T = {T_s:.6g}, dynamical transition at T = {T_d:.6g}"
    try:
        return f"replica symmetry is unstable below T = {theory.almeida_thouless_temperature(model.H):.6g}"
    except ValueError:
        return "replica symmetry is stable at all temperatures"
