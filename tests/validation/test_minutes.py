"""Progress with the remaining time, once a minute, where standard error is not a terminal."""

import re
import time
from types import SimpleNamespace

import pytest

from spinglass.critical_points import enumerate_critical_points
from validation.cli.main import main
from validation.figures import gallery
from validation.report import console, minutes, progress
from validation.report.progress import TimeLeft
from validation.study import run


@pytest.fixture
def fast(monkeypatch):
    """A minute of 0.05 s."""
    monkeypatch.setattr(minutes, "SECONDS", 0.05)


def spinglass(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


def slowly(function):
    def slow(*arguments, **options):
        time.sleep(0.12)
        return function(*arguments, **options)

    return slow


@pytest.mark.slow
def test_a_line_a_minute_with_the_latest_text(capsys, fast):
    with console.working("first") as show:
        time.sleep(0.3)
        show("second")
        time.sleep(0.3)
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert re.fullmatch(r"first; \d+ s so far", lines[0])
    assert re.fullmatch(r"second; \d+ s so far", lines[-1])
    time.sleep(0.12)
    assert capsys.readouterr().err == ""  # it ends with the block


def test_nothing_is_printed_within_the_first_minute(capsys):
    with console.working("first") as show:
        show("second")
    assert capsys.readouterr() == ("", "")


def test_it_ends_with_an_error(capsys, fast):
    with pytest.raises(ValueError, match="stop"), console.working("first"):
        raise ValueError("stop")
    time.sleep(0.12)
    assert capsys.readouterr().err == ""


def test_time_left_is_in_proportion(monkeypatch):
    clock = iter([100.0, 130.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    left = TimeLeft()
    assert left.text(0.0) == ""
    assert left.text(0.25) == ", about 1 min 30 s left"  # 30 s for a quarter


@pytest.mark.slow
def test_enumerate_says_how_long_it_will_take(capsys, fast, monkeypatch):
    monkeypatch.setattr("spinglass.critical_points.enumerate_critical_points", slowly(enumerate_critical_points))
    status, out, err = spinglass(capsys, "enumerate", "--n", 3, "--samples", 3)
    assert status == 0
    assert "left" not in out
    assert re.search(
        r"^sample 3 of 3.*; \d+ critical points so far, about \d+ s left; \d+ s so far$", err, re.MULTILINE
    )


@pytest.mark.slow
def test_verify_says_how_long_it_will_take(capsys, fast, synthetic_file):
    status, out, err = spinglass(capsys, "verify", "die/true", "die/exact", "--claims", synthetic_file, "--workers", 2)
    assert status == 0
    assert "so far" not in out
    assert re.search(r"^\d+ of \d+ units.*; \d+ s so far$", err, re.MULTILINE)


@pytest.mark.slow
def test_study_says_how_long_it_will_take(capsys, fast, monkeypatch, tmp_path):
    monkeypatch.setattr(run, "perform", slowly(run.perform))
    file = tmp_path / "study.toml"
    file.write_text('task = "descend"\nsamples = 4\n[settings]\nn = 4\nH = 3\nstarts = 2\n')
    status, _, err = spinglass(capsys, "study", file, "--out", tmp_path / "out", "--workers", 1)
    assert status == 0
    assert re.search(r"^\d of 4 units, .* per second, about \d+ s left; \d+ s so far$", err, re.MULTILINE)


@pytest.mark.slow
def test_figures_say_how_long_they_will_take(capsys, fast, monkeypatch, tmp_path):
    def saved(name, folder, *arguments, **options):
        time.sleep(0.12)
        return [folder / f"{name}.pdf"]

    monkeypatch.setattr(gallery, "save", saved)
    status, out, err = spinglass(capsys, "figures", "counts", "--out", tmp_path)
    assert status == 0
    assert [line.split("/")[-1] for line in out.splitlines()] == ["counts-to-complexity.pdf", "counts-by-energy.pdf"]
    assert re.search(r"^making counts-to-complexity, figure 1 of 2; \d+ s so far$", err, re.MULTILINE)
    assert re.search(r"^making counts-by-energy, figure 2 of 2, about \d+ s left; \d+ s so far$", err, re.MULTILINE)


def test_before_several_figures_their_total_cost_is_told(capsys, monkeypatch, tmp_path):
    entries = {"first": SimpleNamespace(seconds=40.0), "second": SimpleNamespace(seconds=50.0)}
    monkeypatch.setattr(gallery, "select", lambda names: list(entries))
    monkeypatch.setattr(gallery, "entry", lambda name, effort: entries[name])
    monkeypatch.setattr(gallery, "save", lambda name, *a, **b: [name])
    status, out, err = spinglass(capsys, "figures", "--out", tmp_path)
    assert (status, out.split()) == (0, ["first", "second"])
    assert err.startswith("2 figures; cost: about 1 min 30 s on one core\n")
    entries["third"] = SimpleNamespace(seconds=None)
    _, _, err = spinglass(capsys, "figures", "--out", tmp_path)
    assert err.startswith("3 figures; cost: about 1 min 30 s on one core, without 1 whose cost was not measured\n")


def test_the_list_of_figures_gives_the_costs(capsys):
    costs = {name: gallery.entry(name).seconds for name in gallery.GALLERY}
    assert all(cost > 0 for cost in costs.values())
    assert costs["descent-energies"] > costs["counts-by-energy"]
    _, out, _ = spinglass(capsys, "figures", "--list", "choromanska-glass")
    assert out.splitlines()[0] == f"choromanska-glass (about {costs['choromanska-glass']} s on one core)"
    _, out, _ = spinglass(capsys, "figures", "--list", "choromanska-glass", "--effort", "paper")
    assert out.splitlines()[0] == "choromanska-glass (cost not measured)"
