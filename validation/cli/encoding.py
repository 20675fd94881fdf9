"""Replacement of characters that the encoding of the output does not contain."""

import codecs
import io
import sys
from collections.abc import Generator
from contextlib import contextmanager

_PLAIN = {"–": "-", "±": "+-", "≤": "<=", "…": "...", "─": "-", "━": "-", "│": "|"}
_READABLE = "spinglass.readable"


@contextmanager
def readable_output() -> Generator[None]:
    """Replace characters that standard output and error cannot encode, while a block runs."""
    codecs.register_error(_READABLE, _replaced)
    streams = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, io.TextIOWrapper)]
    errors = [stream.errors for stream in streams]
    for stream in streams:
        stream.reconfigure(errors=_READABLE)
    try:
        yield
    finally:
        for stream, before in zip(streams, errors, strict=True):
            stream.reconfigure(errors=before)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """Return a similar ASCII character for each character that cannot be encoded, or a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in text), error.end
