"""Studies: every file is checked at the door, every row is what the library returns for its sample."""

import codecs
import errno
import json
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from spinglass import SphericalSpinGlass, descend, sphere
from spinglass._common.seeds import child
from spinglass.critical_points import enumerate_critical_points
from validation import load, verify
from validation.cli.main import main
from validation.study import TASKS, Study, read_study, run_study
from validation.study.run import dataset_schema

SMALL = {
    "descend": {"n": [5, 6], "H": 3, "method": ["lbfgs", "cg"], "starts": 3},
    "enumerate": {"n": 3, "H": [3, 4]},
    "langevin": {"n": 5, "H": 3, "temperature": [0.5, 1.0], "duration": 0.2, "records": 2, "dt": 0.05, "chains": 2},
    "parallel-tempering": {
        "n": 4, "mixture": {"2": 1.0, "3": 0.5}, "coldest": 0.8, "hottest": 2, "rungs": 2, "sweeps": 8,
    },
    "train": {"hidden": [[3], [2, 2]], "epochs": 1},
}  # fmt: skip


def study(task, **changes):
    return Study.checked({"task": task, "samples": 2, "seed": 4, "settings": SMALL[task], **changes})


def roots(n, H, mixture, sample, seed=4):
    model = zlib.crc32(json.dumps([n, H, mixture], sort_keys=True).encode())
    root = child(np.random.SeedSequence(seed), model, sample)
    return child(root, 0), child(root, 1)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_leaves_the_columns_that_it_promises(task, tmp_path):
    plan = study(task)
    found = run_study(plan, tmp_path, workers=1)
    assert (found.finished, found.failures, found.interrupted) == (plan.units, {}, False)
    schema = parquet.read_schema(tmp_path / "data.parquet")
    assert schema.equals(dataset_schema(task), check_metadata=True)
    assert all(field.metadata[b"meaning"] for field in schema)
    table = load(tmp_path)
    assert len(table) == found.rows
    assert table.groupby(["setting", "sample"]).ngroups == plan.units


def test_rows_are_what_descend_returns(tmp_path):
    run_study(study("descend"), tmp_path, workers=1)
    table = load(tmp_path).query("n == 6 and method == 'cg' and sample == 1")
    disorder, later = roots(6, 3, None, 1)
    glass = SphericalSpinGlass.pure(6, 3, disorder)
    again = descend(glass, sphere.random_points(6, 3, later), method="cg")
    assert np.array_equal(table["energy_per_spin"], again.energy_per_spin)


def test_rows_are_what_enumerate_returns(tmp_path):
    run_study(study("enumerate"), tmp_path, workers=1)
    table = load(tmp_path).query("H == 4 and sample == 0")
    every = enumerate_critical_points(SphericalSpinGlass.pure(3, 4, roots(3, 4, None, 0)[0]))
    assert np.array_equal(table["energy_per_spin"], every.energy_per_spin)
    assert table["complete"].all()


def test_methods_are_compared_on_the_same_landscapes_and_settings_do_not_depend_on_others(tmp_path):
    run_study(study("langevin"), tmp_path / "both", workers=1)
    both = load(tmp_path / "both")
    first, second = (both.query("setting == @k and time == 0")["energy_per_spin"].to_numpy() for k in (0, 1))
    assert np.array_equal(first, second)
    alone = study("langevin", settings={**SMALL["langevin"], "temperature": 1.0})
    run_study(alone, tmp_path / "alone", workers=1)
    rows = both.query("temperature == 1.0").reset_index(drop=True).drop(columns="setting")
    pd.testing.assert_frame_equal(load(tmp_path / "alone").drop(columns="setting"), rows, check_exact=True)


def test_langevin_runs_for_its_duration_also_at_the_step_that_a_refusal_suggests(tmp_path):
    settings = {**SMALL["langevin"], "temperature": 1.0, "duration": 0.1, "records": 3, "dt": 0.01}
    with pytest.raises(ValueError, match=r"3.33333 steps per record") as raised:
        study("langevin", settings=settings)
    step = float(str(raised.value).split("dt=")[-1])
    run_study(study("langevin", settings={**settings, "dt": step}), tmp_path, workers=1)
    # Twelve digits of dt are printed.
    assert load(tmp_path)["time"].unique() == pytest.approx([0, 0.1 / 3, 0.2 / 3, 0.1], rel=1e-11)


def test_a_disk_that_is_full_at_the_dataset_keeps_the_units(tmp_path, monkeypatch):
    replace = Path.replace

    def full_disk(self, target):
        if self.name == "data.parquet.part":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    plan = study("enumerate")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full_disk)
        with pytest.raises(OSError, match=rf"cannot write to {tmp_path}: No space left .*4 of 4 units are kept"):
            run_study(plan, tmp_path, workers=1)
    assert not list(tmp_path.glob("*.p*"))
    assert run_study(plan, tmp_path, workers=1, resume=True).rows == len(load(tmp_path))


def test_a_folder_of_another_study_or_command_is_refused(tmp_path, synthetic_file):
    run_study(study("enumerate"), tmp_path, workers=1)
    before = (tmp_path / "data.parquet").read_bytes()
    with pytest.raises(ValueError, match="holds a different run: .*seed was 4 and is 5"):
        run_study(study("enumerate", seed=5), tmp_path, workers=1)
    with pytest.raises(ValueError, match="holds a different run: .*command was 'study' and is 'verify'"):
        verify(["die/true"], claims=synthetic_file, workers=1, out=tmp_path)
    assert (tmp_path / "data.parquet").read_bytes() == before
    run_study(study("enumerate"), tmp_path, workers=1)  # the same one is repeated
    assert (tmp_path / "data.parquet").read_bytes() == before


@pytest.mark.slow
def test_an_interrupted_study_goes_on_to_the_same_bytes_on_any_number_of_workers(tmp_path):
    plan = study("descend")
    run_study(plan, tmp_path / "whole", workers=1)

    def press(done, failed, total):
        if done == 3:
            raise KeyboardInterrupt

    found = run_study(plan, tmp_path / "parts", workers=1, watch=press)
    assert found.interrupted
    assert len(load(tmp_path / "parts")) == 3 * 3
    found = run_study(plan, tmp_path / "parts", workers=2, resume=True)
    assert found.finished == plan.units
    assert (tmp_path / "parts" / "data.parquet").read_bytes() == (tmp_path / "whole" / "data.parquet").read_bytes()
    with pytest.raises(ValueError, match="holds a different run: seed was 4 and is 5"):
        run_study(study("descend", seed=5), tmp_path / "parts", workers=1, resume=True)


def test_a_unit_that_fails_is_reported_and_the_others_run_on(tmp_path, capsys):
    file = tmp_path / "large.toml"
    file.write_text('task = "enumerate"\n[settings]\nn = 2\nH = [3, 40]\n')
    assert main(["study", str(file), "--out", str(tmp_path / "out"), "--workers", "1"]) == 3
    out = capsys.readouterr().out
    assert "failed: sample 0 at n=2, H=40" in out
    assert "2^40 numbers" in out
    assert "1 of 2 units, 1 failed" in out
    assert set(load(tmp_path / "out")["H"]) == {3}


@pytest.mark.parametrize(
    ("task", "settings"),
    [
        ("descend", {"n": [5, 100_000], "H": 3}),
        ("descend", {"n": 100, "H": 3, "starts": 10**10}),
        ("enumerate", {"n": 10**6, "H": 2}),
        ("langevin", {"n": 5, "H": 3, "temperature": 1.0, "duration": 1e6, "records": 10**8, "chains": 1000}),
        ("parallel-tempering", {"n": 5, "H": 3, "coldest": 0.5, "hottest": 1.0, "sweeps": 10**12}),
        ("train", {"hidden": [10**9]}),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work_on_this_machine_alone(task, settings, tmp_path):
    plan = Study.checked({"task": task, "settings": settings})
    with pytest.raises(ValueError, match=rf"^{task} at .* GiB but only .* are available; try smaller settings"):
        run_study(plan, tmp_path / "out", workers=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_a_wrong_number_of_workers_is_refused_before_any_work(workers, tmp_path):
    with pytest.raises(ValueError, match=f"workers must be a positive whole number.*; given {workers}"):
        run_study(study("descend"), tmp_path / "out", workers=workers)
    assert not (tmp_path / "out").exists()


def test_workers_elsewhere_may_have_more_memory(tmp_path):
    plan = Study.checked({"task": "descend", "settings": {"n": 100_000, "H": 3}})
    with ThreadPoolExecutor(1) as elsewhere:
        found = run_study(plan, tmp_path, executor=elsewhere)
    assert "GiB are available" in found.failures[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a study needs a task: one of descend, enumerate"),
        ('task = "decsend"', "unknown task 'decsend'; did you mean 'descend'"),
        ('task = "descend"\nsample = 3', "unknown key 'sample'; did you mean 'samples'"),
        ('task = "descend"\n[settings]\nH = 3', "descend needs n, number of spins"),
        ('task = "descend"\n[settings]\nn = 5', "the model is missing; give H = 3 or, for a mixed model, mixture ="),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\nmixture = {3 = 1.0}', "H and mixture are both given"),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\nstart = 4', "did you mean 'starts'"),
        ('task = "descend"\n[settings]\nn = [5, 0]\nH = 3', "n must be a whole number of at least 1, not 0"),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\nmethod = "newtn"', "method must be one of lbfgs"),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\ntol = -1.0', "tol must be above 0, not -1.0"),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\nspectrum = 1', "spectrum must be true or false"),
        ('task = "descend"\n[settings]\nn = []\nH = 3', "n is an empty list"),
        ('task = "descend"\n[settings]\nn = [5, 5]\nH = 3', "listed twice"),
        (
            'task = "descend"\n[settings]\nn = 5\nmixture = {a = 1.0}',
            "orders must be whole numbers of at least 1, not \\['a'\\]",
        ),
        ('task = "descend"\nsettings = 3', "settings must be a table"),
        ('task = "descend"\nsamples = 0\n[settings]\nn = 5\nH = 3', "samples must be a whole number of at least 1"),
        ('task = "train"\n[settings]\nhidden = [[5, 0]]', "hidden must be a whole number of at least 1, not 0"),
        (
            'task = "langevin"\n[settings]\nn = 5\nH = 3\ntemperature = 1.0\nduration = 1.0\ndt = [0.05, 0.04]',
            r"records=20 and dt=0.04 gives 1.25 steps per record.* the nearest is dt=0.05$",
        ),
        ('task = "langevin"\n[settings]\nn = 5\nH = 3\ntemperature = 1.0\nduration = 0.1', "nearest is dt=0.005$"),
        ("task = ", "is not TOML"),
        ('task = ["descend"]', "unknown task"),
        ('task = "descend"\nsamples = "3"', "samples must be a whole number of at least 1, not '3'"),
        ('task = "descend"\nseed = -1\n[settings]\nn = 5\nH = 3', "seed must be a whole number of at least 0, not -1"),
        ('task = "descend"\n[[settings]]\nn = 5', "settings must be a table"),
        ('task = "descend"\n[settings]\nn = 5.0\nH = 3', "n must be a whole number of at least 1, not 5.0"),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\ntol = inf', "tol must be a finite number, not inf"),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\nmethod = [["lbfgs"]]', "method must be one of lbfgs"),
        ('task = "descend"\n[settings]\nn = 5\nH = 3\nn = 6', "is not TOML"),
        ('task = "descend"\n[settings]\nn = 5\nmixture = {3 = 0.0}', "every weight is 0; at least one"),
        ('task = "descend"\n[settings]\nn = 5\nmixture = {3 = nan}', "weight of order 3 must be a finite number"),
        ('task = "descend"\n[settings]\nn = 5\nmixture = {3 = 1.0, "03" = 2.0}', "gives an order twice: 3, 03"),
        (
            'task = "descend"\n[settings]\nn = 5\nmixture = {"²" = 1.0}',
            r"orders must be whole numbers of at least 1, not \['²'\]",
        ),
        ('task = "descend"\nsamples = 1000001\n[settings]\nn = 5\nH = 3', "more than 1000000 units; divide the study"),
        (
            f'task = "descend"\n[settings]\nn = {[*range(1, 2001)]}\nH = {[*range(2, 1002)]}',
            "at 2000000 settings are more",
        ),
        (
            'task = "enumerate"\n[settings]\nn = [4, 30]\nH = 3',
            r"n=30 has 10\^9 homotopy paths, more than max_paths=16777216",
        ),
        (
            'task = "enumerate"\n[settings]\nn = 4\nH = 3\nmax_paths = 14',
            "n=4 has 15 homotopy paths, more than max_paths=14",
        ),
        (
            'task = "enumerate"\n[settings]\nn = 4\nmixture = {2 = 1.0, 3 = 0.5}\nmax_paths = 29',
            "n=4 has 30 homotopy paths",
        ),
        ('task = "langevin"\n[settings]\nn = 5\nH = 3\ntemperature = -1.0', "temperature must be above 0, not -1"),
        ('task = "langevin"\n[settings]\nn = 1\nH = 3\ntemperature = 1.0', "n must be a whole number of at least 2"),
        (
            'task = "langevin"\n[settings]\nn = 5\nH = 3\ntemperature = 1.0\ndt = 100.0\nduration = 2000.0',
            "dt=100 is too long: at temperature=1 .* use dt below 0.5$",
        ),
        (
            'task = "langevin"\n[settings]\nn = 5\nmixture = {3 = 100.0}\ntemperature = 1.0\ndt = 0.01',
            "dt=0.01 is too long: .* use dt below 0.00577$",
        ),
        (
            'task = "parallel-tempering"\n[settings]\nn = 5\nH = 3\ncoldest = [0.5, 1.5]\nhottest = [1.0, 2.0]',
            "the ladder must increase: coldest = 1.5 is not below hottest = 1$",
        ),
        ('task = "train"\n[settings]\noptimiser = "adma"', "optimiser must be one of sgd"),
        ('task = "train"\n[settings]\nn = 5', "unknown setting of train 'n'"),
        ('task = "flow"', "unknown task 'flow'; choose from"),
        ("task = " + "[" * 100_000, r"study.toml is nested too deeply"),
        ("task" + ".a" * 2000 + " = 1", "unknown task {'a': {'a'"),
        ('task = "descend"\n[settings]\nH = 3\nn' + ".a" * 2000 + " = 1", "n must be a whole number"),
        ('task = "descend"\n[settings]\nn = 3\nmixture' + ".a" * 2000 + " = 1", "orders must be whole numbers"),
        ('task = "descend"\nseed = 1' + "0" * 5000, "study.toml is not TOML"),
    ],
)
def test_bad_files_are_refused_before_any_work(text, message, tmp_path):
    file = tmp_path / "study.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_study(file)


def test_a_byte_order_mark_plays_no_part(tmp_path):
    # As Notepad and PowerShell write UTF-8.
    file = tmp_path / "study.toml"
    text = 'task = "descend"\n[settings]\nn = 5\nH = 3\n'
    file.write_text(text, encoding="utf-8")
    plain = read_study(file)
    file.write_bytes(codecs.BOM_UTF8 + text.encode())
    assert read_study(file) == plain


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot read"):
        read_study(tmp_path / "none.toml")


def test_the_command_describes_a_task(capsys):
    assert main(["study", "--describe", "parallel-tempering"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in (*TASKS["parallel-tempering"].options, "swap_rate"))
    assert main(["study", "--describe", "langevn"]) == 2
    assert "did you mean 'langevin'" in capsys.readouterr().err
