"""Claims that users may well write: whatever one does, the others are judged and what was measured is kept."""

import importlib
import json
import os
import sys
import textwrap
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from validation import Between, Claim, Mean, Mutant, Proportion, Series, verify
from validation.catalogue import Catalogue, read_claims
from validation.engine import executors
from validation.engine.groups import perform, perform_there
from validation.engine.units import units_of
from validation.series import EFFORTS

ROOT = np.random.SeedSequence(0)


def normal(seed):
    return np.random.default_rng(seed).normal(1, 0.1)


def mutants(target="math.sqrt"):
    return [Mutant(name, "s", {target: lambda f: f}, upstream=True) for name in "ab"]


GOOD = Claim(
    id="die/good", kind="theorem", statement="s", formula="f", source="s", measured="m", measure=normal,
    predict=lambda: 1.0, delta=0.2, sizes={e: [Series(100)] for e in EFFORTS}, mutants=mutants(),
)  # fmt: skip


def claim(name, measure=normal, **more):
    return replace(GOOD, id=f"die/{name}", measure=measure, **more)


def skewed_and_huge(seed):
    return np.exp(140 + np.random.default_rng(seed).exponential())


def huge(seed):
    return 1e200 * np.random.default_rng(seed).normal()


class Raises(Mean):
    def evidence(self, samples, alpha, seed):
        raise ZeroDivisionError("no such thing")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (claim("skewed", skewed_and_huge, predict=lambda: 1e61), ""),
        (claim("huge", huge), ""),
        (claim("small", predict=lambda: 1e-160), ""),
        (claim("table", predict=lambda: [[1.0]]), "predict returned shape"),
        (claim("raises", estimator=Raises()), "ZeroDivisionError: no such thing"),
        (claim("formula", formula=r"\left( x^2^3"), ""),
        (claim("label", lambda seed: [normal(seed)] * 2, components=(r"$\frac{$", "b")), ""),
        (claim("surrogate", statement="\ud800"), ""),
        (claim("float32", delta=np.float32(0.2)), ""),
    ],
    ids=lambda given: given.id if isinstance(given, Claim) else "",
)
def test_a_claim_of_any_kind_leaves_the_others_their_verdicts(bad, reason, tmp_path):
    report = verify(claims=[GOOD, bad], out=tmp_path, workers=1)
    assert report["die/good"].status == "agrees"
    assert reason in report[bad.id].reason
    kept = json.loads((tmp_path / "claims.json").read_text())
    assert [one["claim_id"] for one in kept["claims"]] == ["die/good", bad.id]
    assert "die/good" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("name", [None, "", 3])
def test_a_mutant_has_a_name(name):
    with pytest.raises(ValueError, match="a mutant needs a name"):
        Mutant(name, "s", {"math.sqrt": abs})


def test_components_are_names():
    with pytest.raises(ValueError, match="components must be names"):
        claim("numbered", components=(1, 2))


@pytest.mark.parametrize("predicted", [1.2, -0.1])
def test_a_proportion_is_held_against_probabilities(predicted):
    odd = claim("odd", lambda seed: 1.0, predict=lambda: Between(predicted, predicted, scale=1), estimator=Proportion())
    verdict = verify(claims=[odd])["die/odd"]
    assert verdict.status == "undecided"
    assert "compared with probabilities" in verdict.reason


def test_a_range_that_no_count_refutes_is_not_held_against_counts():
    rare = [Series(30)]
    wide = claim(
        "wide", lambda seed: 0.0, predict=lambda: Between(0.1, 0.9), estimator=Proportion(), delta=0.1,
        sizes=dict.fromkeys(EFFORTS, rare),
    )  # fmt: skip
    assert "no number of events in 30 samples refutes" in verify(claims=[GOOD, wide])["die/wide"].reason
    narrow = replace(wide, predict=lambda: Between(0.5, 0.9))
    assert verify(claims=[GOOD, narrow])["die/wide"].status == "disagrees"


def test_claims_in_no_file_are_not_resumed(tmp_path):
    with pytest.raises(ValueError, match="put them into a file"):
        verify(claims=[GOOD], out=tmp_path, resume=True)


def claim_file(path, shift=0.0, helper="", before=""):
    path.write_text(
        textwrap.dedent(f"""
        import numpy as np
        from validation import Claim, Mutant, Series
        {helper}
        def measured(seed):
            return {shift} + np.random.default_rng(seed).normal(1, 0.1)
        def predicted():
            return 1.0
        def made(id):
            return Claim(id=id, kind="theorem", statement="s", formula="f", source="s", measured="m",
                measure=measured, predict=predicted, delta=0.2,
                sizes={{e: [Series(100)] for e in ("quick", "standard", "paper")}},
                mutants=[Mutant(n, "s", {{"math.sqrt": abs}}, upstream=True) for n in "ab"])
        one = made("t/one")
        {before}
        two = made("t/two")
        """)
    )
    return path


@pytest.fixture
def on_path(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in ("edited", "elsewhere", "halves", "with_helper", "a_helper"):
        sys.modules.pop(name, None)


def test_an_edited_file_is_measured_as_it_is_now(on_path):
    path = claim_file(on_path / "edited.py")
    assert verify(["t/one"], claims=path, workers=1)["t/one"].status == "agrees"
    claim_file(path, shift=3.0)
    assert verify(["t/one"], claims=path, workers=1)["t/one"].status == "disagrees"


@pytest.mark.slow
def test_a_worker_that_lives_on_reads_an_edited_file_again(on_path):
    path = claim_file(on_path / "elsewhere.py")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert verify(["t/one"], claims=path, executor=executor)["t/one"].status == "agrees"
        claim_file(path, shift=3.0)
        assert verify(["t/one"], claims=path, executor=executor)["t/one"].status == "disagrees"


def test_a_worker_with_another_file_refuses(on_path):
    path = claim_file(on_path / "elsewhere.py")
    (unit, *_) = units_of(read_claims(path)["t/one"], None, "quick")
    with pytest.raises(RuntimeError, match="has changed since the run began"):
        perform_there(str(path), "another digest", ROOT, (unit,))


def test_a_file_that_was_interrupted_is_read_again_from_its_beginning(on_path, monkeypatch):
    path = claim_file(on_path / "halves.py", before="if 'HALF' in __import__('os').environ: raise KeyboardInterrupt")
    monkeypatch.setenv("HALF", "1")
    with pytest.raises(KeyboardInterrupt):
        read_claims(path)
    monkeypatch.delenv("HALF")
    assert list(read_claims(path)) == ["t/one", "t/two"]


def test_what_a_helper_remembers_does_not_outlive_a_mutant(on_path):
    (on_path / "a_helper.py").write_text(
        "from functools import cache\ndef base():\n    return 1.0\n@cache\ndef table():\n    return base()\n"
    )
    claim_file(on_path / "with_helper.py", helper="import a_helper")
    read_claims(on_path / "with_helper.py")
    helper = importlib.import_module("a_helper")
    wrong = [Mutant("wrong", "s", {"a_helper.base": lambda f: lambda: 7.0}, upstream=True), *mutants()]
    given = Catalogue([claim("helped", lambda seed: helper.table(), mutants=wrong)])
    helped = given["die/helped"]
    for mutant, value in (("wrong", 7.0), (None, 1.0)):
        (outcome,) = perform(given, ROOT, (units_of(helped, mutant, "quick")[1],))
        assert set(np.ravel(list(outcome.values.values()))) == {value}


class Breaks(Executor):
    """An executor that runs the given number of units and then breaks, as a unit is submitted or as one is run."""

    def __init__(self, units, at_submission):
        self.left, self.at_submission = units, at_submission

    def submit(self, work, /, *given):
        future = Future()
        if self.left:
            future.set_result(work(*given))
        elif self.at_submission:
            raise BrokenExecutor
        else:
            future.set_exception(BrokenExecutor())
        self.left = max(0, self.left - 1)
        return future


@pytest.mark.parametrize("at_submission", [True, False])
def test_what_was_done_before_an_executor_broke_is_kept(at_submission):
    results = dict(executors.sweep(abs, range(20), executor=Breaks(12, at_submission)))
    assert set(results) == set(range(20))
    assert [results[unit] for unit in range(12)] == list(range(12))
    assert all(isinstance(results[unit], executors.Failure) for unit in range(12, 20))


def dies(unit):
    if unit == 2:
        os._exit(1)
    return unit


@pytest.mark.slow
def test_an_executor_whose_workers_die_leaves_failures(monkeypatch):
    monkeypatch.setattr(executors, "_AHEAD_ELSEWHERE", 4)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        results = dict(executors.sweep(dies, range(10), executor=executor))
    assert set(results) == set(range(10))
    assert results[0] == 0
    assert isinstance(results[2], executors.Failure)
    assert isinstance(results[9], executors.Failure)
