"""The claims on lists of critical points, or of minima; they can be measured on any subject."""

from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims._shared.rounding import UNIT_ROUNDOFF
from validation.claims.critical_points import mutants
from validation.claims.critical_points.measurements import (
    ENERGIES,
    below,
    found,
    largest_gradient,
    mean_below,
    mean_number,
    mean_per_index,
    number,
    per_index,
    repeated,
    wrong_antipodes,
    wrong_indices,
    wrong_number_of_eigenvectors,
)
from validation.reading import Reading
from validation.series import Effort, Series
from validation.statistics.estimators import Identity

_SAMPLES = (150, 2000, 20000)
_FEW = (10, 200, 2000)
_SOURCE = "Auffinger, Ben Arous & Černý 2013, Thm 2.1"
_FORMULA = r"2\sqrt{\tfrac{2}{H}}\,(H-1)^{n/2}\, "


def rounding(**_: object) -> float:
    """Return the tolerance for whole numbers and their quotients: one rounding, so that no number may differ."""
    return UNIT_ROUNDOFF


def tolerance(**_: object) -> float:
    """Return the gradient, relative to its root mean square on the sphere, below which a point counts as critical."""
    return 1e-4


def _numbers(H: int) -> dict[Effort, list[Series]]:
    return sizes(_SAMPLES, settings("n H", (3, H), (4, H)), settings("n H", (3, H), (4, H), (5, H)))


def _lists(H: int) -> dict[Effort, list[Series]]:
    return sizes(_FEW, settings("n H", (3, H), (4, H)), settings("n H", (3, H), (4, H), (5, H)))


def _odd_dimensions(H: int) -> dict[Effort, list[Series]]:
    # For odd H and even n the points x and -x cancel in the alternating sum, whatever is found.
    return sizes(_FEW, settings("n H", (3, H), (5, H)))


# Pilot (seeds (77, n, k), H = 3): the number of points has a standard deviation of 0.30 and 0.28 of its mean at n = 3
# and 4; of index 0 and 1, 0.26 and 0.38; of minima, numbers below an energy vary by 0.2 to 0.65 of all minima. Those of
# all points below -0.4 vary by 0.41, 0.55 and 0.80 of all minima at n = 3, 4 and 5 (theory.second_moment).
def claims_of_order(H: int) -> tuple[Claim, ...]:
    """Return the claims on critical points of landscapes of one order.

    Parameters
    ----------
    H
        The order, at least 2.

    Returns
    -------
    tuple of Claim
        The claims. At order 2 all numbers are the same in every landscape, and one identity replaces their means.
    """
    return (*_points(H), *(_means(H) if H > 2 else _eigenvectors()))


def _points(H: int) -> tuple[Claim, ...]:
    return (
        Claim(
            id="critical-points/gradient",
            kind="identity",
            statement="At every point of the list the gradient on the sphere vanishes.",
            formula=r"\nabla_{\!S} E(x) = 0",
            source="definition",
            measured="the largest gradient on the sphere, relative to its root mean square at random points",
            measure=Reading(found, largest_gradient),
            predict=tolerance,
            delta=1e-3,
            sizes=_lists(H),
            mutants=mutants.CRITICAL,
            estimator=Identity(),
            needs=("critical_points", "landscape", "landscape.gradient"),
        ),
        Claim(
            id="critical-points/distinct",
            kind="identity",
            statement="No point is listed twice.",
            formula=r"x_a \ne x_b",
            source="definition",
            measured="the share of points at a distance below 1e-4 sqrt n from one that is listed before",
            measure=Reading(found, repeated),
            predict=rounding,
            delta=1e-4,
            sizes=_lists(H),
            mutants=mutants.DISTINCT,
            estimator=Identity(),
            needs=("critical_points",),
        ),
        Claim(
            id="critical-points/antipodes",
            kind="identity",
            statement="With x the point -x is critical; it is a minimum like x for even H, and a maximum for odd H.",
            formula=r"E(-x) = (-1)^H E(x)",
            source="the energy is a homogeneous polynomial of degree H",
            measured="the share of points x without -x in the list; of minima of odd order, of those with -x",
            measure=Reading(found, wrong_antipodes),
            predict=rounding,
            delta=1e-4,
            sizes=_lists(H),
            mutants=mutants.ANTIPODES,
            estimator=Identity(),
            needs=("critical_points",),
        ),
        Claim(
            id="critical-points/indices",
            kind="identity",
            statement="The numbers of critical points of each index satisfy the Morse relation of the sphere; of "
            "minima, all have index 0.",
            formula=r"\sum_k (-1)^k N_k = 1 + (-1)^{n-1}",
            source="Morse theory; Milnor 1963, Thm 5.2",
            measured="the difference of the two sides, with Hessians from differences of gradients; of minima, the "
            "share of points with a negative eigenvalue",
            measure=Reading(found, wrong_indices),
            predict=rounding,
            delta=1e-4,
            sizes=_odd_dimensions(H),
            mutants=mutants.INDICES,
            estimator=Identity(),
            needs=("critical_points", "landscape", "landscape.gradient"),
        ),
    )


def _means(H: int) -> tuple[Claim, ...]:
    return (
        Claim(
            id="critical-points/mean-number",
            kind="theorem",
            statement="The mean number of critical points, or of minima, is exactly known at every n.",
            formula=r"\mathbb{E} N = " + _FORMULA + r"\mathbb{E} \sum_k e^{-n \frac{H-2}{2H} \lambda_k^2}",
            source=_SOURCE + ", summed over k; for minima k = 0",
            measured="the number of points of the list",
            measure=Reading(found, number),
            predict=mean_number,
            delta=deltas(0.12, 0.035, 0.011),
            sizes=_numbers(H),
            mutants=mutants.NUMBERS,
            needs=("critical_points", "all couplings"),
        ),
        Claim(
            id="critical-points/mean-per-index",
            kind="theorem",
            statement="The mean number of critical points of every index is exactly known at every n.",
            formula=r"\mathbb{E} N_k = " + _FORMULA + r"\mathbb{E}\, e^{-n \frac{H-2}{2H} \lambda_k^2}",
            source=_SOURCE,
            measured="the number of points of each index, for odd H up to the middle index, with Hessians from "
            "differences of gradients; of minima, the number of points of index 0",
            measure=Reading(found, per_index),
            predict=mean_per_index,
            delta=deltas(0.15, 0.044, 0.014),
            sizes=_numbers(H),
            mutants=mutants.PER_INDEX,
            needs=("critical_points", "landscape", "landscape.gradient", "all couplings"),
        ),
        Claim(
            id="critical-points/mean-below",
            kind="theorem",
            statement="The mean number of critical points, or of minima, below an energy is exactly known at every n.",
            formula=r"\mathbb{E} N(u) = " + _FORMULA + r"\mathbb{E} \sum_k \left[ e^{-n \frac{H-2}{2H} \lambda_k^2};\ "
            r"\lambda_k < u\sqrt{\tfrac{H}{2(H-1)}} \right]",
            source=_SOURCE + ", summed over k; for minima k = 0",
            measured="the numbers of points below each energy per spin",
            measure=Reading(found, below),
            predict=mean_below,
            components=tuple(f"u={u:g}" for u in ENERGIES),
            delta=deltas(0.2, 0.077, 0.0235),
            sizes=_numbers(H),
            mutants=mutants.BELOW,
            needs=("critical_points", "landscape", "all couplings"),
        ),
    )


def _eigenvectors() -> tuple[Claim, ...]:
    return (
        Claim(
            id="critical-points/number",
            kind="identity",
            statement="At order 2 the critical points are the eigenvectors of the couplings with both signs, of which "
            "two are minima.",
            formula=r"N = 2n, \quad N_0 = 2",
            source="the energy is a quadratic form",
            measured="the relative difference of the number of points",
            measure=Reading(found, wrong_number_of_eigenvectors),
            predict=rounding,
            delta=1e-4,
            sizes=_lists(2),
            mutants=mutants.EIGENVECTORS,
            estimator=Identity(),
            needs=("critical_points",),
        ),
    )


CLAIMS = claims_of_order(3)
