"""What is printed: text as it is, whatever it holds, on any width."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

_ANY_WIDTH = 100_000  # of a file or a pipe, in columns
_BORDERS = 3  # what padding and lines take of a column, at most
_NARROWEST = 10  # to which a column that folds is squeezed


def terminal(*, stderr: bool = False) -> Console:
    """Return the console of standard output or standard error.

    Text is printed as it is: brackets in it are no markup, and ``:names:`` between colons are no emoji. Lines are
    wrapped where a person reads them only, never in a file or a pipe.
    """
    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.file.isatty():
        console.width = _ANY_WIDTH
    return console


def print_table(console: Console, table: Table) -> None:
    """Print a table of which no cell is cut.

    Columns marked ``no_wrap`` keep their whole width and the others fold; what is then wider than the terminal is
    left to the terminal to wrap.
    """
    wide = console.options.update(width=_ANY_WIDTH)
    needed = _BORDERS * (len(table.columns) + 1)
    for column in table.columns:
        column.overflow = "fold"
        widest = max(Measurement.get(console, wide, cell).maximum for cell in (column.header, *column.cells))
        column.min_width = widest if column.no_wrap else min(widest, _NARROWEST)
        needed += column.min_width
    # Rich squeezes columns that fold to nothing, whatever their least width, unless there is room for all.
    if needed > console.width:
        table.width = needed
    console.print(table, crop=False)


@contextmanager
def working(text: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being done while a block runs; give it the function that changes the text."""
    with terminal(stderr=True).status(Text(text)) as status:
        yield lambda changed: status.update(Text(changed))
