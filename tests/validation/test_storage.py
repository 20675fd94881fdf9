"""A run's folder: nothing finished is lost, nothing torn is believed, nobody else's run is touched."""

import errno
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from validation import verify
from validation.engine import run_folder
from validation.engine.manifest import MANIFEST, read_manifest
from validation.engine.provenance import code
from validation.engine.run_folder import open_run, unit_file
from validation.report.files import DATA

CONFIGURATION = {"seed": 0, "sizes": {"a": 1}}
# One run in a process of its own per line of input: "FOLDER" begins it, "FOLDER resume" goes on. The processes are
# forked when everything has been imported, which takes far longer than a run. The digest of the code is held fixed, so
# that a file edited during the tests does not make another run of it.
RUNS = """
import os, sys
from validation import verify
sys.modules["validation.verification"].code = lambda: "fixed"

def watch(trial, verdict):
    if trial.outcomes:
        print(trial.outcomes[-1].unit, flush=True)

def run(folder, *resume):
    verify(["die/slow"], claims=sys.argv[1], workers=1, out=folder, resume=bool(resume), watch=watch)

run(sys.argv[2])
print("ended 0", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            print(os.getpid(), flush=True)
            run(*line.split())
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def table(k):
    return pa.table({"value": [float(k), k + 0.5]})


def fill(folder, count=5, total=5, configuration=CONFIGURATION):
    with open_run(folder, configuration, total) as run:
        for k in range(count):
            run.save(k, table(k), seconds=0.1)


def test_what_was_saved_comes_back_and_only_that(tmp_path):
    fill(tmp_path, 3)
    with open_run(tmp_path, CONFIGURATION, 5, resume=True) as run:
        assert run.finished == {0, 1, 2}
        assert run.table(2).equals(table(2))
        assert run.facts(1)["seconds"] == 0.1
        run.save(4, table(4))
        assert run.finished == {0, 1, 2, 4}
    assert set(read_manifest(tmp_path)[1]) == {0, 1, 2, 4}


def test_what_is_missing_torn_or_altered_is_due_again(tmp_path):
    fill(tmp_path)
    unit_file(tmp_path, 0).unlink()
    content = unit_file(tmp_path, 1).read_bytes()
    unit_file(tmp_path, 1).write_bytes(content[:-1])
    unit_file(tmp_path, 2).write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with open_run(tmp_path, CONFIGURATION, 5, resume=True) as run:
        assert run.finished == {3, 4}


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_manifest_that_was_cut_short_loses_its_last_line_alone(tmp_path, cut):
    fill(tmp_path)
    content = (tmp_path / MANIFEST).read_bytes()
    (tmp_path / MANIFEST).write_bytes(content[:-cut])
    with open_run(tmp_path, CONFIGURATION, 5, resume=True) as run:
        assert run.finished == {0, 1, 2, 3}
        run.save(4, table(4), seconds=0.1)
    assert (tmp_path / MANIFEST).read_bytes() == content


def test_another_configuration_is_refused_by_its_difference(tmp_path):
    fill(tmp_path)
    with (
        pytest.raises(ValueError, match=r"holds a different run: seed was 0 and is 1; use the same settings"),
        open_run(tmp_path, {**CONFIGURATION, "seed": 1}, 5, resume=True),
    ):
        pass
    with pytest.raises(ValueError, match="holds no run to resume"), open_run_in_new(tmp_path / "new"):
        pass


def open_run_in_new(folder):
    folder.mkdir()
    return open_run(folder, CONFIGURATION, 5, resume=True)


def test_an_unfinished_run_is_not_begun_anew_by_mistake(tmp_path):
    fill(tmp_path, 3)
    with pytest.raises(ValueError, match="unfinished run, 3 of 5 units; continue with --resume"):
        fill(tmp_path)
    done = tmp_path / "done"
    done.mkdir()
    fill(done)
    fill(done)  # a finished one is repeated


def test_a_finished_run_of_another_configuration_is_not_overwritten(tmp_path):
    fill(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    for other in ({**CONFIGURATION, "seed": 1}, {**CONFIGURATION, "command": "study"}):
        with pytest.raises(ValueError, match="holds a different run: .* use the same settings or another folder"):
            fill(tmp_path, configuration=other)
    with pytest.raises(ValueError, match="holds a different run: total was 5 and is 4"):
        fill(tmp_path, 4, 4)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_repeated_run_removes_what_the_first_left_and_nothing_else(tmp_path):
    fill(tmp_path, configuration={**CONFIGURATION, "code": "old", "versions": {"numpy": "1"}})
    (tmp_path / DATA).write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    new = {**CONFIGURATION, "code": "new", "versions": {"numpy": "2"}}
    with open_run(tmp_path, new, 5, outputs=(DATA,)) as run:
        assert run.finished == set()
        assert not list(tmp_path.rglob("*.parquet"))
    assert read_manifest(tmp_path)[0]["code"] == "new"
    assert (tmp_path / "notes.txt").read_text() == "mine"


def full_disk(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_is_full_at_the_end_keeps_the_units(tmp_path, synthetic_file, monkeypatch):
    common = {"claims": synthetic_file, "workers": 1, "out": tmp_path}
    with monkeypatch.context() as patched:
        patched.setattr("validation.report.files.write_whole", full_disk)
        with pytest.raises(OSError, match=rf"cannot write to {tmp_path}: No space left .* --resume") as raised:
            verify(["die/true"], **common)
    assert raised.value.errno == errno.ENOSPC
    total = read_manifest(tmp_path)[0]["total"]
    assert f"{total} of {total} units are kept" in str(raised.value)
    assert verify(["die/true"], resume=True, **common)["die/true"].status == "agrees"
    assert (tmp_path / DATA).exists()


def test_a_file_is_written_whole_or_left_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "file"
    run_folder.write_whole(file, b"old")
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.replace", full_disk)
        with pytest.raises(OSError, match="No space left"):
            run_folder.write_whole(file, b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        run_folder.write_whole(pipe, b"bytes")
        assert os.read(reader, 10) == b"bytes"
        assert pipe.is_fifo()
    finally:
        os.close(reader)


def test_two_runs_in_one_folder_are_refused_and_the_lock_dies_with_its_holder(tmp_path):
    code = "import sys, time; from pathlib import Path; from validation.engine.run_folder import open_run\n"
    code += "with open_run(Path(sys.argv[1]), {'seed': 0}, 5): print('open', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(ValueError, match="another run is writing to"), open_run(tmp_path, {"seed": 0}, 5, resume=True):
        pass
    holder.kill()
    holder.communicate()
    with open_run(tmp_path, {"seed": 0}, 5, resume=True) as run:
        assert run.finished == set()


@pytest.mark.slow
def test_a_full_disk_keeps_what_is_finished(tmp_path):
    # A limit on the size of files fails the write of a large unit as a full disk does.
    code = """
import resource, sys
from pathlib import Path
import pyarrow as pa
from validation.engine.run_folder import open_run
with open_run(Path(sys.argv[1]), {"seed": 0}, 5) as run:
    run.save(0, pa.table({"value": [1.0]}))
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    try:
        run.save(1, pa.table({"value": [1.0] * 10_000}))
    except OSError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert "1 of 5 units are kept; free disk space and continue with --resume" in done.stdout
    assert not list(tmp_path.rglob("*.part"))
    with open_run(tmp_path, {"seed": 0}, 5, resume=True) as run:
        assert run.finished == {0}


def test_failures_are_noted_and_tried_again(tmp_path, synthetic_file):
    first = verify(["die/raises"], claims=synthetic_file, workers=1, out=tmp_path)
    assert first["die/raises"].errors
    lines = [json.loads(line) for line in (tmp_path / MANIFEST).read_bytes().splitlines()[1:]]
    noted = [line["error"] for line in lines if "error" in line]
    assert noted
    assert all("the die fell off the table" in text for text in noted)
    with pytest.raises(ValueError, match=rf"units, {len(noted)} failed; continue with --resume"):
        verify(["die/raises"], claims=synthetic_file, workers=1, out=tmp_path)
    again = verify(["die/raises"], claims=synthetic_file, workers=1, out=tmp_path, resume=True)
    assert again["die/raises"].errors == first["die/raises"].errors


@pytest.mark.slow
def test_a_resumed_run_is_the_uninterrupted_one(tmp_path, synthetic_file):
    def press(trial, verdict):
        if trial.claim.id == "die/curve" and trial.samples > 20:
            raise KeyboardInterrupt

    ids, common = ["die/true", "die/curve", "die/exact"], {"claims": synthetic_file, "workers": 1, "mutants": True}
    whole = verify(ids, out=tmp_path / "whole", **common)
    assert verify(ids, out=tmp_path / "parts", watch=press, **common).interrupted
    units = read_manifest(tmp_path / "parts")[1]
    measured = []
    parts = verify(
        ids, out=tmp_path / "parts", resume=True, watch=lambda t, v: measured.append((t.claim.id, t.mutant)), **common
    )
    assert 0 < len(units) < read_manifest(tmp_path / "parts")[0]["total"]
    assert (tmp_path / "parts" / DATA).read_bytes() == (tmp_path / "whole" / DATA).read_bytes()
    judged = [[(v.claim_id, v.mutant, v.status, v.p_value, v.points) for v in r.all_verdicts] for r in (whole, parts)]
    assert judged[0] == judged[1]
    assert ("die/true", None) not in measured[9:]  # finished before: told of once, not measured


def told(process):
    """Yield the lines of the run at hand; the last is its exit status."""
    for line in process.stdout:
        yield line.strip()
        if line.startswith("ended "):
            return
    raise AssertionError("the process that starts the runs is gone")


@pytest.mark.slow
def test_ten_kills_lose_nothing_that_was_reported(tmp_path, synthetic_file):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    command = [sys.executable, "-c", RUNS, str(synthetic_file), str(whole)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as runs:
        assert list(told(runs))[-1] == "ended 0"
        dice, reported, resume = random.Random(1), set(), False
        for _ in range(10):
            print(parts, "resume" * resume, file=runs.stdin, flush=True)
            lines = told(runs)
            child = int(next(lines))
            reported.update(itertools.islice(lines, dice.randint(0, 3)))
            time.sleep(dice.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            *rest, end = lines
            assert end == f"ended {-signal.SIGKILL}"
            reported.update(rest)
            resume = read_manifest(parts)[0] is not None
            kept = {entry["name"] for entry in read_manifest(parts)[1].values()} if resume else set()
            assert reported <= kept
        assert len(kept) > 5
        print(parts, "resume", file=runs.stdin, flush=True)
        assert list(told(runs))[-1] == "ended 0"
        runs.stdin.close()
    assert (parts / DATA).read_bytes() == (whole / DATA).read_bytes()
    header, entries, *_ = read_manifest(parts)
    assert len(entries) == header["total"]
    assert json.loads((parts / "claims.json").read_text())["summary"] == "1 agrees, 0 disagree, 0 undecided"


@pytest.mark.parametrize("package", ["spinglass", "theory", "validation"])
def test_the_digest_of_the_code_depends_on_every_package(package, monkeypatch):
    before, read = code.__wrapped__(), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read(file) + b"#" * (file.parent.name == package))
    assert code.__wrapped__() != before
