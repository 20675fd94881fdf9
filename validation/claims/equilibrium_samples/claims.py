"""The claims on samples of the Gibbs measure; they can be measured on any subject."""

import numpy as np

from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims.equilibrium_samples import mutants
from validation.claims.equilibrium_samples.measurements import (
    TEMPERATURES,
    drawn,
    energy_less_overlap,
    errors_in_one_landscape,
    exact_mean_energies,
    mean_energies,
    sensitivity,
    two_temperatures,
)
from validation.reading import Reading
from validation.series import Between, Effort, Series

_COMPONENTS = tuple(f"T={T:g}" for T in TEMPERATURES)
_ERRORS = tuple(f"{name}, T={T:g}" for name in ("error", "error times energy") for T in TEMPERATURES)
_SAMPLES = (150, 1500, 15000)
_SMALL, _LARGE = 3, 8  # spins: quadrature over the sphere is possible for three


def no_errors(**_: object) -> Between:
    """Return zeros, the predicted errors; deviations are in energy per spin, and in its square."""
    return Between(np.zeros(2 * len(TEMPERATURES)), np.zeros(2 * len(TEMPERATURES)), scale=1.0)


def no_difference(**_: object) -> Between:
    """Return zeros, the predicted differences; deviations are in energy per spin."""
    return Between(np.zeros(len(TEMPERATURES)), np.zeros(len(TEMPERATURES)), scale=1.0)


def balance(n: int, **_: object) -> Between:
    """Return the predicted mean 0; deviations are relative errors of the difference of the inverse temperatures."""
    return Between(0.0, 0.0, scale=sensitivity(n))


def _of_size(H: int, *spins: int) -> dict[Effort, list[Series]]:
    return sizes(_SAMPLES, settings("n H", *((n, H) for n in spins)))


# Pilot (seeds (77, n, k), H = 3, 100 landscapes): the numbers of two temperatures have standard deviations of 0.25 and
# 0.28 of their scales at n = 3 and 8; mean energies 0.36 and 0.26 per spin, of 0.755 and 0.457; errors in one landscape
# 0.07 and 0.10; energies and overlaps 0.24 and 0.21. With 150 landscapes the standard errors are at most delta/4.3.
def claims_of_order(H: int) -> tuple[Claim, ...]:
    """Return the claims on samples in landscapes of one order.

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
            id="equilibrium-samples/two-temperatures",
            kind="theorem",
            statement="The energies of one landscape at two temperatures are related by the ratio of the Boltzmann "
            "factors, whatever the landscape is.",
            formula=r"\frac{P(E_1 - E_2 = d)}{P(E_1 - E_2 = -d)} = e^{-bd} \;\Rightarrow\; "
            r"\mathbb{E}\!\left[\frac{d}{1 + e^{-bd}}\right] = 0, \quad b = \frac{1}{T_1} - \frac{1}{T_2}",
            source="Shirts 2013, for the ratio of the two distributions; Bennett 1976",
            measured="b times the average of d/(1 + exp(-bd)) over pairs of draws at T = 1 and T = 2",
            measure=Reading(drawn, two_temperatures),
            predict=balance,
            delta=deltas(0.12, 0.04, 0.012),
            sizes=_of_size(H, _SMALL, _LARGE),
            mutants=mutants.TWO_TEMPERATURES,
            needs=("sample", "sample.energies"),
        ),
        Claim(
            id="equilibrium-samples/one-landscape",
            kind="theorem",
            statement="Mean energies in every landscape of three spins agree with quadrature over the sphere.",
            formula=r"\langle E \rangle = \frac{\int E(x)\, e^{-E(x)/T}\, dx}{\int e^{-E(x)/T}\, dx}",
            source="definition of the Gibbs measure",
            measured="mean energy per spin minus that by quadrature of the energies of the same landscape, and this "
            "error times the latter's deviation from its mean over landscapes",
            measure=Reading(drawn, errors_in_one_landscape),
            predict=no_errors,
            components=_ERRORS,
            delta=deltas(0.05, 0.016, 0.005),
            sizes=_of_size(H, _SMALL),
            mutants=mutants.ONE_LANDSCAPE,
            needs=("sample", "sample.energies", "landscape"),
        ),
        Claim(
            id="equilibrium-samples/mean-energy",
            kind="theorem",
            statement="The mean energy over landscapes of three spins is exactly known.",
            formula=r"\mathbb{E}_J \langle E \rangle = \mathbb{E}_J \frac{\int E(x)\, e^{-E(x)/T}\, dx}"
            r"{\int e^{-E(x)/T}\, dx}",
            source="definition of the model; quadrature over the sphere and over the couplings",
            measured="mean energy per spin",
            measure=Reading(drawn, mean_energies),
            predict=exact_mean_energies,
            components=_COMPONENTS,
            delta=deltas(0.23, 0.075, 0.023),
            bias=0.005,
            bias_reason="the quadrature over the couplings uses 8192 quasi-random landscapes; with other ones it "
            "differs by less than 0.3%",
            sizes=_of_size(H, _SMALL),
            mutants=mutants.MEAN_ENERGIES,
            needs=("sample", "sample.energies", "all couplings"),
        ),
        Claim(
            id="equilibrium-samples/energy-and-overlap",
            kind="theorem",
            statement="The overlaps of two draws in one landscape determine the mean energy, exactly at every n and T.",
            formula=r"\mathbb{E}\langle E \rangle / n = -\frac{1}{T}\left(1 - \mathbb{E}\langle q^H \rangle\right)",
            source="Gaussian integration by parts; used as a test of equilibration by Katzgraber, Palassini & Young "
            "2001",
            measured="T <E>/n + 1 - <q^H>, where q is the overlap of a draw in the first half with one in the second",
            measure=Reading(drawn, energy_less_overlap),
            predict=no_difference,
            components=_COMPONENTS,
            delta=deltas(0.12, 0.04, 0.012),
            sizes=_of_size(H, _LARGE),
            mutants=mutants.OVERLAPS,
            needs=("sample", "sample.energies", "sample.points", "all couplings"),
        ),
    )


CLAIMS = claims_of_order(3)
