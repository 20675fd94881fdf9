"""Tables of recovery of a signal planted in a matrix and a tensor: limits of theory, and two algorithms at finite n."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import theory
from spinglass import SphericalSpinGlass, descend, pass_messages, plant, posterior, sphere
from spinglass._common.seeds import child, seed_sequence

if TYPE_CHECKING:
    import pandas as pd


def recovery_boundaries(angles: Sequence[float], order: int = 3) -> "pd.DataFrame":
    """Return the lines above which a signal can be recovered, where noise has the weight 1 at both orders.

    Parameters
    ----------
    angles : sequence of float
        Directions in the plane of the two strengths, between 0 (matrix alone) and pi/2 (tensor alone), without the
        ends.
    order : int, default 3
        Order of the tensor.

    Returns
    -------
    pandas.DataFrame
        One row per line and angle: line ("bayes", "message passing", "descent"), matrix and tensor, the strengths
        lambda. Descent is gradient flow of the posterior energy from random points.
    """
    import pandas as pd

    glass = {2: 1.0, order: 1.0}
    rows = []
    for angle in angles:
        unit = {2: math.cos(angle), order: math.sin(angle)}
        found = theory.recovery_thresholds(unit, glass)
        # The posterior energy of the strengths t lambda has the weights t lambda and the signal t^2 lambda^2.
        descent = theory.descent_threshold({k: r * r for k, r in unit.items()}, unit)
        for line, t in (("bayes", found.bayes), ("message passing", found.algorithmic), ("descent", descent)):
            rows.append((line, t * unit[2], t * unit[order]))
    return pd.DataFrame(rows, columns=["line", "matrix", "tensor"])


def recovered(strengths: Sequence[tuple[float, float]], n: int, starts: int, seed: int) -> "pd.DataFrame":
    """Return how far two algorithms recover a signal planted in a matrix and a tensor of order 3, from random starts.

    Parameters
    ----------
    strengths : sequence of (float, float)
        Strengths of the signal in the matrix and in the tensor; one landscape is drawn for each pair.
    n : int
        Number of spins.
    starts : int
        Random points x per landscape; each algorithm starts from x and from -x, because a matrix alone does not
        distinguish the signal from its opposite, and the end of lower posterior energy counts.
    seed : int
        Seed of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per algorithm ("message passing", "descent" by L-BFGS of the posterior energy) and pair of strengths:
        algorithm, matrix, tensor, squared_cosine (of the angle between end and signal, averaged over these ends).
    """
    import pandas as pd

    rows = []
    for number, (matrix, tensor) in enumerate(strengths):
        own = child(seed_sequence(seed), number)
        v, signal = sphere.random_points(n, 1, child(own, 0))[0], {2: matrix, 3: tensor}
        model = plant(SphericalSpinGlass.mixed(n, {2: 1.0, 3: 1.0}, child(own, 1)), v, signal)
        x0 = sphere.random_points(n, starts, child(own, 2))
        both, energy = np.concatenate([x0, -x0]), posterior(model, signal)
        passed = sphere.project(pass_messages(model, signal, both, steps=200, tol=1e-4).x)
        for algorithm, x in (("message passing", passed), ("descent", descend(energy, both, tol=1e-4).x)):
            deeper = energy.energy(x).reshape(2, starts).argmin(axis=0)
            cosines = sphere.overlap(x, v).reshape(2, starts)[deeper, np.arange(starts)]
            rows.append((algorithm, matrix, tensor, float(np.mean(cosines**2))))
    return pd.DataFrame(rows, columns=["algorithm", "matrix", "tensor", "squared_cosine"])
