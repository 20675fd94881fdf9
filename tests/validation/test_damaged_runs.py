"""Folders of runs that are damaged, tampered with, or have something else where a run's files belong."""

import errno
import json
import os
import random

import pyarrow as pa
import pytest

from validation import load, verify
from validation.catalogue import read_claims
from validation.cli.main import main
from validation.engine.manifest import MANIFEST, read_manifest, to_line
from validation.engine.run_folder import open_run, unit_file, whole_file, write_whole
from validation.report.files import OUTPUTS, prepare, prepare_table
from validation.study import Study, run_study
from validation.study.run import dataset_schema

CONFIGURATION = {"seed": 0, "sizes": {"a": 1, "b": 2}}


def table(k):
    return pa.table({"value": [float(k), k + 0.5]})


def fill(folder, units=(0, 1, 2, 3, 4), total=5):
    with open_run(folder, CONFIGURATION, total) as run:
        for k in units:
            run.save(k, table(k), seconds=0.1)


def resumed(folder, total=5):
    with open_run(folder, CONFIGURATION, total, resume=True) as run:
        assert all(run.table(k).equals(table(k)) for k in run.finished)
        return run.finished


def snapshot(folder):
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


# First lines that a head may turn into: bits flipped, zeros from a power cut, lost, of another program.
HEADS = [b'{"totol": 5}\n', b"\0" * 40 + b"\n", b"", b"[]\n", b"5\n", b'{"total": true}\n', b'{"total": -1}\n', b"x\n"]


@pytest.mark.parametrize("head", HEADS)
def test_a_damaged_head_leads_to_no_step_that_overwrites_units(run, head):
    fill(run)
    lines = (run / MANIFEST).read_bytes().splitlines(keepends=True)
    (run / MANIFEST).write_bytes(head + b"".join(lines[1:]))
    before = snapshot(run)
    for resume in (True, False):
        with (
            pytest.raises(ValueError, match="does not begin with a header line that describes the run") as raised,
            open_run(run, CONFIGURATION, 5, resume=resume),
        ):
            pass
        assert "omit --resume" not in str(raised.value)
    assert snapshot(run) == before
    (run / MANIFEST).write_bytes(b"".join(lines))  # the remedy that the message names
    assert resumed(run) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("left", [None, b"", b'{"tot', b'{"total": 5, "seed'])
def test_units_without_a_manifest_are_not_overwritten(run, left):
    fill(run)
    (run / MANIFEST).unlink()
    if left is not None:
        (run / MANIFEST).write_bytes(left)
    for resume in (True, False):
        with (
            pytest.raises(ValueError, match="contains the units of a run, but no manifest"),
            open_run(run, CONFIGURATION, 5, resume=resume),
        ):
            pass
    assert unit_file(run, 4).exists()


@pytest.mark.parametrize("left", [b"", b"{", b'{"total": 5, "seed'])
def test_a_run_that_was_killed_in_its_first_line_begins_anew(run, left):
    (run / MANIFEST).write_bytes(left)
    fill(run)
    assert resumed(run) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("text", ["my own notes", '{"files": []}', '{"files": []}\n{"files": []}\n', "\0\0\0"])
def test_a_file_of_that_name_that_is_no_manifest_is_not_overwritten(run, text):
    (run / MANIFEST).write_text(text)
    with pytest.raises(ValueError, match="or not a manifest of spinglass"):
        fill(run)
    assert (run / MANIFEST).read_text() == text


SOUND = {"unit": 1, "sha256": "0" * 64, "bytes": 10, "rows": 1}
NO_ENTRIES = [
    *[b"null", b"3", b'"unit"', b"[1]", b"{}", b'{"error": "x"}', b'{"error": "x", "unit": "a"}', b"[" * 100_000],
    *[json.dumps(SOUND | change).encode() for change in (
        {"unit": None}, {"unit": "1"}, {"unit": 1.0}, {"unit": True}, {"unit": -1}, {"unit": 5}, {"unit": 10**30},
        {"unit": [1]}, {"sha256": None}, {"sha256": 3}, {"sha256": "é" * 64}, {"sha256": "0" * 63}, {"bytes": -1},
        {"bytes": "10"}, {"bytes": None},
    )],
    b'{"unit": 1' + b"0" * 5000 + b"}", b"\xff\xfe", b'"\xff"', b'{"unit":1,"unit":{}}', b"\0" * 100,
    b"{" + b" " * 2**25,
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("line", NO_ENTRIES, ids=lambda line: repr(line[:40]))
def test_a_line_that_is_no_entry_is_a_unit_measured_again(run, line):
    fill(run)
    lines = (run / MANIFEST).read_bytes().splitlines(keepends=True)
    (run / MANIFEST).write_bytes(b"".join([*lines[:2], line + b"\n", *lines[3:]]))
    assert read_manifest(run).finished.keys() == {0, 2, 3, 4}
    with pytest.raises(ValueError, match="unfinished run, 4 of 5 units"):
        fill(run)
    assert resumed(run) == {0, 2, 3, 4}


def test_any_flipped_byte_of_a_manifest_is_refused_or_costs_a_unit(run):
    # The folder as a whole: never another exception, never a unit that is not the one that was measured.
    fill(run)
    content = (run / MANIFEST).read_bytes()
    dice = random.Random(0)
    for _ in range(100):
        flipped = bytearray(content)
        for _ in range(dice.choice([1, 1, 5])):
            flipped[dice.randrange(len(content))] = dice.randrange(256)
        (run / MANIFEST).write_bytes(flipped)
        try:
            found, reason = resumed(run), ""
        except ValueError as error:
            found, reason = set(), str(error)
        assert found <= {0, 1, 2, 3, 4}
        assert not reason or "does not begin with" in reason or "holds a different run" in reason


@pytest.mark.slow
def test_only_what_a_unit_took_is_lost_where_the_manifest_does_not_say(run, synthetic_file):
    given = {"claims": synthetic_file, "workers": 1, "out": run}
    first = verify(["die/six"], **given)["die/six"]
    lines = [json.loads(line) for line in (run / MANIFEST).read_bytes().splitlines()]
    for line, seconds in zip(lines[1:], ("a", None, 10**400, float("inf"), {}), strict=False):
        line["seconds"] = seconds
    (run / MANIFEST).write_bytes(b"".join(map(to_line, lines)))
    again = verify(["die/six"], resume=True, **given)["die/six"]
    assert (again.status, again.p_value, again.points) == (first.status, first.p_value, first.points)
    assert 0 <= again.seconds < 1e3


def test_a_unit_file_is_not_read_beyond_its_size(run, monkeypatch):
    fill(run)
    with unit_file(run, 1).open("r+b") as stream:
        stream.truncate(2**42)  # holes: four terabytes that take no room, and hours to read
    unit_file(run, 2).unlink()
    os.mkfifo(unit_file(run, 2))  # to read it would wait for ever
    with pytest.raises(ValueError, match=r"2.parquet is not a regular file, and the run writes a file of that name"):
        resumed(run)
    unit_file(run, 2).unlink()
    unit_file(run, 3).unlink()
    unit_file(run, 3).symlink_to(unit_file(run, 0))
    assert resumed(run) == {0, 4}


@pytest.mark.parametrize("place", ["units", "units/0"])
@pytest.mark.parametrize("full", [True, False])
def test_units_are_not_written_or_removed_through_a_link(run, outside, place, full):
    if full:
        fill(run)
        (run / place).rename(outside / "units")
        (run / place).symlink_to(outside / "units")
    else:
        (run / place).parent.mkdir(exist_ok=True)
        (run / place).symlink_to(outside)
    before = snapshot(outside)
    for resume in (False, True):
        with (
            pytest.raises(ValueError, match=rf"{run / place}; choose another folder, or remove the link"),
            open_run(run, CONFIGURATION, 5, resume=resume),
        ):
            pass
    assert snapshot(outside) == before


def test_a_link_that_appears_while_a_run_is_under_way_is_not_followed(run, outside):
    with open_run(run, CONFIGURATION, 5) as kept:
        (run / "units").symlink_to(outside)
        with pytest.raises(OSError, match="does not write through a symbolic link .*0 of 5 units .*; correct this"):
            kept.save(0, table(0))
    assert not list(outside.rglob("*.parquet*"))


def one_row(study, unit):
    columns = dataset_schema(study.task)
    return pa.table([pa.array([None], field.type) for field in columns], columns)


def test_nothing_is_written_through_links_in_the_place_of_files(run, outside, monkeypatch):
    monkeypatch.setattr("validation.study.run.perform", one_row)
    victim = outside / "victim"
    victim.write_text("mine")
    for name in ("data.parquet", "data.parquet.part", "claims.json.part", "report.html", "report.md.part"):
        (run / name).symlink_to(victim)
    plan = Study.checked({"task": "enumerate", "settings": {"n": 2, "H": 3}})
    run_study(plan, run, workers=1)
    assert not (run / "data.parquet").is_symlink()
    assert len(load(run)) == 1
    assert victim.read_text() == "mine"
    with whole_file(run / "claims.json") as stream:
        stream.write(b"[]")
    write_whole(run / "report.html", b"new")
    assert victim.read_text() == "mine"
    (run / MANIFEST).unlink()
    (run / MANIFEST).symlink_to(victim)
    with pytest.raises(ValueError, match=r"manifest.jsonl is not a regular file"):
        run_study(plan, run, workers=1)
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("name", [*OUTPUTS, MANIFEST, "units/0/3.parquet"])
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_something_else_in_the_place_of_a_file_is_named_before_any_work(run, name, make):
    (run / name).parent.mkdir(parents=True, exist_ok=True)
    make(run / name)
    with (
        pytest.raises(ValueError, match=rf"{run / name} is not a regular file"),
        open_run(run, CONFIGURATION, 5, outputs=OUTPUTS),
    ):
        pass


@pytest.mark.parametrize("name", ["units", "units/0"])
def test_a_file_in_the_place_of_a_folder_is_named_before_any_work(run, name):
    (run / name).parent.mkdir(parents=True, exist_ok=True)
    (run / name).write_text("mine")
    with pytest.raises(ValueError, match=rf"{run / name} is not a folder, and the run writes a folder"):
        fill(run)
    assert (run / name).read_text() == "mine"


def test_a_folder_in_the_place_of_the_unfinished_file_is_left_alone(run):
    (run / "file.part").mkdir()
    with pytest.raises(OSError, match="."):
        write_whole(run / "file", b"new")
    assert (run / "file.part").is_dir()
    assert not (run / "file").exists()


def test_what_stopped_writing_is_named_with_what_to_do(run):
    with open_run(run, CONFIGURATION, 5) as kept:
        with pytest.raises(OSError, match="free disk space and continue with --resume"), kept.explained():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with pytest.raises(OSError, match=r"Permission denied \(x\); .*correct this and continue"), kept.explained():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "x")


def test_a_sound_file_that_holds_no_table_is_named(run):
    fill(run)
    unit_file(run, 1).write_bytes(b"x")
    lines = [json.loads(line) for line in (run / MANIFEST).read_bytes().splitlines()]
    # The checksum of "x", as a file of this kind was never written by a run.
    lines[2] |= {"bytes": 1, "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}
    (run / MANIFEST).write_bytes(b"".join(map(to_line, lines)))
    with (
        open_run(run, CONFIGURATION, 5, resume=True) as kept,
        pytest.raises(ValueError, match=r"1.parquet does not contain a table"),
    ):
        kept.table(1)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\xff" * 100 + b"PAR1", b"x" * 1000])
def test_data_that_cannot_be_read_are_named(run, content):
    (run / "data.parquet").write_bytes(content)
    with pytest.raises(ValueError, match=rf"{run / 'data.parquet'} is damaged or not a Parquet file"):
        load(run)


def test_names_that_no_file_can_have_are_refused():
    for refuses in (prepare, prepare_table):
        with pytest.raises(ValueError, match=r"cannot write .*null"):
            refuses("a\0b.csv")
    with pytest.raises(ValueError, match="is not the path of a claim file"):
        read_claims("a\0b.py")


def test_a_link_that_leads_nowhere_is_not_removed(run):
    link = run / "link.parquet"
    link.symlink_to(run / "nowhere")
    with pytest.raises(ValueError, match="it is a symbolic link without a target"):
        prepare_table(link)
    assert link.is_symlink()


def test_a_claim_file_that_is_a_loop_of_links_is_refused(run):
    (run / "loop.py").symlink_to(run / "loop.py")
    with pytest.raises(ValueError, match="claim file"):
        read_claims(run / "loop.py")


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"[" * 100_000 + b"\n", b"null\n", b'{"unit": 1}\n'])
def test_the_command_answers_damage_with_a_line_and_status_2_or_goes_on(run, synthetic_file, damage, capsys):
    command = ["verify", "die/exact", "--claims", str(synthetic_file), "--workers", "1", "--out", str(run)]
    assert main(command) == 0
    lines = (run / MANIFEST).read_bytes().splitlines(keepends=True)
    (run / MANIFEST).write_bytes(b"".join([*lines[:-1], damage]))
    assert main([*command, "--resume"]) == 0
    (run / MANIFEST).write_bytes(b"".join([damage, *lines[1:]]))
    assert main([*command, "--resume"]) == main(command) == 2
    assert "restore the line" in capsys.readouterr().err
