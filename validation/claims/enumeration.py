"""Every critical point of small landscapes, beside exact counts: of complex solutions, and of real ones on average."""

import numpy as np
from numpy.typing import NDArray

import theory
from spinglass import SphericalSpinGlass, critical_points
from validation.claim import Between, Claim, Effort, Mutant, Series
from validation.claims import wrong
from validation.claims.covariance import DIAGONAL, MULTIPLICITY
from validation.estimators import Identity

Array = NDArray[np.float64]
_INDICES = (0, 1, 2)
_LOW = ((1, -1.2), (1, -1.0), (1, -0.8), (2, -0.8))


def completeness_errors(seed: np.random.SeedSequence, n: int, H: int) -> list[float]:
    """Return how far a landscape's critical points are from two exact counts.

    The complex solutions up to a factor are ``((H-1)^n - 1)/(H-2)``; the real points of every index k satisfy
    ``sum_k (-1)^k N_k = 1 + (-1)^(n-1)``, the Euler characteristic of the sphere.
    """
    every = critical_points.enumerate_critical_points(SphericalSpinGlass.pure(n, H, seed))
    classes = ((H - 1) ** n - 1) // (H - 2)
    signed = int(np.sum((-1) ** every.index))
    return [abs(every.found / classes - 1), abs(signed - 1 - (-1) ** (n - 1))]


def exactly(n: int, H: int) -> float:  # noqa: ARG001
    """Return the error allowed of a count: none."""
    return 0.0


def counts_per_index(seed: np.random.SeedSequence, n: int, H: int) -> Array:
    """Return one landscape's numbers of critical points of index 0, 1 and 2."""
    every = critical_points.enumerate_critical_points(SphericalSpinGlass.pure(n, H, seed))
    return np.array([np.sum(every.index == k) for k in _INDICES], dtype=float)


def mean_counts_per_index(n: int, H: int) -> Array:
    """Return the exact means of :func:`counts_per_index`."""
    return np.array([float(theory.mean_critical_points(n, H, index=k)) for k in _INDICES])


def low_saddles(seed: np.random.SeedSequence, n: int, H: int) -> Array:
    """Return one landscape's numbers of saddles of given index below given energies per spin."""
    every = critical_points.enumerate_critical_points(SphericalSpinGlass.pure(n, H, seed))
    return np.array([np.sum((every.index == k) & (every.energy_per_spin < u)) for k, u in _LOW], dtype=float)


def mean_low_saddles(n: int, H: int) -> Between:
    """Return the exact means of :func:`low_saddles`; deviations are relative to all points of the index."""
    expected = np.array([float(theory.mean_critical_points(n, H, index=k, below=u)) for k, u in _LOW])
    scale = np.array([float(theory.mean_critical_points(n, H, index=k)) for k, _ in _LOW])
    return Between(expected, expected, scale=scale)


def _sizes(quick: int, standard: int, paper: int) -> dict[Effort, list[Series]]:
    return {
        "quick": [Series(quick, n=6, H=3)],
        "standard": [Series(standard, n=n, H=3) for n in (4, 6, 8)],
        "paper": [Series(paper, n=n, H=3) for n in (6, 8, 10)],
    }


_INDEX = Mutant(
    "index off by one",
    "one negative eigenvalue is counted too many",
    {"spinglass.sphere.hessian_eigenvalues": wrong.with_one_more_negative},
    upstream=True,
)
_WRONG_SIZE = Mutant(
    "GOE of the wrong size",
    "theory counts with a GOE matrix of size n + 1",
    {"theory.mean_critical_points": wrong.of_next_size},
)

CLAIMS = (
    Claim(
        id="enumeration/complete",
        kind="identity",
        statement="Every landscape has exactly ((H-1)^n - 1)/(H-2) complex critical points up to a factor, and its "
        "real ones satisfy the Morse relation.",
        formula=r"\frac{(H-1)^n - 1}{H-2} \text{ solutions}, \quad \sum_k (-1)^k N_k = 1 + (-1)^{n-1}",
        source="Cartwright & Sturmfels 2013, Thm 1.2; Morse theory",
        measured="the solutions of a complete homotopy enumeration, and the alternating sum over the real ones",
        measure=completeness_errors,
        predict=exactly,
        components=("complex count", "Morse relation"),
        delta=1e-3,
        sizes={
            "quick": [Series(20, n=5, H=3), Series(20, n=6, H=3), Series(20, n=4, H=4)],
            "standard": [Series(200, n=7, H=3), Series(200, n=8, H=3), Series(100, n=5, H=4)],
            "paper": [Series(1000, n=8, H=3), Series(300, n=10, H=3), Series(300, n=6, H=4)],
        },
        mutants=(
            Mutant(
                "a point lost",
                "one in fifty of the real points is lost",
                {"spinglass.critical_points.enumerate_critical_points": wrong.losing_rows(50)},
                upstream=True,
            ),
            Mutant(
                "a path lost",
                "one complex solution is missing",
                {"spinglass.critical_points.enumerate_critical_points": wrong.missing_one},
                upstream=True,
            ),
        ),
        weight=0,
        estimator=Identity(),
    ),
    Claim(
        id="enumeration/mean-per-index",
        kind="theorem",
        statement="The mean number of critical points of every index is the exact Kac-Rice integral over the GOE "
        "eigenvalue of that rank.",
        formula=r"\mathbb{E} N_k = 2\sqrt{\tfrac{2}{H}}\,(H-1)^{n/2}\, "
        r"\mathbb{E}\, e^{-n \frac{H-2}{2H} \lambda_k^2}",
        source="Auffinger, Ben Arous & Cerny 2013, Thm 2.1",
        measured="all critical points of a landscape, counted by index",
        measure=counts_per_index,
        predict=mean_counts_per_index,
        components=tuple(f"index {k}" for k in _INDICES),
        delta=0.05,
        sizes=_sizes(900, 5000, 20000),
        mutants=(_INDEX, _WRONG_SIZE, DIAGONAL, MULTIPLICITY),
    ),
    Claim(
        id="enumeration/low-saddles",
        kind="theorem",
        statement="Saddles of index k below an energy are as rare as exact theory says, which for large n forbids "
        "those below -E_k.",
        formula=r"\mathbb{E} N_k(u) = 2\sqrt{\tfrac{2}{H}}\,(H-1)^{n/2}\, \mathbb{E}\!\left[ "
        r"e^{-n \frac{H-2}{2H} \lambda_k^2};\ \lambda_k < u\sqrt{\tfrac{H}{2(H-1)}} \right]",
        source="Auffinger, Ben Arous & Cerny 2013, Thm 2.1 and Thm 2.5",
        measured="the numbers of critical points of index 1 and 2 below given energies per spin",
        measure=low_saddles,
        predict=mean_low_saddles,
        components=tuple(f"index {k}, u={u:g}" for k, u in _LOW),
        delta=0.04,
        sizes=_sizes(900, 5000, 20000),
        mutants=(_INDEX, _WRONG_SIZE, MULTIPLICITY),
    ),
)
