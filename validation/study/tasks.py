"""The tasks of studies: the settings and the columns of each.

A new task is an entry of ``TASKS`` with its settings, its columns with their meanings, and a function in ``work``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spinglass.descent.loop import METHODS
from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.losses import LOSSES
from spinglass.networks.training.optimisers import OPTIMISERS
from spinglass.sampling.langevin import SCHEMES
from validation.study import checks, work
from validation.study.options import Option, choice, flag, not_negative, positive, weights, whole, wholes


@dataclass(frozen=True)
class Task:
    """One kind of work on a disorder sample.

    Attributes
    ----------
    meaning : str
        Description for the user.
    options : mapping
        The settings by name.
    columns : mapping
        Arrow type and meaning of each column by name.
    run : callable
        ``run(disorder, later, settings)`` takes a seed for the model and a seed for everything else, and returns a
        table.
    checks : tuple of callable
        Functions that raise ``ValueError`` for settings that cannot be run.
    least_bytes : callable
        Returns a lower bound on the memory that the settings need, in bytes.
    """

    meaning: str
    options: Mapping[str, Option]
    columns: Mapping[str, tuple[str, str]]
    run: Callable[[np.random.SeedSequence, np.random.SeedSequence, Mapping[str, Any]], pd.DataFrame]
    checks: tuple[Callable[[Mapping[str, Any]], None], ...]
    least_bytes: Callable[[Mapping[str, Any]], int]


MODEL = {
    "n": whole("number of spins", 1),
    "H": whole("interaction order of the pure model", 2, None),
    "mixture": weights("weights of a mixed model by order, instead of H", None),
}
POINT = {
    "energy_per_spin": ("float64", "energy / n"),
    "energy": ("float64", "total energy"),
    "gradient_norm": ("float64", "|Riemannian gradient| / sqrt(n)"),
}
SPECTRUM = {
    "index": ("int64", "number of negative eigenvalues of the Riemannian Hessian; -1 if not requested"),
    "smallest_eigenvalue": ("float64", "smallest eigenvalue of the Riemannian Hessian; NaN if not requested"),
}
TASKS = {
    "descend": Task(
        "minimise the energy from random points; one row per start",
        MODEL
        | {
            "starts": whole("number of descents per sample", 1, 64),
            "method": choice("method of descent", METHODS, "lbfgs"),
            "tol": positive("tolerance of the gradient norm / sqrt(n), relative to the gradient scale", 1e-8),
            "spectrum": flag("whether to compute index and smallest eigenvalue", False),
        },
        {
            "start": ("int64", "number of the start"),
            **POINT,
            "converged": ("bool", "whether the tolerance was reached"),
            "status": ("string", "how the descent ended"),
            "iterations": ("int64", "number of accepted steps"),
            "evaluations": ("int64", "number of evaluations of energy and gradient"),
            **SPECTRUM,
        },
        work.descend,
        (checks.one_model,),
        checks.starts_bytes,
    ),
    "enumerate": Task(
        "find all critical points; one row per point",
        MODEL | {"max_paths": whole("largest number of homotopy paths per sample", 1, 2**24)},
        {
            "point": ("int64", "number of the point"),
            **POINT,
            "certified": ("bool", "whether the existence of the point is proven"),
            "error_bound": ("float64", "proven bound on the distance from the true point"),
            **SPECTRUM,
            "complete": ("bool", "whether all critical points of the sample were found"),
        },
        work.enumerate_points,
        (checks.one_model, checks.few_paths),
        checks.glass_bytes,
    ),
    "langevin": Task(
        "simulate Langevin chains from random points; one row per chain and time",
        MODEL
        | {
            "n": whole("number of spins", 2),
            "temperature": positive("temperature; the energy has variance n"),
            "duration": positive("time of the last record", 10.0),
            "records": whole("number of equally spaced records after the start", 1, 20),
            "dt": positive("time step", 0.01),
            "chains": whole("number of chains per sample", 1, 8),
            "scheme": choice("integrator", SCHEMES, "splitting"),
        },
        {
            "chain": ("int64", "number of the chain"),
            "time": ("float64", "time since the start"),
            "energy_per_spin": POINT["energy_per_spin"],
            "overlap_with_start": ("float64", "x(t).x(0) / n"),
        },
        work.langevin,
        (checks.one_model, checks.short_steps, checks.whole_steps),
        checks.chains_bytes,
    ),
    "parallel-tempering": Task(
        "sample at several temperatures by parallel tempering; one row per temperature",
        MODEL
        | {
            "n": whole("number of spins", 2),
            "coldest": positive("lowest temperature"),
            "hottest": positive("highest temperature"),
            "rungs": whole("number of temperatures; those between are adapted", 2, 12),
            "sweeps": whole("number of recorded sweeps, after the same number for tuning", 4, 1000),
        },
        {
            "rung": ("int64", "number of the temperature, 0 for the coldest"),
            "temperature": ("float64", "temperature; the energy has variance n"),
            "energy_per_spin": ("float64", "mean over the sweeps and both replicas"),
            "standard_error": ("float64", "standard error of this mean, with autocorrelation"),
            "rhat": ("float64", "split R-hat between the replicas with hot and cold start"),
            "effective_samples": ("float64", "effective number of independent energies"),
            "acceptance": ("float64", "mean acceptance probability of moves"),
            "swap_rate": ("float64", "acceptance rate of swaps with the next temperature; NaN for the hottest"),
            "status": ("string", "whether the replicas have equilibrated"),
        },
        work.parallel_tempering,
        (checks.one_model, checks.rising_ladder),
        checks.replicas_bytes,
    ),
    "train": Task(
        "train a network on scikit-learn's handwritten digits; one row per sample",
        {
            "hidden": wholes("numbers of units of the hidden layers, as a list", 1, [25]),
            "activation": choice("activation of the hidden units", ACTIVATIONS, "relu"),
            "loss": choice("loss to minimise", LOSSES, "cross_entropy"),
            "optimiser": choice("optimiser", OPTIMISERS, "sgd"),
            "epochs": whole("number of passes through the data", 0, 200),
            "batch": whole("size of a mini-batch", 1, 10),
            "weight_decay": not_negative("factor c of the penalty (c/2) |weights|^2", 0.0),
        },
        {
            "train_loss": ("float64", "mean loss of the training data"),
            "train_error": ("float64", "fraction of wrong labels in the training data"),
            "test_loss": ("float64", "mean loss of the test data"),
            "test_error": ("float64", "fraction of wrong labels in the test data"),
            "chosen_epoch": ("int64", "epoch of the final weights"),
            "status": ("string", "how training ended"),
        },
        work.train,
        (),
        checks.weights_bytes,
    ),
}
