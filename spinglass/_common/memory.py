"""Refuse what will not fit before it is allocated."""

from decimal import Decimal

import psutil

from spinglass._common.control_groups import free_in_control_groups


def available_memory() -> int:
    """Return the bytes that this process may still take: free memory of the machine and of its control groups."""
    return min([int(psutil.virtual_memory().available), *free_in_control_groups()])


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
