"""Groups of units that are measured together, because they read the same samples of the same simulation."""

import time
import traceback
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from validation.catalogue import Catalogue, read_claims
from validation.engine.mutation import mutated
from validation.engine.units import Outcome, Unit, sample_seed
from validation.reading import Reading, Source

Group: TypeAlias = tuple[Unit, ...]


def groups_of(catalogue: Catalogue, units: Sequence[Unit]) -> list[Group]:
    """Divide units into groups; the results do not depend on the division.

    Only measurements of the correct code share simulations. Each prediction and each unit of a mutant is alone.
    """
    sources = {unit: _shared_source(catalogue, unit) for unit in units}
    length: dict[Source, int] = {}
    for unit, source in sources.items():
        if source is not None:
            length[source] = max(length.get(source, 1), len(unit.samples or ()))
    groups: dict[Hashable, list[Unit]] = {}
    for unit, source in sources.items():
        key = unit if source is None or unit.samples is None else (source, unit.samples.start // length[source])
        groups.setdefault(key, []).append(unit)
    return [tuple(group) for group in groups.values()]


def _shared_source(catalogue: Catalogue, unit: Unit) -> Source | None:
    claim = catalogue[unit.claim_id]
    if unit.mutant is not None or unit.samples is None or not isinstance(claim.measure, Reading):
        return None
    return claim.drawn_from(unit.effort, unit.series)


def perform(catalogue: Catalogue, root: np.random.SeedSequence, group: Group) -> list[Outcome]:
    """Run a group of units in this process; return the outcome of each.

    An exception is recorded and affects only one sample: if a simulation raises it, this sample of all claims of the
    group; if it is raised while one claim's numbers are read, this sample of that claim.
    """
    first = group[0]
    mutant = next((m for m in catalogue[first.claim_id].mutants if m.name == first.mutant), None)
    with mutated(mutant):
        return [_predict(catalogue, first)] if first.samples is None else _measure(catalogue, root, group)


def perform_there(source: str, digest: str, root: np.random.SeedSequence, group: Group) -> list[Outcome]:
    """Run a group in a worker process, which reads the claims itself; RuntimeError if these differ from the run's."""
    return perform(_catalogue_from(source, digest), root, group)


def _predict(catalogue: Catalogue, unit: Unit) -> Outcome:
    claim = catalogue[unit.claim_id]
    start = time.perf_counter()
    prediction, error = _attempt(claim.prediction, claim.sizes[unit.effort][unit.series])
    errors = {} if error is None else {-1: error}
    return Outcome(unit, prediction=prediction, errors=errors, seconds=time.perf_counter() - start)


def _measure(catalogue: Catalogue, root: np.random.SeedSequence, group: Group) -> list[Outcome]:
    values: dict[Unit, dict[int, Any]] = {unit: {} for unit in group}
    errors: dict[Unit, dict[int, str]] = {unit: {} for unit in group}
    seconds = dict.fromkeys(group, 0.0)
    for sample in sorted({sample for unit in group for sample in unit.samples or ()}):
        readers = [unit for unit in group if sample in (unit.samples or ())]
        start = time.perf_counter()
        simulated, failure = _simulated(catalogue, root, readers[0], sample)
        share = (time.perf_counter() - start) / len(readers)
        for unit in readers:
            start = time.perf_counter()
            claim, value, error = catalogue[unit.claim_id], None, failure
            if error is None:
                value, error = _attempt(claim.read, simulated, claim.sizes[unit.effort][unit.series])
            if error is None:
                values[unit][sample] = value
            else:
                errors[unit][sample] = error
            seconds[unit] += share + time.perf_counter() - start
    return [Outcome(unit, values[unit], None, errors[unit], seconds[unit]) for unit in group]


def _simulated(
    catalogue: Catalogue, root: np.random.SeedSequence, unit: Unit, sample: int
) -> tuple[Any, None] | tuple[None, str]:
    claim = catalogue[unit.claim_id]
    source = claim.drawn_from(unit.effort, unit.series)
    seed = sample_seed(root, source.name, unit.effort, source.number, sample)
    return _attempt(claim.simulate, seed, claim.sizes[unit.effort][unit.series])


def _attempt(function: Callable[..., Any], *arguments: Any) -> tuple[Any, None] | tuple[None, str]:
    """Return a function's value, or the traceback of its exception."""
    try:
        return function(*arguments), None
    except (Exception, SystemExit):
        return None, traceback.format_exc(limit=-6)


@lru_cache(maxsize=1)  # two versions of a file cannot coexist: functions are found by name
def _catalogue_from(source: str, digest: str) -> Catalogue:
    if source:
        found = read_claims(source)
        if found.digest != digest:
            modules = ", ".join(found.modules)
            raise RuntimeError(
                f"{source} or a module that it imports has changed since the run began, or differs on the machine of "
                f"this worker; the user's modules are {modules}"
            )
        return found
    from validation.claims import catalogue

    return catalogue()
