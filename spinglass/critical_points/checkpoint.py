"""Checkpoints of a long enumeration on disk, so that an interrupted run can resume."""

import hashlib
import json
import os
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from spinglass._common.types import Array
from spinglass.critical_points.records import Records

_LAYOUT = 2  # increase it when paths, their order or their arithmetic change, so that old files are rejected


class Checkpoint:
    """A folder with one file per batch of paths, for one model, with or without certificates.

    Raises
    ------
    ValueError
        If the folder cannot be written, or contains files of another model, of another version, or of a run that
        differs in whether certificates are computed.
    """

    def __init__(self, folder: Path, tensor: Array, spins: int, certified: bool) -> None:
        self._folder = folder
        content = hashlib.sha256(np.ascontiguousarray(tensor).tobytes()).hexdigest()
        self._identity = {
            "layout": _LAYOUT,
            "shape": list(tensor.shape),
            "spins": spins,
            "certified": certified,
            "tensor": content,
        }
        mark = folder / "model.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not mark.exists():
                self._write(mark, json.dumps(self._identity).encode())
            found = json.loads(mark.read_text())
        except (OSError, ValueError, RecursionError) as error:
            raise ValueError(f"cannot keep a checkpoint in {folder}: {error}; choose another folder") from error
        if found != self._identity:
            raise ValueError(
                f"the checkpoint in {folder} belongs to another model, to another version of this program, or to a run "
                "with other certificates; use an empty folder"
            )

    def _path(self, attempt: int, batch: int) -> Path:
        return self._folder / f"attempt-{attempt}-batch-{batch:05d}.npz"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        # An interruption while writing leaves a temporary file, never an incomplete file under the final name.
        temporary = path.with_suffix(f".{os.getpid()}.part")
        temporary.write_bytes(content)
        temporary.replace(path)

    def load(self, attempt: int, batch: int) -> Records | None:
        """Return what was saved for a batch, or None if there is no intact file; it is then tracked again."""
        try:
            with self._path(attempt, batch).open("rb") as file, np.load(file) as data:
                return Records(data["table"], data["points"])
        except (OSError, EOFError, ValueError, KeyError, BadZipFile, RuntimeError, MemoryError, OverflowError):
            return None  # the file is missing or damaged; damaged archives raise any of these errors

    def save(self, attempt: int, batch: int, records: Records) -> None:
        """Save a finished batch."""
        buffer = BytesIO()
        np.savez(buffer, **records._asdict())
        self._write(self._path(attempt, batch), buffer.getvalue())
