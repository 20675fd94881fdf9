"""Building an atlas: samples are measured in units that are stored when they finish, then written as tables."""

import shutil
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from validation.atlas.columns import TABLES, VERSION
from validation.atlas.data_files import DataFile, libraries, place_of
from validation.atlas.documents import CHECKSUMS, CROISSANT, README, write_documents
from validation.atlas.estimate import seconds
from validation.atlas.landscape_sets import AtlasPlan, Part
from validation.atlas.measure import measure
from validation.atlas.table_files import nested, write_part
from validation.engine.executors import worker_count
from validation.engine.provenance import code
from validation.engine.run_folder import RunFolder, open_run
from validation.engine.stored_units import store_units
from validation.report.files import prepare

if TYPE_CHECKING:
    import pyarrow as pa

BUILD = "build"  # folder of the unfinished units, removed at the end
PATHS = "paths"  # its subfolder with the followed paths of long samples in progress
Watch = Callable[[float, int, int, int], None]


class AtlasUnit(NamedTuple):
    """Some samples of one part.

    Attributes
    ----------
    part : Part
        Order and size.
    samples : range
        Numbers of the samples.
    """

    part: Part
    samples: range


@dataclass(frozen=True)
class AtlasResult:
    """The result of building an atlas.

    Attributes
    ----------
    finished, total : int
        Number of finished units, and of all units.
    failures : dict
        Error messages of failed units, by number of the unit.
    interrupted : bool
        Whether Ctrl-C ended the build.
    files : list of DataFile
        The data files of the atlas; empty if units are missing.
    incomplete : int
        Number of samples whose critical points may not be complete.
    """

    finished: int
    total: int
    failures: dict[int, str]
    interrupted: bool
    files: list[DataFile]
    incomplete: int

    @property
    def size(self) -> int:
        """Size of the data files in bytes."""
        return sum(file.size for file in self.files)


def units_of(plan: AtlasPlan) -> list[AtlasUnit]:
    """Return all units of an atlas; the longest come first, so that all workers end at about the same time."""
    units = [AtlasUnit(part, samples) for part in plan.parts for samples in part.units()]
    return sorted(units, key=lambda unit: -seconds(unit.part, plan.starts) * len(unit.samples))


def build_atlas(
    plan: AtlasPlan,
    out: str | Path,
    workers: int | None = None,
    *,
    resume: bool = False,
    executor: Executor | None = None,
    watch: Watch | None = None,
    url: str = README,
) -> AtlasResult:
    """Build an atlas.

    The files are written when all samples are measured. The same plan gives the same bytes for any interruptions and
    any number of workers, on one machine with one set of versions. A sample with many paths is resumed where it was
    interrupted, unless ``executor`` is given, whose processes may not share the folder.

    Parameters
    ----------
    plan
        The samples.
    out
        Output folder; unfinished units are kept in its subfolder ``build``, which is removed at the end.
    workers
        Number of worker processes; 1 runs in this process, None (default) uses all cores.
    resume
        Whether to continue the unfinished build in ``out``. Default False.
    executor
        A ``concurrent.futures`` executor that runs the units instead of local processes. Default None.
    watch
        Called as ``watch(share, done, failed, total)`` once at the start and after every unit, with the share of the
        estimated time and numbers of units. Default None.
    url
        Address of the data, for ``croissant.json``. Default: its README.

    Returns
    -------
    AtlasResult
        The numbers of units, and the files.

    Raises
    ------
    ValueError
        If ``workers`` is not a positive whole number, or if the folder cannot be written, contains other files, or
        holds an unfinished build without ``resume`` or a different one with it.
    OSError
        If the disk is full; finished units are kept.
    """
    workers = worker_count(workers)
    folder = prepare(out)
    _refuse_other_files(folder, plan)
    units = units_of(plan)
    configuration = {"command": "atlas", "version": VERSION, **asdict(plan), "versions": libraries(), "code": code()}
    files: list[DataFile] = []
    incomplete = 0
    with open_run(prepare(folder / BUILD), configuration, len(units), resume) as kept:
        times = [seconds(unit.part, plan.starts) * len(unit.samples) for unit in units]
        paths = kept.path.resolve() / PATHS

        def tell(failures: dict[int, str]) -> None:
            _remove_paths_of_finished(paths, units, kept.finished)
            if watch is not None:
                share = sum(times[number] for number in kept.finished) / sum(times)
                watch(share, len(kept.finished), len(failures), len(units))

        work = partial(perform, plan, checkpoints=paths if executor is None else None)
        done = store_units(kept, work, dict(enumerate(units)), workers, executor, tell)
        finished = len(kept.finished)
        if finished == len(units):
            with kept.explained():
                files, incomplete = _write(plan, units, kept, folder, url)
    if files:
        shutil.rmtree(folder / BUILD)
    return AtlasResult(finished, len(units), done.failures, done.interrupted, files, incomplete)


def perform(plan: AtlasPlan, unit: AtlasUnit, checkpoints: Path | None = None) -> "pa.Table":
    """Measure the samples of a unit.

    Parameters
    ----------
    plan
        The atlas.
    unit
        The unit.
    checkpoints
        Folder in which the paths of long samples are saved. Default: None.

    Returns
    -------
    pyarrow.Table
        One row with one list of rows for each table of the atlas.
    """
    import pyarrow as pa

    saved = checkpoints if unit.part.long else None
    measured = [
        measure(plan, unit.part, sample, None if saved is None else saved / _name(unit.part, sample))
        for sample in unit.samples
    ]
    return nested({name: pa.concat_tables([tables[name] for tables in measured]) for name in TABLES})


def _name(part: Part, sample: int) -> str:
    return f"{part.name}_{sample:04d}"


def _remove_paths_of_finished(paths: Path, units: list[AtlasUnit], finished: set[int]) -> None:
    """Remove what was saved of the paths of samples whose units are finished."""
    if paths.is_dir():
        done = [units[number] for number in finished if units[number].part.long]
        names = {_name(unit.part, sample) for unit in done for sample in unit.samples}
        for folder in paths.iterdir():
            if folder.name in names:
                shutil.rmtree(folder, ignore_errors=True)  # else it is removed at the end


def _refuse_other_files(folder: Path, plan: AtlasPlan) -> None:
    own = {README, CROISSANT, CHECKSUMS, *(place_of(name, part) for name in TABLES for part in plan.parts)}
    own |= {f"{place}.part" for place in own} | set(TABLES)
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if place.parts[0] != BUILD and place.as_posix() not in own:
            raise ValueError(f"{folder} contains {place}, which is not part of this atlas; choose an empty folder")


def _write(
    plan: AtlasPlan, units: list[AtlasUnit], kept: RunFolder, folder: Path, url: str
) -> tuple[list[DataFile], int]:
    """Write the tables of all parts and the documents; also return the number of samples that are not complete."""
    files: list[DataFile] = []
    incomplete: dict[Part, int] = {}
    for part in plan.parts:
        numbers = [number for number, unit in enumerate(units) if unit.part == part]
        numbers.sort(key=lambda number: units[number].samples.start)
        written, incomplete[part] = write_part(part, map(kept.table, numbers), folder)
        files += written
    files.sort(key=lambda file: file.place)
    write_documents(plan, files, folder, url, incomplete)
    return files, sum(incomplete.values())
