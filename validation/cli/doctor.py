"""The command that describes the installation."""


def doctor() -> None:
    """Describe the installation.

    Versions, cores, memory, the cache of compiled code, and which optional parts are there.
    """
    from rich.table import Table
    from rich.text import Text

    from validation.cli.installation import checks
    from validation.report.console import print_table, terminal

    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, finding in checks().items():
        grid.add_row(Text(name, style="bold"), Text(finding))
    print_table(terminal(), grid)
