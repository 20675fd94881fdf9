"""Description of a task in the terminal: its settings and the columns of its dataset."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from spinglass._common.arguments import unknown
from validation.report.console import print_table
from validation.study.options import REQUIRED
from validation.study.run import dataset_schema
from validation.study.tasks import TASKS


def print_task(console: Console, name: str) -> None:
    """Print the settings of a task with their defaults, and the columns of its dataset with their types.

    Parameters
    ----------
    console
        Where to print.
    name
        Name of the task.

    Raises
    ------
    ValueError
        If there is no such task.
    """
    if name not in TASKS:
        raise unknown("task", name, TASKS)
    task = TASKS[name]
    console.print(Text(f"{name}: {task.meaning}", style="bold"))
    settings, columns = (Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)) for _ in range(2))
    for heading in ("setting", "default", "meaning"):
        settings.add_column(heading, no_wrap=heading != "meaning")
    for key, option in task.options.items():
        default = "required" if option.default is REQUIRED else "" if option.default is None else str(option.default)
        settings.add_row(key, Text(default), Text(option.meaning))
    for heading in ("column", "type", "meaning"):
        columns.add_column(heading, no_wrap=heading != "meaning")
    for field in dataset_schema(name):
        columns.add_row(field.name, str(field.type), Text(field.metadata[b"meaning"].decode()))
    print_table(console, settings)
    print_table(console, columns)
