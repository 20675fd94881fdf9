"""Memory limits of Linux control groups, versions 1 and 2, which batch systems and containers use.

A process belongs to a group and to all enclosing groups, and each of them can have a limit.

References
----------
The kernel's documentation, "Control Group v2" and "Memory Resource Controller"; the manual pages cgroups(7) and
proc_pid_mountinfo(5).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class _Names(NamedTuple):
    """Names of the files of a group, and of the entry that counts cached file pages that can be reclaimed."""

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
        Folder that contains ``/proc`` and ``/sys``.

    Returns
    -------
    list of int
        Empty if there is no limit or there are no control groups.
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
    """Yield version, mount folder and mounted group of each control group hierarchy that can limit memory."""
    for line in mounts:
        before, _, after = line.partition(" - ")
        mounted, mount = before.split()[3:5]
        version, _, options = after.split()[:3]
        if version == "cgroup2" or (version == "cgroup" and "memory" in options.split(",")):
            yield version, mount, mounted


def _own_path(own: list[str], version: str) -> str:
    """Return the group of this process in the hierarchy of this version."""
    for line in own:
        number, controllers, path = line.split(":", 2)
        if (version == "cgroup2" and number == "0") or (version == "cgroup" and "memory" in controllers.split(",")):
            return path
    return "/"


def _groups(path: str, mounted: str) -> Iterator[str]:
    """Yield the folders, relative to the mount, of the group ``path`` and of all enclosing groups."""
    steps, around = Path(path).parts[1:], Path(mounted).parts[1:]
    # Within a container the path can be that of the host, of which the container sees a part only.
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
