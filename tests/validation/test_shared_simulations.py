"""Claims that read one simulation: each sample is simulated once, and no verdict depends on the company."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from validation import Reading, Series, load, verify
from validation.catalogue import read_claims
from validation.claims import catalogue
from validation.engine.groups import groups_of
from validation.engine.units import units_of
from validation.series import EFFORTS

FILE = Path(__file__).parent / "shared_claims.py"


@pytest.fixture(scope="module")
def dice():
    return read_claims(FILE)


@pytest.fixture
def thrown(dice):
    import shared_claims

    shared_claims.THROWN.clear()
    return shared_claims.THROWN


def run(*names, **options):
    return verify([f"dice/{name}" for name in names], claims=FILE, **{"workers": 1, **options})


def rows(report, name):
    return report.to_frame().query(f"claim_id == 'dice/{name}'").reset_index(drop=True)


def test_every_sample_is_simulated_once_for_all_claims(dice, thrown):
    report = run("mean", "more", "largest")
    # n = 20: as many as the claim that needs most; n = 30: one claim alone.
    assert len(thrown) == len({seed.spawn_key for seed in thrown}) == 300 + 300
    assert report["dice/mean"].status == report["dice/more"].status == "agrees"
    assert [verdict.samples for verdict in report.verdicts] == [100, 600, 300]


def test_a_claim_reads_the_first_samples(dice):
    report = run("mean", "more", "largest")
    mean, more, largest = (rows(report, name) for name in ("mean", "more", "largest"))
    assert mean["value"].tolist() == more["value"][:100].tolist()
    twenty, thirty = (more["value"][k : k + 300].to_numpy() for k in (0, 300))
    assert len(np.intersect1d(20 * twenty, 30 * thirty)) < len(np.unique(20 * twenty))
    # Both thresholds are read from the same throws: whoever reaches 6 also reaches 5.
    six, five = (largest["value"][k : k + 150].to_numpy() for k in (0, 150))
    assert (six <= five).all()
    assert 0 < six.mean() <= five.mean()


@pytest.mark.slow
def test_bits_do_not_depend_on_the_company_or_on_workers(dice):
    together = run("mean", "more", "largest", "first")
    apart = [run(name) for name in ("mean", "more", "largest")]
    spread = run("largest", "more", "mean", workers=2)
    for report in (*apart, spread):
        for verdict in report.verdicts:
            name = verdict.claim_id.removeprefix("dice/")
            assert rows(report, name).equals(rows(together, name))
            assert verdict.p_value == together[verdict.claim_id].p_value


@pytest.mark.slow
def test_mutants_are_simulated_alone_on_the_same_seeds(dice, thrown):
    report = run("mean", "more", mutants=True)
    assert {verdict.fate for verdict in report.mutant_verdicts} == {"killed"}
    # The correct code once for both claims, each of three mutants for each claim.
    assert len(thrown) == 600 + 3 * (100 + 600)
    assert len({seed.spawn_key for seed in thrown}) == 600
    for name in ("mean", "more"):
        frame = rows(report, name)
        right, loaded, misread, half = (frame[frame["mutant"] == m]["value"].to_numpy() for m in
                                        ("", "loaded dice", "misread", "half"))  # fmt: skip
        assert np.allclose(loaded, right + 1)
        assert np.allclose(misread, right + 1)
        assert np.array_equal(half, right)


def test_an_exception_while_reading_affects_one_claim(dice):
    report = run("first", "mean")
    assert "samples were lost; first error: LookupError: a six" in report["dice/first"].reason
    assert report["dice/mean"].status == "agrees"
    assert rows(report, "mean").equals(rows(run("mean"), "mean"))


def test_an_exception_in_the_simulation_affects_all_its_claims(dice):
    report = run("fragile", "fragile-too", "mean")
    for name in ("fragile", "fragile-too"):
        assert "ZeroDivisionError: the dice fell off the table" in report[f"dice/{name}"].reason
        assert all("in fragile" in text for text in report[f"dice/{name}"].errors)
    assert len(report["dice/fragile"].errors) > len(report["dice/fragile-too"].errors) > 0
    assert report["dice/mean"].status == "agrees"


@pytest.mark.slow
def test_an_interrupted_run_is_continued_with_the_same_bits(dice, thrown, tmp_path):
    def press(trial, verdict):
        if trial.claim.id == "dice/more" and trial.samples >= 64:
            raise KeyboardInterrupt

    assert run("mean", "more", out=tmp_path, watch=press).interrupted
    before = len(thrown)
    resumed = run("mean", "more", out=tmp_path, resume=True)
    # Two groups of 32 samples were done; the second had been kept for the first claim that reads it, at least.
    assert len(thrown) - before <= 600 - 32
    whole = run("mean", "more")
    assert resumed.to_frame().equals(whole.to_frame())
    assert [v.p_value for v in resumed.verdicts] == [v.p_value for v in whole.verdicts]
    assert load(tmp_path).groupby("claim_id").size().to_dict() == {"dice/mean": 100, "dice/more": 600}


def test_claims_share_the_time_of_their_simulation(dice, thrown, monkeypatch):
    # A throw takes two seconds; 100 throws are shared, 500 are not. No time passes while claims read.
    monkeypatch.setattr("validation.engine.groups.time.perf_counter", lambda: 2.0 * len(thrown))
    report = run("mean", "more")
    assert [verdict.seconds for verdict in report.verdicts] == [100 * 1.0, 100 * 1.0 + 500 * 2.0]


def test_units_of_different_lengths_nest(dice):
    units = [unit for name in ("mean", "more") for unit in units_of(dice[f"dice/{name}"], None, "quick")]
    groups = groups_of(dice, units)
    assert sorted(map(str, (unit for group in groups for unit in group))) == sorted(map(str, units))
    shared = [group for group in groups if len({unit.claim_id for unit in group}) > 1]
    # 100 samples in ranges of 8, 300 in ranges of 32: the first four of these contain the former.
    assert [len(group) for group in shared] == [5, 5, 5, 2]
    assert all({s for u in g[:-1] for s in u.samples} <= set(g[-1].samples) for g in shared)


@pytest.mark.parametrize("simulation", [lambda seed: 1.0, Series(1), len.__call__, Path.exists])
def test_a_simulation_has_a_name(simulation):
    with pytest.raises(ValueError, match="a simulation must be a function defined with def at the top level"):
        Reading(simulation, float)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"n": 20, "m": 3},
            "claim dice/mean, effort quick: none of .* read and predict takes the parameter m",
        ),
        ({"n": object()}, "the simulation's parameter n is <object .* use numbers, texts, None, or tuples"),
        ({"n": {1: [len]}}, "the simulation's parameter n is"),
    ],
)
def test_parameters_that_cannot_be_shared_are_refused(dice, parameters, message):
    with pytest.raises(ValueError, match=message):
        replace(dice["dice/mean"], sizes={effort: [Series(30, **parameters)] for effort in EFFORTS})


def with_any(seed, **parameters):
    return 0.0


def test_equal_parameters_give_the_same_samples():
    source = Reading(with_any, float).source
    assert source({"H": {3: 1.0, 2: 0.5}, "n": 8}) == source({"n": 8, "H": {2: 0.5, 3: 1.0}})
    assert source({"n": np.int64(8), "T": (np.float64(0.5),)}) == source({"n": 8, "T": (0.5,)})
    assert source({"n": 8}) != source({"n": 9})
    # The digest of "[('n', 8)]" by sha256sum: seeds remain the same in later versions.
    assert source({"n": 8}).number == int("69ffd43e540e6840", 16)


def test_a_simulation_whose_name_means_another_function_is_refused(dice, monkeypatch):
    import shared_claims

    monkeypatch.setattr(shared_claims, "thrown", shared_claims.fragile)
    with pytest.raises(ValueError, match="claim dice/mean: its simulation is a function 'thrown', but shared_claims"):
        verify(claims=[dice["dice/mean"]])


def test_what_cannot_be_copied_is_an_error_of_the_sample(dice):
    report = verify(claims=[replace(dice["dice/mean"], measure=Reading(generated, sum))])
    assert "cannot pickle 'generator' object" in report["dice/mean"].reason


def generated(seed, n):
    return (k for k in range(n))


def test_sharing_claims_of_the_catalogue_need_few_simulations_more_than_the_largest():
    # In one effort the series of claims with one simulation overlap: sharing saves at least a third of the samples.
    for effort in EFFORTS:
        asked, drawn = 0, {}
        for claim in catalogue().values():
            if isinstance(claim.measure, Reading):
                for number, series in enumerate(claim.sizes[effort]):
                    source = claim.drawn_from(effort, number)
                    asked += series.samples
                    drawn[source] = max(drawn.get(source, 0), series.samples)
        assert sum(drawn.values()) < 2 / 3 * asked
