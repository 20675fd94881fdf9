"""The wheel works outside the checkout: built, installed into a new environment, run from another folder."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def call(*command, cwd, **environment):
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A new virtual environment with the wheel in it, and this environment's libraries behind it."""
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: the build leaves folders beside the sources.
    source = folder / "source"
    names = ["pyproject.toml", "setup.cfg", "README.md", "LICENSE", "spinglass", "theory", "validation"]
    source.mkdir()
    call("cp", "-r", *(ROOT / name for name in names), source, cwd=folder)
    call(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    try:
        call(
            sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-compile", source,
            cwd=folder,
        )  # fmt: skip
    except AssertionError as error:
        if "setuptools" not in str(error):
            raise
        pytest.skip("pip cannot fetch setuptools, which builds the wheel; try again with a network")
    site = Path(call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    # The libraries alone: a .pth line is searched after the new environment's own packages.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "venv" / "bin"


@pytest.mark.slow
def test_a_claim_is_verified_from_another_folder(environment, tmp_path):
    where = call(environment / "python", "-c", "import validation; print(validation.__file__)", cwd=tmp_path)
    assert str(environment.parent) in where
    # This claim compiles no kernels; those of all other families have been imported as well.
    out = call(
        environment / "spinglass", "verify", "networks/redundancy-at-depth", "--workers", "1", "--out", "run",
        cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "cache"),
    )  # fmt: skip
    assert "1 agrees, 0 disagree, 0 undecided" in out
    assert (tmp_path / "run" / "report.html").stat().st_size > 10_000


def test_the_wheel_names_its_types_and_its_command(environment, tmp_path):
    code = "import spinglass, theory, validation, pathlib\n"
    code += "print([(pathlib.Path(m.__file__).parent / 'py.typed').exists() for m in (spinglass, theory, validation)])"
    assert call(environment / "python", "-c", code, cwd=tmp_path) == "[True, True, True]\n"
    assert call(environment / "spinglass", "--version", cwd=tmp_path).startswith("spinglass ")
