"""Writing the tables of an atlas as Parquet files."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from validation.atlas.columns import TABLES, schema
from validation.atlas.data_files import DataFile, checksum, place_of
from validation.atlas.landscape_sets import Part
from validation.engine.run_folder import whole_file
from validation.report.files import prepare

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_OF_A_GROUP = 2**17  # rows of a row group, which is read as a whole


def nested(tables: "dict[str, pa.Table]") -> "pa.Table":
    """Return several tables as one row with one list of rows for each.

    Parameters
    ----------
    tables
        The tables by name.

    Returns
    -------
    pyarrow.Table
        One row; :func:`rows_of` returns its tables.
    """
    import pyarrow as pa

    lists = {}
    for name, table in tables.items():
        rows = pa.concat_arrays(table.to_struct_array().chunks) if table.num_rows else pa.array([], _struct(table))
        lists[name] = pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)
    return pa.table(lists)


def _struct(table: "pa.Table") -> Any:
    import pyarrow as pa

    return pa.struct(list(table.schema))


def rows_of(unit: "pa.Table", name: str) -> "pa.Table":
    """Return one of the tables that :func:`nested` put together.

    Parameters
    ----------
    unit
        The row.
    name
        Name of the table.

    Returns
    -------
    pyarrow.Table
        The table, with the schema of the atlas.
    """
    import pyarrow as pa

    rows = pa.concat_arrays(unit.column(name).chunks).flatten()
    columns = dict(zip(rows.type.names, rows.flatten(), strict=True)) if len(rows) else {}
    return pa.table(columns, schema(name)) if columns else schema(name).empty_table()


def write_part(part: Part, units: "Iterator[pa.Table]", folder: Path) -> tuple[list[DataFile], int]:
    """Write one file per table; row groups depend on the numbers of rows alone.

    Parameters
    ----------
    part
        Order and size.
    units
        The stored units, in the order of their samples.
    folder
        Folder of the atlas.

    Returns
    -------
    list of DataFile
        The files.
    int
        Number of samples that are not complete.
    """
    import pyarrow as pa

    places = {name: place_of(name, part) for name in TABLES}
    waiting: dict[str, list[pa.Table]] = {name: [] for name in TABLES}
    rows, incomplete = dict.fromkeys(TABLES, 0), 0
    for name in TABLES:
        prepare(folder / name)
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(_writer(name, stack.enter_context(whole_file(folder / place))))
            for name, place in places.items()
        }

        def flush(name: str, least: int) -> None:
            if sum(table.num_rows for table in waiting[name]) >= least:
                writers[name].write_table(pa.concat_tables(waiting[name]).combine_chunks())
                waiting[name].clear()

        for unit in units:
            for name in TABLES:
                waiting[name].append(rows_of(unit, name))
                rows[name] += waiting[name][-1].num_rows
                flush(name, _ROWS_OF_A_GROUP)
            incomplete += sum(not value for value in rows_of(unit, "samples").column("complete").to_pylist())
        for name in TABLES:
            flush(name, 1)
    files = {name: folder / place for name, place in places.items()}
    return [
        DataFile(name, part, places[name], rows[name], file.stat().st_size, checksum(file))
        for name, file in files.items()
    ], incomplete


def _writer(name: str, stream: Any) -> Any:
    from pyarrow import parquet

    # Dictionaries and statistics help only where numbers repeat or increase.
    whole = [column for column, (kind, _) in TABLES[name].columns.items() if kind in ("int32", "bool", "string")]
    return parquet.ParquetWriter(
        stream, schema(name), compression="zstd", compression_level=9, use_dictionary=whole, write_statistics=whole
    )
