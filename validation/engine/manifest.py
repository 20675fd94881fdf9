"""The manifest of a run: a first line that says what the run is, then a line for every unit, finished or failed."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

MANIFEST = "manifest.jsonl"
_LONGEST_HEAD = 2**30  # bytes; the settings of a study of a million units take 200 MB
_LONGEST_LINE = 2**24  # an error message that is longer is not kept in memory
_HEAD = b'{"total": '  # how the first line begins
_DIGEST = re.compile("[0-9a-f]{64}")


class Manifest(NamedTuple):
    """What a manifest says; ``header`` is None where no run has begun.

    ``finished`` has the lines of finished units and ``failed`` the numbers of those that only failed; ``length`` counts
    the bytes of whole lines, beyond which a kill has cut a line short.
    """

    header: dict[str, Any] | None
    finished: dict[int, dict[str, Any]]
    length: int
    failed: frozenset[int]


def read_manifest(folder: Path) -> Manifest:
    """Return what the manifest of a run says; a damaged line counts as a unit that is not finished.

    Raises
    ------
    ValueError
        If the first line does not say what run this is although others follow it, or the manifest is no plain file.
    """
    file = folder / MANIFEST
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise ValueError(f"{file} is not a plain file; choose another folder, or move it away")
    lines, length, rest = _lines(file)
    header = lines[0] if lines else None
    if header is None:
        if length or not _HEAD.startswith(rest[: len(_HEAD)]):
            raise ValueError(
                f"{file} does not begin with a line that says what run this is: it is damaged, or not a manifest of "
                "spinglass; put the line back from a copy of the file, or choose another folder"
            )
        return Manifest(None, {}, 0, frozenset())
    total = header["total"]
    finished = {line["unit"]: line for line in lines[1:] if line and _is_finished(line, total)}
    failed = {line["unit"] for line in lines[1:] if line and "error" in line and _is_unit(line, total)}
    return Manifest(header, finished, length, frozenset(failed - finished.keys()))


def to_line(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as the manifest keeps it."""
    return json.dumps(entry).encode() + b"\n"


def _lines(file: Path) -> tuple[list[dict[str, Any] | None], int, bytes]:
    """Return every whole line, None where it is damaged, their length in bytes, and what follows the last of them."""
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
    """Yield the size of each line and its text, only the end of it where it is longer than an entry may be."""
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
