"""Output to the terminal: literal text, and tables that are never truncated."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.measure import Measurement
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from validation.report.minutes import MinuteLines

_ANY_WIDTH = 100_000  # columns of a file or a pipe
_BORDERS = 3  # largest width of padding and lines per column
_NARROWEST = 10  # smallest width of a column whose text may be wrapped


def terminal(*, stderr: bool = False) -> Console:
    """Return a console for standard output or standard error.

    Text is printed literally: brackets are not interpreted as markup, nor ``:names:`` as emoji. Lines are wrapped on a
    terminal only, not in a file or a pipe.

    Parameters
    ----------
    stderr
        Whether to print to standard error. Default False.

    Returns
    -------
    rich.console.Console
        The console.
    """
    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.file.isatty():
        console.width = _ANY_WIDTH
    return console


def print_table(console: Console, table: Table) -> None:
    """Print a table without truncating any cell.

    Columns marked ``no_wrap`` keep their full width, and the text of the other columns is wrapped. A table that is
    still too wide is wrapped by the terminal.

    Parameters
    ----------
    console
        Where to print.
    table
        The table.
    """
    wide = console.options.update(width=_ANY_WIDTH)
    needed = _BORDERS * (len(table.columns) + 1)
    for column in table.columns:
        column.overflow = "fold"
        widest = max(Measurement.get(console, wide, cell).maximum for cell in (column.header, *column.cells))
        column.min_width = widest if column.no_wrap else min(widest, _NARROWEST)
        needed += column.min_width
    # Rich reduces wrapped columns to width 0, despite their minimal width, unless the table has enough width.
    if needed > console.width:
        table.width = needed
    console.print(table, crop=False)


@contextmanager
def working(text: str) -> Generator[Callable[[str], None]]:
    """Show a status text on standard error while a block runs: on a terminal always, elsewhere once a minute.

    Parameters
    ----------
    text
        The first text.

    Yields
    ------
    callable
        A function that changes the text.
    """
    console = terminal(stderr=True)
    if not console.is_terminal:
        with MinuteLines.during(text) as lines:
            yield lines.show
        return
    spinner = Spinner("dots", Text(text))
    # Rich prints standard output above the status, to the console of the status; a file or pipe must still receive it.
    with Live(spinner, console=console, transient=True, redirect_stdout=sys.stdout.isatty()):
        yield lambda changed: spinner.update(text=Text(changed))
