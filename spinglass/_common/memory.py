"""Refuse what will not fit before it is allocated."""

from decimal import Decimal
from pathlib import Path

import psutil


def available_memory() -> int:
    """Return the bytes that this process may still take: the machine's free memory or its control group's rest."""
    available = int(psutil.virtual_memory().available)
    group = Path("/sys/fs/cgroup")
    try:
        limit, used = ((group / name).read_text().strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return available
    return min(available, int(limit) - int(used) + _reclaimable(group)) if limit != "max" else available


def _reclaimable(group: Path) -> int:
    """Return the bytes of cached files that the group counts as used and gives up on demand."""
    lines = (group / "memory.stat").read_text().split("\n")
    return sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))


def require_memory(nbytes: int, what: str, alternative: str) -> None:
    """Raise ``ValueError`` with the figure, the limit and the alternative unless ``nbytes`` can be had.

    >>> require_memory(10**18, "a glass of n = 30000, H = 4", "a smaller n")
    Traceback (most recent call last):
    ...
    ValueError: a glass of n = 30000, H = 4 needs 9.31e+8 GiB but only ... GiB are available; try a smaller n
    """
    available = available_memory()
    if nbytes > available:
        raise ValueError(f"{what} needs {_gib(nbytes)} but only {_gib(available)} are available; try {alternative}")


def _gib(nbytes: int) -> str:
    """Return the amount in GiB; a Decimal holds what no float does, as there are multisets without number."""
    amount = Decimal(nbytes) / 2**30
    return f"{amount:.2f} GiB" if amount < 10**5 else f"{amount:.2e} GiB"
