"""Paths as the command line takes them."""

from pathlib import Path

import typer


def path(text: str | Path) -> Path:
    """Return a path; refuse an empty text, which Python takes for the current folder."""
    if text == "":
        raise typer.BadParameter("the path is empty; give one, or . for the current folder")
    return Path(text)
