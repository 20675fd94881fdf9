"""Tables of the commands: as text, as CSV or as JSON."""

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

Json = Annotated[
    bool, typer.Option("--json", help="Print the table as JSON, a list of rows; messages go to standard error.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Print the table as CSV; messages go to standard error.")]


@dataclass(frozen=True)
class Output:
    """Where and in which form a command prints its table.

    Attributes
    ----------
    form : {"text", "csv", "json"}
        The form of the table. CSV and JSON hold numbers with all their digits and are alone on standard output.
    """

    form: Literal["text", "csv", "json"]

    @property
    def console(self) -> "Console":
        """The console for messages: standard output, or standard error if the table is printed as CSV or JSON."""
        from validation.report.console import terminal

        return terminal(stderr=self.form != "text")

    def note(self, text: object) -> None:
        """Print a message.

        Parameters
        ----------
        text : object
            The message.
        """
        print(text, file=sys.stdout if self.form == "text" else sys.stderr)

    def table(self, frame: "pd.DataFrame", as_text: Callable[["Console"], object] | None = None) -> None:
        """Print a table.

        Parameters
        ----------
        frame : pandas.DataFrame
            The table; index levels with names become columns.
        as_text : callable or None, default None
            Prints the table as text on a console; None if there is no table in the text of the command.
        """
        if self.form == "text":
            if as_text is not None:
                as_text(self.console)
            return
        rows = frame.reset_index() if all(name is not None for name in frame.index.names) else frame
        if self.form == "csv":
            print(rows.to_csv(index=False), end="")
        else:
            print(json.dumps([_plain(row) for row in rows.to_dict("records")], indent=1, allow_nan=False))


def output(as_json: bool, as_csv: bool) -> Output:
    """Return the output that ``--json`` and ``--csv`` describe.

    Parameters
    ----------
    as_json, as_csv : bool
        Whether the options are given.

    Returns
    -------
    Output
        The output; text if neither is given.

    Raises
    ------
    ValueError
        If both are given.
    """
    if as_json and as_csv:
        raise ValueError("give either --json or --csv, not both")
    return Output("json" if as_json else "csv" if as_csv else "text")


def empty_table(headers: Iterable[str]) -> "Table":
    """Return a table for the terminal without rows.

    Parameters
    ----------
    headers : iterable of str
        Names of the columns.

    Returns
    -------
    rich.table.Table
        The table; columns are aligned to the right and are never wrapped.
    """
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in headers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def text_table(frame: "pd.DataFrame", formats: Mapping[str, str]) -> "Table":
    """Return a table for the terminal with one column per column of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    formats : mapping
        Format of the numbers of a column by its name, such as ``.6f``; NaN is left blank, and texts have no format.

    Returns
    -------
    rich.table.Table
        The table, which no width cuts.
    """
    table = empty_table(map(str, frame))
    for row in frame.itertuples(index=False, name=None):
        table.add_row(*(_cell(value, formats.get(str(name), "")) for name, value in zip(frame, row, strict=True)))
    return table


def _cell(value: Any, form: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, str) else format(value, form)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row as JSON values; numbers that are not finite become null."""
    return {str(name): None if _is_not_finite(value) else value for name, value in row.items()}


def _is_not_finite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
