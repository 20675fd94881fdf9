"""The record of the resolution that runs of claims have reached, and the page and the texts that are made of it."""

import json
from dataclasses import replace

import pytest
from rich.console import Console

from benchmarks import resolution
from validation import durations, resolutions, verify
from validation.claims import catalogue
from validation.report import frames
from validation.report.html import html, markdown
from validation.report.progress import duration
from validation.report.terminal import print_claim
from validation.series import Series

CURVE, LIMIT, CHEAP = "circle/mean-count", "dynamics/energy", "landscape/normal-couplings"
PARTS = {"deviation": 0.001, "statistics": 0.008, "laws of approach": 0.002, "sizes": 0.0}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a folder of a run; the record begins empty."""
    monkeypatch.setattr(resolutions, "RECORD", tmp_path / "resolutions.json")
    resolutions.RECORD.write_text("{}")
    monkeypatch.setattr(resolution, "OUTPUT", tmp_path / "resolution.md")
    resolutions.recorded.cache_clear()

    def write(name, effort, claim_id, **entry):
        folder = tmp_path / name
        folder.mkdir()
        samples = sum(series.samples for series in catalogue()[claim_id].sizes[effort])
        known = {"claim_id": claim_id, "status": "agrees", "delta": 0.03, "seconds": 3.0, "samples": samples}
        known |= {"points": [{}], "resolution_parts": {}}
        (folder / "claims.json").write_text(json.dumps({"effort": effort, "claims": [known | entry]}))
        return str(folder)

    yield write
    resolutions.recorded.cache_clear()


def test_a_claim_has_its_required_and_its_reached_resolution(written):
    runs = [
        written("a", "quick", CURVE, resolution=0.5),
        written("b", "quick", CURVE, resolution=0.021),  # the last run counts
        written("c", "standard", CURVE, resolution=0.0071, status="disagrees", seconds=125.0),
    ]
    resolution.main(runs)
    quick = duration(durations.recorded()[CURVE])
    line = f"| {CURVE} | 3% / 1% / 0.3% | 2.1% ({quick}) | 0.71%, disagrees (2 min 5 s) | – |"
    assert line in resolution.OUTPUT.read_text()


def test_the_record_has_one_line_for_each_claim_and_effort(written):
    resolution.main([written("a", "quick", CURVE, resolution=0.5), written("b", "paper", CURVE, resolution=0.002)])
    lines = resolutions.RECORD.read_text().splitlines()
    assert [line.split(":")[0].strip() for line in lines[2:4]] == ['"quick"', '"paper"']
    assert len(lines) == 6
    assert json.loads(lines[3].split(": ", 1)[1])["resolution"] == 0.002
    recorded = json.loads(resolution.as_text(resolutions.recorded()))
    assert recorded == resolutions.recorded()


def test_a_claim_shows_what_it_reached_and_what_a_limit_is_made_of(written, capsys):
    resolution.main([written("run", "quick", LIMIT, resolution=0.011, resolution_parts=PARTS)])
    assert f"| {LIMIT} | quick | 1.1% | 0.1% | 0.8% | 0.2% | 0% |" in resolution.OUTPUT.read_text()
    claim = catalogue()[LIMIT]
    told = "1.1% at quick (0.1% deviation, 0.8% statistics, 0.2% laws of approach, 0% sizes)"
    assert resolutions.described(claim) == told
    for recorded in (True, False):
        print_claim(Console(width=200), claim, recorded)
        assert (told in capsys.readouterr().out) == recorded
    row = frames.claims([claim], recorded=True).iloc[0]
    assert (row["reached_quick"], row["reached_paper"]) == (0.011, None)


@pytest.mark.slow
def test_a_report_shows_what_recorded_runs_of_its_claims_reached(written, synthetic_file):
    resolution.main([written("run", "standard", CHEAP, resolution=0.033)])
    ours = verify([CHEAP], workers=1)
    theirs = verify(["die/true"], claims=synthetic_file, workers=1)
    for page in (html, markdown):
        assert "3.3% at standard" in page(ours)
        assert "recorded runs" in page(ours)
        assert "recorded runs" not in page(theirs)


def test_runs_with_other_sizes_do_not_count(written, capsys):
    resolution.main([written("fewer", "quick", CURVE, resolution=0.02, samples=10)])
    assert f"not recorded, because sizes differ or samples are missing: {CURVE}" in capsys.readouterr().out
    claim = catalogue()[CURVE]
    assert resolutions.reached(claim) == {}
    resolution.main([written("all", "quick", CURVE, resolution=0.02)])
    assert resolutions.reached(claim)["quick"].resolution == 0.02
    changed = [Series(series.samples, H=series.parameters["H"] + 1) for series in claim.sizes["quick"]]
    assert resolutions.described(replace(claim, sizes={**claim.sizes, "quick": changed})) == ""


def test_the_page_of_the_documentation_is_that_of_the_record():
    hint = "run python -m benchmarks.resolution"
    assert resolution.OUTPUT.read_text(encoding="utf-8") == resolution.page(), hint


def test_every_statistical_claim_has_a_line_and_coarse_ones_a_reason():
    page, used = resolution.page(), set()
    for claim in catalogue().values():
        assert (f"| {claim.id} | {resolution.deltas(claim)} |" in page) != claim.deterministic
        coarse = not claim.deterministic and resolution.coarse(claim)
        assert (f"- {claim.id}, " in page) == coarse
        used |= {resolution.reason(claim.id)} if coarse else set()
    assert used == set(resolution._REASONS.values())


def test_a_folder_without_a_run_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        resolution.main([str(tmp_path)])
    assert "there is no claims.json in" in capsys.readouterr().err


def test_a_coarse_claim_without_a_reason_is_named():
    with pytest.raises(ValueError, match=r"state in resolution.py why circle/mean-count is not tested more finely"):
        resolution.reason(CURVE)
