"""All units of a verification: stored outcomes are read from the run's folder, the others are measured and stored."""

import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from validation.catalogue import Catalogue
from validation.engine.executors import Failure, sweep
from validation.engine.groups import Group, groups_of, perform, perform_there
from validation.engine.order import in_order
from validation.engine.run_folder import RunFolder
from validation.engine.units import Outcome, Unit


@dataclass(frozen=True)
class Job:
    """All units of a run, and where to run them.

    Attributes
    ----------
    catalogue : Catalogue
        The claims.
    root : SeedSequence
        The run's seed.
    units : sequence of Unit
        The units in a fixed order; a unit's position is its number in the run's folder.
    workers : int
        Number of local processes.
    executor : Executor or None
        Runs the units instead of local processes.
    """

    catalogue: Catalogue
    root: np.random.SeedSequence
    units: Sequence[Unit]
    workers: int
    executor: Executor | None = None

    def restored(self, kept: RunFolder | None) -> Iterator[Outcome]:
        """Yield the outcomes stored in the folder, in the order of the units."""
        if kept is not None:
            for number in sorted(kept.finished):
                yield Outcome.from_table(self.units[number], kept.table(number), _seconds(kept.facts(number)))

    def outcomes(self, kept: RunFolder | None) -> Generator[Outcome, None, None]:
        """Yield the outcome of every other unit when it is done; it is stored first if there is a folder."""
        source = self.catalogue.source
        if source is None and self.executor is not None:
            raise ValueError("claims defined in this process cannot be sent to an executor; put them into a file")
        work: Callable[[Group], list[Outcome]] = (
            partial(perform, self.catalogue, self.root)
            if source is None
            else partial(perform_there, source, self.catalogue.digest, self.root)
        )
        numbers = {unit: number for number, unit in enumerate(self.units)}
        left = [unit for unit, number in numbers.items() if kept is None or number not in kept.finished]
        groups = in_order(groups_of(self.catalogue, left))
        with closing(sweep(work, groups, 1 if source is None else self.workers, self.executor)) as results:
            for group, result in results:
                for outcome in result if isinstance(result, list) else _failed(group, result):
                    if kept is not None:
                        _keep(kept, numbers[outcome.unit], outcome)
                    yield outcome


def _seconds(facts: Mapping[str, Any]) -> float:
    """Return the time that a unit took; 0 if the manifest does not say. It is used for estimates only."""
    seconds = facts.get("seconds")
    return seconds if isinstance(seconds, float) and math.isfinite(seconds) else 0.0


def _failed(group: Group, failure: Failure) -> list[Outcome]:
    return [Outcome(unit, errors={unit.samples[0] if unit.samples else -1: failure.text}) for unit in group]


def _keep(kept: RunFolder, number: int, outcome: Outcome) -> None:
    facts = {"name": str(outcome.unit), "seconds": round(outcome.seconds, 6)}
    if outcome.errors:
        kept.fail(number, "\n".join(outcome.errors.values()), **facts)
    else:
        kept.save(number, outcome.to_table(), **facts)
