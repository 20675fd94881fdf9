"""A run's folder: every finished unit's rows as Parquet, and a manifest by which the run is resumed.

    manifest.jsonl      line 1: what the run is; then one line a unit: its file's checksum, or why it failed
    units/0/17.parquet  the rows of unit 17; a thousand units a folder
    lock                held while a run is under way, and let go by the system when its process ends

A unit is finished when its line stands in the manifest. Its file is complete by then: it was written under another
name and renamed. A kill at any moment so loses what was under way and nothing else; what a power cut tears is found by
its checksum and measured again. Nothing is written through a symbolic link inside the folder.
"""

import errno
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from validation.engine.folder_lock import locked
from validation.engine.manifest import MANIFEST, Manifest, read_manifest, to_line

if TYPE_CHECKING:
    import pyarrow as pa

UNITS = "units"
_A_FOLDER = 1000
_REPEATABLE = ("versions", "code")  # in which a run that is repeated may differ
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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
        digest = sha256(content).hexdigest()
        entry = {"unit": number, "sha256": digest, "bytes": len(content), "rows": table.num_rows, **facts}
        with self.explained():
            file.parent.mkdir(parents=True, exist_ok=True)
            _refuse_link(file.parent.parent, file.parent)
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
        """Return a finished unit's rows.

        Raises
        ------
        ValueError
            If the file holds no table: it was not written by a run.
        """
        import pyarrow as pa

        file = self._file(number)
        try:
            return read_parquet(file)
        except (pa.ArrowException, OSError) as error:
            raise ValueError(f"{file} holds no table ({error}); remove it and go on with --resume") from None

    def _file(self, number: int) -> Path:
        return unit_file(self.path, number)

    def _note(self, entry: Mapping[str, Any]) -> None:
        self._manifest.write(to_line(entry))
        self._manifest.flush()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Let an ``OSError`` of what is written here say where that was, and that the finished units are kept."""
        try:
            yield
        except OSError as error:
            remedy = "make room" if error.errno in _NO_ROOM else "put that right"
            kept = f"{len(self._entries)} of {self.total} units are kept; {remedy} and go on with --resume"
            where = f" ({error.filename})" if error.filename else ""
            text = f"cannot write to {self.path}: {error.strerror or error}{where}; {kept}"
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
        If the folder holds another run, an unfinished one without ``resume``, or none with it, if another process
        is writing to it, if its manifest is damaged or missing, or if something stands where its files belong.
    """
    with locked(folder):
        _check_places(folder, outputs)
        wanted = json.loads(json.dumps({"total": total, **configuration}))
        found = read_manifest(folder)
        if found.header is None and next((folder / UNITS).rglob("*.parquet"), None) is not None:
            raise ValueError(
                f"{folder} holds the units of a run and no {MANIFEST} that says of which; put that file back from a "
                "copy, or choose another folder"
            )
        if resume:
            _check_same(folder, found.header, wanted)
            entries = {k: entry for k, entry in found.finished.items() if _sound(unit_file(folder, k), entry)}
            length = found.length
        else:
            _clear(folder, found, wanted, outputs)
            entries, length = {}, 0
        with (folder / MANIFEST).open("r+b" if length else "wb") as manifest:
            manifest.truncate(length)  # a line that a kill has cut short
            manifest.seek(length)
            if not length:
                manifest.write(to_line(wanted))
                manifest.flush()
            yield RunFolder(folder, total, entries, manifest)


def unit_file(folder: Path, number: int) -> Path:
    """Return where a unit's rows are kept."""
    return folder / UNITS / str(number // _A_FOLDER) / f"{number}.parquet"


@contextmanager
def whole_file(file: Path) -> Iterator[IO[bytes]]:
    """Open a file to be written under another name and renamed at the end, so that it is there whole or not at all.

    The other name is always a new file: what stands there, a symbolic link or what a kill has left, is removed.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as stream:
            yield stream
        part.replace(file)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = error.filename or str(file)
        raise


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all; a device or a pipe takes what is written."""
    if file.exists() and not file.is_file():  # it must not be replaced
        file.write_bytes(content)
        return
    with whole_file(file) as stream:
        stream.write(content)


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


def _sound(file: Path, entry: Mapping[str, Any]) -> bool:
    """Whether a unit's file is what was written: its size first, so that nothing else is read."""
    try:
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != entry["bytes"]:
            return False
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest() == str(entry["sha256"])
    except OSError:
        return False


def _clear(folder: Path, found: Manifest, wanted: Mapping[str, Any], outputs: Iterable[str]) -> None:
    """Remove what a finished run has left, if it is the one that is to be repeated."""
    if found.header is None:
        return
    _check_same(folder, found.header, wanted, but=_REPEATABLE)
    total, finished = wanted["total"], len(found.finished)
    if finished < total:
        failed = f", {len(found.failed)} failed" if found.failed else ""
        raise ValueError(
            f"{folder} holds an unfinished run, {finished} of {total} units{failed}; go on with --resume, or choose "
            "another folder"
        )
    for file in (*(folder / name for name in outputs), *(unit_file(folder, k) for k in range(total))):
        file.unlink(missing_ok=True)


def _check_same(
    folder: Path, header: Mapping[str, Any] | None, wanted: Mapping[str, Any], but: Iterable[str] = ()
) -> None:
    if header is None:
        raise ValueError(f"{folder} holds no run to resume; leave --resume out to begin one")
    differ = [name for name in dict.fromkeys([*wanted, *header]) if header.get(name) != wanted.get(name)]
    names = [name for name in differ if name not in but]
    if names:
        differences = "; ".join(_difference(name, header.get(name), wanted.get(name)) for name in names)
        raise ValueError(f"{folder} holds another run: {differences}; repeat its command, or choose another folder")


def _difference(name: str, was: Any, now: Any) -> str:
    if isinstance(was, dict) and isinstance(now, dict):
        keys = [key for key in dict.fromkeys([*was, *now]) if was.get(key) != now.get(key)]
        was, now = ({key: side[key] for key in keys if key in side} for side in (was, now))
    return f"{name} was {was!r} and is {now!r}"


def _check_places(folder: Path, outputs: Iterable[str]) -> None:
    """Raise ``ValueError`` if something else stands where the run's own folders and files belong."""
    units = folder / UNITS
    if os.path.lexists(units):
        _refuse_no_folder(units)
        for part in units.iterdir():
            if part.name.isdecimal():
                _refuse_no_folder(part)
                _refuse_no_files(part.glob("*.parquet"))
    _refuse_no_files(folder / name for name in outputs)


def _refuse_no_files(files: Iterable[Path]) -> None:
    for file in files:
        if file.exists() and not file.is_file():
            raise ValueError(f"{file} is not a plain file, and a run writes one of that name; move it away")


def _refuse_no_folder(path: Path) -> None:
    if not path.is_dir():
        raise ValueError(f"{path} is not a folder, and a run keeps its units in one of that name; move it away")
    try:
        _refuse_link(path)
    except OSError as error:
        raise ValueError(f"{error.strerror}: {path}; choose another folder, or remove the link") from None


def _refuse_link(*paths: Path) -> None:
    for path in paths:
        if path.is_symlink() or getattr(path, "is_junction", bool)():  # junctions of Windows, from Python 3.12 on
            raise OSError(errno.ELOOP, "a run does not write through a link out of its folder", str(path))
