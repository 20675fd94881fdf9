"""The probability law of the landscape: a Gaussian field with covariance ``n (x.y/n)^H``."""

import math

import numpy as np

from spinglass import SphericalSpinGlass, couplings, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.claim import Claim
from validation.claims._shared import perturbations
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import DIAGONAL, MULTIPLICITY
from validation.claims._shared.rounding import UNIT_ROUNDOFF
from validation.mutant import Mutant
from validation.series import Between, Series
from validation.statistics.estimators import Identity

OVERLAPS = (-0.6, 0.0, 0.8, 1.0)
MODELS = {"H=2": {2: 1.0}, "H=3": {3: 1.0}, "mixed": {1: 0.5, 3: 1.0, 4: 0.5}}

FIXED_POINT_MODELS = {"H=3": {3: 1.0}, "2+3+4": {2: 1.0, 3: 1.0, 4: 1.0}}
_PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2))


def covariance(weights: dict[int, float], q: Array) -> Array:
    """Return the covariance of the energies per spin at overlap q, ``nu(q) = sum_H a_H^2 q^H``."""
    return np.asarray(np.sum([a**2 * q**H for H, a in weights.items()], axis=0))


def packed_error(seed: np.random.SeedSequence, n: int, H: int) -> float:
    """Return the relative error of the packed covariance at two random points.

    A packed coupling of multiplicity c has variance c, so the covariance of two energies is ``n^{-(H-1)} sum c x^alpha
    y^alpha``. The error is relative to the sum of the absolute values of the terms.
    """
    x, y = sphere.random_points(n, 2, child(seed, 0))
    tuples = couplings.indices(range(couplings.size(n, H)), n, H)
    terms = couplings.multiplicities(n, H) * x[tuples].prod(axis=1) * y[tuples].prod(axis=1)
    covered = math.fsum(terms) / n ** (H - 1)
    expected = n * float(covariance({H: 1.0}, np.array(sphere.overlap(x, y))))
    magnitude = float(np.abs(x * y).sum()) ** H / n ** (H - 1)
    return float(abs(covered - expected) / magnitude)


def packed_bound(n: int, H: int) -> float:
    """Bound the rounding of both calculations: 2H products per term; n sums, H powers and the norms of two points."""
    return (4 * H + H * (3 * n + 8)) * UNIT_ROUNDOFF


def sampled_covariance(seed: np.random.SeedSequence, n: int, model: str, pairs: int) -> Array:
    """Return one landscape's mean of ``energy(x) energy(y) / n`` over random pairs, at each overlap."""
    glass = SphericalSpinGlass.mixed(n, MODELS[model], child(seed, 0))
    x = sphere.random_points(n, pairs, child(seed, 1))
    across = sphere.tangent(x, sphere.random_points(n, pairs, child(seed, 2)))
    across = sphere.project(across)
    energy = glass.energy(x)
    products = [energy * glass.energy(q * x + math.sqrt(1 - q * q) * across) for q in OVERLAPS]
    return np.asarray(np.mean(products, axis=1) / n)


def predicted_covariance(model: str, **_: object) -> Between:
    """Return the covariances at all overlaps; deviations are relative to the variance at overlap 1."""
    expected = covariance(MODELS[model], np.array(OVERLAPS))
    return Between(expected, expected, scale=sum(a**2 for a in MODELS[model].values()))


def fixed_points(n: int) -> Array:
    """Return the points (1, ..., 1), its negative, and one that is 0 on half of the axes, shape (3, n).

    Where all coordinates have the same sign, so have all monomials of the energy. If the same normal number were used
    for several couplings, its contributions would add up instead of cancelling, and the variance at these points would
    change.
    """
    one = np.ones(n)
    half = (np.arange(n) < n // 2) * math.sqrt(n / (n // 2))
    return np.array([one, -one, half], dtype=np.float64)


def energy_products(seed: np.random.SeedSequence, n: int, model: str) -> Array:
    """Return one landscape's products ``energy(x) energy(y) / n`` at all pairs of the fixed points."""
    energy = SphericalSpinGlass.mixed(n, FIXED_POINT_MODELS[model], seed).energy(fixed_points(n))
    return np.asarray([energy[a] * energy[b] / n for a, b in _PAIRS])


def covariance_at_fixed_points(n: int, model: str) -> Between:
    """Return the covariances at the fixed points; deviations are relative to the variance at overlap 1."""
    weights, points = FIXED_POINT_MODELS[model], fixed_points(n)
    expected = covariance(weights, np.array([points[a] @ points[b] / n for a, b in _PAIRS]))
    return Between(expected, expected, scale=sum(a**2 for a in weights.values()))


POWER = Mutant(
    "power off by one",
    "the covariance is the overlap to the power H - 1",
    {
        "validation.claims.covariance.covariance": lambda law: (
            lambda weights, q: law({H - 1: a for H, a in weights.items()}, q)
        )
    },
)

# In a pilot of 1000 landscapes per model (seed 77) the standard deviations are at most 0.24 of the variance (H = 2,
# overlap 1), 0.17 (H = 3) and 0.18 (mixed). With 900 landscapes the standard errors are at most 0.0080; delta/4.3 is
# 0.0116.
CLAIMS = (
    Claim(
        id="covariance/packed",
        kind="identity",
        statement="If couplings are stored once per multiset of indices, with a variance equal to the multiplicity, "
        "the energy has exactly the same probability law as with the full tensor.",
        formula=r"\sum_{|\alpha|=H} \frac{H!}{\alpha!}\, x^\alpha y^\alpha = (x \cdot y)^H",
        source="multinomial theorem",
        measured="the covariance of the energies at two random points, calculated from the variances of the packed "
        "couplings",
        measure=packed_error,
        predict=packed_bound,
        delta=1e-9,
        sizes={
            "quick": [Series(8, n=20, H=2), Series(8, n=12, H=3), Series(8, n=8, H=4), Series(8, n=5, H=6)],
            "standard": [Series(30, n=60, H=2), Series(30, n=40, H=3), Series(30, n=20, H=4), Series(30, n=8, H=6)],
            "paper": [Series(99, n=200, H=2), Series(99, n=90, H=3), Series(99, n=40, H=4), Series(99, n=12, H=6)],
        },
        mutants=(
            MULTIPLICITY,
            Mutant(
                DIAGONAL.name,
                DIAGONAL.statement,
                {"spinglass.couplings.multiplicities": perturbations.without_repeated_indices},
                upstream=True,
            ),
            POWER,
        ),
        estimator=Identity(),
    ),
    Claim(
        id="covariance/law",
        kind="theorem",
        statement="The energies of the spherical spin glass, pure or mixed, have covariance n ν(x·y/n).",
        formula=r"\mathbb{E}\, E(x) E(y) = n \sum_H a_H^2 \left(\frac{x \cdot y}{n}\right)^H",
        source="Choromanska et al. 2015, section 4; Auffinger, Ben Arous & Černý 2013, eq. 1.2",
        measured="the product of the energies at two points of given overlap, averaged over random pairs in each "
        "landscape",
        measure=sampled_covariance,
        predict=predicted_covariance,
        components=tuple(f"overlap {q:g}" for q in OVERLAPS),
        delta=deltas(0.05, 0.016, 0.005),
        sizes={
            "quick": [Series(900, model=model, n=10, pairs=256) for model in MODELS],
            "standard": [Series(9000, model=model, n=10, pairs=256) for model in MODELS],
            "paper": [Series(90000, model=model, n=10, pairs=256) for model in MODELS],
        },
        mutants=(
            MULTIPLICITY,
            DIAGONAL,
            POWER,
            Mutant(
                "physics' normalisation",
                "energies have variance n/2, as in the physics convention",
                {"validation.claims.covariance.covariance": perturbations.times(0.5)},
            ),
        ),
    ),
    # The product of two standard normal numbers has a standard deviation of at most sqrt 2. With 500 landscapes the
    # standard errors are at most 0.063; delta/4.3 is 0.065. At n = 145 the couplings are drawn in two blocks.
    Claim(
        id="covariance/fixed-points",
        kind="theorem",
        statement="At each pair of fixed points the energies have covariance n ν(x·y/n), also for mixed models and "
        "for models whose couplings are drawn in several blocks.",
        formula=r"\mathbb{E}\, E(x) E(y) = n \sum_H a_H^2 \left(\frac{x \cdot y}{n}\right)^H",
        source="Choromanska et al. 2015, section 4; Auffinger, Ben Arous & Černý 2013, eq. 1.2",
        measured="the product of two energies at the same points in every landscape: (1, ..., 1), its negative, and a "
        "point that is 0 on half of the axes; an average over points would hide couplings that repeat",
        measure=energy_products,
        predict=covariance_at_fixed_points,
        components=("variance at 1", "variance at -1", "variance at half", "1 with -1", "1 with half"),
        delta=deltas(0.28, 0.09, 0.028),
        sizes={
            "quick": [Series(500, model="2+3+4", n=10), Series(500, model="H=3", n=145)],
            "standard": [Series(5000, model="2+3+4", n=10), Series(5000, model="H=3", n=145)],
            "paper": [Series(50000, model="2+3+4", n=10), Series(50000, model="H=3", n=145)],
        },
        mutants=(
            Mutant(
                "blocks share their normals",
                "every block of couplings is drawn from the same child seed",
                {"spinglass.couplings.child": perturbations.dropping(2)},
                upstream=True,
            ),
            Mutant(
                "orders share their normals",
                "the couplings of all orders are drawn from the same child seed",
                {"spinglass.couplings.child": perturbations.dropping(1)},
                upstream=True,
            ),
            POWER,
        ),
    ),
)
