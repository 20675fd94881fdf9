"""A run rests on its claim file and on every module of the user's own that this imports: no run mixes two codes."""

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from validation import verify
from validation.catalogue import read_claims
from validation.claim_files import modules_of_claim_files
from validation.engine import executors

CLAIMS = """
import sys
sys.path.insert(0, {folder!r})
from validation import Claim, Mutant, Series
{imports}

def measured(seed):
    return {value}
def predicted():
    return 1.0
one = Claim(id="t/one", kind="theorem", statement="s", formula="f", source="s", measured="m",
    measure=measured, predict=predicted, delta=0.2,
    sizes={{e: [Series(60)] for e in ("quick", "standard", "paper")}},
    mutants=[Mutant(n, "s", {{"math.sqrt": abs}}, upstream=True) for n in "ab"])
"""
# How a claim file comes by a number of helper.py: imports, and the expression.
WAYS = {
    "import": ("import helper", "helper.MEAN"),
    "from": ("from helper import MEAN", "MEAN"),
    "within a function": ("", "__import__('helper').MEAN"),
    "through another module": ("import between", "between.mean()"),
    "through a package": ("from package.inner import mean", "mean()"),
    "by a computed name": ("import importlib; held = importlib.import_module('help' + 'er')", "held.MEAN"),
}
# 60 normal numbers of spread 0.1 have a mean within 0.1 of their expectation, but for chances below 1e-13.
BOUND = 0.1
MADE = ("helper", "between", "package", "package.inner", "mine", "other")


def write(folder, mean):
    """Write the modules; time and size are the same whatever the mean, so that Python takes old bytecode for new."""
    (folder / "package").mkdir(exist_ok=True)
    files = {
        "helper.py": f"MEAN = {mean}\n",
        "between.py": "import helper\ndef mean():\n    return helper.MEAN\n",
        "package/__init__.py": "",
        "package/inner.py": "from .number import mean\n",
        "package/number.py": "def mean():\n    from helper import MEAN\n    return MEAN\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
        os.utime(folder / name, (1.7e9, 1.7e9))


def claim_file(folder, way="import", name="mine"):
    imports, value = WAYS[way]
    path = folder / f"{name}.py"
    noise = "__import__('numpy').random.default_rng(seed).normal(0, 0.1)"
    path.write_text(CLAIMS.format(folder=str(folder), imports=imports, value=f"{value} + {noise}"))
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    write(tmp_path, 1.0)
    yield tmp_path
    for name in list(sys.modules):
        if name in MADE or name.startswith("package."):
            del sys.modules[name]


def measured_mean(path, **given):
    return verify(claims=path, **{"workers": 1, **given})["t/one"].points[0][1].estimate


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_changed_module_is_measured_as_it_is_now_and_not_resumed(folder, way):
    path, out = claim_file(folder, way), folder / "out"
    assert verify(claims=path, workers=1, out=out)["t/one"].status == "agrees"
    before = (out / "data.parquet").read_bytes()
    write(folder, 3.0)
    with pytest.raises(ValueError, match=r"a different run: modules was \{'helper': '\w{12}'\} and is \{'helper'"):
        verify(claims=path, workers=1, out=out, resume=True)
    assert (out / "data.parquet").read_bytes() == before
    assert measured_mean(path) == pytest.approx(3.0, abs=BOUND)
    write(folder, 1.0)
    verify(claims=path, workers=1, out=out, resume=True)  # as it was


@pytest.mark.slow
def test_another_process_sees_the_change(folder):
    path, out = claim_file(folder, "through another module"), folder / "out"
    command = [sys.executable, "-m", "validation", "verify", "--claims", str(path), "--workers", "1", "--out", str(out)]
    assert subprocess.run(command, capture_output=True, text=True).returncode == 0
    write(folder, 3.0)
    again = subprocess.run([*command, "--resume"], capture_output=True, text=True)
    assert again.returncode == 2
    assert "modules was {'helper': " in again.stderr


@pytest.mark.slow
def test_workers_that_live_on_read_the_module_again(folder):
    path = claim_file(folder, "through a package")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        for mean in (1.0, 3.0, 1.0):
            write(folder, mean)
            assert measured_mean(path, executor=executor) == pytest.approx(mean, abs=BOUND)


def test_a_module_that_was_imported_before_it_changed_is_read_again(folder):
    path = claim_file(folder)
    sys.path.insert(0, str(folder))
    assert __import__("helper").MEAN == 1.0
    (folder / "helper.py").write_text("MEAN = 3.0\n")
    assert measured_mean(path) == pytest.approx(3.0, abs=BOUND)


def test_a_module_between_does_not_keep_what_another_file_made_it_read_again(folder):
    # Only the other file sees the change first; the module in between has not changed itself.
    first, second = claim_file(folder, "through another module"), claim_file(folder, "import", "other")
    read_claims(first), read_claims(second)
    write(folder, 3.0)
    assert read_claims(second)["t/one"].measure(0) > 2
    assert read_claims(first)["t/one"].measure(0) > 2


def test_a_unit_whose_module_has_changed_since_the_run_began_is_refused(folder, monkeypatch):
    path = claim_file(folder)
    results = executors.sweep

    def edited(work, units, *given):
        write(folder, 3.0)
        return results(work, units, *given)

    monkeypatch.setattr("validation.engine.job.sweep", edited)
    found = verify(claims=path, workers=1)["t/one"]
    assert "a module that it imports has changed since the run began" in found.errors[0]
    assert found.status == "undecided"


def test_only_the_users_own_modules_count(folder):
    path = claim_file(folder, "import")
    path.write_text(
        "import json, numpy, scipy.optimize, pytest, theory\nfrom spinglass import sphere\n" + path.read_text()
    )
    found = read_claims(path)
    assert set(found.modules) == {"mine", "helper"}
    assert {"mine", "helper"} <= modules_of_claim_files()


def test_what_is_not_imported_does_not_count(folder):
    path = claim_file(folder, "import")
    (folder / "neighbour.py").write_text("x = 1\n")
    first = read_claims(path)
    (folder / "neighbour.py").write_text("x = 2\n")
    assert read_claims(path)["t/one"].measure is first["t/one"].measure  # not run again


def test_a_module_that_cannot_be_parsed_or_is_missing_is_no_obstacle_until_it_is_imported(folder):
    (folder / "broken.py").write_text("def (\x00")
    path = claim_file(folder)
    path.write_text(path.read_text() + "\ndef never():\n    import broken, missing\n    from . import nothing\n")
    assert set(read_claims(path).modules) == {"mine", "helper", "broken"}
    path.write_text(path.read_text() + textwrap.dedent("import broken\n"))
    with pytest.raises(ValueError, match="does not run: "):
        read_claims(path)


def test_a_module_that_puts_something_else_in_its_place_counts_by_its_file(folder):
    write(folder, 1.0)
    odd = "import sys\nclass Odd:\n    __slots__ = ()\n    MEAN = 2.0\nsys.modules[__name__] = Odd()\n"
    (folder / "helper.py").write_text(odd)
    path = claim_file(folder)
    before = read_claims(path)
    assert measured_mean(path) == pytest.approx(2.0, abs=BOUND)
    (folder / "helper.py").write_text(odd.replace("2.0", "4.0"))
    assert read_claims(path).digest != before.digest


def test_a_change_leaves_claims_that_do_not_rest_on_it_as_they_were(folder):
    changed, untouched = claim_file(folder), claim_file(folder, "import", "other")
    untouched.write_text(untouched.read_text().replace("import helper", "").replace("helper.MEAN", "1.0"))
    before = read_claims(untouched)
    read_claims(changed)
    write(folder, 3.0)
    assert read_claims(changed)["t/one"].measure(0) > 2
    # Its functions are still those of its module: a mutant of it reaches them.
    assert sys.modules["other"].measured is before["t/one"].measure
    assert read_claims(untouched)["t/one"].measure is before["t/one"].measure
