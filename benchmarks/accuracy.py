"""Measured accuracy of the exact counts and eigenvalue laws, compared with the accuracy that their docstrings state.

Values are compared with 50-digit evaluations that share no code with ``theory``, with symmetries of the law and with
sums and integrals that must agree. The ratio is the stated error over the largest measured one.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import mpmath
import numpy as np
from scipy import special

import theory
from benchmarks.pfaffian import one_point_density, rank_cdf, rank_density
from benchmarks.timing import Result

Model = int | Mapping[int, float]
TOTAL, NORMALISATION, RANK, TYPICAL = 2e-12, 1e-11, 1e-3, 1e-12


def derivatives(H: Model) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    """Return nu, nu' and nu'' at 1."""
    squares = {p: mpmath.mpf(a) ** 2 for p, a in (H.items() if isinstance(H, Mapping) else [(H, 1.0)])}
    factors: tuple[Callable[[int], int], ...] = (lambda p: 1, lambda p: p, lambda p: p * (p - 1))  # noqa: ARG005
    nu, nu1, nu2 = (mpmath.fsum(f(p) * s for p, s in squares.items()) for f in factors)
    return nu, nu1, nu2


def log_density(u: float, n: int, H: Model, law: Callable[[mpmath.mpf], mpmath.mpf]) -> mpmath.mpf:
    """Return the logarithm of the mean density of critical points at u, from the law of the eigenvalue that counts.

    The energy given the eigenvalue x is fixed in a pure model; in a mixture its normal law is integrated over x by a
    trapezoidal rule with steps far below both widths.
    """
    with mpmath.workdps(50):
        nu, nu1, nu2 = derivatives(H)
        c = (nu2 - nu1) / (2 * (nu2 + nu1))
        front = 2 * mpmath.sqrt(2 * nu2 / (nu1 + nu2)) * (nu2 / nu1) ** (mpmath.mpf(n - 1) / 2)
        slope = nu1 / (nu1 + nu2) * mpmath.sqrt(2 * nu2 / n)
        variance = (nu - nu1**2 / (nu1 + nu2)) / n
        if not isinstance(H, Mapping) or len(H) == 1:
            x = mpmath.mpf(u) / slope
            return mpmath.log(front * law(x) * mpmath.exp(-c * x * x) / slope)
        # The spectrum's waves have length pi/sqrt(2n); Gauss's law has the width sqrt(variance)/slope.
        h = min(mpmath.pi / mpmath.sqrt(2 * n) / 6, mpmath.sqrt(variance) / slope / 3)
        reach = mpmath.sqrt(2 * n) * 2 + 8
        xs = [h * j for j in range(-int(reach / h), int(reach / h) + 1)]
        terms = (law(x) * mpmath.exp(-c * x * x - (u - slope * x) ** 2 / (2 * variance)) for x in xs)
        return mpmath.log(front * h * mpmath.fsum(terms) / mpmath.sqrt(2 * mpmath.pi * variance))


def total_errors(n: int, H: Model, energies: Iterable[float]) -> list[float]:
    """Return the errors of the logarithm of the density of all indices, at each energy, compared with 50 digits.

    A logarithm of size s is itself rounded by s times 2e-16, which is not counted.
    """
    errors = []
    for u in energies:
        exact = log_density(u, n, H, lambda x: one_point_density(n, x))
        found = theory.mean_critical_point_density(u, n, H, log=True)
        errors.append(max(0.0, abs(float(found - exact)) - 1e-15 * abs(float(exact))))
    return errors


def rank_errors(n: int, H: int, ranks: Iterable[int], energies: Iterable[float]) -> tuple[list[float], int]:
    """Return the errors of the log density of single indices where it is answered, and how often it is refused."""
    refused = 0
    errors = []
    for k in ranks:
        for u in energies:
            found = theory.mean_critical_point_density(u, n, H, index=k, log=True, unknown="nan")
            if math.isnan(found):
                refused += 1
                continue
            exact = log_density(u, n, H, partial(_rank_law, n, k))
            errors.append(abs(float(found - exact)))
    return errors, refused


def _rank_law(n: int, k: int, x: mpmath.mpf) -> mpmath.mpf:
    return rank_density(n, float(x), k)


def symmetry_errors(n: int, H: Model, energies: np.ndarray, ranks: Iterable[int | None]) -> list[float]:
    """Return by how much the log density at u and index k differs from that at -u and n-1-k, where both are known."""
    errors: list[float] = []
    for k in ranks:
        other = None if k is None else n - 1 - k
        one, two = (
            theory.mean_critical_point_density(u, n, H, index=j, log=True, unknown="nan")
            for u, j in ((energies, k), (-energies, other))
        )
        errors.extend(np.abs(one - two)[~np.isnan(one + two)].tolist())
    return errors


def normalisation_error(n: int, H: Model) -> float:
    """Return by how much the integral of the density differs from the count, relative to it."""
    nu = float(derivatives(H)[0])
    # A trapezoidal rule much finer than the shortest wave; the total's tails end well inside.
    reach = 2.5 + 9.0 / math.sqrt(n)
    u, h = np.linspace(-reach, reach, 80 * n + 801, retstep=True)
    logs = theory.mean_critical_point_density(u * math.sqrt(nu), n, H, log=True)
    # Not by adding logarithms one by one, whose rounding errors of 1e-12 at n = 3000 add up.
    together = special.logsumexp(logs) + math.log(h * math.sqrt(nu))
    return abs(float(together - theory.mean_critical_points(n, H, log=True)))


def sum_error(n: int, H: Model, below: float = math.inf) -> float:
    """Return by how much the counts of all indices below an energy differ from the total, relative to it."""
    parts = sum(theory.mean_critical_points(n, H, index=k, below=below) for k in range(n))
    return abs(float(parts / theory.mean_critical_points(n, H, below=below) - 1.0))


def eigenvalue_errors(n: int, ranks: Iterable[int], places: Iterable[float]) -> tuple[float, float]:
    """Return the largest absolute errors of the k-th eigenvalue's density, over sqrt(n), and of its cdf."""
    density: list[float] = []
    cdf: list[float] = []
    for k in ranks:
        for v in places:
            x = math.sqrt(n) * v
            density.append(abs(theory.kth_eigenvalue_density(v, n, k) / math.sqrt(n) - float(rank_density(n, x, k))))
            cdf.append(abs(theory.kth_eigenvalue_cdf(v, n, k) - float(rank_cdf(n, x, k))))
    return max(density), max(cdf)


def one_point_errors(n: int, places: Iterable[float]) -> list[float]:
    """Return the relative errors of the mean density of eigenvalues."""
    root = math.sqrt(n)
    return [abs(float(theory.eigenvalue_density(v, n) / (root * one_point_density(n, root * v)) - 1)) for v in places]


MIXTURES: tuple[Mapping[int, float], ...] = ({3: 0.6**0.5, 4: 0.4**0.5}, {1: 0.8, 3: 1.0}, {2: 1.0, 12: 0.5})


def _models(*orders: int) -> list[Model]:
    return [*orders, *MIXTURES]


def finite_n() -> list[Result]:
    """Measure everything: three minutes."""
    return [*_totals(), *_indices(), *_eigenvalues()]


def _totals() -> list[Result]:
    rows = []
    for n in (1, 2, 3, 10, 100, 1000, 2000, 3000):
        u = [-2.6, -1.7, -1.3, -0.4, 0.0, 0.8, 1.66, 2.5]
        errors = [e for H in (2, 3, 10, 20) for e in total_errors(n, H, u)]
        rows.append(_row(f"density, all indices, n={n}, H=2..20, both tails", errors, _total(n), "50 digits"))
    for n in (2, 10, 60):
        errors = [e for H in MIXTURES for e in total_errors(n, H, [-3.0, -1.2, 0.0, 1.4, 2.5])]
        rows.append(_row(f"density, all indices, n={n}, mixtures", errors, _total(n), "50 digits"))
    for n in (1, 2, 30, 300, 1000, 3000):
        errors = [normalisation_error(n, H) for H in _models(2, 3, 20)]
        rows.append(_row(f"density, all indices, n={n}: integral", errors, _total(n), "the count"))
    return rows


def _total(n: int) -> float:
    """Return the relative error that the docstrings state for the sum over all indices."""
    return max(TOTAL, 1e-14 * n)


def _indices() -> list[Result]:
    rows = []
    for n, ranks in ((2, (0, 1)), (5, (0, 2, 4)), (12, (0, 1, 6, 11)), (60, (0, 1))):
        refused = 0
        collected: list[float] = []
        for H in (3, 10):
            errors, missing = rank_errors(n, H, ranks, [-2.2, -1.7, -1.5, -1.2, -0.5, 0.3, 1.5])
            collected += errors
            refused += missing
        task = f"density, index in {ranks}, n={n}, H=3, 10 ({refused} points refused)"
        rows.append(_row(task, collected, RANK, "Pfaffian, 50 digits"))
    for n, energies in ((12, (-1.6, -1.2)), (60, (-1.6, -1.5)), (100, (-1.58, -1.54))):
        errors, _ = rank_errors(n, 3, (0, 1), energies)
        rows.append(_row(f"density, index 0 and 1, n={n}, H=3, typical u", errors, TYPICAL, "Pfaffian, 50 digits"))
    for n in (5, 30, 80):
        u = np.linspace(-2.0, 2.0, 41)
        errors = [e for H in _models(3) for e in symmetry_errors(n, H, u, (None, 0, n // 2))]
        rows.append(_row(f"density at u and -u, n={n}", errors, RANK, "its mirror image"))
    for n in (2, 9, 40, 80):
        errors = [sum_error(n, H) for H in _models(2, 3, 10)]
        rows.append(_row(f"counts, n={n}: sum over indices", errors, NORMALISATION, "the total"))
    return rows


def _eigenvalues() -> list[Result]:
    rows = []
    for n, ranks in ((1, (0,)), (2, (0, 1)), (9, (0, 4, 8)), (40, (0, 3)), (100, (0,))):
        density, cdf = eigenvalue_errors(n, ranks, [-1.8, -1.4, -1.1, -0.6, 0.0, 0.9])
        rows.append(_row(f"kth_eigenvalue_density / sqrt(n), n={n}", [density], 1e-13, "Pfaffian, 50 digits"))
        rows.append(_row(f"kth_eigenvalue_cdf, n={n}", [cdf], 1e-13, "Pfaffian, 50 digits"))
    for n in (1, 2, 9, 100, 2000):
        errors = one_point_errors(n, [-1.7, -1.42, -1.0, -0.3, 0.0, 0.7, 1.5])
        rows.append(_row(f"eigenvalue_density, n={n}", errors, TOTAL, "50 digits"))
    return rows


def _row(task: str, errors: list[float], stated: float, beside: str) -> Result:
    worst = max(errors)
    return Result(task, f"error {worst:.1e}", beside, f"stated {stated:.0e}", stated / max(worst, 1e-16), 1.0)
