"""The claims on one landscape; they can be measured on any subject."""

import numpy as np

from validation.claim import Claim
from validation.claims.landscape import mutants
from validation.claims.landscape.measurements import (
    gradient_errors,
    great_circle_error,
    hessian_errors,
    moments,
    pattern_names,
    rounding_bound,
    two_landscapes,
    variances,
)
from validation.reading import Reading
from validation.series import Between, Effort, Series
from validation.statistics.estimators import Identity


def one(**_: object) -> float:
    """Return the predicted ratio of a measured to the declared variance."""
    return 1.0


def normal_moments(**_: object) -> Between:
    """Return the moments of independent standard normal numbers."""
    expected = np.array([0.0, 3.0, 0.0, 1.0, 0.0])
    return Between(expected, expected, scale=np.array([1.0, 3.0, 1.0, 4.0, 1.0]))


def _identities(H: int) -> dict[Effort, list[Series]]:
    return {
        effort: [Series(samples, n=n, H=H) for n in sizes]
        for effort, samples, sizes in (("quick", 8, (5, 9)), ("standard", 50, (5, 12)), ("paper", 200, (5, 16)))
    }


def _landscapes(H: int) -> dict[Effort, list[Series]]:
    return {
        "quick": [Series(300, n=H + 1, H=H), Series(200, n=H + 3, H=H)],
        "standard": [Series(4000, n=H + 1, H=H), Series(2500, n=H + 3, H=H)],
        "paper": [Series(40000, n=H + 1, H=H), Series(25000, n=H + 3, H=H)],
    }


# For normal couplings the mean square of m of them has a standard deviation of sqrt(2/m). Of pattern ijk, n = 4 has 8
# couplings in two landscapes: 0.5, and 0.029 over 300 pairs of landscapes; delta/4.3 is 0.035. The moments
# of n = 4 (20 couplings) have standard deviations of 0.16, 1.55, 0.16, 1.4 and 0.22, and standard errors of 0.009, 0.09,
# 0.009, 0.08 and 0.013, in units of their scales 0.03 at most; delta/4.3 is 0.035.
def claims_of_order(H: int) -> tuple[Claim, ...]:
    """Return the claims on landscapes of one order.

    Parameters
    ----------
    H
        The order, at least 2.

    Returns
    -------
    tuple of Claim
        The claims.
    """
    return (
        Claim(
            id="landscape/great-circles",
            kind="identity",
            statement="On a great circle of the sphere the energy is a trigonometric polynomial of degree H, even for "
            "even H and odd for odd H.",
            formula=r"E(x \cos t + \sqrt{n}\, v \sin t) = \sum_{k \le H,\; k \equiv H} (a_k \cos kt + b_k \sin kt)",
            source="the energy is a homogeneous polynomial of degree H",
            measured="the share of the energy on random great circles that is of another degree, as a root mean square",
            measure=great_circle_error,
            predict=rounding_bound,
            delta=1e-8,
            sizes=_identities(H),
            mutants=(mutants.SINGLE_PRECISION, mutants.FIELD, mutants.NEXT_ORDER),
            estimator=Identity(),
            needs=("landscape",),
        ),
        Claim(
            id="landscape/gradient",
            kind="identity",
            statement="Gradients are the derivatives of the energy, along the sphere and along the radius.",
            formula=r"\sqrt{n}\, v \cdot \nabla E(x) = \tfrac{d}{dt} E(x \cos t + \sqrt{n}\, v \sin t)|_{t=0}, \quad "
            r"x \cdot \nabla E = H E",
            source="chain rule; Euler's theorem on homogeneous functions",
            measured="the factors between gradients and exact derivatives of the energy on great circles, minus 1, "
            "and what the factors leave unexplained",
            measure=gradient_errors,
            predict=rounding_bound,
            components=("along the sphere", "along the radius", "unexplained"),
            delta=1e-8,
            sizes=_identities(H),
            mutants=mutants.GRADIENTS,
            estimator=Identity(),
            needs=("landscape", "landscape.gradient"),
        ),
        Claim(
            id="landscape/hessian",
            kind="identity",
            statement="Hessians are the second derivatives of the energy on the sphere.",
            formula=r"\tfrac{d^2}{dt^2} E(x \cos t + \sqrt{n}\, v \sin t)|_{t=0} = n\, v^T \nabla^2 E\, v "
            r"- x \cdot \nabla E",
            source="chain rule",
            measured="the factors of the two terms in a fit to exact second derivatives on great circles, minus 1, and "
            "what they leave unexplained",
            measure=hessian_errors,
            predict=rounding_bound,
            components=("second derivative", "curvature", "unexplained"),
            delta=1e-8,
            sizes=_identities(H),
            mutants=mutants.HESSIANS,
            estimator=Identity(),
            needs=("landscape", "landscape.hessian"),
        ),
        Claim(
            id="landscape/couplings",
            kind="theorem",
            statement="The coupling of each multiset of indices has its multiplicity as variance, so that energies "
            "have variance n at every point of the sphere.",
            formula=r"\operatorname{Var} J_\alpha = \frac{H!}{\alpha!} \;\Leftrightarrow\; "
            r"\operatorname{Cov}(E(x), E(y)) = n \left(\frac{x \cdot y}{n}\right)^H",
            source="multinomial theorem; Choromanska et al. 2015, section 4",
            measured="the mean square of the couplings, divided by their multiplicity, over those without equal "
            "indices and including more and more equal ones; couplings are calculated from energies at as many points",
            measure=Reading(two_landscapes, variances),
            predict=one,
            components=pattern_names(H),
            delta=0.15,
            sizes=_landscapes(H),
            mutants=mutants.VARIANCES,
            needs=("landscape", "all couplings"),
        ),
        Claim(
            id="landscape/normal-couplings",
            kind="theorem",
            statement="Couplings are independent normal numbers, within a landscape and between the landscapes of "
            "neighbouring seeds.",
            formula=r"\mathbb{E} J = 0, \quad \mathbb{E} J^4 = 3, \quad \mathbb{E} J_\alpha J_\beta = 0",
            source="definition of the model",
            measured="mean, fourth moment and correlations of the couplings, divided by their standard deviations; "
            "couplings are calculated from energies",
            measure=Reading(two_landscapes, moments),
            predict=normal_moments,
            components=("mean", "fourth moment", "neighbours", "sum", "next seed"),
            delta=0.15,
            sizes=_landscapes(H),
            mutants=mutants.MOMENTS,
            needs=("landscape", "all couplings"),
        ),
    )


CLAIMS = claims_of_order(3)
