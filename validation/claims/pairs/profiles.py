"""The energy along the geodesic between two critical points, compared with its conditional law."""

import numpy as np

import theory
from spinglass import SphericalSpinGlass
from spinglass._common.types import Array
from spinglass.critical_points import Enumeration
from validation.claim import Claim
from validation.claims._shared.complete_landscapes import every_point
from validation.claims._shared.efforts import deltas
from validation.claims._shared.perturbations import with_stray_field
from validation.claims.pairs.mutants import JACOBIAN, POINTS_LOST, UNCONDITIONED
from validation.mutant import Mutant
from validation.series import Series
from validation.statistics.estimators import Identity

POSITIONS = (0.25, 0.5, 0.75)
_PAIRS = 12  # pairs of one landscape that are compared
_NEAR = 0.9  # pairs with a larger |overlap| are left out: the regression loses digits
# Newton's method leaves critical points an error of about 1e-14, which divisions by small angles amplify.
_ROUNDING = 1e-8
RANGE = (0.2, 0.8)
_NODES = 5


def along(glass: SphericalSpinGlass, x: Array, y: Array, positions: tuple[float, ...] = POSITIONS) -> Array:
    """Return energies per spin on the geodesics from x to y, shape (pairs, positions)."""
    n = x.shape[1]
    angle = np.arccos(np.clip((x * y).sum(axis=1) / n, -1.0, 1.0))[:, None, None]
    t = np.array(positions)[None, :, None]
    points = (np.sin((1.0 - t) * angle) * x[:, None] + np.sin(t * angle) * y[:, None]) / np.sin(angle)
    return np.asarray(glass.energy(points.reshape(-1, n)).reshape(len(x), len(positions)) / n)


def path_errors(seed: np.random.SeedSequence, n: int) -> float:
    """Return the largest deviation of energies on geodesics of one landscape of order 3 from theory."""
    every = every_point(seed, n, 3)
    x, u = every.x, every.energy_per_spin
    q = x @ x.T / n
    first, second = np.nonzero(np.triu(np.abs(q) < _NEAR, 1))
    chosen = np.linspace(0, len(first) - 1, _PAIRS).astype(int) if len(first) else np.empty(0, int)
    errors = [0.0]
    for i, j in zip(first[chosen], second[chosen], strict=True):
        expected = theory.path_profile(n, 3, float(q[i, j]), (u[i], u[j]), position=list(POSITIONS)).mean
        measured = along(every.landscape, x[[i]], x[[j]])[0]  # pyrefly: ignore[bad-argument-type]  # every_point draws a SphericalSpinGlass
        errors.append(float(np.abs(measured - expected).max()))
    return max(errors)


def rounding(**_: object) -> float:
    """Return the bound on :func:`path_errors`."""
    return _ROUNDING


def between_minima(seed: np.random.SeedSequence, n: int, H: int, **_: object) -> Array:
    """Return sums over one landscape's pairs of minima: energies at a quarter and half of the path, and its square."""
    every = every_point(seed, n, H)
    return _sums(every)


def _sums(every: Enumeration) -> Array:
    x = every.x[every.index == 0]
    q = x @ x.T / x.shape[1]
    first, second = np.nonzero((q > RANGE[0]) & (q < RANGE[1]))
    if not len(first):
        return np.zeros(3)
    quarter, half = along(every.landscape, x[first], x[second], (0.25, 0.5)).T  # pyrefly: ignore[bad-argument-type]  # every_point draws a SphericalSpinGlass
    return np.array([quarter.sum(), half.sum(), (half**2).sum()])


def mean_between_minima(n: int, H: int, accuracy: float) -> Array:
    """Return the means of :func:`between_minima`."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = 0.5 * (RANGE[1] - RANGE[0])
    overlaps = 0.5 * (RANGE[0] + RANGE[1]) + half * nodes
    density = theory.mean_pairs(n, H, overlaps, indices=(0, 0), accuracy=accuracy).value
    profiles = [theory.path_profile(n, H, float(q), indices=(0, 0), position=[0.25, 0.5]) for q in overlaps]
    columns = np.array([[*p.mean, p.mean[1] ** 2 + p.spread[1] ** 2] for p in profiles])
    return np.asarray((half * weights * density) @ columns)


CLAIMS = (
    Claim(
        id="pairs/cubic-path",
        kind="theorem",
        statement="At H = 3 the overlap and the energies of two critical points determine the energy on the whole "
        "geodesic between them.",
        formula=r"E(\gamma(t))/n = \mathbb{E}\left[E(\gamma(t))/n "
        r"\,\middle|\, q, u_x, u_y, \nabla_x = \nabla_y = 0\right]",
        source="derived for this project: a cubic form in a plane has four coefficients",
        measured="the energies per spin at three places on the geodesics between twelve pairs of critical points of a "
        "landscape, minus those of theory",
        measure=path_errors,
        predict=rounding,
        delta=1e-4,
        sizes={
            "quick": [Series(6, n=n) for n in (4, 6, 8)],
            "standard": [Series(30, n=n) for n in (4, 6, 8, 10)],
            "paper": [Series(60, n=n) for n in (6, 8, 10, 12)],
        },
        mutants=(
            UNCONDITIONED,
            Mutant(
                "field in the energy alone",
                "a weak field is part of the energy, but not of the gradient",
                {"spinglass.forms.Form.add_sweep": with_stray_field},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    Claim(
        id="pairs/mean-path",
        kind="theorem",
        statement="The mean energy on the geodesic between two minima at H = 4, and its mean square, are those of the "
        "conditional Gaussian law weighted by the two determinants.",
        formula=r"\mathbb{E} \sum_{x,y} E(\gamma(t))^k = "
        r"\int \rho(q)\, \mathbb{E}\left[E(\gamma(t))^k \,\middle|\, q\right] dq",
        source="Ros, Biroli & Cammarota 2019 and Pacco, Rosso & Ros 2025 for the conditional law; the weights are "
        "derived for this project",
        measured="sums over all pairs of minima with overlap between 0.2 and 0.8 of the energy per spin at a quarter "
        "and at half of the path, and of its square at half of the path",
        measure=between_minima,
        predict=mean_between_minima,
        components=("energy at 1/4", "energy at 1/2", "square at 1/2"),
        # Relative standard errors are at most 0.031 at quick and 0.0175 for 3000 landscapes of n = 5 (seed 0). With 5,
        # 9 and 15 nodes the means at n = 4 and 5 differ by at most 0.0012, with a Monte Carlo error of about 0.001.
        delta=deltas(0.25, 0.075, 0.025),
        bias=deltas(0.05, 0.02, 0.01),
        bias_reason="four standard errors of theory's own Monte Carlo averages, whose relative accuracy is 0.01 at "
        "quick, 0.004 at standard and 0.0015 at paper, and at least 0.004 for the quadrature over q and the profiles",
        sizes={
            "quick": [Series(1500, n=4, H=4, accuracy=0.01)],
            "standard": [Series(5000, n=5, H=4, accuracy=0.004)],
            "paper": [Series(30000, n=5, H=4, accuracy=0.0015), Series(25000, n=6, H=4, accuracy=0.0015)],
        },
        mutants=(UNCONDITIONED, JACOBIAN, POINTS_LOST),
    ),
)
