"""Relative deviations of a subject's theory from exact values.

Deviations have their sign, so that a factor between two conventions can be read off. They are divided by the ratio of
the declared accuracy to the finest one, so that one bound holds for values of any declared accuracy.
"""

import numpy as np

from spinglass._common.types import Array
from validation.claims.theory_code import exact_values
from validation.subjects import theory_code
from validation.subjects.current import subject
from validation.subjects.subject import Subject

TOLERANCE = 1e-6
RELAXATION_TOLERANCE = 1e-3  # integrators with a finite time step
TIMES = np.array([0.1, 0.3, 1.0])
ENERGIES = {0: -1.45, 1: -1.2, 2: -0.9, None: -0.6}  # by index


def _in_declared_accuracy(one: Subject, deviation: float | Array, tolerance: float = TOLERANCE) -> Array:
    return np.asarray(deviation) * tolerance / max(tolerance, one.declaration.relative_accuracy)


def total_deviation(seed: np.random.SeedSequence, n: int, H: int) -> Array:  # noqa: ARG001
    """Return the relative deviation of the mean number of all critical points."""
    one, exact = subject(), exact_values.mean_count(n, H, None, None)
    return _in_declared_accuracy(one, theory_code.counts(one, n, H, None, None) / exact - 1)


def count_deviations(seed: np.random.SeedSequence, n: int, H: int) -> Array:  # noqa: ARG001
    """Return the relative deviations of the mean numbers of points of index 0, 1, 2 and any below an energy each."""
    one = subject()
    found = []
    for index, below in ENERGIES.items():
        exact = exact_values.mean_count(n, H, index, below)
        found.append(theory_code.counts(one, n, H, index, below) / exact - 1)
    return _in_declared_accuracy(one, np.array(found))


def morse_deviation(seed: np.random.SeedSequence, n: int, H: int) -> Array:  # noqa: ARG001
    """Return the deviation from Morse's relation for mean numbers by index, relative to their sum."""
    one = subject()
    by_index = np.array([theory_code.counts(one, n, H, k, None) for k in range(n)])
    signs = (-1.0) ** np.arange(n)
    return _in_declared_accuracy(one, (signs @ by_index - 1 - signs[-1]) / by_index.sum())


def threshold_deviation(seed: np.random.SeedSequence, H: int, name: str) -> Array:  # noqa: ARG001
    """Return the relative deviation of one threshold."""
    one = subject()
    exact = exact_values.E_k(H, int(name[2:])) if name in ("E_1", "E_2") else getattr(exact_values, name)(H)
    return _in_declared_accuracy(one, theory_code.threshold(one, H, name) / exact - 1)


def relaxation_deviations(seed: np.random.SeedSequence, H: int) -> Array:  # noqa: ARG001
    """Return the relative deviations of the energies at three times after the start of gradient descent."""
    one = subject()
    found = theory_code.relaxation(one, TIMES, H) / exact_values.relaxed(TIMES, H) - 1
    return _in_declared_accuracy(one, found, RELAXATION_TOLERANCE)


def _temperatures(H: int, ratio: float) -> tuple[float, float]:
    """Return a temperature below and one above the static one, in the given ratio to it."""
    static = exact_values.T_s(H)
    return static * ratio, static / ratio


def energy_deviations(seed: np.random.SeedSequence, H: int, ratio: float) -> Array:  # noqa: ARG001
    """Return the relative deviations of the energy at a temperature below the static one, and at one above."""
    one, (cold, warm) = subject(), _temperatures(H, ratio)
    exact = (exact_values.replica_symmetry_broken(cold, H)[0], -1 / warm)
    found = [theory_code.equilibrium(one, T, H, "energy") / e - 1 for T, e in zip((cold, warm), exact, strict=True)]
    return _in_declared_accuracy(one, np.array(found))


def overlap_deviations(seed: np.random.SeedSequence, H: int, ratio: float) -> Array:  # noqa: ARG001
    """Return the relative deviation of the overlap below the static temperature, and the overlap above it."""
    one, (cold, warm) = subject(), _temperatures(H, ratio)
    exact = exact_values.replica_symmetry_broken(cold, H)[1]
    found = (
        theory_code.equilibrium(one, cold, H, "overlap") / exact - 1,
        theory_code.equilibrium(one, warm, H, "overlap"),
    )
    return _in_declared_accuracy(one, np.array(found))


def breakpoint_deviation(seed: np.random.SeedSequence, H: int, ratio: float) -> Array:  # noqa: ARG001
    """Return the relative deviation of the probability of the smaller overlap below the static temperature."""
    one, (cold, _) = subject(), _temperatures(H, ratio)
    exact = exact_values.replica_symmetry_broken(cold, H)[2]
    return _in_declared_accuracy(one, theory_code.equilibrium(one, cold, H, "breakpoint") / exact - 1)


def tolerance(**_: object) -> float:
    """Return the relative deviation that is allowed."""
    return TOLERANCE


def relaxation_tolerance(**_: object) -> float:
    """Return the relative deviation that is allowed for energies along the flow."""
    return RELAXATION_TOLERANCE
