"""All critical points of one sample, compared with limits in seconds, with other programs, and with published rates.

Seconds compared with limits are for ``certify=None``; the cost of the proofs has rows of its own. Other programs are
compared by CPU seconds (:mod:`.polynomial_solvers`).
"""

import time
from typing import NamedTuple

from benchmarks.polynomial_solvers import Solver, rounded_glass, solvers
from benchmarks.timing import Result, best_time, duration, isolated
from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.certification import Certify

LIMITS = {8: 0.03, 10: 0.2, 12: 1.5, 16: 60.0}  # seconds, on two cores, after compilation
PEERS = range(3, 9)
REQUIRED = {("PHCpack", 8): 200.0}  # how many times less CPU time than another program is required
SEED = 0


class Published(NamedTuple):
    """A rate that others have published, for another system of equations on another machine.

    Attributes
    ----------
    program
        Name of the program, what it ran on, and the equations.
    unknowns
        Number of unknowns.
    paths
        Number of paths.
    seconds
        Time.
    """

    program: str
    unknowns: int
    paths: int
    seconds: float


# GPU-HC, and the fastest of three CPU programs: table in the README of github.com/C-H-Chien/
# Homotopy-Continuation-Tracker-on-GPU of 2024-06-14, problems "generalized 3-view relative pose from 6 lines" and "from
# 4 points"; it names neither the graphics card nor the processor. Their paths start from solutions of the same problem
# with other data. Macaulay2: comment in M2/Macaulay2/packages/MonodromySolver/paper-examples/large-examples/cyclic11.m2
# of github.com/Macaulay2/M2, time of tracking alone, on an office machine.
PUBLISHED = (
    Published("GPU-HC, a graphics card: pose of three cameras, 6 lines", 6, 600, 5.11e-3),
    Published("GPU-HC, a graphics card: pose of three cameras, 4 points", 12, 583, 4.77e-3),
    Published("the same on 8 CPU cores: pose of three cameras, 4 points", 12, 583, 428.26e-3),
    Published("Macaulay2, monodromy, CPU: cyclic 11-roots", 11, 540_155, 6295.760326436),
)


def ours(n: int, certify: Certify) -> tuple[float, int]:
    """Return seconds for one sample of H = 3, and the number of complex solutions found."""
    glass = SphericalSpinGlass.pure(n, 3, seed=SEED)
    every = enumerate_critical_points(glass, certify)
    if not every.complete:
        raise RuntimeError(f"n = {n}: {every.reason}")
    return best_time(lambda: enumerate_critical_points(glass, certify), seconds=3), every.found


def ours_rounded(n: int, real: bool) -> tuple[float, int]:
    """Return CPU seconds for the sample of the other programs, and how many solutions in their chart were found.

    With ``real``, all solutions are proven and the real ones are counted.
    """
    certify: Certify = "all" if real else None
    glass = rounded_glass(n)
    every = enumerate_critical_points(glass, certify)
    if not every.complete:
        raise RuntimeError(f"n = {n}: {every.reason}")
    seconds = best_time(lambda: enumerate_critical_points(glass, certify), seconds=1, clock=time.process_time)
    return seconds, len(every) // 2 if real else every.found


def against(solver: Solver) -> list[Result]:
    """Compare with another program, n by n, until it takes too long."""
    results: list[Result] = []
    for n in PEERS:
        mine, found = isolated(ours_rounded, n, solver.real)
        theirs = solver.solve(n)
        kind = "pairs x, -x of real critical points, all proven" if solver.real else "complex, not proven"
        task = f"CPU time, all critical points, H=3, n={n} ({found} {kind})"
        required = REQUIRED.get((solver.name.split()[0], n))
        if theirs.found is None:
            took = f"more than {duration(theirs.seconds)}"
            results.append(Result(task, duration(mine), solver.name, took, theirs.seconds / mine, required))
            break
        if solver.real and theirs.found != found:
            raise RuntimeError(f"n = {n}: {solver.name} finds {theirs.found} pairs of real solutions, not {found}")
        peer = f"{solver.name} ({theirs.found} found)"
        results.append(Result(task, duration(mine), peer, duration(theirs.seconds), theirs.seconds / mine, required))
    return results


def published() -> list[Result]:
    """Compare paths per second with published rates for as many unknowns. The equations and the machines differ."""
    results: list[Result] = []
    for one in PUBLISHED:
        seconds, found = isolated(ours, one.unknowns, None)
        mine, theirs = found / seconds, one.paths / one.seconds
        task = f"rate alone, other equations and machines: {one.unknowns} unknowns, {found} paths here"
        peer = f"{one.program}, {one.paths} paths (published)"
        results.append(Result(task, f"{mine:.0f} paths/s", peer, f"{theirs:.0f} paths/s", mine / theirs))
    return results


def enumeration() -> list[Result]:
    """One sample of H = 3: seconds compared with the limits, the cost of the proofs, and other programs."""
    results: list[Result] = []
    for n, limit in LIMITS.items():
        seconds, found = isolated(ours, n, None)
        proven, _ = isolated(ours, n, "all")
        task = f"all critical points, H=3, n={n} ({found} complex, {found / seconds:.0f} paths/s)"
        results += [
            Result(task, duration(seconds), "limit", duration(limit), limit / seconds, 1.0),
            Result(f"{task}, all proven", duration(proven), "without proof", duration(seconds), seconds / proven),
        ]
    for solver in solvers():
        results += against(solver)
    return results + published()
