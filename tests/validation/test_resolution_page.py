"""The page on the resolution of all claims, which benchmarks.resolution writes from the folders of runs."""

import json

import pytest

from benchmarks import resolution
from validation.claims import catalogue
from validation.durations import recorded
from validation.report.progress import duration

CURVE, LIMIT = "circle/mean-count", "dynamics/energy"


@pytest.fixture
def written(tmp_path):
    def write(name, effort, *entries):
        folder = tmp_path / name
        folder.mkdir()
        known = {"status": "agrees", "delta": 0.03, "seconds": 3.0, "points": [{}], "resolution_parts": {}}
        claims = [known | entry for entry in entries]
        (folder / "claims.json").write_text(json.dumps({"effort": effort, "claims": claims}))
        return folder

    return write


def test_a_claim_has_what_it_must_tell_and_what_it_told(written):
    before = written("before", "quick", {"claim_id": CURVE, "resolution": 0.026, "delta": 0.03})
    runs = [
        written("a", "quick", {"claim_id": CURVE, "resolution": 0.5}),
        written("b", "quick", {"claim_id": CURVE, "resolution": 0.021}),  # the last run counts
        written("c", "standard", {"claim_id": CURVE, "resolution": 0.0071, "status": "disagrees", "seconds": 125.0}),
    ]
    page = resolution.page(runs, before)
    quick = duration(recorded()[CURVE])
    line = f"| {CURVE} | 3% / 1% / 0.3% | 3%, 2.6% | 2.1% ({quick}) | 0.71%, disagrees (2 min 5 s) | – |"
    assert line in page


def test_the_page_says_what_limits_are_made_of(written):
    parts = {"deviation": 0.001, "statistics": 0.008, "laws of approach": 0.002, "sizes": 0.0}
    run = written("run", "quick", {"claim_id": LIMIT, "resolution": 0.011, "resolution_parts": parts})
    assert f"| {LIMIT} | quick | 1.1% | 0.1% | 0.8% | 0.2% | 0% |" in resolution.page([run])


def test_every_statistical_claim_has_a_line_and_coarse_ones_a_reason(written):
    page = resolution.page([written("run", "quick")])
    for claim in catalogue().values():
        assert (f"| {claim.id} | {resolution.deltas(claim)} |" in page) != claim.deterministic
        assert (f"- {claim.id}, " in page) == (not claim.deterministic and resolution.coarse(claim))


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"there is no claims.json in .*; give folders that verify --out wrote"):
        resolution.page([tmp_path])


def test_a_coarse_claim_without_a_reason_is_named():
    with pytest.raises(ValueError, match=r"state in resolution.py why circle/mean-count is not tested more finely"):
        resolution.reason(CURVE)
