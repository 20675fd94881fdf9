"""Run the unfinished units of a run and store each in the run's folder when it is done."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from validation.engine.executors import Failure, sweep
from validation.engine.run_folder import RunFolder

if TYPE_CHECKING:
    import pyarrow as pa

UnitT = TypeVar("UnitT")


@dataclass
class Stored:
    """How a run ended.

    Attributes
    ----------
    failures : dict
        Error messages of failed units, by number of the unit.
    interrupted : bool
        Whether Ctrl-C ended it.
    """

    failures: dict[int, str] = field(default_factory=dict)
    interrupted: bool = False


def store_units(
    kept: RunFolder,
    work: "Callable[[UnitT], pa.Table]",
    units: Mapping[int, UnitT],
    workers: int,
    executor: Executor | None = None,
    tell: Callable[[dict[int, str]], object] | None = None,
) -> Stored:
    """Run the units that are not finished, in the given order.

    Parameters
    ----------
    kept
        The open folder of the run.
    work
        A function that other processes can import by name.
    units
        The units by their numbers.
    workers
        Number of worker processes; 1 runs in this process.
    executor
        A ``concurrent.futures`` executor to use instead of local processes. Default None.
    tell
        Called with the failures once at the start and after every unit. Default None.

    Returns
    -------
    Stored
        The failures, and whether Ctrl-C ended the run.
    """
    done = Stored()
    left = [(number, unit) for number, unit in units.items() if number not in kept.finished]
    try:
        if tell is not None:
            tell(done.failures)
        with closing(sweep(partial(_of_pair, work), left, workers, executor)) as results:
            for (number, _), result in results:
                if isinstance(result, Failure):
                    done.failures[number] = result.text
                    kept.fail(number, result.text)
                else:
                    kept.save(number, result)
                if tell is not None:
                    tell(done.failures)
    except KeyboardInterrupt:
        done.interrupted = True
    return done


def _of_pair(work: "Callable[[UnitT], pa.Table]", numbered: tuple[int, UnitT]) -> "pa.Table":
    return work(numbered[1])
