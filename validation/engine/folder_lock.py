"""The lock of a run's folder: only one process at a time may write to it."""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK = "lock"
MARKER = "lock.owner"  # used on file systems without locks
# Errors of file systems without locks: Lustre and NFS without a lock daemon, some FUSE and cluster file systems.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP}


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold the lock of a folder while a block runs.

    The operating system releases the lock when the process ends, even if it is killed. On a file system without locks,
    a file that names the process is created instead. If that process was killed, the next run on the same machine
    removes the file.

    Parameters
    ----------
    folder
        An existing folder.

    Raises
    ------
    ValueError
        If another process holds the lock, or the lock file cannot be created.
    """
    lock = _acquired(folder)
    try:
        yield
    finally:
        lock.release()


def _acquired(folder: Path) -> "BaseFileLock":
    from filelock import FileLock, SoftFileLock, Timeout

    busy = f"another run is writing to {folder}; wait for it, or choose another folder"
    try:
        try:
            lock: BaseFileLock = FileLock(folder / LOCK)
            lock.acquire(blocking=False)
        except OSError as error:
            if isinstance(error, Timeout) or error.errno not in _NO_LOCKS:
                raise
            busy += f"; this file system has no locks: if no run is left on any machine, remove {folder / MARKER}"
            lock = SoftFileLock(folder / MARKER)
            lock.acquire(blocking=False)
    except Timeout:
        raise ValueError(busy) from None
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(
            f"cannot lock {folder}: {reason} ({error.filename or folder / LOCK}); choose another folder"
        ) from None
    return lock
