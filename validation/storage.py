"""A run's folder: every finished unit's rows as Parquet, and a manifest by which the run is resumed.

    manifest.jsonl      line 1: what the run is; then one line a unit: its file's checksum, or why it failed
    units/0/17.parquet  the rows of unit 17; a thousand units a folder
    lock                held while a run is under way, and let go by the system when its process ends

A unit is finished when its line stands in the manifest. Its file is complete by then: it was written under another
name and renamed. A kill at any moment so loses what was under way and nothing else; what a power cut tears is found by
its checksum and measured again.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST, LOCK, UNITS = "manifest.jsonl", "lock", "units"
_A_FOLDER = 1000
_REPEATABLE = ("versions", "code")  # in which a run that is repeated may differ


class RunFolder:
    """The finished units of one run, by number; made by :func:`open_run`."""

    def __init__(self, path: Path, total: int, entries: dict[int, dict[str, Any]], manifest: IO[bytes]) -> None:
        self.path, self.total = path, total
        self._entries, self._manifest = entries, manifest

    @property
    def finished(self) -> set[int]:
        """The numbers of the units whose rows are here, complete and sound when the folder was opened."""
        return set(self._entries)

    def save(self, number: int, table: "pa.Table", **facts: Any) -> None:
        """Keep a finished unit's rows; ``facts`` are noted in the manifest.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written; what was kept before stays kept.
        """
        content = _parquet(table)
        file = self._file(number)
        entry = {"unit": number, "sha256": sha256(content).hexdigest(), "rows": table.num_rows, **facts}
        with self.explained():
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, content)
            self._note(entry)
        self._entries[number] = entry

    def fail(self, number: int, error: str, **facts: Any) -> None:
        """Note why a unit failed; it is tried again when the run is resumed."""
        with self.explained():
            self._note({"unit": number, "error": error, **facts})

    def facts(self, number: int) -> dict[str, Any]:
        """Return what was noted of a finished unit."""
        return self._entries[number]

    def table(self, number: int) -> "pa.Table":
        """Return a finished unit's rows."""
        return read_parquet(self._file(number))

    def _file(self, number: int) -> Path:
        return unit_file(self.path, number)

    def _note(self, entry: Mapping[str, Any]) -> None:
        self._manifest.write(json.dumps(entry).encode() + b"\n")
        self._manifest.flush()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Let an ``OSError`` of what is written here say where that was, and that the finished units are kept."""
        try:
            yield
        except OSError as error:
            kept = f"{len(self._entries)} of {self.total} units are kept; make room and go on with --resume"
            text = f"cannot write to {self.path}: {error.strerror or error}; {kept}"
            raise (OSError(error.errno, text) if error.errno else OSError(text)) from error


@contextmanager
def open_run(
    folder: Path, configuration: Mapping[str, Any], total: int, resume: bool = False, outputs: Iterable[str] = ()
) -> Iterator[RunFolder]:
    """Open the folder of a run of ``total`` units, to be the only one that writes to it.

    ``configuration`` is all that results depend on, as JSON values. A folder of an unfinished run is taken up with
    ``resume`` only, and only by the same configuration. A finished run is repeated without it, by the same
    configuration but for versions and code: its units are removed first, and the files named in ``outputs``.

    Raises
    ------
    ValueError
        If the folder holds another run, an unfinished one without ``resume``, or none with it, or if another
        process is writing to it.
    """
    with _locked(folder):
        wanted = json.loads(json.dumps({"total": total, **configuration}))
        header, entries, length = read_manifest(folder)
        if resume:
            _check_same(folder, header, wanted)
            entries = {number: entry for number, entry in entries.items() if _sound(folder, number, entry)}
        else:
            if header is not None:
                _check_same(folder, header, wanted, but=_REPEATABLE)
                _check_finished(folder, total, entries)
                for file in (*(folder / name for name in outputs), *(unit_file(folder, k) for k in range(total))):
                    file.unlink(missing_ok=True)
            entries, length = {}, 0
        with (folder / MANIFEST).open("r+b" if length else "wb") as manifest:
            manifest.truncate(length)  # a line that a kill has cut short
            manifest.seek(length)
            if not length:
                manifest.write(json.dumps(wanted).encode() + b"\n")
                manifest.flush()
            yield RunFolder(folder, total, entries, manifest)


def read_manifest(folder: Path) -> tuple[dict[str, Any] | None, dict[int, dict[str, Any]], int]:
    """Return what a run is, its finished units' entries, and the length in bytes of the manifest's whole lines."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None, {}, 0
    length = content.rfind(b"\n") + 1
    lines = _read_lines(content[:length])
    if not lines or "total" not in lines[0]:
        return None, {}, 0
    return lines[0], {entry["unit"]: entry for entry in lines[1:] if "sha256" in entry}, length


def _read_lines(content: bytes) -> list[dict[str, Any]]:
    lines = []
    for line in content.splitlines():
        with contextlib.suppress(ValueError):  # a torn line is a unit that is measured again
            lines.append(json.loads(line))
    return lines


def unit_file(folder: Path, number: int) -> Path:
    """Return where a unit's rows are kept."""
    return folder / UNITS / str(number // _A_FOLDER) / f"{number}.parquet"


def write_whole(file: Path, content: bytes) -> None:
    """Write a file under another name and rename it, so that it is there whole or not at all."""
    if file.exists() and not file.is_file():  # a device takes what is written, and must not be replaced
        file.write_bytes(content)
        return
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_bytes(content)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        error.filename = error.filename or str(file)
        raise


def read_parquet(file: Path) -> "pa.Table":
    """Return a file's table, read on this thread alone.

    Arrow's own threads end only with the process. They may hold Python's bytes while Python ends, which aborts it
    (apache/arrow#34314). ``parquet.read_table`` and ``pandas.read_parquet`` start one even with ``use_threads=False``.
    """
    import pyarrow as pa
    from pyarrow import parquet

    content = pa.BufferReader(file.read_bytes())
    return parquet.ParquetFile(content, pre_buffer=False).read(use_threads=False)


def _parquet(table: "pa.Table") -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    # A few rows are not worth dictionaries, statistics or compression, which take most of the time.
    parquet.write_table(table, sink, compression="none", use_dictionary=False, write_statistics=False)
    return bytes(sink.getvalue())


def _sound(folder: Path, number: int, entry: Mapping[str, Any]) -> bool:
    try:
        content = unit_file(folder, number).read_bytes()
    except OSError:
        return False
    return bool(sha256(content).hexdigest() == entry["sha256"])


def _check_finished(folder: Path, total: int, finished: Mapping[int, Any]) -> None:
    if len(finished) < total:
        lines = _read_lines((folder / MANIFEST).read_bytes())
        failed = {line["unit"] for line in lines if "error" in line} - set(finished)
        state = f"{len(finished)} of {total} units" + (f", {len(failed)} failed" if failed else "")
        raise ValueError(f"{folder} holds an unfinished run, {state}; go on with --resume, or choose another folder")


def _check_same(
    folder: Path, header: Mapping[str, Any] | None, wanted: Mapping[str, Any], but: Iterable[str] = ()
) -> None:
    if header is None:
        raise ValueError(f"{folder} holds no run to resume; leave --resume out to begin one")
    differ = [name for name in dict.fromkeys([*wanted, *header]) if header.get(name) != wanted.get(name)]
    names = [name for name in differ if name not in but]
    if names:
        differences = "; ".join(f"{name} was {header.get(name)!r} and is {wanted.get(name)!r}" for name in names)
        raise ValueError(f"{folder} holds another run: {differences}; repeat its command, or choose another folder")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    import fcntl

    file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"another run is writing to {folder}; wait for it, or choose another folder") from None
        yield
    finally:
        os.close(file)
