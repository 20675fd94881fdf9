"""DYNAMITE, a published integrator of the two-time equations: its figures, and its CPU time where it is installed.

DYNAMITE (Lang, Sachdev and Diehl 2025, arXiv:2504.06849; github.com/DMFT-evolution/DYNAMITE) takes Runge-Kutta steps
whose length follows the estimated error, and interpolates C and R on a grid that dilates with t. Its covariance
``lambda x^p + (1 - lambda) x^q`` and its time are those of :func:`theory.relaxation`.

Recorded here is gradient descent at p = q = 3 from a random point: commit aafe26e3, compiled by GCC 12.2 without CUDA
(``cmake -DDMFE_WITH_CUDA=OFF``), on one core with the options ``-p 3 -q 3 -l 0.5 -L 256 -m 6000 -g false``. Its
default is a grid of twice as many points, with which each step takes four times as long. The other options are the
default ones, with an error of 1e-10 a step.
"""

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.polynomial_solvers import run_program
from benchmarks.timing import Result, duration, isolated
from spinglass._common.types import Array
from theory.covariance import Covariance
from theory.dynamics.dilating_grid import Rows
from theory.dynamics.resolution import SPACING, STEP, fastest_rate
from theory.dynamics.two_resolutions import integrated_pair
from theory.dynamics.uniform_grid import Protocol

# Columns: time, energy.
ENERGIES = np.array(
    [
        (1.00040846925771, -1.21995782140534),
        (5.00863827929852, -1.50133609384483),
        (20.01138829397909, -1.58264186049798),
        (50.0014882292177, -1.6059969588649),
        (100.01543720446354, -1.6160829414681),
    ]
)
# Columns: the later time, the earlier time, C.
CORRELATIONS = np.array(
    [
        (1.00040846925771, 0.0, 0.6280449005925),
        (20.01138829397909, 0.0, 0.18856958999663),
        (50.0014882292177, 0.0, 0.13258506002241),
        (117.72716199897282, 12.849991130374876, 0.4985987213053965),
        (117.72716199897282, 61.295688886426234, 0.8559709391970295),
        (117.72716199897282, 83.61162647231053, 0.9446986442522392),
        (117.72716199897282, 106.41720365727242, 0.9940994246861281),
    ]
)
_RECORDED_END = float(CORRELATIONS[-1, 0])
_RECORDED_SECONDS = 388.0  # CPU seconds of 6000 steps, on an Intel Xeon with AVX-512
_OPTIONS = "-p 3 -q 3 -l 0.5 -L 256 -m 100000 -g false -s false -D false"
_END, _LIMIT = 3.0, 600  # of a run where the program is installed, and its limit in CPU seconds


def integrated(end: float, finer: float) -> tuple[Rows, float]:
    """Integrate up to a time, with step and spacing divided by ``finer``; return also the CPU seconds, compiled."""
    protocol = Protocol(Covariance.of(3))
    step, spacing = STEP / fastest_rate(protocol) / finer, SPACING / finer
    integrated_pair(protocol, min(0.9 * end, 20.0), step, spacing)
    start = time.process_time()
    _, rows = integrated_pair(protocol, end, step, spacing)
    return rows, time.process_time() - start


def seconds_to(end: float) -> float:
    """CPU seconds of the default resolution up to a time."""
    return integrated(end, 1.0)[1]


def at_recorded_times(finer: float) -> tuple[Array, Array, float]:
    """Energies and correlations at the recorded times, and CPU seconds up to the end of the recorded run."""
    rows, seconds = integrated(_RECORDED_END, finer)
    return rows.at(ENERGIES[:, 0])[0], rows.read(CORRELATIONS[:, 0], CORRELATIONS[:, 1])[0], seconds


def published_integrator() -> list[Result]:
    """Compare errors and CPU seconds with those of DYNAMITE; the reference is a grid that is finer by sqrt(2)."""
    ours, reference = isolated(at_recorded_times, 1.0), isolated(at_recorded_times, 2**0.5)
    seconds = ours[2]
    results: list[Result] = []
    for k, (name, recorded) in enumerate((("energy", ENERGIES), ("C(t, t')", CORRELATIONS))):
        mine, theirs = (float(np.abs(values - reference[k]).max()) for values in (ours[k], recorded[:, -1]))
        task = f"{name}, t = 1 to {_RECORDED_END:.0f}, H = 3: distance from a finer grid"
        beside = "DYNAMITE, 256 points, recorded"
        results.append(Result(task, f"{mine:.1e}", beside, f"{theirs:.1e}", theirs / mine))
    task = f"to t = {_RECORDED_END:.0f}, H = 3: CPU time, two resolutions"
    recorded = "DYNAMITE, 256 points, recorded elsewhere"
    results.append(Result(task, duration(seconds), recorded, duration(_RECORDED_SECONDS), _RECORDED_SECONDS / seconds))
    path = shutil.which("RG-Evo")
    if path is None:
        print("RG-Evo (DYNAMITE) is not installed: the row of its CPU time on this machine is left out")
        return results
    return [*results, _measured(path)]


def _measured(path: str) -> Result:
    """Compare CPU seconds up to an early time on this machine."""
    # Several threads wait for each other at every step, and keep their cores busy meanwhile.
    command = ["env", "OMP_NUM_THREADS=1", path, *_OPTIONS.split(" ")]
    with tempfile.TemporaryDirectory() as name:
        # The first run makes the grid, which later runs read.
        run_program([*command, "-t", "1e-4"], Path(name), _LIMIT)
        _, theirs, ended = run_program([*command, "-t", f"{_END:g}"], Path(name), _LIMIT)
    ours = isolated(seconds_to, _END)
    told = duration(theirs) if ended else f"more than {_LIMIT} s"
    return Result(f"to t = {_END:g}, H = 3: CPU time", duration(ours), "DYNAMITE, 256 points", told, theirs / ours)
