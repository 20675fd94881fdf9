"""Checks that arrays fit in memory before they are allocated."""

from decimal import Decimal

import psutil

from spinglass._common.control_groups import free_in_control_groups

# Bytes that are allocated without a check: to read the limits takes longer than to fill so small an array.
_SMALL = 2**20


def available_memory() -> int:
    """Return the number of bytes that this process can allocate, given the machine and its control groups."""
    return min([int(psutil.virtual_memory().available), *free_in_control_groups()])


def require_memory(nbytes: int, what: str, alternative: str) -> None:
    """Raise ``ValueError`` unless ``nbytes`` are available; the message states what needs them and an alternative.

    Amounts up to 1 MiB are not checked.

    >>> require_memory(10**18, "a glass of n = 30000, H = 4", "a smaller n")
    Traceback (most recent call last):
    ...
    ValueError: a glass of n = 30000, H = 4 needs 9.31e+8 GiB but only ... GiB are available; try a smaller n
    """
    if nbytes > _SMALL and nbytes > (available := available_memory()):
        raise ValueError(f"{what} needs {_gib(nbytes)} but only {_gib(available)} are available; try {alternative}")


def _gib(nbytes: int) -> str:
    """Return the amount in GiB; Decimal, because numbers of multisets can overflow a float."""
    amount = Decimal(nbytes) / 2**30
    return f"{amount:.2f} GiB" if amount < 10**5 else f"{amount:.2e} GiB"
