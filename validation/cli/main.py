"""The command line: gathers the commands of ``spinglass``, and makes one line of an error."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from validation.cli import claims, doctor, explore, figures, study
from validation.cli.encoding import readable_output

_LONGEST_MESSAGE = 4000

app = typer.Typer(
    name="spinglass",
    help="Spin-glass landscapes: simulate them, and hold what comes out against theory.",
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
    """Take the options that all commands share; ``main`` reads them itself."""


_COMMANDS: dict[str, Callable[..., None]] = {
    "verify": claims.verify,
    "claims": claims.claims,
    "compare": claims.compare,
    "descend": explore.descend,
    "enumerate": explore.enumerate_samples,
    "graph": explore.graph,
    "thresholds": explore.thresholds,
    "study": study.study,
    "figures": figures.figures,
    "doctor": doctor.doctor,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: one line for an error, a traceback only with ``--debug``."""
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
    if status == 130:  # typer makes this of Ctrl-C without a word, as do commands that first tell what they keep
        print("interrupted", file=sys.stderr)
    return status


def _is_ctrl_c(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: compiled modules make an ``ImportError`` of it while they are imported."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _is_bad_input(error: Exception) -> bool:
    return isinstance(error, (ValueError, OSError)) or getattr(error, "exit_code", None) == 2


def _one_line(error: Exception) -> str:
    if hasattr(error, "format_message"):
        return _shortened(error.format_message())
    text = _shortened(str(error))
    return text if _is_bad_input(error) else f"{type(error).__name__}: {text} (--debug shows where)"


def _shortened(text: str) -> str:
    """Return a message in one line, without the middle of what is too long to be read: a user's own text, mostly."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_MESSAGE:
        return line
    kept = _LONGEST_MESSAGE // 2
    return f"{line[:kept]} ... ({len(line) - 2 * kept} characters left out) ... {line[-kept:]}"


if __name__ == "__main__":
    sys.exit(main())
