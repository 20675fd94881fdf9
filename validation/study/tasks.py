"""What a study can run on each disorder sample: which settings it takes, what columns it leaves behind.

A new task is an entry of ``TASKS``: its settings, its columns with their meaning, and a function in ``work``.
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
    """One kind of work; ``run(disorder, later, settings)`` gets a seed for the model and one for what follows.

    ``columns`` maps a column's name to its Arrow type and its meaning. ``checks`` raise ``ValueError`` for settings
    that cannot be run; ``least_bytes`` is the memory without which they cannot.
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
    "mixture": weights("weights by order of a mixed model, in the place of H", None),
}
POINT = {
    "energy_per_spin": ("float64", "energy / n"),
    "energy": ("float64", "total energy"),
    "gradient_norm": ("float64", "|Riemannian gradient| / sqrt(n)"),
}
SPECTRUM = {
    "index": ("int64", "negative eigenvalues of the Riemannian Hessian; -1 where not asked for"),
    "smallest_eigenvalue": ("float64", "the lowest of them; NaN where not asked for"),
}
TASKS = {
    "descend": Task(
        "descend from random points, one row a start",
        MODEL
        | {
            "starts": whole("descents of each sample", 1, 64),
            "method": choice("way down", METHODS, "lbfgs"),
            "tol": positive("on the gradient norm divided by sqrt(n)", 1e-8),
            "spectrum": flag("whether to find index and smallest eigenvalue", False),
        },
        {
            "start": ("int64", "number of the start"),
            **POINT,
            "converged": ("bool", "whether the tolerance was reached"),
            "status": ("string", "how the descent ended"),
            "iterations": ("int64", "accepted steps"),
            "evaluations": ("int64", "evaluations of energy and gradient"),
            **SPECTRUM,
        },
        work.descend,
        (checks.one_model,),
        checks.starts_bytes,
    ),
    "enumerate": Task(
        "find every critical point, one row a point",
        MODEL | {"max_paths": whole("homotopy paths of a sample at most", 1, 2**21)},
        {
            "point": ("int64", "number of the point"),
            **POINT,
            "certified": ("bool", "whether the point is proven"),
            "error_bound": ("float64", "proven bound on the distance from the true point"),
            **SPECTRUM,
            "complete": ("bool", "whether all critical points of the sample were found"),
        },
        work.enumerate_points,
        (checks.one_model, checks.few_paths),
        checks.glass_bytes,
    ),
    "langevin": Task(
        "follow Langevin chains from random points, one row a chain and time",
        MODEL
        | {
            "temperature": positive("with energies of variance n"),
            "duration": positive("time at the last record", 10.0),
            "records": whole("records after the start, evenly spaced", 1, 20),
            "dt": positive("time step", 0.01),
            "chains": whole("chains of each sample", 1, 8),
            "scheme": choice("integrator", SCHEMES, "splitting"),
        },
        {
            "chain": ("int64", "number of the chain"),
            "time": ("float64", "since the start"),
            "energy_per_spin": POINT["energy_per_spin"],
            "overlap_with_start": ("float64", "x(t).x(0) / n"),
        },
        work.langevin,
        (checks.one_model, checks.short_steps, checks.whole_steps),
        checks.chains_bytes,
    ),
    "parallel-tempering": Task(
        "sample at a ladder of temperatures, one row a temperature",
        MODEL
        | {
            "coldest": positive("lowest temperature"),
            "hottest": positive("highest temperature"),
            "rungs": whole("temperatures; those between adapt", 2, 12),
            "sweeps": whole("sweeps recorded, after as many that tune", 4, 1000),
        },
        {
            "rung": ("int64", "number of the temperature, from the coldest on"),
            "temperature": ("float64", "with energies of variance n"),
            "energy_per_spin": ("float64", "mean over the sweeps and both copies"),
            "standard_error": ("float64", "of that mean, over autocorrelated sweeps"),
            "rhat": ("float64", "split R-hat between the hot and the cold copy"),
            "effective_samples": ("float64", "effective number of independent energies"),
            "acceptance": ("float64", "mean probability that a move is accepted"),
            "swap_rate": ("float64", "of swaps with the next temperature; NaN for the hottest"),
            "status": ("string", "whether the sample has equilibrated"),
        },
        work.parallel_tempering,
        (checks.one_model, checks.rising_ladder),
        checks.replicas_bytes,
    ),
    "train": Task(
        "train a network on scikit-learn's handwritten digits, one row a sample",
        {
            "hidden": wholes("units of the hidden layers, as a list", 1, [25]),
            "activation": choice("of the hidden units", ACTIVATIONS, "relu"),
            "loss": choice("what is minimised", LOSSES, "cross_entropy"),
            "optimiser": choice("how weights are moved", OPTIMISERS, "sgd"),
            "epochs": whole("passes through the data", 0, 200),
            "batch": whole("rows of a mini-batch", 1, 10),
            "weight_decay": not_negative("factor c of the penalty (c/2) |weights|^2", 0.0),
        },
        {
            "train_loss": ("float64", "mean over the training data"),
            "train_error": ("float64", "share of wrong labels among them"),
            "test_loss": ("float64", "mean over the test data"),
            "test_error": ("float64", "share of wrong labels among them"),
            "chosen_epoch": ("int64", "epoch whose weights were kept"),
            "status": ("string", "how training ended"),
        },
        work.train,
        (),
        checks.weights_bytes,
    ),
}
