import pytest

from validation import verify
from validation.archive import CLAIMS
from validation.cli import main
from validation.comparison import compare


@pytest.fixture(scope="module")
def runs(tmp_path_factory, synthetic_file):
    """Three runs: one, the same again, and one of another seed with a claim more."""
    folder = tmp_path_factory.mktemp("runs")
    common = {"claims": synthetic_file, "workers": 1}
    verify(["die/true", "die/exact"], out=folder / "one", **common)
    verify(["die/true", "die/exact"], out=folder / "same", **common)
    verify(["die/true", "die/exact", "die/false"], out=folder / "other", seed=1, **common)
    return folder


def test_the_same_run_changes_nothing(runs):
    differ, changes = compare(runs / "one", runs / "same")
    assert differ == {}
    assert all(change.same for change in changes)


def test_another_seed_moves_estimates_by_about_their_error(runs):
    differ, changes = compare(runs / "one", runs / "other")
    assert differ == {"seed": ("0", "1")}
    found = {change.name: change for change in changes}
    # Two independent means: standard normal; false alarm 1e-5.
    assert 0 < abs(found["die/true"].shift) < 4.5
    assert found["die/exact"].shift is None
    assert found["die/false"].statuses == ("not run", "disagrees")


def test_the_command_says_so_and_its_status_does(runs, capsys):
    assert main(["compare", str(runs / "one"), str(runs / "same")]) == 0
    assert "0 of 2 verdicts changed; 2 are the same to the last bit" in capsys.readouterr().out
    assert main(["compare", str(runs / "one"), str(runs / "other")]) == 1
    out = capsys.readouterr().out
    assert "seed: 0 before, 1 after" in out
    assert "not run" in out
    assert "1 of 3 verdicts changed" in out


def test_a_folder_without_verdicts_is_refused(runs, tmp_path):
    with pytest.raises(ValueError, match=r"there is no claims.json in"):
        compare(runs / "one", tmp_path)
    for text in ("[]", "{}", '{"effort": 1, "seed": 1, "versions": 1, "claims": [{}], "mutants": []}'):
        (tmp_path / CLAIMS).write_text(text)
        with pytest.raises(ValueError, match="does not hold a run's verdicts"):
            compare(runs / "one", tmp_path)
    (tmp_path / CLAIMS).write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        compare(runs / "one", tmp_path)
