"""Numbers of pairs of critical points by overlap and by index, compared with the Kac-Rice formula for two points."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

import theory
from spinglass._common.types import Array, IntArray
from spinglass.critical_points import Enumeration
from validation.claim import Claim
from validation.claims._shared.complete_landscapes import Points, every_point, landscapes, points
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import INDEX, MULTIPLICITY
from validation.claims.pairs.mutants import JACOBIAN, POINTS_LOST, UNCONDITIONED, UNCORRELATED, without_order
from validation.mutant import Mutant
from validation.reading import Reading
from validation.series import Effort, Series

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
INDICES = ((0, 0), (0, 1), (1, 1))
HALVES = ((-1.0, 0.0), (0.0, 1.0))
MIXTURE = {1: 1.0, 2: 0.7, 3: 1.0}  # order 1 is an external field
SIGNED_EDGES = (-1.0, -0.5, 0.0, 0.5, 0.8, 1.0)
_MIRROR = 1e-9  # pairs (x, -x) have overlap -1 up to rounding
_SOURCE = "Subag 2017, Lemmas 13 and 14; Ros, Biroli & Cammarota 2019; at finite n derived for this project"
_FORMULA = (
    r"\mathbb{E}\,\#\{(x, y): q \in I\} = \int_I |S^{n-1}||S^{n-2}| (1-q^2)^{\frac{n-3}{2}} p_q(0, 0)\, "
    r"\mathbb{E}\left[|\det H_x||\det H_y| \,\middle|\, \nabla_x = \nabla_y = 0\right] dq"
)


def overlaps(every: Points | Enumeration) -> tuple[Array, IntArray, IntArray]:
    """Return the overlaps of all ordered pairs of different points, without (x, -x), and the index of each point."""
    q = every.x @ every.x.T / every.x.shape[1]
    first, second = np.nonzero((np.abs(q) < 1.0 - _MIRROR) & ~np.eye(len(q), dtype=bool))
    return np.asarray(q[first, second]), every.index[first], every.index[second]


def by_overlap(every: Points) -> Array:
    """Return one landscape's numbers of ordered pairs with |overlap| between the ``EDGES``."""
    return np.histogram(np.abs(overlaps(every)[0]), bins=EDGES)[0].astype(float)


def mean_by_overlap(n: int, H: int, accuracy: float) -> Array:
    """Return the means of :func:`by_overlap`; for a pure model those at q and -q are equal."""
    bins = pairwise(EDGES)
    return np.array([2 * theory.mean_pairs_between(n, H, low, high, accuracy=accuracy).value for low, high in bins])


def by_index(every: Points) -> Array:
    """Return one landscape's numbers of ordered pairs of the ``INDICES`` in each half of the overlaps."""
    q, first, second = overlaps(every)
    return np.array(
        [np.sum((first == k) & (second == m) & (low < q) & (q < high)) for k, m in INDICES for low, high in HALVES],
        dtype=float,
    )


def mean_by_index(n: int, H: int, accuracy: float) -> Array:
    """Return the means of :func:`by_index`."""
    return np.array(
        [
            theory.mean_pairs_between(n, H, low, high, indices=pair, accuracy=accuracy).value
            for pair in INDICES
            for low, high in HALVES
        ]
    )


def pairs_of_mixture(seed: np.random.SeedSequence, n: int, **_: object) -> Array:
    """Draw a landscape of ``MIXTURE``; return its numbers of ordered pairs with overlap between ``SIGNED_EDGES``."""
    return np.histogram(overlaps(every_point(seed, n, MIXTURE))[0], bins=SIGNED_EDGES)[0].astype(float)


def mean_pairs_of_mixture(n: int, accuracy: float) -> Array:
    """Return the means of :func:`pairs_of_mixture`."""
    bins = pairwise(SIGNED_EDGES)
    return np.array([theory.mean_pairs_between(n, MIXTURE, low, high, accuracy=accuracy).value for low, high in bins])


# Relative standard errors of theory, and the bounds on its error that follow. Errors of theory are Monte Carlo errors:
# at an accuracy a of one standard error, all bins together deviate by more than 4 a with probability below 1e-3. At n =
# 3 theory is exact.
_BY_OVERLAP, _BY_OVERLAP_BIAS = deltas(0.01, 0.003, 0.0012), deltas(0.04, 0.012, 0.0048)
_BY_INDEX, _BY_INDEX_BIAS = deltas(0.02, 0.005, 0.0018), deltas(0.08, 0.02, 0.0072)
_OF_MIXTURES, _OF_MIXTURES_BIAS = deltas(0.01, 0.005, 0.002), deltas(0.04, 0.02, 0.008)
_BIAS_REASON = (
    "four standard errors of theory's own Monte Carlo average, whose relative accuracy is a quarter of this bound"
)

_MIXTURES: Mapping[Effort, Mapping[int, int]] = {
    "quick": {3: 700},
    "standard": {3: 6000, 5: 4000},
    "paper": {3: 60000, 6: 40000},
}

CLAIMS = (
    Claim(
        id="pairs/by-overlap",
        kind="theorem",
        statement="The mean number of pairs of critical points in every interval of overlaps is the Kac-Rice integral "
        "over two points, at finite n.",
        formula=_FORMULA,
        source=_SOURCE,
        measured="the numbers of ordered pairs of different critical points of a landscape with |overlap| in each of "
        "five intervals, all points enumerated, without the pairs (x, -x)",
        measure=Reading(points, by_overlap),
        predict=mean_by_overlap,
        components=tuple(f"|q| {low:g}-{high:g}" for low, high in pairwise(EDGES)),
        # At quick, relative standard errors are at most 0.031 at n = 3 and 0.015 at n = 6 (seed 0).
        delta=deltas(0.15, 0.03, 0.012),
        bias=_BY_OVERLAP_BIAS,
        bias_reason=_BIAS_REASON,
        sizes=landscapes((3, 6), (6, 8), (8, 10), accuracy=_BY_OVERLAP),
        mutants=(UNCORRELATED, UNCONDITIONED, JACOBIAN, POINTS_LOST, MULTIPLICITY),
    ),
    Claim(
        id="pairs/by-index",
        kind="theorem",
        statement="The mean number of pairs of critical points of given indices is the Kac-Rice integral over two "
        "points with these indices, at positive and at negative overlaps.",
        formula=_FORMULA.replace("H_y|", r"H_y|\,1_{k(x) = k,\, k(y) = l}"),
        source=_SOURCE,
        measured="the numbers of ordered pairs of critical points of a landscape by the index of each, in both halves "
        "of the overlaps",
        measure=Reading(points, by_index),
        predict=mean_by_index,
        components=tuple(f"indices {k}-{m}, {'q<0' if low < 0 else 'q>0'}" for k, m in INDICES for low, _ in HALVES),
        # At quick, relative standard errors are at most 0.025 (seed 0).
        delta=deltas(0.2, 0.05, 0.018),
        bias=_BY_INDEX_BIAS,
        bias_reason=_BIAS_REASON,
        sizes=landscapes((6,), (6, 8), (8, 10), accuracy=_BY_INDEX),
        mutants=(UNCORRELATED, UNCONDITIONED, JACOBIAN, INDEX, POINTS_LOST),
    ),
    Claim(
        id="pairs/of-mixtures",
        kind="theorem",
        statement="The mean number of pairs of critical points by overlap is the Kac-Rice integral over two points "
        "also for a mixture in an external field, where positive and negative overlaps are not equally frequent.",
        formula=_FORMULA,
        source=_SOURCE,
        measured="the numbers of ordered pairs of different critical points of a landscape of orders 2 and 3 in a "
        "field with overlap in each of five intervals, all points enumerated",
        measure=pairs_of_mixture,
        predict=mean_pairs_of_mixture,
        components=tuple(f"q {low:g} to {high:g}" for low, high in pairwise(SIGNED_EDGES)),
        # At quick, relative standard errors are at most 0.035 (seed 0).
        delta=deltas(0.2, 0.067, 0.02),
        bias=_OF_MIXTURES_BIAS,
        bias_reason=f"{_BIAS_REASON}; at n = 3 theory is exact",
        sizes={
            effort: [Series(count, n=n, accuracy=_OF_MIXTURES[effort]) for n, count in counts.items()]
            for effort, counts in _MIXTURES.items()
        },
        mutants=(
            UNCONDITIONED,
            POINTS_LOST,
            Mutant(
                "field left out",
                "theory leaves the external field out",
                {"theory.mean_pairs_between": without_order(1)},
            ),
            Mutant(
                "matrix left out",
                "theory leaves order 2 out",
                {"theory.mean_pairs_between": without_order(2)},
            ),
        ),
    ),
)
