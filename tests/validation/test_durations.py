"""The choice of claims for a given time, and the order in which units are started."""

import pytest

from validation import verify
from validation.claims import catalogue
from validation.cli.main import main
from validation.durations import expected, fitting, recorded
from validation.engine.executors import cores_in_use
from validation.engine.groups import groups_of
from validation.engine.order import in_order
from validation.engine.trial import Trial


def test_every_claim_has_a_recorded_time():
    assert set(recorded()) == set(catalogue())
    assert all(seconds > 0 for seconds in recorded().values())


@pytest.mark.parametrize("minutes", [0.05, 0.3, 1.0, 100.0])
def test_as_many_claims_as_fit_are_chosen(minutes):
    claims = catalogue().select()
    chosen = fitting(claims, minutes, workers=2)
    assert expected(chosen, 2) <= 60 * minutes
    left_out = [claim for claim in claims if claim.id not in {one.id for one in chosen}]
    for claim in left_out:
        assert expected([*chosen, claim], 2) > 60 * minutes
    assert [claim.id for claim in claims if claim in chosen] == [claim.id for claim in chosen]


def test_a_run_names_the_claims_that_it_leaves_out():
    report = verify(family="covariance", minutes=0.05, workers=1)
    assert [verdict.claim_id for verdict in report.verdicts] == ["covariance/packed"]
    assert report.left_out == ("covariance/law", "covariance/fixed-points")
    assert report.summary == "1 agrees, 0 disagree, 0 undecided, 2 not tested, for lack of time"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"minutes": 0.0}, "minutes must be positive; given 0.0"),
        ({"minutes": float("nan")}, "minutes must be positive; given nan"),
        ({"minutes": 1e-9}, "no claim fits in 1e-09 minutes; the fastest takes"),
        ({"minutes": 1.0, "effort": "paper"}, "own claims at effort quick, without mutants; given effort 'paper', mut"),
        ({"minutes": 1.0, "mutants": True}, "own claims at effort quick, without mutants"),
        ({"minutes": 1.0, "claims": [catalogue()["covariance/packed"]]}, "the project's own claims"),
    ],
)
def test_times_that_choose_nothing_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        verify(**options)


def test_more_workers_than_cores_are_not_faster(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("spinglass._common.threads.cores", lambda: 2)
    assert [cores_in_use(workers) for workers in (1, 2, 50)] == [1, 2, 2]
    monkeypatch.setattr("validation.verification._Run.measure", lambda run, job, kept: True)  # as after Ctrl-C
    tested = [[verdict.claim_id for verdict in verify(minutes=3.0, workers=w).verdicts] for w in (1, 2, 50)]
    assert set(tested[0]) < set(tested[1])
    assert tested[1] == tested[2]
    assert main(["verify", "--workers", "50", "--minutes", "3", "--out", str(tmp_path)]) == 130
    out, err = capsys.readouterr()
    assert f"{len(tested[1])} claims on 2 cores take about" in err
    assert out.endswith("continue with --resume\n")


def test_the_first_claim_is_started_first_and_each_family_early():
    claims = catalogue()
    units = [unit for claim in claims.values() for unit in Trial(claim, "quick").units]
    groups = groups_of(claims, units)
    ordered = in_order(groups)
    assert sorted(map(repr, ordered)) == sorted(map(repr, groups))
    first = next(iter(claims))
    count = sum(group[0].claim_id == first for group in groups)
    assert {group[0].claim_id for group in ordered[:count]} == {first}
    early = [unit for group in ordered[count : count + 2 * len(claims.families)] for unit in group]
    families = {unit.claim_id.split("/")[0] for unit in early}
    assert families >= {family for family in claims.families if family != claims[first].family}
    assert in_order([]) == []
