"""Description of a task in the terminal: its settings and the columns of its dataset."""

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from spinglass._common.arguments import unknown
from validation.report.console import print_table
from validation.study.options import REQUIRED, Option
from validation.study.run import dataset_schema
from validation.study.tasks import TASKS


def described(name: str) -> pd.DataFrame:
    """Return the settings of a task and the columns of its dataset.

    Parameters
    ----------
    name
        Name of the task.

    Returns
    -------
    pandas.DataFrame
        One row per setting or column: what ("setting" or "column"), name, type, default (of settings; "required" if
        there is none, empty if the setting may be left out), meaning.

    Raises
    ------
    ValueError
        If there is no such task.
    """
    if name not in TASKS:
        raise unknown("task", name, TASKS)
    rows = [
        {"what": "setting", "name": key, "type": option.kind, "default": _default(option), "meaning": option.meaning}
        for key, option in TASKS[name].options.items()
    ]
    for field in dataset_schema(name):
        meaning = field.metadata[b"meaning"].decode()
        rows.append({"what": "column", "name": field.name, "type": str(field.type), "default": "", "meaning": meaning})
    return pd.DataFrame(rows)


def _default(option: Option) -> str:
    return "required" if option.default is REQUIRED else "" if option.default is None else str(option.default)


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
    found = described(name)
    console.print(Text(f"{name}: {TASKS[name].meaning}", style="bold"))
    for what, shown in (("setting", "default"), ("column", "type")):
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for heading in (what, shown, "meaning"):
            table.add_column(heading, no_wrap=heading != "meaning")
        for row in found[found["what"] == what].to_dict("records"):
            table.add_row(row["name"], Text(row[shown]), Text(row["meaning"]))
        print_table(console, table)
