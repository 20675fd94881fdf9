"""Mean numbers of critical points, in total, by index and by energy, compared with exact Kac-Rice counts."""

from functools import cache

import numpy as np
from scipy.optimize import brentq

import theory
from spinglass._common.types import Array
from validation.claim import Claim
from validation.claims._shared.complete_landscapes import Points, landscapes, points
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import DIAGONAL, INDEX, MULTIPLICITY, NORMALISATION, WRONG_SIZE
from validation.claims.enumeration.mutants import WRONG_VARIANCE
from validation.mutant import Mutant
from validation.reading import Reading
from validation.series import Between, Effort, Series

# Indices 0, 1 and 2, each over the energies between which its number rises from nearly none to nearly all.
GRID = tuple(
    (k, u)
    for k, energies in enumerate(
        ((-1.6, -1.4, -1.2, -1.0, -0.8), (-1.2, -1.0, -0.8, -0.6, -0.4), (-0.8, -0.6, -0.4, -0.2, 0.0))
    )
    for u in energies
)
_BY_ENERGY = tuple(range(3))
_SADDLES = (1, 2)
_EDGE = 4.0  # energy per spin beyond which a share of 1e-9 of the points lies at n = 4, and less for larger n
_SOURCE = "Auffinger, Ben Arous & Černý 2013, Thm 2.1"
_FORMULA = r"2\sqrt{\tfrac{2}{H}}\,(H-1)^{n/2}\, "


def indices(n: int, H: int) -> range:
    """Return the indices that are counted: for odd H the point -x has index n-1-k if x has index k."""
    return range((n + 1) // 2) if H % 2 else range(n)


def count(every: Points) -> int:
    """Return one landscape's number of critical points."""
    return len(every.index)


def mean_count(n: int, H: int) -> float:
    """Return the exact mean of :func:`count`."""
    return float(theory.mean_critical_points(n, H))


def counts_per_index(every: Points, n: int, H: int) -> Array:
    """Return one landscape's numbers of critical points of each index of :func:`indices`."""
    return np.array([np.sum(every.index == k) for k in indices(n, H)], dtype=float)


def mean_counts_per_index(n: int, H: int) -> Array:
    """Return the exact means of :func:`counts_per_index`."""
    return np.array([float(theory.mean_critical_points(n, H, index=k)) for k in indices(n, H)])


def counts_below(every: Points) -> Array:
    """Return one landscape's numbers of critical points of index k below energy per spin u, over ``GRID``."""
    return np.array([np.sum((every.index == k) & (every.energy_per_spin < u)) for k, u in GRID], dtype=float)


def mean_counts_below(n: int, H: int) -> Between:
    """Return the exact means of :func:`counts_below`; deviations are relative to all points of the index."""
    expected = np.array([float(theory.mean_critical_points(n, H, index=k, below=u)) for k, u in GRID])
    return Between(expected, expected, scale=np.array([_of_index(n, H, k) for k, _ in GRID]))


def energies(every: Points, n: int, H: int) -> Array:
    """Return unbiased estimates of the mean energies per spin at index 0, 1 and 2 from one landscape.

    The estimate is ``m + sum (u - m)/E N_k`` over the points of index k, where m is the predicted mean. Its mean is the
    ratio ``E sum u/E N_k`` if m is right, and differs from m if not. Unlike ``sum u/E N_k`` it does not vary with the
    number of points.
    """
    u = every.energy_per_spin
    means = [(mean_energy(n, H, k), _of_index(n, H, k), u[every.index == k]) for k in _BY_ENERGY]
    return np.array([m + np.sum(of_index - m) / number for m, number, of_index in means])


def mean_energies(n: int, H: int) -> Between:
    """Return the exact means of :func:`energies`; deviations are relative to E_inf, the scale of all energies."""
    expected = np.array([mean_energy(n, H, k) for k in _BY_ENERGY])
    return Between(expected, expected, scale=float(theory.E_inf(H)))


@cache
def mean_energy(n: int, H: int, k: int) -> float:
    """Return ``int u dF(u)``, integrated by parts, where F is the share of the index's points below u."""
    nodes, weights = np.polynomial.legendre.leggauss(120)
    share = theory.mean_critical_points(n, H, index=k, below=_EDGE * nodes) / _of_index(n, H, k)
    return float(_EDGE * (weights @ (1 - share)) - _EDGE)


@cache
def _of_index(n: int, H: int, k: int) -> float:
    return float(theory.mean_critical_points(n, H, index=k))


def low_saddles(every: Points, n: int, H: int) -> Array:
    """Return one landscape's numbers of points of index >= k below :func:`threshold`, for k = 1 and 2."""
    u, index = every.energy_per_spin, every.index
    return np.array([np.sum((index >= k) & (u < threshold(n, H, k))) for k in _SADDLES], dtype=float)


def one_each(**_: object) -> Array:
    """Return the exact means of :func:`low_saddles`, which are 1 by definition of the threshold."""
    return np.ones(len(_SADDLES))


@cache
def threshold(n: int, H: int, k: int) -> float:
    """Return the energy per spin below which theory expects one point of index k or more on average.

    It tends to ``-E_k`` from above as n grows: at H = 3 and k = 1 it is -0.94, -1.09 and -1.19 at n = 6, 8 and 10,
    where -E_1 = -1.653.
    """

    def excess(u: float) -> float:
        # NaN marks counts that are only known to be below 1e-12; they do not matter in a sum that is to be 1.
        counts = [theory.mean_critical_points(n, H, index=j, below=u, unknown="nan") for j in range(k, n)]
        return float(np.nansum(counts)) - 1.0

    return float(brentq(excess, -float(theory.E_0(H)), 0.0))


def _with_order_4(sizes: dict[Effort, list[Series]]) -> dict[Effort, list[Series]]:
    more = {"quick": Series(900, n=4, H=4), "standard": Series(9000, n=5, H=4), "paper": Series(80000, n=6, H=4)}
    return {effort: [*series, more[effort]] for effort, series in sizes.items()}


# Standard deviations relative to the mean or scale, in a pilot of 500 to 1500 landscapes per size with other seeds:
# total 0.28 (n=4), 0.25 (n=6, and n=4 at H=4), 0.22 (n=8); each index at most 0.34 (n=4) and 0.31 (n=6); the grid of
# counts below an energy at most 0.25 (n=6), 0.23 (n=8); energies at most 0.082 of E_inf (n=6); low saddles 1.1 (n=6),
# 1.2 (n=8), 1.5 (n=10). The sizes below give standard errors of at most delta/4.3.
CLAIMS = (
    Claim(
        id="enumeration/mean-total",
        kind="theorem",
        statement="The mean number of all critical points is the exact Kac-Rice integral over the GOE density.",
        formula=r"\mathbb{E} N = " + _FORMULA + r"\mathbb{E} \sum_k e^{-n \frac{H-2}{2H} \lambda_k^2}",
        source=_SOURCE + ", summed over k",
        measured="the number of critical points of a landscape, all of them enumerated",
        measure=Reading(points, count),
        predict=mean_count,
        delta=deltas(0.05, 0.016, 0.005),
        sizes=_with_order_4(landscapes((4, 6), (5, 6, 8), (6, 8, 10))),
        mutants=(WRONG_SIZE, WRONG_VARIANCE, MULTIPLICITY),
    ),
    Claim(
        id="enumeration/mean-per-index",
        kind="theorem",
        statement="The mean number of critical points of every index is the exact Kac-Rice integral over the GOE "
        "eigenvalue of that rank.",
        formula=r"\mathbb{E} N_k = " + _FORMULA + r"\mathbb{E}\, e^{-n \frac{H-2}{2H} \lambda_k^2}",
        source=_SOURCE,
        measured="all critical points of a landscape, counted by index; for odd H up to the middle index",
        measure=Reading(points, counts_per_index),
        predict=mean_counts_per_index,
        delta=deltas(0.05, 0.016, 0.005),
        # Only H = 3 is used: without diagonal terms the models of order 4 are degenerate, and the claim could not judge
        # that mutant.
        sizes=landscapes((4, 6), (5, 8), (6, 8, 10)),
        mutants=(INDEX, WRONG_SIZE, WRONG_VARIANCE, DIAGONAL, MULTIPLICITY),
    ),
    Claim(
        id="enumeration/counts-below",
        kind="theorem",
        statement="The mean number of critical points of index k below an energy is exact at finite n, tested for the "
        "whole curve over energies at once.",
        formula=r"\mathbb{E} N_k(u) = "
        + _FORMULA
        + r"\mathbb{E}\!\left[ e^{-n \frac{H-2}{2H} \lambda_k^2};\ \lambda_k < u\sqrt{\tfrac{H}{2(H-1)}} \right]",
        source=_SOURCE,
        measured="the numbers of a landscape's critical points of index 0, 1 and 2 below each energy per spin of a "
        "grid",
        measure=Reading(points, counts_below),
        predict=mean_counts_below,
        components=tuple(f"index {k}, u={u:g}" for k, u in GRID),
        delta=deltas(0.04, 0.0125, 0.004),
        sizes=landscapes((6,), (6, 8), (8, 10)),
        mutants=(INDEX, NORMALISATION, WRONG_SIZE, WRONG_VARIANCE),
    ),
    Claim(
        id="enumeration/mean-energy",
        kind="theorem",
        statement="The mean energy of the critical points of index k equals the mean under the exact Kac-Rice density.",
        formula=r"\frac{\mathbb{E} \sum_{x:\,k(x)=k} E(x)/n}{\mathbb{E} N_k} = "
        r"\frac{\int u\, d\,\mathbb{E} N_k(u)}{\mathbb{E} N_k(\infty)}",
        source=_SOURCE,
        measured="energies per spin of all critical points of index 0, 1 and 2, every point with the same weight",
        measure=Reading(points, energies),
        predict=mean_energies,
        components=tuple(f"index {k}" for k in _BY_ENERGY),
        delta=deltas(0.015, 0.005, 0.0015),
        sizes=landscapes((6,), (6, 8), (8, 10)),
        mutants=(
            INDEX,
            NORMALISATION,
            WRONG_SIZE,
            Mutant(
                "energy of the next index",
                "the mean energy in theory is that of index k + 1",
                {"validation.claims.enumeration.mean_counts.mean_energy": lambda law: lambda n, H, k: law(n, H, k + 1)},
            ),
        ),
    ),
    Claim(
        id="enumeration/low-saddles",
        kind="theorem",
        statement="Critical points of index k or more are as rare at low energies as exact theory predicts: on "
        "average one lies below a threshold that tends to -E_k as n grows.",
        formula=r"\sum_{j \ge k} \mathbb{E} N_j(u_k(n)) = 1, \quad u_k(n) \to -E_k",
        source=_SOURCE + " and Thm 2.5",
        measured="the numbers of a landscape's critical points of index at least 1 and at least 2 below the thresholds",
        measure=Reading(points, low_saddles),
        predict=one_each,
        components=tuple(f"index >= {k}" for k in _SADDLES),
        delta=deltas(0.15, 0.05, 0.023),
        sizes=landscapes((6,), (6, 8), (8, 10)),
        mutants=(INDEX, NORMALISATION, WRONG_SIZE, WRONG_VARIANCE),
    ),
)
