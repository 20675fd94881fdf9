"""The manifest of a run: a header line that describes the run, then one line per finished or failed unit."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

MANIFEST = "manifest.jsonl"
_LONGEST_HEAD = 2**30  # bytes; the settings of a study of a million units take 200 MB
_LONGEST_LINE = 2**24  # longer error messages are not kept in memory
_HEAD = b'{"total": '  # how the first line begins
_DIGEST = re.compile("[0-9a-f]{64}")


class Manifest(NamedTuple):
    """The content of a manifest.

    Attributes
    ----------
    header : dict or None
        The description of the run; None if no run has begun.
    finished : dict
        The lines of finished units, by unit number.
    length : int
        Number of bytes of complete lines. An incomplete line may follow if the process was killed.
    failed : frozenset of int
        Numbers of the units that failed and were not finished later.
    """

    header: dict[str, Any] | None
    finished: dict[int, dict[str, Any]]
    length: int
    failed: frozenset[int]


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run; a unit whose line is damaged counts as not finished.

    Parameters
    ----------
    folder
        The run's folder.

    Returns
    -------
    Manifest
        Its content.

    Raises
    ------
    ValueError
        If the header line is damaged or missing although other lines follow, or the manifest is not a regular file.
    """
    file = folder / MANIFEST
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise ValueError(f"{file} is not a regular file; choose another folder, or move it away")
    lines, length, rest = _lines(file)
    header = lines[0] if lines else None
    if header is None:
        if length or not _HEAD.startswith(rest[: len(_HEAD)]):
            raise ValueError(
                f"{file} does not begin with a header line that describes the run: it is damaged, or not a manifest of "
                "spinglass; restore the line from a copy of the file, or choose another folder"
            )
        return Manifest(None, {}, 0, frozenset())
    total = header["total"]
    finished = {line["unit"]: line for line in lines[1:] if line and _is_finished(line, total)}
    failed = {line["unit"] for line in lines[1:] if line and "error" in line and _is_unit(line, total)}
    return Manifest(header, finished, length, frozenset(failed - finished.keys()))


def to_line(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as a line of the manifest."""
    return json.dumps(entry).encode() + b"\n"


def _lines(file: Path) -> tuple[list[dict[str, Any] | None], int, bytes]:
    """Return the complete lines (None if damaged), their total length in bytes, and the incomplete rest."""
    lines: list[dict[str, Any] | None] = []
    length, rest = 0, b""
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        return lines, length, rest
    with stream:
        for size, line in _bounded(stream):
            if not line.endswith(b"\n"):
                rest = line
                break
            length += size
            entry = _parsed(line)
            lines.append(entry if lines or _is_header(entry) else None)
    return lines, length, rest


def _bounded(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the size and text of each line; of a line that is too long for an entry, only the last part."""
    size, limit, begun = 0, _LONGEST_HEAD, b""
    while part := stream.readline(limit):
        begun = begun if size else part
        size += len(part)
        if part.endswith(b"\n"):
            yield size, part
            size = 0
        limit = _LONGEST_LINE
    if size:
        yield size, begun


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _is_header(entry: dict[str, Any] | None) -> bool:
    return entry is not None and _is_count(entry.get("total"))


def _is_unit(line: dict[str, Any], total: int) -> bool:
    return _is_count(line.get("unit")) and line["unit"] < total


def _is_finished(line: dict[str, Any], total: int) -> bool:
    digest = line.get("sha256")
    sound = isinstance(digest, str) and _DIGEST.fullmatch(digest) is not None
    return sound and _is_unit(line, total) and _is_count(line.get("bytes"))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
