"""Paths given on the command line."""

from pathlib import Path

import typer


def path(text: str | Path) -> Path:
    """Convert text to a path; an empty text, which Python takes as the current folder, is refused.

    Parameters
    ----------
    text
        The argument.

    Returns
    -------
    Path
        The path.

    Raises
    ------
    typer.BadParameter
        If the text is empty.
    """
    if text == "":
        raise typer.BadParameter("the path is empty; give a path, or . for the current folder")
    return Path(text)
