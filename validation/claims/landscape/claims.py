"""The claims on one landscape; they can be measured on any subject."""

import math

import numpy as np

from spinglass import couplings
from validation.claim import Claim
from validation.claims._shared.efforts import deltas
from validation.claims.landscape import mutants
from validation.claims.landscape.measurements import (
    distinct_variance,
    gradient_errors,
    great_circle_error,
    hessian_errors,
    mixture_covariances,
    mixture_products,
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


def normal_moments(n: int, H: int) -> Between:
    """Return the moments of N independent normal numbers of two landscapes, divided by their root mean square.

    Such numbers are uniformly distributed on a sphere in N dimensions. Their fourth moment is 3N/(N + 2); the mean
    absolute value of the projection of the sphere of radius sqrt(N) on a line is sqrt(N/π) Γ(N/2)/Γ((N + 1)/2), to be
    divided by that of one normal number, sqrt(2/π).
    """
    total = 2 * couplings.size(n, H)
    projection = math.sqrt(total / 2) * math.exp(math.lgamma(total / 2) - math.lgamma((total + 1) / 2))
    expected = np.array([0.0, 3 * total / (total + 2), 0.0, projection, 0.0])
    return Between(expected, expected, scale=np.array([1.0, 3.0, 1.0, 1.0, 1.0]))


def covariances(n: int) -> Between:
    """Return the covariances of a mixture, relative to its variance."""
    expected = mixture_covariances(n)
    return Between(expected, expected, scale=1.0)


def _identities(H: int) -> dict[Effort, list[Series]]:
    return {
        "quick": [Series(8, n=n, H=H) for n in (5, 9)],
        "standard": [Series(50, n=n, H=H) for n in (5, 12)],
        "paper": [Series(200, n=n, H=H) for n in (5, 16)],
    }


def _landscapes(H: int) -> dict[Effort, list[Series]]:
    return {
        "quick": [Series(350, n=H + 1, H=H), Series(300, n=H + 3, H=H)],
        "standard": [Series(4000, n=H + 1, H=H), Series(2500, n=H + 3, H=H)],
        "paper": [Series(40000, n=H + 1, H=H), Series(25000, n=H + 3, H=H)],
    }


# The mean square of m normal numbers has a standard deviation of sqrt(2/m). Of pattern ijk, n = 4 has 8 numbers in two
# landscapes: 0.5, and 0.027 over 350 pairs of landscapes; delta/4.3 is 0.035. In a pilot of 600 pairs of landscapes of
# n = 4 (seeds (77, n, H, sample)) the moments have standard deviations of 0.16, 1.11, 0.16, 0.52 and 0.22, and so
# standard errors of at most 0.031 in units of their scales; delta/4.3 is 0.035.
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
            "and the residual",
            measure=gradient_errors,
            predict=rounding_bound,
            components=("along the sphere", "along the radius", "residual"),
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
            "the residual of the fit",
            measure=hessian_errors,
            predict=rounding_bound,
            components=("second derivative", "curvature", "residual"),
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
            delta=deltas(0.15, 0.05, 0.016),
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
            measured="mean, fourth moment and correlations of the couplings, relative to their mean square; couplings "
            "are calculated from energies",
            measure=Reading(two_landscapes, moments),
            predict=normal_moments,
            components=("mean", "fourth moment", "neighbours", "absolute sum", "next seed"),
            delta=deltas(0.15, 0.05, 0.016),
            sizes=_landscapes(H),
            mutants=mutants.MOMENTS,
            needs=("landscape", "all couplings"),
        ),
        # Of 4 and 20 couplings in two landscapes the mean square has a standard deviation of 0.5 and 0.22.
        Claim(
            id="landscape/distinct-couplings",
            kind="theorem",
            statement="If only couplings of different indices exist, each has variance H!, so that energies have "
            "variance n at large n.",
            formula=r"\operatorname{Var} J_{i_1 < \dots < i_H} = H!",
            source="definition of the model; the multiplicity of different indices is H!",
            measured="the mean square of the couplings of different indices, divided by H!",
            measure=Reading(two_landscapes, distinct_variance),
            predict=one,
            delta=deltas(0.15, 0.05, 0.016),
            sizes=_landscapes(H),
            mutants=(mutants.VARIANCES[0], *mutants.DISTINCT),
            needs=("landscape", "distinct couplings"),
        ),
        # The products have standard deviations of at most sqrt 2, and standard errors of 0.06 over 600 landscapes;
        # delta/4.3 is 0.07.
        Claim(
            id="landscape/mixtures",
            kind="theorem",
            statement="The orders of a mixture are independent and are weighted: energies have covariance n ν(x·y/n).",
            formula=r"\operatorname{Cov}(E(x), E(y)) = n \sum_H a_H^2 \left(\frac{x \cdot y}{n}\right)^H",
            source="Auffinger & Ben Arous 2013, eq. 1.3",
            measured="the products of two energies of the mixture 2+3+4 at (1, ..., 1), its negative, and another "
            "point, divided by n ν(1)",
            measure=mixture_products,
            predict=covariances,
            components=("variance at 1", "variance elsewhere", "1 with -1", "1 with another"),
            delta=deltas(0.3, 0.1, 0.03),
            sizes={
                "quick": [Series(600, n=6)],
                "standard": [Series(6000, n=6), Series(6000, n=10)],
                "paper": [Series(60000, n=6), Series(60000, n=10)],
            },
            mutants=mutants.MIXTURES,
            needs=("landscape", "landscape.mixtures", "all couplings"),
        ),
    )


CLAIMS = claims_of_order(3)
