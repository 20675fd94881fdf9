"""Gradient flow from random points: energies and two-time overlaps, compared with those of the infinite system."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

import theory
from spinglass._common.types import Array
from validation.claim import Claim
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims._shared.perturbations import Function
from validation.claims.dynamics import mutants
from validation.claims.dynamics.start_controls import start_controls
from validation.experiments import gradient_flow
from validation.mutant import Mutant
from validation.reading import Reading
from validation.series import Effort, Series
from validation.statistics.control_variates import controlled
from validation.statistics.extrapolation import Extrapolation

TIMES = (0.2, 0.5, 1.0, 2.0, 3.5, 5.0)
# (time, waiting time), all among TIMES
PAIRS = ((1.0, 0.5), (2.0, 0.5), (5.0, 0.5), (2.0, 1.0), (5.0, 1.0), (5.0, 2.0))
SHARES = (-0.1, 0.12, -0.025, 0.12)  # of the controls of the start in the energies, from a pilot (see below)
_STEP = 0.01  # of the integration; errors are below 2e-5


@cache
def infinite_energies(times: tuple[float, ...], H: int) -> Array:
    """Return the energies per spin of the infinite system."""
    return theory.relaxation(times, H, step=_STEP).energy


@cache
def infinite_overlaps(times: tuple[float, ...], H: int) -> Array:
    """Return the overlaps of the infinite system with its random start."""
    return np.asarray(theory.relaxation(times, H, waiting_times=[0.0], step=_STEP).correlation[0])


@cache
def infinite_pairs(H: int) -> Array:
    """Return the correlations of the infinite system at ``PAIRS``."""
    times, waiting = zip(*PAIRS, strict=True)
    found = theory.relaxation(times, H, waiting_times=waiting, step=_STEP)
    return np.asarray(found.correlation.diagonal())


class Flow(NamedTuple):
    """Gradient flow in one landscape, averaged over starts.

    Attributes
    ----------
    energies : ndarray, shape (times + 1,)
        Energies per spin at 0 and at ``TIMES``.
    overlaps : ndarray, shape (times + 1, times + 1)
        Overlaps of all pairs of these times.
    controls : ndarray, shape (4,)
        The controls of the start, of mean 0.
    """

    energies: Array
    overlaps: Array
    controls: Array


def relaxed(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> Flow:
    """Return gradient flow from random points of one landscape; a simulation for :class:`Reading`."""
    glass, x = gradient_flow.start(seed, n, H, starts)
    return Flow(*gradient_flow.flow_from(glass, x, TIMES), start_controls(glass, x))


def relative_energies(flow: Flow, H: int) -> Array:
    """Return energies per spin at ``TIMES`` divided by those of the infinite system.

    The energy of the start has mean 0, and the flow remembers a share ``C(t,0)^H`` of it. This share is subtracted to
    reduce the variance, and so are fixed shares of the controls of the start.
    """
    share = infinite_overlaps(TIMES, H) ** H
    ratios = (flow.energies[1:] - share * flow.energies[0]) / infinite_energies(TIMES, H)
    return controlled(ratios, flow.controls, SHARES)


def relative_overlaps(flow: Flow, H: int) -> Array:
    """Return overlaps with the start at ``TIMES`` divided by those of the infinite system."""
    return np.asarray(flow.overlaps[1:, 0] / infinite_overlaps(TIMES, H))


def relative_correlations(flow: Flow, H: int) -> Array:
    """Return correlations at ``PAIRS`` divided by those of the infinite system."""
    measured = [flow.overlaps[1 + TIMES.index(t), 1 + TIMES.index(waiting)] for t, waiting in PAIRS]
    return np.asarray(measured / infinite_pairs(H))


def one(**_: object) -> float:
    """Return the limit of the ratio as n grows."""
    return 1.0


# At fixed time the finite-size corrections are a series in 1/n.
SERIES_IN_1_OVER_N = Extrapolation({"1/n": lambda n: 1 / n, "1/n + 1/n^2": lambda n: (1 / n, n**-2)})
_SLOW_CLOCK = Mutant(
    "physics' time",
    "theory takes times for those of the physics convention, in which energies have variance n/2",
    {"theory.relaxation": mutants.physics_time},
)
_SIZES: dict[Effort, list[Series]] = {
    "quick": [Series(m, n=n, H=3, starts=32) for n, m in ((20, 60), (40, 90), (80, 70))],
    "standard": [Series(m, n=n, H=3, starts=32) for n, m in ((40, 400), (80, 400), (160, 300))],
    "paper": [Series(m, n=n, H=3, starts=32) for n, m in ((100, 1500), (200, 1500), (400, 500))],
}

# Pilot, 40 landscapes per size, other seeds, H = 3: the energies are 0.937, 0.964 and 0.983 of those of the infinite
# system at n = 20, 40 and 80, averaged over times, with standard deviations of 0.035, 0.020 and 0.012; the overlaps are
# 1.066, 1.034 and 1.019, with 0.035, 0.021 and 0.014. All fits are within 0.006 of 1; with the sizes below the fit of
# two terms has a standard error of 0.0065. Correlations, 60 landscapes per size (seeds (6161, n, k)): 1.050, 1.030 and
# 1.015, averaged over pairs, with standard deviations of 0.022, 0.015 and 0.011; the fits lie between 0.995 and 1.005,
# with a standard error of 0.005. One landscape of n = 800 (seed (800, 99)) has energies of 1.007, 1.003, 0.998, 0.994,
# 0.995 and 0.997 of those of the infinite system, and takes 43 s on one core and 0.9 GB.
# The controls of the start reduce the variance of the energies by factors of 2.1, 2.1 and 2.4 at n = 20, 40 and 80
# (150, 100 and 60 landscapes, seeds (881, n, k)), so that this fit has a standard error of 0.0036, and take a few
# per cent more time. Of the overlaps with the start they would save 1.2 to 1.4, of the correlations 1.1 to 1.3, so that
# these have none.


def ageless(pairs: Function) -> Function:  # noqa: ARG001
    """Let correlations depend on the time difference alone, as they do at equilibrium."""
    return lambda H: infinite_overlaps(tuple(t - waiting for t, waiting in PAIRS), H)


def _theorem(name: str, statement: str, formula: str, **fields: Any) -> Claim:
    """Return the claim that a ratio to the infinite system tends to 1 as n grows."""
    return Claim(
        id=f"dynamics/{name}",
        kind="theorem",
        statement=statement,
        formula=formula,
        source="Cugliandolo & Kurchan 1993; Ben Arous, Dembo & Guionnet 2006",
        predict=one,
        sizes=_SIZES,
        estimator=SERIES_IN_1_OVER_N,
        **fields,
    )


CLAIMS = (
    _theorem(
        "energy",
        statement="As n grows, the energy of gradient flow from random points tends to the solution of the "
        "Cugliandolo-Kurchan equations: the ratio of the two, averaged over times, tends to 1.",
        formula=r"\lim_{n\to\infty} \frac{E(x_t)}{n} = e(t) = -\int_0^t \nu'(C(t,s))\, R(t,s)\, ds",
        measured="energies per spin divided by those of the infinite system, averaged over times from 0.2 to 5, "
        "extrapolated in n",
        measure=Reading(relaxed, relative_energies),
        delta=deltas(0.02, 0.0066, 0.0025),
        components=tuple(f"t={t:g}" for t in TIMES),
        mutants=(_SLOW_CLOCK, MULTIPLICITY),
    ),
    _theorem(
        "overlap-with-start",
        statement="As n grows, the overlap of gradient flow with its random start tends to the correlation C(t, 0) of "
        "the Cugliandolo-Kurchan equations: the ratio of the two, averaged over times, tends to 1.",
        formula=r"\lim_{n\to\infty} \frac{x_t \cdot x_0}{n} = C(t, 0)",
        measured="overlaps divided by those of the infinite system, averaged over times from 0.2 to 5, extrapolated "
        "in n",
        measure=Reading(relaxed, relative_overlaps),
        delta=deltas(0.03, 0.01, 0.004),
        components=tuple(f"t={t:g}" for t in TIMES),
        mutants=(_SLOW_CLOCK, MULTIPLICITY),
    ),
    _theorem(
        "two-times",
        statement="As n grows, the overlaps of gradient flow at two times tend to the correlation C(t, t_w) of the "
        "Cugliandolo-Kurchan equations, which depends on both times (ageing): the ratio of the two, averaged over "
        "pairs of times, tends to 1.",
        formula=r"\lim_{n\to\infty} \frac{x_t \cdot x_{t_w}}{n} = C(t, t_w), \quad t > t_w > 0",
        measured="overlaps divided by those of the infinite system, averaged over six pairs of times up to 5, "
        "extrapolated in n",
        measure=Reading(relaxed, relative_correlations),
        delta=deltas(0.027, 0.009, 0.0035),
        components=tuple(f"t={t:g}, t_w={waiting:g}" for t, waiting in PAIRS),
        mutants=(
            Mutant(
                "no ageing",
                "correlations depend on the time difference alone",
                {"validation.claims.dynamics.flows.infinite_pairs": ageless},
            ),
            MULTIPLICITY,
        ),
    ),
)
