import doctest
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from validation import verify
from validation.claims import catalogue
from validation.cli.main import main
from validation.figures.gallery import GALLERY
from validation.study import Study

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "write-your-own-claim.md"
RUNS = DOCS / "runs.md"
PAPERS = DOCS / "from-the-paper-to-the-call.md"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    text = re.search(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[1]
    file = tmp_path_factory.mktemp("user") / "my_claims.py"
    file.write_text(text)
    return file


def test_the_example_is_short(example):
    assert len(example.read_text().splitlines()) < 40


@pytest.mark.slow
def test_the_example_agrees_and_its_mutants_die(example):
    report = verify(claims=example, mutants=True, workers=1)
    assert report["mine/slope"].status == "agrees"
    assert [v.status for v in report.mutant_verdicts] == ["disagrees", "disagrees"]


def test_a_file_named_like_a_module_is_refused(example):
    file = example.with_name("numpy.py")
    file.write_text(example.read_text())
    with pytest.raises(ValueError, match="give the file another name"):
        verify(claims=file)


def test_the_example_of_a_study_is_one():
    text = re.search(r"```toml\n(.*?)```", RUNS.read_text(), flags=re.DOTALL)[1]
    study = Study.checked(tomllib.loads(text))
    assert study.units == 100 * 3 * 2


@pytest.mark.slow
def test_the_commands_and_the_code_of_the_page_on_the_command_line_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "command-line.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ spinglass (.*)$", page, flags=re.MULTILINE)
    assert len(commands) > 5
    for command in commands:
        status = main(shlex.split(command))
        assert status == 0 or (
            status == 1 and command.startswith("sample") and "equilibrated" in capsys.readouterr().out
        )
    code = re.search(r"```python\n(.*?)```", page, flags=re.DOTALL)[1]
    exec(compile(code, "command-line.md", "exec"), {})
    names = {path.name for path in tmp_path.iterdir()}
    assert names >= {"minima.parquet", "graph", "chains.parquet", "ladder.parquet", "minima.npz", "minima.pdf"}


@pytest.mark.slow
def test_every_key_of_the_verdicts_is_described(tmp_path, synthetic_file):
    verify(["die/true"], claims=synthetic_file, workers=1, mutants=True, out=tmp_path)
    contents = json.loads((tmp_path / "claims.json").read_text())
    described = set(re.findall(r"`(\w+)`", RUNS.read_text()))
    entries = [*contents["claims"], *contents["mutants"]]
    keys = set(contents) | {key for entry in entries for key in entry}
    keys |= {key for entry in entries for point in entry["points"] for key in point}
    assert keys <= described


@pytest.mark.slow
def test_the_lines_of_the_readme_run():
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    section = readme.split("## What it can do")[1].split("\n## ")[0]
    set_up = re.search(r"```python\n(.*?)```", section, flags=re.DOTALL)[1]
    names = {}
    for line in [set_up, *re.findall(r"^\| \[.*\| `(.*)` \|$", section, flags=re.MULTILINE)]:
        exec(line, names)
    assert section.count("| [") == section.count(" | `") > 10
    missing = [path for path in re.findall(r"\]\((?!http)([^)]*)\)", readme) if not (DOCS.parent / path).exists()]
    assert not missing


def test_the_files_of_the_architecture_page_exist():
    table = (DOCS.parent / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Data flow")[0]
    rows = re.findall(r"^\| .* \| `(.*?)` \| (.*) \|$", table, flags=re.MULTILINE)
    paths = [DOCS.parent / folder / name for folder, names in rows for name in ["", *re.findall(r"`(.*?)`", names)]]
    assert len(rows) > 10
    assert not [path for path in paths if not path.exists()]


def test_the_conversion_to_the_convention_of_physics_is_right():
    results = doctest.testfile(
        str(DOCS / "theory" / "notation.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert results.attempted == 4
    assert results.failed == 0


@pytest.mark.slow
def test_the_lines_of_the_page_on_papers_return_what_they_show():
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    results = doctest.testfile(str(PAPERS), module_relative=False, optionflags=flags, encoding="utf-8")
    assert results.attempted > 80
    assert results.failed == 0


def test_the_page_on_papers_names_claims_and_figures_that_exist():
    text = PAPERS.read_text(encoding="utf-8")
    named = re.findall(r"`([a-z-]+/[a-z-]+)`", text)
    figures = re.findall(r"`([a-z]+(?:-[a-z]+)+)`", " ".join(re.findall(r"^\|.*\| (.*) \|$", text, flags=re.MULTILINE)))
    assert len(named) > 30
    assert len(figures) > 8
    assert set(named) <= set(catalogue())
    assert set(figures) <= set(GALLERY)
