"""Gradient flow from random points: its energies and overlaps of two times, beside those of an infinite glass."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import theory
from validation.claim import Claim, Mutant
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims._shared.perturbations import Function
from validation.claims.dynamics import mutants
from validation.experiments.gradient_flow import flow
from validation.series import Effort, Series
from validation.statistics.extrapolation import Extrapolation

Array = NDArray[np.float64]
TIMES = (0.2, 0.5, 1.0, 2.0, 3.5, 5.0)
PAIRS = ((1.0, 0.5), (2.0, 0.5), (5.0, 0.5), (2.0, 1.0), (5.0, 1.0), (5.0, 2.0))  # times and waiting times
_STEP = 0.01  # errors are below 2e-5


def infinite_energies(times: Sequence[float], H: int) -> Array:
    """Return an infinite glass's energies per spin."""
    return theory.relaxation(times, H, step=_STEP).energy


def infinite_overlaps(times: Sequence[float], H: int) -> Array:
    """Return an infinite glass's overlaps with its random start."""
    return np.asarray(theory.relaxation(times, H, waiting_times=[0.0], step=_STEP).correlation[0])


def infinite_pairs(H: int) -> Array:
    """Return an infinite glass's correlations at ``PAIRS``."""
    times, waiting = zip(*PAIRS, strict=True)
    found = theory.relaxation(times, H, waiting_times=waiting, step=_STEP)
    return np.asarray(found.correlation.diagonal())


def relative_energies(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> Array:
    """Return energies per spin at ``TIMES`` over those of an infinite system.

    The start's energy has mean 0 and is remembered: its expected share ``C(t,0)^H`` is taken off, to lower the spread.
    """
    energies, _ = flow(seed, n, H, starts, TIMES)
    share = infinite_overlaps(TIMES, H) ** H
    return np.asarray((energies[1:] - share * energies[0]) / infinite_energies(TIMES, H))


def relative_overlaps(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> Array:
    """Return overlaps with the start at ``TIMES`` over those of an infinite system."""
    return np.asarray(flow(seed, n, H, starts, TIMES)[1][1:, 0] / infinite_overlaps(TIMES, H))


def relative_correlations(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> Array:
    """Return correlations at ``PAIRS`` over those of an infinite system."""
    times = sorted({time for pair in PAIRS for time in pair})
    _, overlaps = flow(seed, n, H, starts, times)
    measured = [overlaps[1 + times.index(t), 1 + times.index(waiting)] for t, waiting in PAIRS]
    return np.asarray(measured / infinite_pairs(H))


def one(**_: object) -> float:
    """Return the ratio that is left in the limit of large n."""
    return 1.0


# At fixed time corrections are a series in 1/n.
SERIES_IN_1_OVER_N = Extrapolation({"1/n": lambda n: 1 / n, "1/n + 1/n^2": lambda n: (1 / n, n**-2)})
_SLOW_CLOCK = Mutant(
    "physics' time",
    "theory's time is that of energies with variance n/2",
    {"theory.relaxation": mutants.physics_time},
)
_SIZES: dict[Effort, list[Series]] = {
    "quick": [Series(m, n=n, H=3, starts=32) for n, m in ((20, 60), (40, 90), (80, 70))],
    "standard": [Series(m, n=n, H=3, starts=32) for n, m in ((40, 200), (80, 240), (160, 180))],
    "paper": [Series(m, n=n, H=3, starts=32) for n, m in ((100, 400), (200, 200), (400, 100), (800, 40))],
}

# A pilot of 40 landscapes a size, other seeds, H = 3: mean over times 0.937, 0.964, 0.983 of the infinite system's
# energy at n = 20, 40, 80, standard deviations 0.035, 0.020, 0.012; overlaps 1.066, 1.034, 1.019 and 0.035, 0.021,
# 0.014. All fits are within 0.006 of 1; the sizes give the one of two terms a standard error of 0.0065.
# Correlations, 60 landscapes a size (seeds (6161, n, k)): mean over pairs 1.050, 1.030, 1.015, standard deviations
# 0.022, 0.015, 0.011; fits from 0.995 to 1.005, a standard error of 0.005.
# One landscape of n = 800 (seed (800, 99)): energies 1.007, 1.003, 0.998, 0.994, 0.995, 0.997 of the infinite system's,
# in 43 s on one core and 0.9 GB; all of paper's landscapes of this size take half an hour of one core.


def ageless(pairs: Function) -> Function:  # noqa: ARG001
    """Let correlations depend on the time between the two points alone, as they do at equilibrium."""
    return lambda H: infinite_overlaps([t - waiting for t, waiting in PAIRS], H)


CLAIMS = (
    Claim(
        id="dynamics/energy",
        kind="theorem",
        statement="The energy of gradient flow from random points follows, as n grows, the solution of the "
        "Cugliandolo-Kurchan equations: their ratio, averaged over times, tends to 1.",
        formula=r"\lim_{n\to\infty} \frac{E(x_t)}{n} = e(t) = -\int_0^t \nu'(C(t,s))\, R(t,s)\, ds",
        source="Cugliandolo & Kurchan 1993; Ben Arous, Dembo & Guionnet 2006",
        measured="energies per spin over the infinite system's, averaged over times 0.2 to 5, extrapolated in n",
        measure=relative_energies,
        predict=one,
        components=tuple(f"t={t:g}" for t in TIMES),
        delta=0.03,
        sizes=_SIZES,
        mutants=(_SLOW_CLOCK, MULTIPLICITY),
        estimator=SERIES_IN_1_OVER_N,
    ),
    Claim(
        id="dynamics/overlap-with-start",
        kind="theorem",
        statement="The overlap of gradient flow with its random start follows, as n grows, the correlation C(t, 0) of "
        "the Cugliandolo-Kurchan equations: their ratio, averaged over times, tends to 1.",
        formula=r"\lim_{n\to\infty} \frac{x_t \cdot x_0}{n} = C(t, 0)",
        source="Cugliandolo & Kurchan 1993; Ben Arous, Dembo & Guionnet 2006",
        measured="overlaps over the infinite system's, averaged over times 0.2 to 5, extrapolated in n",
        measure=relative_overlaps,
        predict=one,
        components=tuple(f"t={t:g}" for t in TIMES),
        delta=0.03,
        sizes=_SIZES,
        mutants=(_SLOW_CLOCK, MULTIPLICITY),
        estimator=SERIES_IN_1_OVER_N,
    ),
    Claim(
        id="dynamics/two-times",
        kind="theorem",
        statement="The overlaps of gradient flow with itself at an earlier time follow, as n grows, the correlation "
        "C(t, t_w) of the Cugliandolo-Kurchan equations, which depends on both times: the system ages; their ratio, "
        "averaged over pairs of times, tends to 1.",
        formula=r"\lim_{n\to\infty} \frac{x_t \cdot x_{t_w}}{n} = C(t, t_w), \quad t > t_w > 0",
        source="Cugliandolo & Kurchan 1993; Ben Arous, Dembo & Guionnet 2006",
        measured="overlaps over the infinite system's, averaged over six pairs of times up to 5, extrapolated in n",
        measure=relative_correlations,
        predict=one,
        components=tuple(f"t={t:g}, t_w={waiting:g}" for t, waiting in PAIRS),
        delta=0.03,
        sizes=_SIZES,
        mutants=(
            Mutant(
                "no ageing",
                "correlations depend on the time between the points alone",
                {"validation.claims.dynamics.flows.infinite_pairs": ageless},
            ),
            MULTIPLICITY,
        ),
        estimator=SERIES_IN_1_OVER_N,
    ),
)
