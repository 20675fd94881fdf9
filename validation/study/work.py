"""The work of each task of a study on one disorder sample.

Every function takes a seed for the model, a seed for everything else that is random, and the settings, and returns a
table.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

import spinglass
from spinglass import SphericalSpinGlass, critical_points, sampling, sphere
from spinglass._common.seeds import child
from spinglass.networks import train as fit
from spinglass.networks.data import digits

Settings = Mapping[str, Any]
Seed = np.random.SeedSequence


def glass_of(seed: Seed, settings: Settings) -> SphericalSpinGlass:
    """Draw the pure or mixed model that the settings describe."""
    if settings["mixture"] is not None:
        return SphericalSpinGlass.mixed(settings["n"], settings["mixture"], seed)
    return SphericalSpinGlass.pure(settings["n"], settings["H"], seed)


def descend(disorder: Seed, later: Seed, settings: Settings) -> pd.DataFrame:
    """Minimise the energy from random points."""
    glass = glass_of(disorder, settings)
    x0 = sphere.random_points(glass.n, settings["starts"], later)
    found = spinglass.descend(glass, x0, method=settings["method"], tol=settings["tol"])
    frame = found.to_frame(spectrum=settings["spectrum"]).reset_index()
    return frame if settings["spectrum"] else frame.assign(index=-1, smallest_eigenvalue=np.nan)


def enumerate_points(disorder: Seed, _later: Seed, settings: Settings) -> pd.DataFrame:
    """Find all critical points."""
    every = critical_points.enumerate_critical_points(glass_of(disorder, settings), max_paths=settings["max_paths"])
    return every.to_frame().reset_index().assign(complete=every.complete)


def langevin(disorder: Seed, later: Seed, settings: Settings) -> pd.DataFrame:
    """Simulate Langevin chains from random points."""
    glass, chains = glass_of(disorder, settings), settings["chains"]
    chain = sampling.Langevin(glass, settings["temperature"], settings["dt"], settings["scheme"])
    x0 = sphere.random_points(glass.n, chains, child(later, 0))
    state, time = chain.init(x0, child(later, 1)), 0.0
    parts = []
    steps = round(settings["duration"] / settings["records"] / settings["dt"])  # a whole number, see checks.whole_steps
    for record in range(settings["records"] + 1):
        if record:
            state, info = chain.step(state, steps)
            time = info.time
        overlap = np.einsum("bi,bi->b", state.x, x0) / glass.n
        columns = {"chain": np.arange(chains), "time": time, "energy_per_spin": state.energy / glass.n}
        parts.append(pd.DataFrame(columns | {"overlap_with_start": overlap}))
    return pd.concat(parts, ignore_index=True)


def parallel_tempering(disorder: Seed, later: Seed, settings: Settings) -> pd.DataFrame:
    """Sample at several temperatures by parallel tempering."""
    ladder = sampling.geometric_ladder(settings["coldest"], settings["hottest"], settings["rungs"])
    found = sampling.temper([glass_of(disorder, settings)], ladder, settings["sweeps"], seed=later)
    return found.to_frame().reset_index("rung")


def train(_disorder: Seed, later: Seed, settings: Settings) -> pd.DataFrame:
    """Train one network on the handwritten digits, which involve no disorder."""
    data = digits()
    found = fit(*data.train, test=data.test, seed=later, **settings)
    return found.to_frame().reset_index(drop=True)
