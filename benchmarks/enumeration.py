"""All critical points of one sample, compared with limits in seconds and with PHCpack's blackbox solver.

Times are for ``certify=None``; the cost of the proofs has rows of its own. PHCpack (Debian package
``phcpack``, program ``phc``) gets the same equations with the same number of cores, in an affine chart.
"""

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.memory import peak
from benchmarks.timing import Result, best_time, duration, isolated
from spinglass import SphericalSpinGlass
from spinglass._common.threads import available_cores
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.certification import Certify

LIMITS = {8: 0.03, 10: 0.2, 12: 1.5, 16: 60.0}  # seconds, on two cores, after compilation
PHC = {5: None, 7: None, 8: 200.0}  # how many times faster than PHCpack is required
SEED = 0
LARGE, MEMORY = 20, 2 * 2**30  # n, and bytes of memory that the whole enumeration with proofs may take


def ours(n: int, certify: Certify) -> tuple[float, int]:
    """Return seconds for one sample of H = 3, and the number of complex solutions found."""
    glass = SphericalSpinGlass.pure(n, 3, seed=SEED)
    every = enumerate_critical_points(glass, certify)
    if not every.complete:
        raise RuntimeError(f"n = {n}: {every.reason}")
    return best_time(lambda: enumerate_critical_points(glass, certify), seconds=3), every.found


def large_landscape() -> tuple[float, float, int]:
    """Return CPU seconds and wall seconds of the enumeration of n = ``LARGE``, all proven, and its peak memory."""
    glass = SphericalSpinGlass.pure(LARGE, 3, seed=SEED)
    wall, cpu = time.perf_counter(), time.process_time()
    every = enumerate_critical_points(glass, "all")
    if not every.proven:
        raise RuntimeError(f"n = {LARGE}: {every.reason}")
    return time.process_time() - cpu, time.perf_counter() - wall, peak()


def large_enumeration() -> list[Result]:
    """One sample of n = 20, every solution proven, in one go: peak memory compared with the limit. Takes minutes."""
    cpu, wall, memory = isolated(large_landscape)
    times = f"{duration(wall)}, {duration(cpu)} of CPU"
    task = f"all critical points, H=3, n={LARGE} ({2**LARGE - 1} complex), all proven: {times}"
    return [
        Result(task, f"{memory / 2**30:.2f} GiB at most", "limit", f"{MEMORY / 2**30:.0f} GiB", MEMORY / memory, 1.0)
    ]


def equations(n: int) -> str:
    """Write grad f(x) = lambda x, a.x = 1 for PHCpack, a random and complex."""
    J = SphericalSpinGlass.pure(n, 3, seed=SEED).to_tensor()
    a = np.exp(2j * np.pi * np.random.default_rng(SEED).random(n))
    lines = [str(n + 1)]
    for i in range(n):
        terms = [f"{J[i, j, k] * (1 + (j != k)):+.17e}*x{j}*x{k}" for j in range(n) for k in range(j, n)]
        lines.append(" ".join(terms) + f" - L*x{i};")
    chart = [f"+ ({z.real:+.17e} {z.imag:+.17e}*i)*x{j}" for j, z in enumerate(a)]
    return "\n".join([*lines, " ".join(chart) + " - 1;", ""])


def phcpack(n: int, runs: int = 3) -> tuple[float, int]:
    """Return PHCpack's best wall seconds for the same sample, and how many distinct solutions that run found.

    Its random choices differ from run to run, and some runs end early with few solutions: the best is the
    fastest of those that found most.
    """
    text = equations(n)
    outcomes = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            source, report = Path(folder) / "in", Path(folder) / "out"
            source.write_text(text)
            command = ["phc", "-b", f"-t{available_cores()}", str(source), str(report)]
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            outcomes.append((-_distinct_solutions(source.read_text()), time.perf_counter() - start))
    found, seconds = min(outcomes)
    return seconds, -found


def _distinct_solutions(report: str) -> int:
    """Count the solutions with a small residual that differ in their first coordinate."""
    number = r"([-+.\dE]+)"
    first = re.findall(rf"\bx0\s*:\s*{number}\s+{number}", report)
    residuals = re.findall(rf"res\s*:\s*{number}", report)
    solved = zip(first, residuals, strict=True)
    return len({(round(float(a), 8), round(float(b), 8)) for (a, b), residual in solved if float(residual) < 1e-8})


def enumeration() -> list[Result]:
    """One sample of H = 3: seconds compared with the limits, the cost of the proofs, and PHCpack."""
    results: list[Result] = []
    seconds = {}
    for n, limit in LIMITS.items():
        seconds[n], found = isolated(ours, n, None)
        proven, _ = isolated(ours, n, "all")
        task = f"all critical points, H=3, n={n} ({found} complex, {found / seconds[n]:.0f} paths/s)"
        results += [
            Result(task, duration(seconds[n]), "limit", duration(limit), limit / seconds[n], 1.0),
            Result(f"{task}, all proven", duration(proven), "without proof", duration(seconds[n]), seconds[n] / proven),
        ]
    if shutil.which("phc") is None:
        print("PHCpack is not installed (Debian package phcpack): its rows are left out")
        return results
    for n, required in PHC.items():
        mine, found = (seconds[n], 2**n - 1) if n in seconds else isolated(ours, n, None)
        theirs, solutions = phcpack(n)
        results.append(
            Result(
                f"all critical points, H=3, n={n} ({found} complex)",
                duration(mine),
                f"PHCpack blackbox ({solutions} found)",
                duration(theirs),
                theirs / mine,
                required,
            )
        )
    return results
