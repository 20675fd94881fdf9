"""Memory limits of batch systems and containers, from files as Linux writes them."""

import pytest

from spinglass._common import memory
from spinglass._common.control_groups import free_in_control_groups

V1 = "31 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
V2 = "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
UNLIMITED = 9223372036854771712  # what version 1 says where there is no limit


@pytest.fixture
def linux(tmp_path):
    """Return a function that writes the files: mounts, the process's groups, and (limit, used, cached) by folder."""

    def write(mounts, own, groups):
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/mountinfo").write_text(mounts)
        (tmp_path / "proc/self/cgroup").write_text(own)
        for folder, (limit, used, cached) in groups.items():
            place = tmp_path / "sys/fs/cgroup" / folder
            place.mkdir(parents=True, exist_ok=True)
            first = mounts == V1
            (place / ("memory.limit_in_bytes" if first else "memory.max")).write_text(f"{limit}\n")
            (place / ("memory.usage_in_bytes" if first else "memory.current")).write_text(f"{used}\n")
            stat = f"inactive_file {cached // 2 if first else cached}\ntotal_inactive_file {cached}\n"
            (place / "memory.stat").write_text(stat)
        return tmp_path

    return write


def test_version_2_counts_every_group_around_the_process(linux):
    groups = {"slurm": ("max", 9, 0), "slurm/job_1": (600, 500, 30), "slurm/job_1/step_0": (1000, 100, 0)}
    root = linux(V2, "0::/slurm/job_1/step_0\n", groups)
    assert sorted(free_in_control_groups(root)) == [130, 900]


def test_version_1_counts_every_group_around_the_process(linux):
    own = "9:name=systemd:/\n4:cpu,memory:/pbs/7\n0::/elsewhere\n"
    root = linux(V1, own, {"memory": (UNLIMITED, 700, 0), "memory/pbs": (800, 700, 0), "memory/pbs/7": (900, 100, 50)})
    assert sorted(free_in_control_groups(root)) == [100, 850, UNLIMITED - 700]


@pytest.mark.parametrize("mounted", ["/docker/abc", "/"])
def test_a_container_sees_its_own_part_alone(linux, mounted):
    # Its files stand at the mount, though the process's path may be the machine's.
    mounts = V2.replace("0:38 / ", f"0:38 {mounted} ")
    root = linux(mounts, "0::/docker/abc\n", {".": (1000, 400, 0)})
    assert free_in_control_groups(root) == [600]


def test_a_group_above_its_limit_has_nothing_left(linux):
    assert free_in_control_groups(linux(V2, "0::/a\n", {"a": (100, 130, 0)})) == [0]


def test_without_such_groups_the_machine_alone_counts(tmp_path):
    assert free_in_control_groups(tmp_path) == []


def test_the_smallest_counts(monkeypatch):
    monkeypatch.setattr(memory, "free_in_control_groups", lambda: [10**6, 2 * 10**6])
    assert memory.available_memory() == 10**6
    with pytest.raises(ValueError, match=r"only 0\.00 GiB are available; try a smaller n"):
        memory.require_memory(2 * 10**6, "a glass", "a smaller n")


def test_the_limits_are_not_read_for_small_arrays(monkeypatch):
    # Samples of small models allocate thousands of times a second; to read the limits takes up to a millisecond.
    monkeypatch.setattr(memory, "available_memory", lambda: pytest.fail("read"))
    memory.require_memory(2**20, "a glass", "a smaller n")
