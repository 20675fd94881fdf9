"""The command that shows information about the installation."""

from validation.cli.tables import Csv, Json, output


def doctor(as_json: Json = False, as_csv: Csv = False) -> None:
    """Show information about the installation.

    Versions, cores, memory, the cache of compiled code, and the optional packages that are installed.
    """
    import pandas as pd
    from rich.table import Table
    from rich.text import Text

    from validation.cli.installation import checks
    from validation.report.console import print_table

    found = checks()
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, finding in found.items():
        grid.add_row(Text(name, style="bold"), Text(finding))
    frame = pd.DataFrame({"name": list(found), "finding": list(found.values())})
    output(as_json, as_csv).table(frame, lambda console: print_table(console, grid))
