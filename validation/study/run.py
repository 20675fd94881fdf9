"""Running a study: units of work are stored when they finish, then combined into one dataset."""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from validation.engine.executors import worker_count
from validation.engine.provenance import code, versions
from validation.engine.run_folder import RunFolder, open_run, whole_file
from validation.engine.stored_units import store_units
from validation.report.files import DATA, prepare
from validation.study.plan import Study, in_words
from validation.study.tasks import TASKS

if TYPE_CHECKING:
    import pyarrow as pa

Watch = Callable[[int, int, int], None]
_UNITS_AT_ONCE = 1000


class StudyUnit(NamedTuple):
    """One disorder sample at one setting.

    Attributes
    ----------
    number, setting, sample : int
        Number of the unit, of the setting, and of the disorder sample.
    """

    number: int
    setting: int
    sample: int


@dataclass(frozen=True)
class StudyResult:
    """The result of a study.

    Attributes
    ----------
    finished : int
        Number of finished units.
    failures : dict
        Error messages of failed units, by number of the unit.
    total : int
        Number of units.
    rows : int
        Number of rows of the dataset.
    interrupted : bool
        Whether the study was stopped by Ctrl-C.
    """

    finished: int
    failures: dict[int, str]
    total: int
    rows: int
    interrupted: bool


def run_study(
    study: Study,
    out: str | Path,
    workers: int | None = None,
    *,
    resume: bool = False,
    executor: Executor | None = None,
    watch: Watch | None = None,
) -> StudyResult:
    """Run a study and write its dataset to a folder; ``validation.load(out)`` reads it.

    Sample k has the same couplings, random points and noise at all settings with the same n and H (or mixture), so that
    methods and temperatures are compared on the same landscapes. The same seed gives the same bits for any number of
    workers.

    Parameters
    ----------
    study
        The study.
    out
        Output folder.
    workers
        Number of worker processes; 1 runs in this process, None (default) uses all cores.
    resume
        Whether to continue the unfinished run in ``out``. Default False.
    executor
        A ``concurrent.futures`` executor that runs the units instead of local processes. Default None.
    watch
        Called as ``watch(done, failed, total)`` once at the start and after every unit. Default None.

    Returns
    -------
    StudyResult
        The numbers of finished and failed units, and of rows.

    Raises
    ------
    ValueError
        If ``workers`` is not a positive whole number, if the folder cannot be written or holds an unfinished run, if,
        with ``resume``, it holds a different run or none, or if a setting needs more memory than this machine has (not
        checked with ``executor``).
    OSError
        If the disk is full; finished units are kept.
    """
    workers = worker_count(workers)
    if executor is None:
        study.check_memory()
    folder = prepare(out)
    configuration = {"command": "study", **asdict(study), "versions": versions(), "code": code()}
    units = [StudyUnit(i, *divmod(i, study.samples)) for i in range(study.units)]
    with open_run(folder, configuration, len(units), resume, (DATA,)) as kept:
        tell = partial(_tell, watch, kept, len(units))
        done = store_units(kept, partial(perform, study), dict(enumerate(units)), workers, executor, tell)
        with kept.explained():
            rows = _write_dataset(study, units, kept, folder / DATA)
        return StudyResult(len(kept.finished), done.failures, len(units), rows, done.interrupted)


def perform(study: Study, unit: StudyUnit) -> "pa.Table":
    """Run one unit.

    Parameters
    ----------
    study
        The study.
    unit
        The unit.

    Returns
    -------
    pyarrow.Table
        The columns of the task.
    """
    import pyarrow as pa

    from spinglass._common.seeds import child, seed_sequence

    task, settings = TASKS[study.task], study.settings[unit.setting]
    model = json.dumps([settings.get(name) for name in ("n", "H", "mixture")], sort_keys=True)
    root = child(seed_sequence(study.seed), zlib.crc32(model.encode()), unit.sample)
    frame = task.run(child(root, 0), child(root, 1), settings)
    return pa.Table.from_pandas(frame[list(task.columns)], _schema(task.columns), preserve_index=False)


def _tell(watch: Watch | None, kept: RunFolder, total: int, failures: dict[int, str]) -> None:
    if watch is not None:
        watch(len(kept.finished), len(failures), total)


def _schema(columns: Any) -> "pa.Schema":
    import pyarrow as pa

    types = {"float64": pa.float64(), "int64": pa.int64(), "bool": pa.bool_(), "string": pa.string()}
    return pa.schema(
        [pa.field(name, types[kind], metadata={"meaning": meaning}) for name, (kind, meaning) in columns.items()]
    )


def dataset_schema(task: str) -> "pa.Schema":
    """Return the schema of the dataset of a task.

    Parameters
    ----------
    task
        Name of the task.

    Returns
    -------
    pyarrow.Schema
        Setting, sample, options and the columns of the task; the metadata of each holds its meaning.
    """
    chosen = TASKS[task]
    front = {"setting": ("int64", "number of the setting"), "sample": ("int64", "number of the disorder sample")}
    options = {name: (option.kind, option.meaning) for name, option in chosen.options.items()}
    own = {name: column for name, column in options.items() if name not in chosen.columns}
    return _schema(front | own | dict(chosen.columns))


def _write_dataset(study: Study, units: Sequence[StudyUnit], kept: RunFolder, file: Path) -> int:
    """Write all finished units to one file, in the order of their numbers; return the number of rows."""
    from pyarrow import parquet

    rows = 0
    with whole_file(file) as stream, parquet.ParquetWriter(stream, dataset_schema(study.task)) as writer:
        for table in _pieces(study, units, kept):
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _pieces(study: Study, units: Sequence[StudyUnit], kept: RunFolder) -> Iterator["pa.Table"]:
    import pyarrow as pa

    schema, finished = dataset_schema(study.task), kept.finished
    for first in range(0, len(units), _UNITS_AT_ONCE):
        group = [unit for unit in units[first : first + _UNITS_AT_ONCE] if unit.number in finished]
        tables = [_with_setting(study, unit, kept.table(unit.number), schema) for unit in group]
        if tables:
            yield pa.concat_tables(tables)


def _with_setting(study: Study, unit: StudyUnit, table: "pa.Table", schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    given = {"setting": unit.setting, "sample": unit.sample, **study.settings[unit.setting]}
    columns = []
    for field in schema:
        if field.name in table.column_names:
            columns.append(table.column(field.name))
        else:
            value = given[field.name]
            text = json.dumps(value) if isinstance(value, (dict, list)) else value
            columns.append(pa.array([text] * table.num_rows, field.type))
    return pa.table(columns, schema)


def setting_text(study: Study, unit: int) -> str:
    """Return the sample and the setting of a unit as text.

    Parameters
    ----------
    study
        The study.
    unit
        Number of the unit.

    Returns
    -------
    str
        The text.
    """
    setting, sample = divmod(unit, study.samples)
    return f"sample {sample} at {in_words(study.settings[setting])}"
