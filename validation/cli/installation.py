"""Information about the installation, for the case that something is slow or missing."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from validation.engine.provenance import code, versions

OPTIONAL = {
    "distributed": "runs on a Dask cluster",
    "mpi4py": "runs under MPI",
    "xarray": "samples as a DataTree, which ArviZ reads",
    "torch": "functions of torch as landscapes to judge, and benchmarks",
    "jax": "functions of JAX as landscapes to judge, and benchmarks",
    "pymanopt": "costs of pymanopt as landscapes to judge, and benchmarks",
}


def checks() -> dict[str, str]:
    """Collect information about the installation.

    Returns
    -------
    dict
        Texts by name, in the order in which they are shown.

    Examples
    --------
    >>> "memory" in checks()
    True
    """
    found = {name: text for name, text in versions().items() if name != "Python"}
    return {
        "Python": f"{platform.python_version()}, {sys.executable}",
        **found,
        "code": f"{code()}, in {Path(__file__).parents[2]}",
        "machine": f"{platform.machine()}, {platform.system()} {platform.release()}",
        "cores": _cores(),
        "memory": _memory(),
        "BLAS": _blas(),
        "compiled code": _cache(),
        **{name: _optional(name, use) for name, use in OPTIONAL.items()},
    }


def _cores() -> str:
    from spinglass._common.threads import available_cores

    wanted = os.environ.get("SPINGLASS_THREADS")
    limit = f"; SPINGLASS_THREADS={wanted}" if wanted else "; SPINGLASS_THREADS can lower this"
    return f"{available_cores()} of {os.cpu_count()} used by threads, which release the global interpreter lock{limit}"


def _memory() -> str:
    from spinglass._common.memory import available_memory

    return f"{available_memory() / 2**30:.1f} GiB available"


def _blas() -> str:
    from threadpoolctl import threadpool_info

    import spinglass._common.threads

    with spinglass._common.threads.one_blas_thread():  # loads the library that compiled code calls
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return "; ".join(f"{pool['internal_api']} {pool['version']}" for pool in pools) or "none found"


def _cache() -> str:
    from spinglass._common.kernel_cache import ADVICE, kernel_folders

    folders = kernel_folders()
    if not folders:
        return f"not cached, every process compiles the kernels again; {ADVICE}"
    files = [file for folder in folders for file in folder.rglob("*.nbc")]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    return f"{len(files)} kernels, {megabytes:.0f} MB, under {' and '.join(map(str, folders))}"


def _optional(name: str, use: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return f"not installed; needed only for {use}"
