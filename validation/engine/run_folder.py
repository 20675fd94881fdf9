"""A run's folder: the rows of each finished unit as Parquet, and a manifest from which the run can be resumed.

    manifest.jsonl      line 1: description of the run; then one line per unit: checksum of its file, or its error
    units/0/17.parquet  the rows of unit 17; each subfolder holds a thousand units
    lock                locked while a run is in progress; the operating system releases it when the process ends

A unit is finished when the manifest has its line. Its file was written before, under another name, and renamed. If the
process is killed, only the units in progress are lost. Files damaged by a power failure are detected by their checksums
and measured again. Nothing is written through a symbolic link inside the folder.
"""

import errno
import json
import os
import stat
from collections.abc import Generator, Iterable, Mapping
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
_REPEATABLE = ("versions", "code")  # may differ when a finished run is repeated
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class RunFolder:
    """The finished units of one run, by number; created by :func:`open_run`."""

    def __init__(self, path: Path, total: int, entries: dict[int, dict[str, Any]], manifest: IO[bytes]) -> None:
        self.path, self.total = path, total
        self._entries, self._manifest = entries, manifest

    @property
    def finished(self) -> set[int]:
        """Numbers of the finished units, whose files were complete and undamaged when the folder was opened."""
        return set(self._entries)

    def save(self, number: int, table: "pa.Table", **facts: Any) -> None:
        """Store the rows of a finished unit.

        Parameters
        ----------
        number
            Number of the unit.
        table
            Its rows.
        **facts
            JSON values to add to the unit's line in the manifest.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written; units stored earlier are not affected.
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
        """Record why a unit failed; it is repeated when the run is resumed."""
        with self.explained():
            self._note({"unit": number, "error": error, **facts})

    def facts(self, number: int) -> dict[str, Any]:
        """Return the line of a finished unit in the manifest."""
        return self._entries[number]

    def table(self, number: int) -> "pa.Table":
        """Return the rows of a finished unit.

        Parameters
        ----------
        number
            Number of the unit.

        Returns
        -------
        pyarrow.Table
            Its rows.

        Raises
        ------
        ValueError
            If the file does not contain a table.
        """
        import pyarrow as pa

        file = self._file(number)
        try:
            return read_parquet(file)
        except (pa.ArrowException, OSError) as error:
            raise ValueError(
                f"{file} does not contain a table ({error}); remove it and continue with --resume"
            ) from None

    def _file(self, number: int) -> Path:
        return unit_file(self.path, number)

    def _note(self, entry: Mapping[str, Any]) -> None:
        self._manifest.write(to_line(entry))
        self._manifest.flush()

    @contextmanager
    def explained(self) -> Generator[None]:
        """Add to the message of an ``OSError`` the path, and that the finished units are kept."""
        try:
            yield
        except OSError as error:
            remedy = "free disk space" if error.errno in _DISK_FULL else "correct this"
            kept = f"{len(self._entries)} of {self.total} units are kept; {remedy} and continue with --resume"
            where = f" ({error.filename})" if error.filename else ""
            text = f"cannot write to {self.path}: {error.strerror or error}{where}; {kept}"
            raise (OSError(error.errno, text) if error.errno else OSError(text)) from error


@contextmanager
def open_run(
    folder: Path, configuration: Mapping[str, Any], total: int, resume: bool = False, outputs: Iterable[str] = ()
) -> Generator[RunFolder]:
    """Open the folder of a run, and keep other processes from writing to it.

    An unfinished run is continued only with ``resume`` and only with the same configuration. A finished run is repeated
    without ``resume``, with the same configuration except for versions and code; its units and outputs are removed
    first.

    Parameters
    ----------
    folder
        An existing folder.
    configuration
        Everything on which the results depend, as JSON values.
    total
        Number of units of the run.
    resume
        Whether to continue an unfinished run. Default False.
    outputs
        Names of other files that the run writes into the folder. Default: none.

    Yields
    ------
    RunFolder
        The finished units.

    Raises
    ------
    ValueError
        If the folder holds a different run, an unfinished run without ``resume``, or no run with it; if another process
        is writing to it; if its manifest is damaged or missing; or if another object has the name of one of its files.
    """
    with locked(folder):
        _check_places(folder, outputs)
        wanted = json.loads(json.dumps({"total": total, **configuration}))
        found = read_manifest(folder)
        if found.header is None and next((folder / UNITS).rglob("*.parquet"), None) is not None:
            raise ValueError(
                f"{folder} contains the units of a run, but no {MANIFEST} that describes it; restore that file from a "
                "copy, or choose another folder"
            )
        entries: dict[int, dict[str, Any]] = {}
        length = 0
        if resume:
            _check_same(folder, found.header, wanted)
            entries = {k: entry for k, entry in found.finished.items() if _sound(unit_file(folder, k), entry)}
            length = found.length
        else:
            _clear(folder, found, wanted, outputs)
        with (folder / MANIFEST).open("r+b" if length else "wb") as manifest:
            manifest.truncate(length)  # an incomplete line, if the process was killed
            manifest.seek(length)
            if not length:
                manifest.write(to_line(wanted))
                manifest.flush()
            yield RunFolder(folder, total, entries, manifest)


def unit_file(folder: Path, number: int) -> Path:
    """Return the path of a unit's file."""
    return folder / UNITS / str(number // _A_FOLDER) / f"{number}.parquet"


@contextmanager
def whole_file(file: Path) -> Generator[IO[bytes]]:
    """Open a temporary file that is renamed at the end, so that the file is either complete or absent.

    Anything else with the temporary name, such as a symbolic link or a file of a killed process, is removed first.

    Parameters
    ----------
    file
        The final path.

    Yields
    ------
    file object
        The temporary file, open for writing bytes.
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
    """Write a file so that it is either complete or absent; devices and pipes are written directly."""
    if file.exists() and not file.is_file():  # a device must not be replaced
        file.write_bytes(content)
        return
    with whole_file(file) as stream:
        stream.write(content)


def read_parquet(file: Path) -> "pa.Table":
    """Read a Parquet file without starting threads.

    Arrow's threads end only with the process. If they still hold Python objects when the interpreter ends, the process
    aborts (apache/arrow#34314). ``parquet.read_table`` and ``pandas.read_parquet`` start a thread even with
    ``use_threads=False``.
    """
    import pyarrow as pa
    from pyarrow import parquet

    content = pa.BufferReader(file.read_bytes())
    return parquet.ParquetFile(content, pre_buffer=False).read(use_threads=False)


def _parquet(table: "pa.Table") -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    # For a few rows, dictionaries, statistics and compression would take most of the time.
    parquet.write_table(table, sink, compression="none", use_dictionary=False, write_statistics=False)
    return bytes(sink.getvalue())


def _sound(file: Path, entry: Mapping[str, Any]) -> bool:
    """Whether a unit's file has the recorded size and checksum; a file of another size is not read."""
    try:
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != entry["bytes"]:
            return False
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest() == str(entry["sha256"])
    except OSError:
        return False


def _clear(folder: Path, found: Manifest, wanted: Mapping[str, Any], outputs: Iterable[str]) -> None:
    """Remove the files of a finished run if it has the same configuration as the new one."""
    if found.header is None:
        return
    _check_same(folder, found.header, wanted, but=_REPEATABLE)
    total, finished = wanted["total"], len(found.finished)
    if finished < total:
        failed = f", {len(found.failed)} failed" if found.failed else ""
        raise ValueError(
            f"{folder} holds an unfinished run, {finished} of {total} units{failed}; continue with --resume, or choose "
            "another folder"
        )
    for file in (*(folder / name for name in outputs), *(unit_file(folder, k) for k in range(total))):
        file.unlink(missing_ok=True)


def _check_same(
    folder: Path, header: Mapping[str, Any] | None, wanted: Mapping[str, Any], but: Iterable[str] = ()
) -> None:
    if header is None:
        raise ValueError(f"{folder} holds no run to resume; omit --resume to begin one")
    differ = [name for name in dict.fromkeys([*wanted, *header]) if header.get(name) != wanted.get(name)]
    names = [name for name in differ if name not in but]
    if names:
        differences = "; ".join(_difference(name, header.get(name), wanted.get(name)) for name in names)
        raise ValueError(f"{folder} holds a different run: {differences}; use the same settings or another folder")


def _difference(name: str, was: Any, now: Any) -> str:
    if isinstance(was, dict) and isinstance(now, dict):
        keys = [key for key in dict.fromkeys([*was, *now]) if was.get(key) != now.get(key)]
        was, now = ({key: side[key] for key in keys if key in side} for side in (was, now))
    return f"{name} was {was!r} and is {now!r}"


def _check_places(folder: Path, outputs: Iterable[str]) -> None:
    """Raise ``ValueError`` if other objects have the names of the run's folders and files."""
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
            raise ValueError(f"{file} is not a regular file, and the run writes a file of that name; move it away")


def _refuse_no_folder(path: Path) -> None:
    if not path.is_dir():
        raise ValueError(f"{path} is not a folder, and the run writes a folder of that name; move it away")
    try:
        _refuse_link(path)
    except OSError as error:
        raise ValueError(f"{error.strerror}: {path}; choose another folder, or remove the link") from None


def _refuse_link(*paths: Path) -> None:
    for path in paths:
        if path.is_symlink() or getattr(path, "is_junction", bool)():  # Windows junctions, Python 3.12 or later
            raise OSError(errno.ELOOP, "a run does not write through a symbolic link", str(path))
