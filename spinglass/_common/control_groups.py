"""Memory limits that Linux sets on groups of processes: a batch system or a container, versions 1 and 2.

A process belongs to a group and to all groups around it, and each may have a limit.

References
----------
The kernel's documentation, "Control Group v2" and "Memory Resource Controller"; the manual pages cgroups(7) and
proc_pid_mountinfo(5).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class _Names(NamedTuple):
    """What the files of a group are called, and the count of cached files that the group gives up on demand."""

    limit: str
    used: str
    reclaimable: str


_NAMES = {
    "cgroup": _Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    "cgroup2": _Names("memory.max", "memory.current", "inactive_file"),
}


def free_in_control_groups(root: Path = Path("/")) -> list[int]:
    """Return the bytes left in each group of this process that has a limit.

    Parameters
    ----------
    root : Path
        Where ``/proc`` and ``/sys`` are.

    Returns
    -------
    list of int
        Empty where there is no limit, or no such groups.
    """
    try:
        mounts = (root / "proc/self/mountinfo").read_text().splitlines()
        own = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for version, mount, mounted in _memory_mounts(mounts):
        for folder in _groups(_own_path(own, version), mounted):
            left = _left(root / mount.lstrip("/") / folder, _NAMES[version])
            if left is not None:
                found.append(left)
    return found


def _memory_mounts(mounts: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the version, the folder, and the group whose files stand there, of each tree that can limit memory."""
    for line in mounts:
        before, _, after = line.partition(" - ")
        mounted, mount = before.split()[3:5]
        version, _, options = after.split()[:3]
        if version == "cgroup2" or (version == "cgroup" and "memory" in options.split(",")):
            yield version, mount, mounted


def _own_path(own: list[str], version: str) -> str:
    """Return the process's own group in the tree of this version."""
    for line in own:
        number, controllers, path = line.split(":", 2)
        if (version == "cgroup2" and number == "0") or (version == "cgroup" and "memory" in controllers.split(",")):
            return path
    return "/"


def _groups(path: str, mounted: str) -> Iterator[str]:
    """Yield the folders, below the mount, of the group ``path`` and of those around it."""
    steps, around = Path(path).parts[1:], Path(mounted).parts[1:]
    # Within a container the path may be the machine's, of which the container sees its own part alone.
    inner = steps[len(around) :] if steps[: len(around)] == around else steps
    for depth in range(len(inner), -1, -1):
        yield "/".join(inner[:depth])


def _left(folder: Path, names: _Names) -> int | None:
    try:
        limit, used = ((folder / name).read_text().strip() for name in (names.limit, names.used))
        lines = (folder / "memory.stat").read_text().splitlines()
    except OSError:  # the outermost group of version 2 has no such files
        return None
    if limit == "max":
        return None
    cached = sum(int(line.split()[1]) for line in lines if line.split()[0] == names.reclaimable)
    return max(0, int(limit) - int(used) + cached)
