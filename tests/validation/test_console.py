"""What is printed: user text as it is, no number or name cut at any width, and any encoding."""

import ast
import codecs
import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

import theory
import validation
from validation import Series, verify
from validation.claims import catalogue
from validation.cli.encoding import readable_output
from validation.cli.main import main
from validation.report.console import print_table, terminal
from validation.report.terminal import print_claim, print_claims, print_report
from validation.series import EFFORTS

HOSTILE = "[/data] [bold]x[/bold] [a, b] :smile: [link=file:///x]y"


def printed(show, *arguments, width=80):
    screen = Console(file=io.StringIO(), width=width)
    show(screen, *arguments)
    return screen.file.getvalue()


def two(case):
    return 2.0


def uniform(seed, case):
    return np.random.default_rng(seed).random()


def raises(seed, case):
    raise OSError(HOSTILE)


@pytest.fixture(scope="module")
def hostile(dice):
    """A run of a claim that disagrees and one that raises, whose every text has brackets in it."""
    series = [Series(30, case="[a, b]"), Series(30, case="[c]")]
    texts = dict.fromkeys(("statement", "formula", "source", "measured"), HOSTILE)
    claims = [
        replace(
            dice["die/true"],
            id=f"hostile/{measure.__name__}",
            measure=measure,
            predict=two,
            sizes=dict.fromkeys(EFFORTS, series),
            **texts,
        )
        for measure in (uniform, raises)
    ]
    return verify(claims=claims, workers=1)


def test_text_of_claims_is_printed_as_it_is(hostile):
    claim = hostile.catalogue["hostile/uniform"]
    assert printed(print_claims, [claim], width=400).count(HOSTILE) == 1
    assert printed(print_claim, claim, False, width=400).count(HOSTILE) == 4  # statement, formula, source, measured
    report = printed(print_report, hostile, width=400)
    assert HOSTILE in report  # what was raised
    row = next(line.split() for line in report.splitlines() if line.split()[:1] == ["hostile/uniform"])
    assert row[1:3] in (["[a,", "b]"], ["[c]", "2"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["[/tmp] x", "[bold] y", "[link=z] :smile:"])
def test_paths_are_printed_as_they_are(capsys, tmp_path, synthetic_file, name):
    folder = tmp_path / name / "r"
    status = main(["verify", "die/exact", "--claims", str(synthetic_file), "--workers", "1", "--out", str(folder)])
    assert (status, capsys.readouterr().out.splitlines()[-1]) == (0, f"written to {folder}")
    assert (folder / "claims.json").is_file()


@pytest.mark.slow
def test_consoles_are_made_in_one_place_only():
    # A console made elsewhere would read users' text as markup again.
    root = Path(validation.__file__).parents[1]
    files = [file for package in ("validation", "benchmarks") for file in (root / package).rglob("*.py")]
    made = [
        file.relative_to(root).as_posix()
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Console"
    ]
    assert made == ["validation/report/console.py"]


@pytest.mark.parametrize("width", [20, 80, 200])
def test_no_cell_is_cut(width):
    table = Table()
    for name in ("claim", "number"):
        table.add_column(name, no_wrap=name == "number")
    table.add_row(Text("family/" + "name" * 20), "1.63299316185545")
    out = printed(print_table, table, width=width)
    assert "…" not in out
    assert "1.63299316185545" in out
    letters = "".join(character for character in out if character.isalpha() or character == "/")
    assert letters.replace("claimnumber", "") == "family/" + "name" * 20


def test_thresholds_are_whole_in_a_pipe_and_in_a_narrow_terminal(capsys, monkeypatch):
    exact = [f"{float(theory.E_k(3, k)):.8f}" for k in range(9)]
    for columns in ("30", "80"):
        monkeypatch.setenv("COLUMNS", columns)
        assert main(["thresholds", "--k", "8"]) == 0
        out = capsys.readouterr().out
        assert out.splitlines()[1].split()[-9:] == exact


def test_claims_are_whole_in_a_pipe(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["claims", "covariance/law"]) == 0
    claim = catalogue()["covariance/law"]
    out = capsys.readouterr().out
    assert claim.statement in out
    assert claim.source in out
    assert main(["claims"]) == 0
    listed = capsys.readouterr().out
    assert all(f"    {each.statement}\n" in listed for each in catalogue().values())


def test_a_pipe_has_no_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert terminal().width > 10_000


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-8"])
def test_output_is_readable_in_any_encoding(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    with readable_output():
        print("3.14 ± 0.02 – ≤ 1 … \udcff 中")
    stream.flush()
    assert stream.errors == "strict"
    text = stream.buffer.getvalue().decode(encoding)
    assert text.startswith("3.14 ")
    assert "0.02" in text
    assert text.rstrip().endswith("中" if encoding == "utf-8" else "?")
    if encoding == "ascii":
        assert text == "3.14 +- 0.02 - <= 1 ... ? ?\n"
    with pytest.raises(UnicodeDecodeError):
        codecs.lookup_error("spinglass.readable")(UnicodeDecodeError("ascii", b"\xff", 0, 1, "reading is not replaced"))


@pytest.mark.slow
def test_verify_in_a_poor_encoding_ends_with_its_own_status(synthetic_file):
    # One process, as the encoding is set before Python starts; the claims take no time.
    command = [sys.executable, "-m", "validation", "verify", "die/true", "die/exact", "--workers", "1", "--claims"]
    done = subprocess.run(
        [*command, str(synthetic_file)], capture_output=True, env=os.environ | {"PYTHONIOENCODING": "cp1252"}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "2 agree" in done.stdout.decode("cp1252")
