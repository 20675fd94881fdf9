"""Mistakes that people make in theory code."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import theory
from theory.large_n.complexity import index_complexity
from validation.mutant import Mutant

Function = Callable[..., Any]


def _mutant(role: str, name: str, statement: str, patch: Callable[[Function], Function]) -> Mutant:
    return Mutant(name, statement, {f"validation.subjects.own.{role}": patch}, upstream=True)


def _counts(name: str, statement: str, changed: Callable[..., float]) -> Mutant:
    """Return a mutant of ``counts``; ``changed`` receives the correct function and its arguments."""
    return _mutant(
        "counts", name, statement, lambda counts: lambda n, H, index, below: changed(counts, n, H, index, below)
    )


def _next_index(counts: Function, n: int, H: int, index: int | None, below: float | None) -> float:
    return float(counts(n, H, None if index is None else min(index + 1, n - 1), below))


def _above(counts: Function, n: int, H: int, index: int | None, below: float | None) -> float:
    every = counts(n, H, index, None)
    return float(every if below is None else every - counts(n, H, index, below))


def _asymptotic(counts: Function, n: int, H: int, index: int | None, below: float | None) -> float:  # noqa: ARG001
    energy = 0.0 if below is None else below
    growth = theory.complexity(energy, H) if index is None else index_complexity(energy, H, index)
    return math.exp(n * float(growth))


def _all_solutions(counts: Function, n: int, H: int, index: int | None, below: float | None) -> float:
    return 2 * ((H - 1) ** n - 1) / (H - 2) if index is None and below is None else float(counts(n, H, index, below))


WRONG_SIZE = _counts(
    "matrix of size n",
    "the Hessian is taken for a matrix of size n instead of n - 1, so that points of n + 1 spins are counted",
    lambda counts, n, H, index, below: counts(n + 1, H, index, below),
)
HALF = _counts(
    "x and -x counted once",
    "counts are too small by a factor 2: points x and -x are taken for one, or the sphere for half a sphere",
    lambda counts, *given: counts(*given) / 2,
)
ASYMPTOTIC = _counts(
    "exponential growth only",
    "counts are exp(n Theta), the growth for large n without its prefactor, instead of those of n spins",
    _asymptotic,
)
SWAPPED_ORDER = _counts(
    "H - 1 for H",
    "H and H - 1 are swapped: counts are those of order H + 1",
    lambda counts, n, H, index, below: counts(n, H + 1, index, below),
)
LOGARITHM = _counts(
    "logarithm of the count",
    "the logarithm of the mean number is returned instead of the number",
    lambda counts, *given: math.log(counts(*given)),
)
TOTALS = (
    WRONG_SIZE,
    HALF,
    ASYMPTOTIC,
    SWAPPED_ORDER,
    LOGARITHM,
    _counts(
        "complex solutions counted",
        "the total is the number of complex critical points, 2 ((H-1)^n - 1)/(H-2), not the mean number of real ones",
        _all_solutions,
    ),
)
COUNTS = (
    WRONG_SIZE,
    HALF,
    ASYMPTOTIC,
    SWAPPED_ORDER,
    _counts("index off by one", "points of index k + 1 are counted for index k", _next_index),
    _counts(
        "physics' energy",
        "energies per spin are taken for those of the physics convention, smaller by sqrt 2; declare variance = 'n/2'",
        lambda counts, n, H, index, below: counts(n, H, index, None if below is None else below * 2**0.5),
    ),
    _counts(
        "total energy",
        "the bound on the energy per spin is taken for one on the total energy",
        lambda counts, n, H, index, below: counts(n, H, index, None if below is None else below / n),
    ),
    _counts("points above", "points above the energy are counted instead of those below", _above),
)
MORSE = (
    _counts("index off by one", "points of index k + 1 are counted for index k", _next_index),
    WRONG_SIZE,
    ASYMPTOTIC,
)


def _scaled_thresholds(factor: Callable[[str, int], float]) -> Callable[[Function], Function]:
    def patch(thresholds: Function) -> Function:
        return lambda H: {name: factor(name, H) * float(value) for name, value in thresholds(H).items()}

    return patch


def _thresholds(name: str, statement: str, patch: Callable[[Function], Function]) -> Mutant:
    return _mutant("thresholds", name, statement, patch)


PHYSICS = _thresholds(
    "physics' normalisation",
    "energies and temperatures are those of the physics convention, smaller by sqrt 2; declare variance = 'n/2'",
    _scaled_thresholds(lambda name, H: 2**-0.5),  # noqa: ARG005
)
NEXT_ORDER = _thresholds(
    "H - 1 for H",
    "H and H - 1 are swapped: values are those of order H + 1",
    lambda thresholds: lambda H: thresholds(H + 1),
)
SIGN = _thresholds(
    "negative energies",
    "energies are returned with their sign; thresholds E_0, E_inf, ... are positive, minus the energy per spin",
    _scaled_thresholds(lambda name, H: -1.0 if name.startswith("E") else 1.0),  # noqa: ARG005
)
RATIO = _thresholds(
    "ratio upside down",
    "H/(H-1) stands where (H-1)/H should",
    _scaled_thresholds(lambda name, H: H / (H - 1)),  # noqa: ARG005
)
OTHER_TEMPERATURE = _thresholds(
    "other transition",
    "the dynamical and the static transition temperature are exchanged",
    lambda thresholds: lambda H: _exchanged(thresholds(H), "T_d", "T_s"),
)
OTHER_INDEX = _thresholds(
    "index off by one",
    "E_0, E_1, E_2 are numbered from 1: each is that of the next index",
    lambda thresholds: lambda H: thresholds(H) | {f"E_{k}": theory.E_k(H, k + 1) for k in range(3)},
)


def _exchanged(values: dict[str, Any], a: str, b: str) -> dict[str, Any]:
    return values | {a: values[b], b: values[a]}


RELAXATION = (
    _mutant(
        "relaxation",
        "physics' normalisation",
        "times and energies are those of the physics convention; declare variance = 'n/2'",
        lambda relaxation: lambda times, H: relaxation(times / 2**0.5, H) / 2**0.5,
    ),
    _mutant(
        "relaxation",
        "physics' time",
        "times are those of the physics convention, longer by sqrt 2, and energies are not",
        lambda relaxation: lambda times, H: relaxation(times / 2**0.5, H),
    ),
    _mutant(
        "relaxation",
        "time doubled",
        "times are too long by a factor 2, as if the flow had a factor 1/2",
        lambda relaxation: lambda times, H: relaxation(times / 2, H),
    ),
    _mutant(
        "relaxation",
        "multiplier without H",
        "the multiplier is returned instead of the energy, which is smaller by H",
        lambda relaxation: lambda times, H: H * relaxation(times, H),
    ),
    _mutant(
        "relaxation",
        "H - 1 for H",
        "H and H - 1 are swapped: energies are those of order H + 1",
        lambda relaxation: lambda times, H: relaxation(times, H + 1),
    ),
)


def _equilibrium(name: str, statement: str, changed: Callable[..., Any]) -> Mutant:
    """Return a mutant of ``equilibrium``; ``changed`` receives the correct function, T and H."""
    return _mutant("equilibrium", name, statement, lambda solve: lambda T, H: changed(solve, T, H))


HOTTER = _equilibrium(
    "physics' temperature",
    "T is taken for the temperature of the physics convention, where energies have variance n/2, and energies are not",
    lambda solve, T, H: solve(T * 2**0.5, H),
)
COLDER_TOO = _equilibrium(
    "physics' normalisation",
    "temperatures and energies are those of the physics convention; declare variance = 'n/2'",
    lambda solve, T, H: _with_energy(solve(T * 2**0.5, H), 2**-0.5),
)
INVERSE = _equilibrium(
    "inverse temperature", "the temperature is taken for the inverse temperature", lambda solve, T, H: solve(1 / T, H)
)
FREE_ENERGY = _equilibrium(
    "free energy", "the free energy is returned instead of the energy", lambda solve, T, H: _free(solve(T, H))
)
SYMMETRIC = _equilibrium(
    "replica symmetric",
    "replica symmetry is never broken: the energy is -1/T and the overlap 0 at all temperatures",
    lambda solve, T, H: replace(solve(T, H), energy=-1 / T, overlap=0.0, breakpoint=1.0),
)
COMPLEMENT = _equilibrium(
    "probability of the other overlap",
    "the probability of the larger overlap, 1 - m, is returned instead of m",
    lambda solve, T, H: _other(solve(T, H)),
)


def _with_energy(found: Any, factor: float) -> Any:
    return replace(found, energy=factor * found.energy)


def _free(found: Any) -> Any:
    return replace(found, energy=found.free_energy)


def _other(found: Any) -> Any:
    return replace(found, breakpoint=1 - found.breakpoint)
