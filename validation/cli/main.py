"""The command ``spinglass`` with its subcommands; errors are shown in one line."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from validation.cli import claims, doctor, figures, judging, predictions, sample, study
from validation.cli.encoding import readable_output
from validation.cli.exploring import atlas, enumerating, explore, graph, pairs

_LONGEST_MESSAGE = 4000

app = typer.Typer(
    name="spinglass",
    help="Simulate spin-glass landscapes and compare the results with theory.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"spinglass {version('spinglass')}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Declare the options that all commands share; ``main`` evaluates --debug."""


_COMMANDS: dict[str, Callable[..., None]] = {
    "verify": claims.verify,
    "claims": claims.claims,
    "compare": claims.compare,
    "judge": judging.judge,
    "descend": explore.descend,
    "enumerate": enumerating.enumerate_samples,
    "graph": graph.graph,
    "pairs": pairs.pairs,
    "sample": sample.sample,
    "thresholds": predictions.thresholds,
    "counts": predictions.counts,
    "equilibrium": predictions.equilibrium,
    "study": study.study,
    "figures": figures.figures,
    "doctor": doctor.doctor,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)
app.add_typer(atlas.app, name="atlas")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Errors are printed in one line, and with a traceback if ``--debug`` is given.

    Parameters
    ----------
    arguments
        The arguments; default: those of the process.

    Returns
    -------
    int
        The exit status: that of the command, 2 for invalid input, 70 for an internal error, 130 after Ctrl-C.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    debug = "--debug" in given
    ordered = ["--debug"] * debug + [argument for argument in given if argument != "--debug"]
    with readable_output():
        return _run(ordered, debug)


def _run(arguments: list[str], debug: bool) -> int:
    try:
        status = int(app(arguments, standalone_mode=False) or 0)
    except Exception as error:
        if debug:
            raise
        if not _is_ctrl_c(error):
            print(f"spinglass: error: {_one_line(error)}", file=sys.stderr)
            return 2 if _is_bad_input(error) else 70
        status = 130
    if status == 130:  # of commands that handle Ctrl-C, and of typer, which prints nothing
        print("interrupted", file=sys.stderr)
    return status


def _is_ctrl_c(error: BaseException | None) -> bool:
    """Whether Ctrl-C caused an error: the import of compiled modules turns it into an ``ImportError``."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _is_bad_input(error: Exception) -> bool:
    return isinstance(error, (ValueError, OSError)) or getattr(error, "exit_code", None) == 2


def _one_line(error: Exception) -> str:
    if hasattr(error, "format_message"):
        text = _shortened(error.format_message() + _given(error))
        lost = text.startswith("No such command") and "Did you mean" not in text
        if lost or text == "Missing command.":
            group = getattr(error, "ctx", None)
            words = [group.info_name] if group is not None and group.parent is not None else []
            return f"{text} Try `{' '.join(['spinglass', *words, '--help'])}`, which lists the commands."
        return text
    text = _shortened(str(error))
    return text if _is_bad_input(error) else f"{type(error).__name__}: {text} (use --debug for the traceback)"


def _given(error: Exception) -> str:
    """Return the value that typer could not convert, which its own message leaves out."""
    causes = getattr(error.__cause__, "errors", None)
    if causes is None:
        return ""
    from spinglass._common.arguments import quoted

    return f"; given {quoted(causes()[0]['input'])}"


def _shortened(text: str) -> str:
    """Return a message in one line, and without its middle part if it is too long."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_MESSAGE:
        return line
    kept = _LONGEST_MESSAGE // 2
    return f"{line[:kept]} ... ({len(line) - 2 * kept} characters left out) ... {line[-kept:]}"


if __name__ == "__main__":
    sys.exit(main())
