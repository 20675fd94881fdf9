"""Expectations over independent Bernoulli activities of ``Y = sum_p A_p t_p`` with given terms t.

An expectation is computed by enumerating all ``2^paths`` activities or from a sample of them; closed forms are in
:mod:`.path_losses`.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array

Method = Literal["exact", "enumerated", "sampled"]
Loss = Callable[[Array], Array]

SAMPLES = 10_000  # default number of activities drawn
MOST_PATHS = 20  # largest number of paths for enumeration; 2^20 activities take milliseconds
_BLOCK = 256  # activities per child seed
_ACTIVITIES = 0x45  # key of the child seeds of the samples


def all_outputs(terms: Array, rho: float) -> tuple[Array, Array]:
    """Return the outputs Y for all activities, and the probabilities of the activities.

    Parameters
    ----------
    terms
        Terms t of all paths, shape (batch, paths).
    rho
        Probability that a path is active.

    Returns
    -------
    outputs
        Outputs, shape (batch, 2^paths).
    probability
        Probability of each activity, shape (2^paths,).

    Raises
    ------
    ValueError
        If there are more than 20 paths.

    Examples
    --------
    >>> all_outputs(np.array([[1.0, 10.0]]), 0.5)[0].tolist()
    [[0.0, 1.0, 10.0, 11.0]]
    """
    batch, paths = terms.shape
    if paths > MOST_PATHS:
        raise ValueError(
            f"{paths} paths have 2^{paths} activities, more than the limit of 2^{MOST_PATHS} for enumeration; "
            'use method="sampled"'
        )
    require_memory(16 * batch * 2**paths, f"all outputs of {batch} points", "fewer points at once")
    outputs, probability = np.zeros((batch, 1)), np.ones(1)
    for p in range(paths):
        outputs = np.concatenate([outputs, outputs + terms[:, p, None]], axis=1)
        probability = np.concatenate([(1 - rho) * probability, rho * probability])
    return outputs, probability


def sampled_outputs(terms: Array, rho: float, samples: int, seed: Seed) -> Array:
    """Return Y for independent draws of the activities, shape (batch, samples); all rows share the draws."""
    batch, paths = terms.shape
    require_memory(8 * (batch * samples + _BLOCK * paths), f"{samples} outputs of {batch} points", "fewer samples")
    sequence = seed_sequence(seed)
    outputs = np.empty((batch, -(-samples // _BLOCK) * _BLOCK))
    with one_blas_thread():
        for block in range(outputs.shape[1] // _BLOCK):
            random = generator(child(sequence, _ACTIVITIES, block))
            activity = (random.random((_BLOCK, paths)) < rho).astype(np.float64)
            outputs[:, block * _BLOCK : (block + 1) * _BLOCK] = terms @ activity.T
    return outputs[:, :samples]


def mean_loss(loss: Loss, terms: Array, rho: float, method: Method, samples: int, seed: Seed) -> Array:
    """Return ``E_A loss(Y)`` by enumeration or by sampling, shape (batch,)."""
    if method == "sampled":
        return np.asarray(loss(sampled_outputs(terms, rho, samples, seed)).mean(axis=1))
    outputs, probability = all_outputs(terms, rho)
    return np.asarray((loss(outputs) * probability).sum(axis=1))
