"""Tables of sampling: mean energies and overlaps by temperature, next to the theory for large n."""

from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table
from scipy.integrate import simpson

import theory
from spinglass._common.types import Array
from spinglass.sampling import Mixing, Samples, Tempering
from theory.arguments import Model
from validation.cli.tables import text_table
from validation.report.formatting import with_error


def means_by_temperature(found: Samples | Tempering, H: Model) -> pd.DataFrame:
    """Return mean energies and overlaps with the theory for large n.

    Parameters
    ----------
    found : Samples or Tempering
        The records.
    H : int or mapping
        The model, for the theory.

    Returns
    -------
    pandas.DataFrame
        One row per temperature: temperature, energy_per_spin, standard_error, large_n_energy, squared_overlap,
        large_n_squared_overlap, rhat (the largest of all landscapes), acceptance, equilibrated (number of landscapes).
        The standard error is over landscapes or, for a single one, over its records. NaN where the theory is not known.
    """
    if isinstance(found, Samples):
        temperatures, columns = np.array([found.temperature]), _of_chains(found)
    else:
        temperatures, columns = found.temperatures, _of_ladder(found)
    frame = pd.DataFrame({"temperature": temperatures, **columns})
    energy, overlap = _large_n(temperatures, H)
    frame.insert(3, "large_n_energy", energy)
    frame.insert(5, "large_n_squared_overlap", overlap)
    return frame


def means_table(means: pd.DataFrame) -> Table:
    """Return the means for the terminal, at most 80 columns wide.

    Parameters
    ----------
    means : pandas.DataFrame
        Result of :func:`means_by_temperature`.

    Returns
    -------
    rich.table.Table
        The table.
    """
    shown = pd.DataFrame(
        {
            "T": means["temperature"].map("{:.5g}".format),
            "energy per spin": [
                with_error(*pair) for pair in zip(means["energy_per_spin"], means["standard_error"], strict=True)
            ],
            "large n": means["large_n_energy"],
            "overlap²": means["squared_overlap"],
            "large n ": means["large_n_squared_overlap"],
            "R-hat": means["rhat"],
            "equilibrated": means["equilibrated"],
        }
    )
    return text_table(shown, {"large n": ".5f", "overlap²": ".4f", "large n ": ".4f", "R-hat": ".3f"})


def _of_chains(found: Samples) -> dict[str, Any]:
    return {
        "energy_per_spin": found.energy_per_spin,
        "standard_error": found.standard_error,
        "squared_overlap": (found.overlaps**2).mean(),
        "rhat": found.rhat,
        "acceptance": found.acceptance.mean(),
        "equilibrated": int(found.status == Mixing.EQUILIBRATED),
    }


def _of_ladder(found: Tempering) -> dict[str, Any]:
    energy, samples = found.energy_per_spin, len(found)
    return {
        "energy_per_spin": energy.mean(axis=0),
        "standard_error": energy.std(axis=0, ddof=1) / np.sqrt(samples) if samples > 1 else found.standard_error[0],
        "squared_overlap": (found.overlaps**2).mean(axis=(0, 2)),
        "rhat": found.rhat.max(axis=0),
        "acceptance": found.acceptance.mean(axis=(0, 1)),
        "equilibrated": np.count_nonzero(found.equilibrated),
    }


def _large_n(temperatures: Array, H: Model) -> tuple[Array, Array]:
    """Return mean energies and mean squared overlaps for large n; NaN where equilibrium is not solved."""
    energy, overlap = np.full((2, len(temperatures)), np.nan)
    for k, temperature in enumerate(temperatures.tolist()):
        # ValueError: a temperature out of range. ArithmeticError: no law of the overlap satisfies the criterion.
        with suppress(ValueError, ArithmeticError):
            energy[k] = theory.equilibrium(temperature, H).energy
            overlap[k] = _mean_squared(theory.overlap_distribution(temperature, H))
    return energy, overlap


def _mean_squared(law: theory.OverlapDistribution) -> float:
    """Return the mean squared overlap."""
    q, x = law.overlaps, law.cumulative
    if law.phase == "continuous":  # the last two overlaps are equal, and between them x jumps to 1
        return float(q[-1] ** 2 - simpson(2 * q[:-1] * x[:-1], x=q[:-1]))
    return float(np.diff(x, prepend=0.0) @ q**2)


def not_equilibrated(found: Samples | Tempering) -> bool:
    """Return whether a landscape has not equilibrated.

    Parameters
    ----------
    found : Samples or Tempering
        The records.

    Returns
    -------
    bool
        Whether the status of a landscape is not "equilibrated".
    """
    return bool(np.any(np.asarray(found.status) != Mixing.EQUILIBRATED))
