"""The machine and its limits: memory bandwidth, and the fastest matrix product of the installed libraries."""

import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.timing import best_time, isolated
from spinglass._common.jit import jit
from spinglass._common.threads import available_cores, one_blas_thread


@jit
def _read(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> float:
    """Add four arrays at the same time: on some processors one stream does not reach the bandwidth of a core."""
    total = 0.0
    for i in range(a.size):
        total += (a[i] + b[i]) + (c[i] + d[i])
    return total


def memory_reader() -> tuple[Callable[[], list[float]], int]:
    """Return a function by which all cores together read 2 GiB, which fit in no cache, and the number of bytes."""
    array = np.ones(2**28)
    streams = array.reshape(4, -1)
    pieces = np.array_split(streams, available_cores(), axis=1)
    pool = ThreadPoolExecutor(len(pieces))
    return lambda: list(pool.map(_read, *zip(*pieces, strict=True))), array.nbytes


def _numpy_product(n: int) -> float:
    A, B = np.random.default_rng(0).standard_normal((2, n, n))
    return 2 * n**3 / best_time(lambda: A @ B)


def _torch_product(n: int) -> float:
    import torch

    A, B = torch.rand(n, n, dtype=torch.float64), torch.rand(n, n, dtype=torch.float64)
    return 2 * n**3 / best_time(lambda: A @ B)


def product_peaks(n: int = 3000) -> dict[str, float]:
    """Flops per second of large double-precision matrix products, each library in its own process."""
    peaks = {"NumPy": isolated(_numpy_product, n), "torch": isolated(_torch_product, n)}
    if "avx512f" in cpu_flags():
        # OpenBLAS uses its AVX2 kernels on some processors with AVX-512, so another library may set the stricter limit.
        peaks["NumPy, AVX-512 forced"] = isolated(_numpy_product, n, environment={"OPENBLAS_CORETYPE": "SkylakeX"})
    return peaks


def _product_on_one_core(n: int) -> float:
    A, B = np.random.default_rng(0).standard_normal((2, n, n))
    with one_blas_thread():
        return float(2 * n**3 / best_time(lambda: A @ B, clock=time.process_time))


def core_peak(n: int = 1500) -> float:
    """Flops per CPU second of a large double-precision matrix product on one core, whatever else the machine does."""
    rates = [float(isolated(_product_on_one_core, n))]
    if "avx512f" in cpu_flags():
        rates.append(float(isolated(_product_on_one_core, n, environment={"OPENBLAS_CORETYPE": "SkylakeX"})))
    return max(rates)


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []


def cpu_flags() -> set[str]:
    """The processor's feature flags; empty if there is no /proc/cpuinfo."""
    return {flag for line in _cpu_lines() if line.startswith("flags") for flag in line.split()}


def description() -> str:
    """One line about the processor, its vector units, its cores and the library versions."""
    import numba

    names = [line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")]
    vectors = next((name for name in ("avx512f", "avx2") if name in cpu_flags()), "no AVX")
    return (
        f"{names[0] if names else platform.processor()}, {vectors}, {available_cores()} of {os.cpu_count()} cores; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, Numba {numba.__version__}"
    )
