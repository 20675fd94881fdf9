"""Gradient flow from random points, beside the energy where large systems are known to end."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import spinglass
import theory
from spinglass import SphericalSpinGlass, sphere
from spinglass.seeds import child
from validation.claim import Claim, Mutant, Series
from validation.claims import wrong
from validation.claims.covariance import MULTIPLICITY
from validation.estimators import Extrapolation

Array = NDArray[np.float64]
TIMES = (2.0, 3.0, 4.5, 6.5, 9.0, 12.0)
_DECAY = 2 / 3


def flow_energies(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> Array:
    """Return one landscape's energies per spin at ``TIMES``, the mean over its descents."""
    glass = SphericalSpinGlass.pure(n, H, child(seed, 0))
    x0 = sphere.random_points(n, starts, child(seed, 1))
    found = spinglass.descend(glass, x0, method="gradient", times=TIMES)
    if found.energies is None:
        raise ArithmeticError("the flow left no energies behind")
    return np.asarray(found.energies.mean(axis=0))


def threshold(n: int, H: int, starts: int) -> float:  # noqa: ARG001
    """Return the energy per spin at which gradient flow of an infinite system ends."""
    return -float(theory.E_inf(H))


def limits(parameters: Sequence[Mapping[str, Any]]) -> dict[str, list[Array]]:
    """Return ways to read off the limit, first of large n at fixed time, then of long time.

    Corrections in n go as 1/n or n^(-2/3) (the width of a spectrum's edge), the rest in time as t^(-2/3)
    (Cugliandolo & Kurchan 1993), fitted from an early or a later time on.
    """
    sizes = np.array([setting["n"] for setting in parameters], dtype=float)
    times = np.array(TIMES)
    forms = {}
    for power, law in ((1.0, "1/n"), (2 / 3, "n^-2/3")):
        across = _intercept(sizes**-power)
        for first in (0, 2):
            along = np.concatenate([np.zeros(first), _intercept(times[first:] ** -_DECAY)])
            forms[f"{law}, t >= {times[first]:g}"] = [weight * along for weight in across]
    return forms


def _intercept(variable: Array) -> Array:
    """Return the weights with which least squares of ``a + b variable`` reads off a."""
    design = np.stack([np.ones_like(variable), variable], axis=1)
    weights: Array = np.linalg.pinv(design)[0]
    return weights


CLAIMS = (
    Claim(
        id="dynamics/gradient-flow",
        kind="theorem",
        statement="Gradient flow from random points of a large system ends at the threshold energy -E_inf.",
        formula=r"\lim_{t\to\infty} \lim_{n\to\infty} \frac{E(x_t)}{n} = -E_\infty = -2\sqrt{\frac{H-1}{H}}",
        source="Cugliandolo & Kurchan 1993; Sellke 2024",
        measured="mean energy per spin at fixed times for growing n; extrapolated in n, then in time",
        measure=flow_energies,
        predict=threshold,
        components=tuple(f"t={t:g}" for t in TIMES),
        delta=0.01,
        sizes={
            "quick": [Series(30, n=n, H=3, starts=4) for n in (25, 50, 100)],
            "standard": [Series(60, n=n, H=3, starts=8) for n in (50, 100, 200)],
            "paper": [Series(100, n=n, H=3, starts=16) for n in (100, 200, 400)],
        },
        mutants=(
            MULTIPLICITY,
            Mutant(
                "physics' normalisation",
                "the threshold is that of energies with variance n/2",
                {"theory.E_inf": wrong.times(2**-0.5)},
            ),
        ),
        estimator=Extrapolation(limits),
    ),
)
