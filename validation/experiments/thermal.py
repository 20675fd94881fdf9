"""Tables of equilibrium and of ground states: energies and overlaps by temperature, ground-state energies by size."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, enumerate_critical_points
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.sampling import Tempering, ground_state, temper
from theory.statics import equilibrium


@cache
def tempered(n: int, H: int, samples: int, temperatures: tuple[float, ...], sweeps: int, seed: int) -> Tempering:
    """Run parallel tempering of many landscapes at fixed temperatures; the result is cached for other figures.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int
        Interaction order.
    samples : int
        Landscapes.
    temperatures : tuple of float
        Temperatures, lowest first.
    sweeps : int
        Recorded sweeps, after half as many of burn-in.
    seed : int
        Seed of all random numbers.

    Returns
    -------
    Tempering
        Energies and overlaps of all landscapes.
    """
    root = np.random.SeedSequence((seed, n))
    glasses = [SphericalSpinGlass.pure(n, H, child(root, 0, sample)) for sample in range(samples)]
    return temper(glasses, temperatures, sweeps, burn_in=sweeps // 2, adapt=False, seed=child(root, 1))


def mean_energies(found: Tempering) -> pd.DataFrame:
    """Return the mean energies of the landscapes that have equilibrated, with standard errors over landscapes.

    Parameters
    ----------
    found : Tempering
        Result of :func:`tempered`.

    Returns
    -------
    pandas.DataFrame
        One row per temperature: n, temperature, energy_per_spin, standard_error, samples, dropped.
    """
    sound = found.energy_per_spin[found.equilibrated]
    return pd.DataFrame(
        {
            "n": found.x.shape[-1],
            "temperature": found.temperatures,
            "energy_per_spin": sound.mean(axis=0),
            "standard_error": sound.std(axis=0, ddof=1) / np.sqrt(len(sound)),
            "samples": len(sound),
            "dropped": len(found) - len(sound),
        }
    )


def overlap_densities(found: Tempering, rungs: Sequence[int], bins: int = 25) -> pd.DataFrame:
    """Return the density of the overlap of two replicas, over all landscapes that have equilibrated.

    Parameters
    ----------
    found : Tempering
        Result of :func:`tempered`.
    rungs : sequence of int
        Positions of the temperatures in ``found.temperatures``.
    bins : int, default 25
        Bins of the histogram on [-1, 1].

    Returns
    -------
    pandas.DataFrame
        One row per temperature and bin: n, temperature, density, overlap (the centre of the bin), samples, dropped
        (numbers of landscapes that have equilibrated, and of the others).
    """
    edges, sound = np.linspace(-1, 1, bins + 1), int(np.count_nonzero(found.equilibrated))
    tables = []
    for rung in rungs:
        density, _ = np.histogram(found.overlaps[found.equilibrated, rung], edges, density=True)
        columns = {"n": found.x.shape[-1], "temperature": found.temperatures[rung], "density": density}
        columns |= {"overlap": (edges[1:] + edges[:-1]) / 2, "samples": sound, "dropped": len(found) - sound}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def infinite_energies(H: int, temperatures: np.ndarray) -> pd.DataFrame:
    """Return the energy per spin as n tends to infinity, and its continuation ``-1/T``.

    Parameters
    ----------
    H : int
        Interaction order.
    temperatures : ndarray, shape (m,)
        Temperatures.

    Returns
    -------
    pandas.DataFrame
        One row per temperature: temperature, energy_per_spin, liquid.

    Examples
    --------
    >>> infinite_energies(3, np.array([0.5, 1.0])).round(4).values.tolist()
    [[0.5, -1.3966, -2.0], [1.0, -1.0, -1.0]]
    """
    energy = equilibrium.equilibrium(temperatures, H).energy
    return pd.DataFrame({"temperature": temperatures, "energy_per_spin": energy, "liquid": -1 / temperatures})


def ground_states(sizes: Sequence[int], H: int, samples: int, enumerated: Sequence[int], seed: Seed) -> pd.DataFrame:
    """Return mean ground-state energies by annealing and, at some sizes, by enumeration of the same landscapes.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of spins n.
    H : int
        Interaction order.
    samples : int
        Landscapes per size.
    enumerated : sequence of int
        Sizes at which all critical points are enumerated as well.
    seed : int, SeedSequence or Generator
        Source of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per size and method: n, method, energy_per_spin, standard_error, unconfirmed (number of landscapes
        in which too few anneals ended in the lowest minimum).

    Raises
    ------
    RuntimeError
        If an enumeration is not complete, so that the deepest minimum may be missing.

    Examples
    --------
    >>> table = ground_states([5], H=3, samples=4, enumerated=[5], seed=0)
    >>> table["method"].tolist(), bool(np.ptp(table["energy_per_spin"]) < 1e-12)
    (['annealing', 'enumeration'], True)
    """
    root = seed_sequence(seed)
    rows = []
    for n in sizes:
        glasses = [SphericalSpinGlass.pure(n, H, child(root, n, sample, 0)) for sample in range(samples)]
        found = [ground_state(glass, most=128, seed=child(root, n, k, 1)) for k, glass in enumerate(glasses)]
        unconfirmed = sum(state.status == "unconfirmed" for state in found)
        energies = {"annealing": [state.energy_per_spin for state in found]}
        if n in enumerated:
            energies["enumeration"] = [_deepest(glass, n, sample) for sample, glass in enumerate(glasses)]
        for method, values in energies.items():
            error = np.std(values, ddof=1) / np.sqrt(samples)
            rows.append((n, method, np.mean(values), error, unconfirmed if method == "annealing" else 0))
    return pd.DataFrame(rows, columns=["n", "method", "energy_per_spin", "standard_error", "unconfirmed"])


def _deepest(glass: SphericalSpinGlass, n: int, sample: int) -> float:
    every = enumerate_critical_points(glass)
    if not every.complete:
        raise RuntimeError(f"sample {sample} of n = {n} is not complete: {every.reason}; give another seed")
    return float(every.energy_per_spin.min())


def centring(sizes: np.ndarray, H: int) -> pd.DataFrame:
    """Return the mean ground-state energy that exact counts give, by :func:`theory.mean_deepest_minimum`.

    Parameters
    ----------
    sizes : ndarray of int, shape (m,)
        Numbers of spins n.
    H : int
        Interaction order.

    Returns
    -------
    pandas.DataFrame
        One row per size: n, energy_per_spin.
    """
    means = [theory.mean_deepest_minimum(int(n), H) for n in sizes]
    return pd.DataFrame({"n": sizes, "energy_per_spin": means})
