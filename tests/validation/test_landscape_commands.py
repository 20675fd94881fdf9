"""``spinglass enumerate`` and ``spinglass graph``, from the command line to the files."""

import numpy as np
import pandas as pd
import pytest

import theory
from spinglass import SphericalSpinGlass, critical_points
from spinglass.critical_points import Progress, enumerate_critical_points, enumeration, homotopy
from validation.cli.exploring import enumerating, explore
from validation.cli.main import main
from validation.experiments.survey import survey


def spinglass(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


def interrupted_at(call):
    """An enumeration that Ctrl-C ends at the given call."""
    calls = []

    def enumeration(glass, **options):
        calls.append(glass)
        if len(calls) == call:
            raise KeyboardInterrupt
        return enumerate_critical_points(glass, **options)

    return enumeration


def test_enumerate_writes_one_row_per_critical_point(capsys, tmp_path):
    file = tmp_path / "new" / "points.parquet"
    status, out, _ = spinglass(capsys, "enumerate", "--n", 5, "--samples", 3, "--seed", 7, "--out", file)
    assert status == 0
    assert "3 of 3 samples" in out
    assert "no sample failed" in out
    points = pd.read_parquet(file)
    again = enumerate_critical_points(SphericalSpinGlass.pure(5, 3, np.random.SeedSequence(7, spawn_key=(2,))))
    rows = points[points["sample"] == 2]
    assert np.array_equal(rows["energy_per_spin"], again.energy_per_spin)
    assert np.array_equal(rows[[f"x{i}" for i in range(5)]], again.x)
    assert rows["certified"].all()


def test_summary_of_a_survey():
    found = survey(4, 3, samples=5, seed=2)
    counts = pd.crosstab(found.points["sample"], found.points["index"])
    frame = found.to_frame()
    assert np.allclose(frame["mean"], [*counts.mean(), counts.sum(axis=1).mean()])
    assert np.allclose(frame["standard_error"], [*counts.sem(), counts.sum(axis=1).sem()])
    assert frame["exact"]["all"] == pytest.approx(theory.mean_critical_points(4, 3))
    assert frame["exact"].iloc[:-1].sum() == pytest.approx(frame["exact"]["all"], abs=1e-9)


@pytest.mark.slow
def test_counts_have_the_exact_means():
    frame = survey(5, 3, samples=60, seed=1).to_frame()
    # Six deviations of about normal law, two by two equal; false alarms about 2e-6 for any beyond 5.
    assert (np.abs(frame["mean"] - frame["exact"]) < 5 * frame["standard_error"]).all()


def test_ctrl_c_keeps_what_is_finished(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(critical_points, "enumerate_critical_points", interrupted_at(3))
    file = tmp_path / "points.parquet"
    status, out, _ = spinglass(capsys, "enumerate", "--n", 4, "--samples", 9, "--out", file)
    assert status == 130
    assert "2 of 9 samples" in out
    assert pd.read_parquet(file)["sample"].unique().tolist() == [0, 1]


def test_ctrl_c_before_anything_is_finished(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(critical_points, "enumerate_critical_points", interrupted_at(1))
    arguments = ["--n", 4, "--out", tmp_path / "points.parquet", "--checkpoint", tmp_path / "kept"]
    status, out, _ = spinglass(capsys, "enumerate", *arguments)
    assert status == 130
    assert "kept; repeat the command to continue" in out
    assert "0 of 1 samples, 0 critical points" in out
    assert not (tmp_path / "points.parquet").exists()


def test_a_sample_that_is_not_complete_is_named(capsys, monkeypatch):
    def zero(glass, **options):
        return enumerate_critical_points(SphericalSpinGlass.from_tensor(np.zeros((glass.n,) * 3)))

    monkeypatch.setattr(critical_points, "enumerate_critical_points", zero)
    status, out, _ = spinglass(capsys, "enumerate", "--n", 3)
    assert status == 1
    assert "sample 0 is NOT complete: the energy is zero everywhere" in out
    assert "no sample failed" not in out


@pytest.mark.slow
def test_graph_prints_minima_and_saves_the_figure(capsys, tmp_path):
    status, out, _ = spinglass(capsys, "graph", "--n", 6, "--seed", 2, "--starts", 50, "--out", tmp_path / "g")
    assert status == 0
    assert "connected" in out
    assert "50 gradient flows" in out
    assert (tmp_path / "g" / "disconnectivity.pdf").exists()
    minima = pd.read_csv(tmp_path / "g" / "minima.csv")
    every = enumerate_critical_points(SphericalSpinGlass.pure(6, 3, 2))
    assert np.allclose(minima["energy_per_spin"], every.energy_per_spin[every.index == 0], rtol=0, atol=1e-14)
    assert minima["ends"].sum() == 50
    table = [line for line in out.splitlines() if "–" in line]
    assert len(table) == len(minima)
    assert all(len(line) <= 80 for line in table)


def test_ctrl_c_in_the_flows_keeps_the_graph(capsys, tmp_path, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("spinglass.critical_points.basins.basin_volumes", interrupt)
    status, out, _ = spinglass(capsys, "graph", "--n", 5, "--out", tmp_path)
    assert status == 130
    assert "LandscapeGraph" in out
    assert len(pd.read_csv(tmp_path / "saddles.csv")) > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["enumerate", "--n", 0], "n, the number of spins, must be at least 1, not 0"),
        (["enumerate", "--H", 1], "H must be at least 2, not 1"),
        (["enumerate", "--samples", 0], "samples must be at least 1, not 0"),
        (["enumerate", "--n", 30], "or raise max_paths (--max-paths on the command line)"),
        (["enumerate", "--n", 5, "--max-paths", 30], "31 paths to follow, more than max_paths = 30"),
        (["graph", "--n", 5, "--max-paths", 30], "31 paths to follow, more than max_paths = 30"),
        (["enumerate", "--max-paths", 0], "max_paths must be a whole number of at least 1, not 0"),
        (["enumerate", "--out", "points.txt"], "'points.txt'; use a name that ends in .parquet or .csv"),
        (["enumerate", "--certify", "yes"], "--certify must be real, all or none, not 'yes'"),
        (["enumerate", "--cluster", "localhost"], "tcp://host:port, or mpi; given 'localhost'"),
        (["enumerate", "--seed", -1], "seed must be an int >= 0"),
        (["enumerate", "--out", "/proc/nowhere/x.parquet"], "cannot write to /proc/nowhere"),
        (["graph", "--starts", 0], "starts must be at least 1, not 0"),
        (["graph", "--out", "/proc/nowhere"], "cannot write to /proc/nowhere"),
        (["graph", "--n", "x"], "valid integer"),
    ],
)
def test_bad_input_is_one_line_and_status_2(capsys, arguments, message):
    status, out, err = spinglass(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("spinglass: error: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_command_resumes_from_its_checkpoint(capsys, tmp_path, monkeypatch):
    command = ["enumerate", "--n", 6, "--samples", 2, "--certify", "all"]
    status, whole, _ = spinglass(capsys, *command)
    assert status == 0
    assert "proven to be all in 2 of 2 samples" in whole
    assert spinglass(capsys, *command, "--checkpoint", tmp_path)[1] == whole
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["sample-00000", "sample-00001"]
    monkeypatch.setattr(homotopy, "_QUICK", None)  # paths can no longer be followed
    assert spinglass(capsys, *command, "--checkpoint", tmp_path)[1] == whole
    status, _, err = spinglass(capsys, *command[:-1], "none", "--checkpoint", tmp_path)
    assert status == 2
    assert "with other certificates; use an empty folder" in err


def test_progress_tells_rate_and_time_left_of_the_paths_of_this_run():
    status = enumerating.Status(samples=2)
    status._left._began -= 10  # as if ten seconds had passed
    line = status.line(0, 0, Progress(done=500, paths=1000, failed=1, resumed=300))
    assert line == (
        "sample 1 of 2, 500 of 1000 paths, 20 per second; 0 critical points so far, about 1 min 15 s left"
    )  # a tenth of the work took 10 s, and three quarters are left
    # 35% of the work was done in these 10 s, and half is left.
    assert status.line(1, 77, None) == "sample 2 of 2; 77 critical points so far, about 14 s left"
    line = status.line(1, 77, Progress(done=400, paths=1000, failed=0))
    assert line.startswith("sample 2 of 2, 400 of 1000 paths, 60 per second; 77 critical points")


def test_the_limit_on_paths_is_that_of_the_library(capsys):
    # The Bezout-like count of Cartwright and Sturmfels at n = 5, H = 3 is 2^5 - 1 = 31.
    assert spinglass(capsys, "enumerate", "--n", 5, "--max-paths", 31)[0] == 0
    assert explore.MAX_PATHS == enumeration.MAX_PATHS


def test_single_samples_show_no_error(capsys):
    _, out, _ = spinglass(capsys, "enumerate", "--n", 3)
    assert "±" not in out
    assert "s.e." not in out
