"""Tables that are written piece by piece, because all their rows together need too much memory."""

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class GrowingTable:
    """A Parquet or CSV file to which tables with the same columns are appended.

    The rows are written to a temporary file beside it, which replaces the file when the ``with`` block ends. After an
    error there, nothing remains.

    Parameters
    ----------
    file
        The path; CSV is written if it ends in .csv, otherwise Parquet.

    Attributes
    ----------
    rows : int
        Number of rows written.
    """

    def __init__(self, file: Path) -> None:
        self._file, self._part = file, file.with_name(file.name + ".part")
        self._writer: Any = None
        self.rows = 0

    def __enter__(self) -> "GrowingTable":
        """Return the table."""
        return self

    def append(self, table: "pd.DataFrame") -> None:
        """Append the rows of a table, without its index."""
        if self._file.suffix.lower() == ".csv":
            table.to_csv(self._part, mode="a" if self.rows else "w", header=not self.rows, index=False)
        else:
            import pyarrow as pa
            import pyarrow.parquet as pq

            piece = pa.Table.from_pandas(table, preserve_index=False)
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._part, piece.schema)
            self._writer.write_table(piece)
        self.rows += len(table)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file, or remove what was written if an error ended the block."""
        if self._writer is not None:
            self._writer.close()
        if kind is None and self._part.exists():
            self._part.replace(self._file)
        else:
            self._part.unlink(missing_ok=True)
