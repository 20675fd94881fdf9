"""One process writes to a run's folder at a time, also where the file system or the operating system has no locks."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from validation.engine.folder_lock import LOCK, MARKER, locked

HOLD = """
import errno, os, sys, time
from pathlib import Path
import fcntl
from validation.engine.folder_lock import locked

def no_locks(*_):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

if sys.argv[2] == "none":
    fcntl.flock = no_locks
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def raises(number):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.fixture(params=["locks", "none"])
def locks(request, monkeypatch):
    """Whether the file system has locks; without, it answers as NFS without a lock daemon does."""
    if request.param == "none":
        monkeypatch.setattr("fcntl.flock", raises(errno.ENOLCK))
    return request.param


def test_a_lock_is_held_by_one_and_ends_with_a_killed_holder(tmp_path, locks):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path, locks], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(ValueError, match="another run is writing to") as raised, locked(tmp_path):
        pass
    assert (str(tmp_path / MARKER) in str(raised.value)) == (locks == "none")
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    with locked(tmp_path), pytest.raises(ValueError, match="another run is writing to"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass
    assert not (tmp_path / MARKER).exists()


def test_a_holder_on_another_machine_is_named_with_the_file_to_remove(tmp_path, monkeypatch):
    monkeypatch.setattr("fcntl.flock", raises(errno.EOPNOTSUPP))
    (tmp_path / MARKER).write_text("1\nanother-machine\n")
    remedy = rf"if no run is left on any machine, remove {tmp_path / MARKER}"
    with pytest.raises(ValueError, match=remedy), locked(tmp_path):
        pass
    (tmp_path / MARKER).unlink()
    with locked(tmp_path):
        assert (tmp_path / MARKER).exists()


def test_what_cannot_be_locked_says_so(tmp_path, monkeypatch):
    (tmp_path / LOCK).mkdir()
    with pytest.raises(ValueError, match=rf"cannot lock {tmp_path}: .*choose another folder"), locked(tmp_path):
        pass
    (tmp_path / LOCK).rmdir()
    target = tmp_path / "target"
    (tmp_path / LOCK).symlink_to(target)
    with pytest.raises(ValueError, match=rf"cannot lock {tmp_path}: .*{LOCK}"), locked(tmp_path):
        pass
    assert not target.exists()
    (tmp_path / LOCK).unlink()
    monkeypatch.setattr("fcntl.flock", raises(errno.EIO))
    with pytest.raises(ValueError, match="cannot lock .*Input/output error"), locked(tmp_path):
        pass


def test_an_error_within_is_not_taken_for_one_of_the_lock(tmp_path):
    with pytest.raises(OSError, match="mine"), locked(tmp_path):
        raise OSError(errno.ENOLCK, "mine")
    with locked(tmp_path):
        pass
