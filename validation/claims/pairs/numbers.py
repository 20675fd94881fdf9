"""How the number of critical points of a sample spreads around its mean: its second moment and its logarithm."""

import math
from functools import cache

import numpy as np

import theory
from spinglass._common.types import Array
from validation.claim import Claim
from validation.claims._shared.complete_landscapes import Points, landscapes, points
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims._shared.perturbations import losing_rows, of_next_size
from validation.claims.pairs.mutants import JACOBIAN, POINTS_LOST, UNCONDITIONED, UNCORRELATED, as_poisson
from validation.mutant import Mutant
from validation.reading import Reading
from validation.series import Between

LOW = -1.0  # energy per spin: about a tenth of the points lie below it at n = 3 to 8
# Relative standard errors of theory. The variance of the number of minima is a small part of their second moment.
_OF_SQUARES, _OF_LOGARITHM = deltas(0.01, 0.003, 0.0009), deltas(0.01, 0.003, 0.001)
_OF_MINIMA = deltas(0.002, 0.0006, 0.00025)
_FEWEST = 2.0  # every landscape has a minimum and a maximum
_SOURCE = "Subag 2017, Thm 3, for its limit; at finite n derived for this project"


def squares(every: Points, n: int, H: int) -> Array:
    """Return ``N^2/(E N)^2`` of one landscape for all points, minima, and points below ``LOW``.

    The exactly known mean is used to reduce the variance: ``1 + ((N - E N)/E N)^2`` has the same mean as the ratio.
    """
    numbers = np.array([len(every.index), np.sum(every.index == 0), np.sum(every.energy_per_spin < LOW)])
    return np.asarray(1.0 + (numbers / _means(n, H) - 1.0) ** 2)


@cache
def _means(n: int, H: int) -> Array:
    return np.array([theory.mean_critical_points(n, H, index=k, below=u) for k, u in _CHOICES])


def mean_squares(n: int, H: int, accuracy: float) -> Array:
    """Return the means of :func:`squares`."""
    moments = [theory.second_moment(n, H, index=k, below=u, accuracy=accuracy) for k, u in _CHOICES]
    return np.array([moment.ratio for moment in moments])


_CHOICES: tuple[tuple[int | None, float | None], ...] = ((None, None), (0, None), (None, LOW))


def log_number(every: Points) -> float:
    """Return the logarithm of one landscape's number of critical points."""
    return math.log(len(every.index))


def range_of_log(n: int, H: int, accuracy: float) -> Between:
    """Return the range of ``E log N`` that the first two moments of N and ``N >= 2`` allow.

    The upper end is Jensen's inequality. The third derivative of the logarithm is positive, so that among all laws on
    [2, inf) with these two moments the one on two points, of which one is 2, has the smallest mean logarithm (Karlin
    and Studden 1966, chapter V). Theory's own error enters through the second moment, which is increased by four
    standard errors.
    """
    moment = theory.second_moment(n, H, accuracy=accuracy)
    mean, square = moment.mean, moment.value + 4.0 * moment.error
    variance = square - mean**2
    share = variance / (variance + (mean - _FEWEST) ** 2)
    other = mean + variance / (mean - _FEWEST)
    return Between(share * math.log(_FEWEST) + (1.0 - share) * math.log(other), math.log(mean))


def dispersion(every: Points, n: int, H: int) -> float:
    """Return ``(N_0 - E N_0)^2/E N_0`` of one landscape's number N_0 of minima, with the exact mean."""
    mean = float(_means(n, H)[1])
    return float((np.sum(every.index == 0) - mean) ** 2 / mean)


def mean_dispersion(n: int, H: int, accuracy: float) -> float:
    """Return the variance of the number of minima divided by its mean; a Poisson number has 1."""
    moment = theory.second_moment(n, H, index=0, accuracy=accuracy)
    return float((moment.value - moment.mean**2) / moment.mean)


CLAIMS = (
    Claim(
        id="pairs/second-moment",
        kind="theorem",
        statement="The mean square of the number of critical points, of minima, and of points at low energies is the "
        "Kac-Rice integral over two points plus the mean number itself.",
        formula=r"\mathbb{E} N^2 = \mathbb{E} N + \mathbb{E}\,\#\{(x,-x)\} + \int_{-1}^1 \rho(q)\, dq",
        source=_SOURCE,
        measured="N^2/(E N)^2 of a landscape's number N of critical points, of minima and of points with energy per "
        "spin below -1",
        measure=Reading(points, squares),
        predict=mean_squares,
        components=("all", "minima", f"u < {LOW:g}"),
        # At quick, relative standard errors are at most 0.017 at n = 3 and 0.009 at n = 6 (seed 0).
        delta=deltas(0.1, 0.026, 0.008),
        bias=deltas(0.04, 0.012, 0.0036),
        bias_reason="four standard errors of theory's own Monte Carlo average, whose relative accuracy is a quarter of "
        "this bound",
        sizes=landscapes((3, 6), (6, 8), (8, 10), accuracy=_OF_SQUARES),
        mutants=(UNCORRELATED, UNCONDITIONED, JACOBIAN, POINTS_LOST, MULTIPLICITY),
    ),
    Claim(
        id="pairs/annealed-entropy",
        kind="bound",
        statement="The mean logarithm of the number of critical points is at most the logarithm of the mean, and at "
        "least what the exact second moment allows: the annealed and the quenched entropy differ by little.",
        formula=r"w \log 2 + (1-w) \log\!\left(\mathbb{E} N + \tfrac{\mathrm{Var} N}{\mathbb{E} N - 2}\right) \le "
        r"\mathbb{E} \log N \le \log \mathbb{E} N, \quad "
        r"w = \frac{\mathrm{Var} N}{\mathrm{Var} N + (\mathbb{E} N - 2)^2}",
        source="Jensen's inequality; Chebyshev-Markov inequalities, Karlin & Studden 1966, ch. V; second moment "
        "derived for this project",
        measured="the logarithm of a landscape's number of critical points",
        measure=Reading(points, log_number),
        predict=range_of_log,
        delta=deltas(0.03, 0.01, 0.003),
        sizes=landscapes((4, 6), (6, 8), (8, 10), accuracy=_OF_LOGARITHM),
        mutants=(
            Mutant(
                "number of the next size",
                "theory counts the points of a landscape of n + 1 spins",
                {"theory.second_moment": of_next_size},
            ),
            Mutant(
                "half of the points lost",
                "every second critical point is lost, and the loss is not noticed",
                {"spinglass.critical_points.enumerate_critical_points": losing_rows(2)},
                upstream=True,
            ),
        ),
    ),
    Claim(
        id="pairs/dispersion",
        kind="theorem",
        statement="The number of minima of a landscape spreads less than a Poisson number: its variance divided by its "
        "mean is that of the Kac-Rice integral over two points.",
        formula=r"\frac{\mathrm{Var} N_0}{\mathbb{E} N_0} = 1 - \mathbb{E} N_0 + "
        r"\frac{\int_{-1}^1 \rho_{00}(q)\, dq + \mathbb{E}\,\#\{(x,-x)\}}{\mathbb{E} N_0}",
        source=_SOURCE,
        measured="(N_0 - E N_0)^2/E N_0 of a landscape's number N_0 of minima",
        measure=Reading(points, dispersion),
        predict=mean_dispersion,
        # At quick, the relative standard error is 0.039 (seed 0).
        delta=deltas(0.33, 0.11, 0.05),
        bias=deltas(0.16, 0.05, 0.025),
        bias_reason="four standard errors of theory's own Monte Carlo average, which is accurate to 0.002 of E N_0^2 "
        "at quick, 0.0006 at standard and 0.00025 at paper",
        sizes=landscapes((6,), (6, 8), (8, 10), accuracy=_OF_MINIMA),
        mutants=(
            UNCORRELATED,
            JACOBIAN,
            POINTS_LOST,
            Mutant(
                "Poisson",
                "theory takes numbers of critical points for Poisson numbers",
                {"theory.second_moment": as_poisson},
            ),
        ),
    ),
)
