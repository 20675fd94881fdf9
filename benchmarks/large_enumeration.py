"""Cost of a homotopy path from n = 8 to 20, as CPU time and as a share of the machine's peak, and memory at n = 20.

Orders 4 and 5 and a mixture are enumerated once each: are all solutions found, and how many paths are followed again?

Times per path are CPU seconds of complete enumerations with all proofs, divided by the number of paths. The rate of the
tracker is counted on a number of paths that are spread over all of them. It is compared with the rate of a large matrix
product on one core in the same run, so that other work on the machine affects both.
"""

import time
from typing import NamedTuple

import numpy as np

from benchmarks.machine import core_peak
from benchmarks.memory import peak
from benchmarks.timing import Result, duration, isolated
from spinglass import SphericalSpinGlass
from spinglass._common.threads import one_blas_thread
from spinglass.critical_points import enumerate_critical_points, homotopy
from spinglass.critical_points.system import model
from spinglass.critical_points.tracking.start_system import number_of_classes

SIZES = (8, 10, 12, 14, 16, 18, 20)
GROWTH = (12, 20)  # sizes between which the exponent is measured
OTHER_MODELS: dict[str, tuple[int, dict[int, float]]] = {  # number of spins, weights of the orders
    "H=4": (12, {4: 1.0}),
    "H=5": (9, {5: 1.0}),
    "H=3+4": (11, {3: 0.5**0.5, 4: 0.5**0.5}),
}
MEMORY = 2 * 2**30  # bytes that the largest enumeration may take
_SEED = 0
_PATHS = 4096  # at most so many are followed to measure the rate
_SECONDS = 3.0  # small enumerations are repeated for so long


class Costs(NamedTuple):
    """What one size needs.

    Attributes
    ----------
    per_path
        CPU seconds per path of a whole enumeration, everything proven.
    steps
        Mean number of steps of a path.
    rate
        Floating-point operations of the tracker per CPU second.
    memory
        Peak memory of the process in bytes.
    """

    per_path: float
    steps: float
    rate: float
    memory: int


def operations_per_step(n: int, order: int) -> int:
    """Count the additions and multiplications of real numbers in one step of a path at H = 3.

    Loops over all pairs or triples of spins are counted, which are 70% of all operations at n = 8 and 89% at n = 20;
    loops over the spins are not. A complex multiplication takes 6 operations, with an addition 8; a multiplication by a
    real number with an addition takes 4.
    """
    pairs = n * (n + 1) // 2
    levels = sum(2 * k <= order for k in range(order))  # coefficients of which T_2 is computed
    top = levels * 4 * n * (-(-pairs // 4) * 4)  # contract_top, which pads rows to a multiple of four
    factors = 6 * n * (n - 1) // 2 + sum(8 * (n - j - 1) * (n - j) // 2 for j in range(n))  # factorise
    matrix = 12 * pairs  # _prepare_system
    known = sum(2 * j >= k for k in range(1, order + 1) for j in range(1, k))
    gradients = 8 * n * n * (known + order)  # _evaluate, gradient_known and expand
    solutions = 8 * n * (n - 1) * (order + 2)  # border, correct, and one for each coefficient
    return top + factors + matrix + gradients + solutions


def costs(n: int) -> Costs:
    """Measure one size."""
    glass = SphericalSpinGlass.pure(n, 3, seed=_SEED)
    steps, rate = _tracker(glass)
    paths, cpu, runs = number_of_classes(n, 3), time.process_time(), 0
    while runs == 0 or time.process_time() - cpu < _SECONDS:
        every = enumerate_critical_points(glass, "all")
        if not every.proven:
            raise RuntimeError(f"n = {n}: {every.reason}")
        runs += 1
    seconds = time.process_time() - cpu
    return Costs(seconds / runs / paths, steps, rate, peak())


def _tracker(glass: SphericalSpinGlass) -> tuple[float, float]:
    """Return the mean number of steps of a path, and operations per CPU second."""
    homotopies = homotopy.Homotopy(model(glass).system(), 1, 0)
    chosen = np.unique(np.linspace(0, homotopies.paths - 1, _PATHS).astype(np.int64))
    with one_blas_thread():
        homotopies.follow(chosen[:256], homotopy._QUICK)  # compiles
        start, steps, runs = time.process_time(), 0, 0
        while runs == 0 or time.process_time() - start < 1.0:
            steps += int(homotopies.follow(chosen, homotopy._QUICK).steps.sum())
            runs += 1
        seconds = time.process_time() - start
    work = steps * operations_per_step(glass.n, homotopy._QUICK.order)
    return steps / runs / len(chosen), work / seconds


def other_model(n: int, weights: dict[int, float]) -> tuple[int, int, int, float]:
    """Return the numbers of solutions found and expected, of paths followed again, and CPU seconds of one sample."""
    enumerate_critical_points(SphericalSpinGlass.mixed(3, weights, seed=_SEED), "all")  # compiles
    start = time.process_time()
    every = enumerate_critical_points(SphericalSpinGlass.mixed(n, weights, seed=_SEED), "all")
    if not every.proven:
        raise RuntimeError(f"weights {weights}, n = {n}: {every.reason}")
    return every.found, every.expected, every.retries, time.process_time() - start


def other_models() -> list[Result]:
    """Compare the numbers of solutions found and expected at orders 4 and 5 and of a mixture."""
    results: list[Result] = []
    for name, (n, weights) in OTHER_MODELS.items():
        found, expected, retries, seconds = isolated(other_model, n, weights)
        task = f"all critical points, {name}, n={n}, all proven: {duration(seconds)} of CPU"
        ours = f"{found} complex, {retries} paths followed again"
        results.append(Result(task, ours, "expected", f"{expected} complex", found / expected, 1.0))
    return results


def large_enumeration() -> list[Result]:
    """Cost per path and share of the peak at each size, growth, memory of the largest; other models. Takes minutes."""
    most = core_peak()
    results: list[Result] = []
    measured: dict[int, Costs] = {}
    for n in SIZES:
        found = measured[n] = isolated(costs, n)
        task = f"H=3, n={n}, all proven: {duration(found.per_path)} of CPU per path, {found.steps:.1f} steps per path"
        ours, peer = f"{found.rate / 1e9:.1f} Gflop/s of the tracker, one core", "matrix product, one core"
        results.append(Result(task, ours, peer, f"{most / 1e9:.1f} Gflop/s", found.rate / most))
    sizes = [n for n in SIZES if GROWTH[0] <= n <= GROWTH[1]]
    exponent = float(np.polyfit(np.log(sizes), np.log([measured[n].per_path for n in sizes]), 1)[0])
    task = f"growth of the CPU time per path from n={GROWTH[0]} to {GROWTH[1]}"
    results.append(Result(task, f"n^{exponent:.2f}", "limit", "n^3", 3 / exponent, 1.0))
    n, last = SIZES[-1], measured[SIZES[-1]]
    paths = number_of_classes(n, 3)
    task = f"all critical points, H=3, n={n} ({paths} complex), all proven: {duration(last.per_path * paths)} of CPU"
    most_memory = f"{last.memory / 2**30:.2f} GiB at most"
    results.append(Result(task, most_memory, "limit", f"{MEMORY / 2**30:.0f} GiB", MEMORY / last.memory, 1.0))
    return results + other_models()
