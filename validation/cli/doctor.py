"""The command that shows information about the installation."""


def doctor() -> None:
    """Show information about the installation.

    Versions, cores, memory, the cache of compiled code, and the optional packages that are installed.
    """
    from rich.table import Table
    from rich.text import Text

    from validation.cli.installation import checks
    from validation.report.console import print_table, terminal

    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, finding in checks().items():
        grid.add_row(Text(name, style="bold"), Text(finding))
    print_table(terminal(), grid)
