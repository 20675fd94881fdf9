import io
import json
from dataclasses import replace
from operator import itemgetter

import pytest
from rich.console import Console

from validation import Series, load, verify
from validation.cli.main import main
from validation.report.comparison import Change, Estimate, RecordedVerdict, compare
from validation.report.files import CLAIMS
from validation.report.terminal import print_comparison
from validation.series import EFFORTS


@pytest.fixture(scope="module")
def runs(tmp_path_factory, synthetic_file):
    """Three runs: one, the same again, and one of another seed with a claim more."""
    folder = tmp_path_factory.mktemp("runs")
    common = {"claims": synthetic_file, "workers": 1}
    verify(["die/true", "die/exact"], out=folder / "one", **common)
    verify(["die/true", "die/exact"], out=folder / "same", **common)
    verify(["die/true", "die/exact", "die/false"], out=folder / "other", seed=1, **common)
    for seed in (0, 1):
        verify(["die/curve"], out=folder / f"curve-{seed}", seed=seed, **common)
    return folder


@pytest.mark.slow
def test_the_same_run_changes_nothing(runs):
    differ, changes = compare(runs / "one", runs / "same")
    assert differ == {}
    assert all(change.same for change in changes)


def test_another_seed_moves_estimates_by_about_their_error(runs):
    differ, changes = compare(runs / "one", runs / "other")
    assert differ == {"seed": ("0", "1")}
    found = {change.name: change for change in changes}
    # Two independent means: standard normal; false alarm 1e-5.
    assert 0 < abs(found["die/true"].largest_shift[1]) < 4.5
    assert found["die/exact"].largest_shift is None
    assert found["die/false"].statuses == ("not run", "disagrees")


def test_the_command_says_so_and_its_status_does(runs, capsys):
    assert main(["compare", str(runs / "one"), str(runs / "same")]) == 0
    assert "0 of 2 verdicts changed; 2 are equal to the last bit" in capsys.readouterr().out
    assert main(["compare", str(runs / "one"), str(runs / "other")]) == 1
    out = capsys.readouterr().out
    assert "seed: 0 before, 1 after" in out
    assert "not run" in out
    assert "1 of 3 verdicts changed" in out


def test_shifts_are_those_of_the_same_numbers(runs):
    _, (change,) = compare(runs / "curve-0", runs / "curve-1")
    means = [load(runs / f"curve-{seed}").groupby("component")["value"].agg(["mean", "sem"]) for seed in (0, 1)]
    expected = (means[1]["mean"] - means[0]["mean"]) / (means[0]["sem"] ** 2 + means[1]["sem"] ** 2) ** 0.5
    # Means and standard errors straight from the data, to the rounding of sums of 200 numbers.
    assert [label for label, _ in change.shifts] == ["mean", "square", "one"]
    assert [shift for _, shift in change.shifts] == pytest.approx(expected.tolist(), rel=1e-9)
    assert change.largest_shift[1] == max((shift for _, shift in change.shifts), key=abs)


def test_estimates_of_different_points_are_never_subtracted(runs, tmp_path, capsys):
    """The most strained point of the first run is n=5, of the second n=9; n=7 is in one run only."""
    content = json.loads((runs / "one" / CLAIMS).read_text())
    entry = next(claim for claim in content["claims"] if claim["claim_id"] == "die/true")

    def written(name, points):
        numbers = [{"identity": i, "label": i, "estimate": e, "standard_error": s} for i, e, s in points]
        headline = {"estimate": points[0][1], "standard_error": points[0][2]}
        mutant = entry | {"mutant": "loaded die", "points": sorted(numbers, key=itemgetter("identity"))}
        file = tmp_path / name / CLAIMS
        file.parent.mkdir()
        file.write_text(json.dumps(content | {"claims": [entry | headline | {"points": numbers}], "mutants": [mutant]}))
        return file.parent

    before = written("a", [("n=5", 1.0, 0.3), ("n=9", 50.0, 0.4), ("n=7", 0.0, 1.0), ("twice", 1.0, 3.0)])
    after = written("b", [("n=9", 51.0, 0.3), ("n=5", 1.6, 0.4), ("twice", 1.0, 4.0), ("twice", 9.0, 1.0)])
    _, changes = compare(before, after)
    # By hand: errors sqrt(0.3^2 + 0.4^2) = 0.5 and 5; the second "twice" has no partner.
    assert {name: round(shift, 9) for name, shift in changes[0].shifts} == {"n=9": 2.0, "n=5": 1.2, "twice": 0.0}
    assert changes[0].largest_shift == ("n=9", pytest.approx(2.0, rel=1e-12))
    assert (changes[1].mutant, changes[1].largest_shift[0]) == ("loaded die", "n=9")
    assert main(["compare", str(before), str(after)]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.split()[:1] == ["die/true"])
    assert row.split()[-2:] == ["n=9", "+2.0"]


@pytest.mark.slow
def test_points_of_other_parameters_are_other_points(tmp_path, dice):
    """With one series each, both points are labelled alike although their sizes differ."""
    for n in (50, 60):
        sizes = {effort: [Series(30, die=6, n=n)] for effort in EFFORTS}
        verify(claims=[replace(dice["die/true"], sizes=sizes)], out=tmp_path / str(n), workers=1)
    _, (change,) = compare(tmp_path / "50", tmp_path / "60")
    assert change.before.points[0].label == change.after.points[0].label == ""
    assert change.shifts == []
    assert not change.same


def test_numbers_that_are_not_finite_have_no_shift(runs, tmp_path):
    content = json.loads((runs / "one" / CLAIMS).read_text())
    for claim in content["claims"]:
        for point in claim["points"]:
            point["estimate"] = None
    (tmp_path / CLAIMS).write_text(json.dumps(content))
    _, changes = compare(runs / "one", tmp_path)
    assert all(change.largest_shift is None and not change.same for change in changes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00", "can't decode byte 0xff"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{", "is not JSON"),
        (b"[1" + b"1" * 5000 + b"]", "is not JSON"),
    ],
)
def test_the_file_that_cannot_be_read_is_named(runs, tmp_path, capsys, content, reason):
    (tmp_path / CLAIMS).write_bytes(content)
    assert main(["compare", str(runs / "one"), str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert str(tmp_path / CLAIMS) in error
    assert reason in error


def test_a_folder_in_the_place_of_the_file_is_named(runs, tmp_path):
    (tmp_path / CLAIMS).mkdir()
    with pytest.raises(ValueError, match=rf"cannot read {tmp_path / CLAIMS}: Is a directory"):
        compare(runs / "one", tmp_path)


def test_a_folder_without_verdicts_is_refused(runs, tmp_path):
    with pytest.raises(ValueError, match=r"there is no claims.json in"):
        compare(runs / "one", tmp_path)
    start = '{"effort": 1, "seed": 1, "versions": 1, "mutants": [], "claims": '
    for text in ("[]", "{}", start + "[{}]}", start + "1}", start + '[{"claim_id": [], "mutant": null}]}'):
        (tmp_path / CLAIMS).write_text(text)
        with pytest.raises(ValueError, match="does not contain verdicts in the format"):
            compare(runs / "one", tmp_path)
    (tmp_path / CLAIMS).write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        compare(runs / "one", tmp_path)


@pytest.mark.parametrize(("differ", "noted"), [({}, True), ({"seed": ("0", "1")}, False)])
def test_runs_with_the_same_seed_are_not_called_independent(differ, noted):
    # A change of code that adds 0.01 to every sample: certain, though only a tenth of the errors of the means.
    before, after = (RecordedVerdict("agrees", 0.5, (Estimate("n=5", "n=5", x, 0.1),), 0.1) for x in (1.0, 1.01))
    out = io.StringIO()
    print_comparison(Console(file=out, width=200), differ, [Change("die/true", None, before, after)])
    assert "+0.1" in out.getvalue()
    assert ("The seeds are equal: s.e. is that of two independent runs" in out.getvalue()) == noted
