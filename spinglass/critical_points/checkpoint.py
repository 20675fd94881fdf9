"""Checkpoints of a long enumeration on disk, so that an interrupted run can resume."""

import hashlib
import json
import os
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from spinglass._common.types import Array, ComplexArray, IntArray

_LAYOUT = 1  # increase it when paths, their order or their arithmetic change, so that old files are rejected


class Ends(NamedTuple):
    """End points of paths (paths, variables), with their status and number of steps, (paths,)."""

    points: ComplexArray
    status: IntArray
    steps: IntArray


class Checkpoint:
    """A folder with one file per stretch of paths, for one model.

    Raises
    ------
    ValueError
        If the folder cannot be written, or contains files of another model or of another version.
    """

    def __init__(self, folder: Path, tensor: Array, spins: int) -> None:
        self._folder = folder
        content = hashlib.sha256(np.ascontiguousarray(tensor).tobytes()).hexdigest()
        self._identity = {"layout": _LAYOUT, "shape": list(tensor.shape), "spins": spins, "tensor": content}
        mark = folder / "model.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not mark.exists():
                self._write(mark, json.dumps(self._identity).encode())
            found = json.loads(mark.read_text())
        except (OSError, ValueError, RecursionError) as error:
            raise ValueError(f"cannot keep a checkpoint in {folder}: {error}; choose another folder") from error
        if found != self._identity:
            raise ValueError(f"the checkpoint in {folder} belongs to another model; use an empty folder")

    def _path(self, attempt: int, stretch: int) -> Path:
        return self._folder / f"attempt-{attempt}-stretch-{stretch:05d}.npz"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        # An interruption while writing leaves a temporary file, never an incomplete file under the final name.
        temporary = path.with_suffix(f".{os.getpid()}.part")
        temporary.write_bytes(content)
        temporary.replace(path)

    def load(self, attempt: int, stretch: int) -> Ends | None:
        """Return what was saved for a stretch, or None if there is no intact file; it is then tracked again."""
        try:
            with self._path(attempt, stretch).open("rb") as file, np.load(file) as data:
                return Ends(data["points"], data["status"], data["steps"])
        except (OSError, EOFError, ValueError, KeyError, BadZipFile, RuntimeError, MemoryError, OverflowError):
            return None  # the file is missing or damaged; damaged archives raise any of these errors

    def save(self, attempt: int, stretch: int, ends: Ends) -> None:
        """Save a finished stretch."""
        buffer = BytesIO()
        np.savez(buffer, **ends._asdict())
        self._write(self._path(attempt, stretch), buffer.getvalue())
