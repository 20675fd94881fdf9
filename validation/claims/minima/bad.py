"""Bad minima, which are those of high energy: their share among all minima falls as landscapes grow."""

from functools import cache

import numpy as np

import theory
from validation.claim import Claim
from validation.claims._shared.complete_landscapes import Points, landscapes, points
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import MULTIPLICITY, NORMALISATION, WRONG_SIZE
from validation.mutant import Mutant
from validation.reading import Reading
from validation.series import Between

MARGIN = 0.5


def bad_energy(H: int) -> float:
    """Return the energy per spin above which a minimum is called bad, ``-E_inf + 0.5``.

    Above -E_inf itself the share of the minima *rises* with n (0.959, 0.965, 0.975, 0.985, 0.998 at n = 3, 5, 10, 20,
    100, H = 3): minima concentrate just above -E_inf, and approach it as n grows. Only above a fixed margin does their
    share vanish.
    """
    return MARGIN - float(theory.E_inf(H))


def bad_minima(every: Points, n: int, H: int) -> float:
    """Return one landscape's number of bad minima divided by the mean number of all minima."""
    bad = np.sum((every.index == 0) & (every.energy_per_spin > bad_energy(H)))
    return float(bad / mean_number(n, H))


@cache
def mean_number(n: int, H: int) -> float:
    """Return the exact mean number of minima."""
    return float(theory.mean_critical_points(n, H, index=0))


def share(n: int, H: int) -> Between:
    """Return the exact share of bad minima; deviations are absolute differences of shares."""
    below = theory.mean_critical_points(n, H, index=0, below=bad_energy(H))
    bad = 1 - float(below) / mean_number(n, H)
    return Between(bad, bad, scale=1.0)


# The exact shares at H = 3 are 0.699, 0.573, 0.446, 0.329 and 0.229 at n = 4, 6, 8, 10 and 12, and 0.029 at n = 20.
# Within an effort they differ by more than 2 delta, so that agreement at each size shows that the share falls. In a
# pilot of 500 landscapes per size (200 at n = 10; seed 78) the standard deviations are 0.35, 0.32, 0.27 and 0.24 at n =
# 4, 6, 8 and 10. With the sizes below the standard errors are at most 0.0121; delta/4.3 is 0.014.
CLAIMS = (
    Claim(
        id="minima/bad",
        kind="theorem",
        statement="The larger the landscape, the smaller the share of bad minima, those with an energy per spin above "
        "-E_inf + 0.5.",
        formula=r"\frac{\mathbb{E} N_0(\infty) - \mathbb{E} N_0(u)}{\mathbb{E} N_0(\infty)} \searrow 0, "
        r"\quad u = -E_\infty + \tfrac12",
        source="Auffinger, Ben Arous & Černý 2013, Thm 2.1 with k = 0, and Thm 2.5 for the limit; "
        "Choromanska et al. 2015, section 4",
        measured="a landscape's number of bad minima divided by the exact mean number of minima; all critical points "
        "are enumerated",
        measure=Reading(points, bad_minima),
        predict=share,
        delta=deltas(0.06, 0.02, 0.006),
        sizes=landscapes((4, 8), (6, 10), (8, 10)),
        mutants=(
            MULTIPLICITY,
            NORMALISATION,
            Mutant(
                "next index",
                "theory counts saddles of index 1",
                {
                    "theory.mean_critical_points": lambda count: (
                        lambda n, H, index, **named: count(n, H, index=index + 1, **named)
                    )
                },
            ),
            Mutant(
                WRONG_SIZE.name,
                WRONG_SIZE.statement,
                WRONG_SIZE.patches,
                effort="standard",
            ),
        ),
    ),
)
