import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import validation
from validation import load, verify
from validation.catalogue import Catalogue


def run(synthetic_file, *ids, **options):
    return verify([f"die/{name}" for name in ids], claims=synthetic_file, **{"workers": 1, **options})


def test_every_verdict_that_there_is(synthetic_file):
    names = ["true", "false", "observed", "hard", "curve", "six", "exact", "raises", "not-finite", "constant"]
    report = run(synthetic_file, *names)
    assert {v.claim_id[4:]: v.status for v in report.verdicts} == {
        "true": "agrees",
        "false": "disagrees",
        "observed": "disagrees",
        "hard": "undecided",
        "curve": "agrees",
        "six": "agrees",
        "exact": "agrees",
        "raises": "undecided",
        "not-finite": "undecided",
        "constant": "undecided",
    }
    assert [v.claim_id for v in report.refuted] == ["die/false"]
    assert report.exit_status == 1
    assert report.summary == "4 agree, 2 disagree, 4 undecided"


def test_a_verdict_says_what_was_measured(synthetic_file):
    verdict = run(synthetic_file, "true")["die/true"]
    # 200 samples of the mean of 50 throws: standard error sqrt(35/12/50/200).
    assert verdict.kind == "theorem"
    assert verdict.predicted == 3.5
    assert abs(verdict.estimate - 3.5) < 4 * verdict.standard_error
    assert abs(verdict.standard_error / np.sqrt(35 / 12 / 50 / 200) - 1) < 0.2
    assert verdict.interval[0] < verdict.estimate < verdict.interval[1]
    assert verdict.p_value > verdict.alpha
    assert verdict.p_equivalence < 0.01
    assert verdict.samples == 200


def test_observations_do_not_decide(synthetic_file):
    assert run(synthetic_file, "observed", "true").exit_status == 0


def test_what_raises_is_recorded_and_the_others_run_on(synthetic_file):
    report = run(synthetic_file, "raises", "true")
    assert report["die/true"].status == "agrees"
    verdict = report["die/raises"]
    assert "the die fell off the table" in verdict.reason
    assert all("Traceback" in text and "in raises" in text for text in verdict.errors)
    assert report.exit_status == 3


def test_a_measurement_that_leaves_is_recorded_and_the_others_run_on(dice):
    def leaves(seed, die, n):
        raise SystemExit("enough")

    claims = [dataclasses.replace(dice["die/true"], id="die/leaves", measure=leaves), dice["die/true"]]
    report = verify(claims=claims)
    assert "SystemExit: enough" in report["die/leaves"].reason
    assert (report["die/true"].status, report.exit_status) == ("agrees", 3)


def test_a_claim_that_cannot_be_judged_does_not_pass(synthetic_file, dice):
    report = run(synthetic_file, "not-finite", "true")
    assert [v.claim_id for v in report.failed] == ["die/not-finite"]
    assert report.exit_status == 3
    misshapen = dataclasses.replace(dice["die/true"], predict=lambda die, n: [1.0, 2.0, 3.0])
    assert verify(claims=[misshapen]).exit_status == 3
    assert run(synthetic_file, "hard").exit_status == 0  # undecided, but measured and judged


def test_numpy_counts_workers_too(synthetic_file):
    assert run(synthetic_file, "exact", workers=np.int64(1))["die/exact"].status == "agrees"


def test_what_is_not_finite_is_said(synthetic_file):
    assert "200 of 200 measurements are not finite" in run(synthetic_file, "not-finite")["die/not-finite"].reason


def test_a_claim_too_hard_says_what_would_decide_it(synthetic_file):
    verdict = run(synthetic_file, "hard")["die/hard"]
    # delta = 1e-4 * 3.5 must be 4.3 standard errors of one sample, sqrt(35/12/50), over sqrt(samples).
    assert abs(verdict.needed / ((4.3 * np.sqrt(35 / 12 / 50) / 3.5e-4) ** 2) - 1) < 0.3


@pytest.mark.slow
def test_bits_do_not_depend_on_workers_or_company(synthetic_file):
    alone = run(synthetic_file, "curve")
    among = run(synthetic_file, "true", "curve", "six", workers=2)
    with ThreadPoolExecutor(2) as executor:
        elsewhere = run(synthetic_file, "curve", executor=executor)
    for report in (among, elsewhere):
        frame = report.to_frame().query("claim_id == 'die/curve'").reset_index(drop=True)
        assert frame.equals(alone.to_frame())
        assert report["die/curve"].p_value == alone["die/curve"].p_value


def test_two_claims_of_one_measurement_draw_their_own_samples(synthetic_file):
    frame = run(synthetic_file, "true", "hard").to_frame()
    one, other = (frame.query("claim_id == @name")["value"].to_numpy() for name in ("die/true", "die/hard"))
    assert not np.array_equal(one, other)


def test_seeds_and_efforts_are_new_tests(synthetic_file):
    values = [
        run(synthetic_file, "true", seed=seed, effort=effort).to_frame()["value"]
        for seed, effort in [(0, "quick"), (1, "quick"), (0, "standard")]
    ]
    assert not values[0].equals(values[1])
    assert not values[0].equals(values[2])


def test_every_kind_of_seed_is_taken(synthetic_file):
    plain = run(synthetic_file, "true", seed=5)
    sequence = run(synthetic_file, "true", seed=np.random.SeedSequence(5))
    assert plain.to_frame().equals(sequence.to_frame())
    generators = [run(synthetic_file, "true", seed=np.random.default_rng(5)) for _ in range(2)]
    assert generators[0].to_frame().equals(generators[1].to_frame())


def test_claims_made_in_this_process_are_measured_here(dice):
    report = verify(claims=[dice["die/true"]])
    assert report["die/true"].status == "agrees"
    # Alone in its catalogue a claim has the whole error budget.
    assert report["die/true"].alpha == 0.01


@pytest.fixture(scope="module")
def with_a_death(synthetic_file):
    return run(synthetic_file, "dies", workers=2)


@pytest.mark.slow
def test_a_worker_that_dies_is_recorded(with_a_death):
    verdict = with_a_death["die/dies"]
    assert verdict.status == "undecided"
    assert "BrokenProcessPool" in verdict.reason
    # The unit that kills is found out; those that were with it are measured. A unit is two samples.
    assert len(verdict.errors) * 2 + len(with_a_death.to_frame()) == 30
    assert 1 <= len(verdict.errors) <= 2


@pytest.mark.slow
def test_a_worker_that_is_killed_once_costs_nothing(synthetic_file, tmp_path, monkeypatch):
    monkeypatch.setenv("MARK_OF_DEATH", str(tmp_path / "mark"))
    killed = run(synthetic_file, "dies-once", workers=2)
    assert (tmp_path / "mark").exists()
    assert killed.to_frame().equals(run(synthetic_file, "dies-once").to_frame())
    assert not killed["die/dies-once"].errors


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effort": "fast"}, "effort must be one of quick, standard, paper"),
        ({"workers": 0}, "workers must be a positive whole number"),
        ({"workers": 1.5}, "workers must be a positive whole number"),
        ({"seed": -1}, "seed must be"),
        ({"out": "/proc/nowhere"}, "cannot write to /proc/nowhere"),
        ({"claims": "nowhere.py"}, "there is no claim file"),
        ({"family": "dice"}, "did you mean 'die'"),
    ],
)
def test_bad_input_is_refused_before_any_work(synthetic_file, options, message):
    with pytest.raises(ValueError, match=message):
        verify(**{"claims": synthetic_file, **options})


def test_a_mutant_without_a_target_is_refused_before_any_work(dice):
    from validation import Mutant

    lost = Mutant("lost", "patches nothing", {"theory.E_infinite": abs}, upstream=True)
    claim = dataclasses.replace(dice["die/true"], mutants=[lost, dice["die/true"].mutants[0]])
    with pytest.raises(ValueError, match="claim die/true, mutant 'lost': there is no 'theory.E_infinite'"):
        verify(claims=Catalogue([claim]).values())


@pytest.mark.slow
def test_mutants_die_and_the_dull_ones_live(synthetic_file):
    report = run(synthetic_file, "true", mutants=True)
    assert [(v.mutant, v.status) for v in report.mutant_verdicts] == [
        ("loaded die", "disagrees"),
        ("wrong mean", "disagrees"),
    ]
    assert report.exit_status == 0
    report = run(synthetic_file, "true", mutants=True, effort="standard")
    assert [v.mutant for v in report.survivors] == ["blunt"]
    assert report.exit_status == 1
    assert "2 of 3 mutants killed" in report.summary


@pytest.mark.slow
def test_a_mutant_of_a_claim_that_disagrees_anyway_proves_nothing(synthetic_file):
    report = run(synthetic_file, "controlled", mutants=True)
    assert report["die/controlled"].status == "disagrees"
    assert {v.mutant: v.fate for v in report.mutant_verdicts} == {
        "loaded die": "proves nothing",
        "wrong mean": "proves nothing",
        "heavier die": "holds",
        "lighter die": "fails",
    }
    assert [v.mutant for v in report.survivors] == ["lighter die"]
    assert report.exit_status == 1
    assert report.summary == "0 agree, 1 disagrees, 0 undecided, 1 of 2 controls hold, 2 mutants prove nothing"
    assert {v.fate for v in run(synthetic_file, "true", mutants=True).mutant_verdicts} == {"killed"}


def test_what_a_dead_worker_took_with_it_is_counted_in_samples(synthetic_file, with_a_death):
    # 30 samples in units of two; one sample of seed 0 ends its process.
    reason = with_a_death["die/dies"].reason
    assert reason.startswith("2 of 30 samples were lost; first error: BrokenProcessPool")
    assert run(synthetic_file, "raises")["die/raises"].reason.startswith(
        "9 of 200 samples were lost; first error: Zero"
    )


@pytest.mark.slow
def test_mutants_die_in_worker_processes_too_and_a_worker_computes_on_one_thread(synthetic_file, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)  # the tests themselves may be limited
    report = run(synthetic_file, "true", "exact", "threads", mutants=True, workers=2)
    statuses = {(v.claim_id, v.mutant): v.status for v in report.all_verdicts}
    assert statuses["die/true", None] == statuses["die/exact", None] == "agrees"
    assert statuses["die/true", "loaded die"] == statuses["die/true", "wrong mean"] == "disagrees"
    assert statuses["die/threads", None] == "agrees"
    assert {"SPINGLASS_THREADS", "OPENBLAS_NUM_THREADS"}.isdisjoint(os.environ)


@pytest.mark.slow
def test_threads_keep_mutants_apart(synthetic_file):
    alone = run(synthetic_file, "true", "controlled", mutants=True)
    with ThreadPoolExecutor(4) as executor:
        threaded = run(synthetic_file, "true", "controlled", mutants=True, executor=executor)
    assert threaded.to_frame().equals(alone.to_frame())
    assert [v.p_value for v in threaded.all_verdicts] == [v.p_value for v in alone.all_verdicts]


@pytest.mark.slow
def test_a_mutant_that_does_not_reach_the_measurement_is_not_killed_upstream(synthetic_file):
    report = run(synthetic_file, "idle-upstream", mutants=True)
    assert [(v.mutant, v.status) for v in report.mutant_verdicts] == [
        ("loaded die", "disagrees"),
        ("idle", "undecided"),
    ]
    assert "every measured value equals that of the correct code" in report.survivors[0].reason
    assert report.exit_status == 1


def test_the_watcher_sees_every_claim_begin_and_end(synthetic_file):
    seen = []
    run(synthetic_file, "true", "six", watch=lambda trial, verdict: seen.append((trial.claim.id, verdict)))
    assert [name for name, _ in seen[:2]] == ["die/true", "die/six"]
    ended = [(name, verdict.status) for name, verdict in seen if verdict is not None]
    assert ended == [("die/true", "agrees"), ("die/six", "agrees")]


def test_ctrl_c_keeps_what_finished(synthetic_file, tmp_path):
    def press(trial, verdict):
        if trial.claim.id == "die/curve" and trial.samples > 20:
            raise KeyboardInterrupt

    report = run(synthetic_file, "true", "six", "curve", watch=press, out=tmp_path)
    assert report.interrupted
    assert report.exit_status == 130
    assert [v.status for v in report.verdicts] == ["agrees", "undecided", "undecided"]
    assert "interrupted after 32 of 200 samples" in report["die/curve"].reason
    assert load(tmp_path).groupby("claim_id").size().to_dict() == {"die/true": 200, "die/curve": 3 * 32}


def test_a_report_is_short_to_look_at(synthetic_file):
    report = run(synthetic_file, "true", "raises")
    assert repr(report) == "Report(1 agrees, 0 disagree, 1 undecided)"
    assert "die/true: agrees" in str(report)
    assert "fell off the table" in str(report)
    with pytest.raises(KeyError, match="was not run"):
        report["die/six"]


@pytest.mark.slow
def test_a_script_without_a_main_guard_works(synthetic_file, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
        from validation import verify
        report = verify(["die/true"], claims={str(synthetic_file)!r}, workers=2)
        print(report["die/true"].status)
        """)
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("agrees\n", "")


def test_the_module_and_the_function_share_a_name_in_peace():
    import validation.verification as module  # noqa: F401

    assert callable(validation.verify)


@pytest.mark.slow
def test_workers_do_not_outlive_a_killed_parent(synthetic_file):
    code = f"""
import multiprocessing
from validation import verify
def watch(trial, verdict):
    if trial.outcomes:
        print(*[process.pid for process in multiprocessing.active_children()], flush=True)
verify(["die/sleeps"], claims={str(synthetic_file)!r}, workers=2, watch=watch)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    workers = [int(pid) for pid in process.stdout.readline().split()]
    assert len(workers) == 2
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 10
    while alive := [pid for pid in workers if _runs(pid)]:
        assert time.monotonic() < deadline, f"workers {alive} are still there"
        time.sleep(0.05)


def _runs(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


@pytest.mark.slow
def test_an_interrupt_from_the_keyboard_ends_the_workers(synthetic_file):
    code = f"""
import sys
from validation import verify
def watch(trial, verdict):
    print(trial.claim.id, len(trial.outcomes), flush=True)
report = verify(["die/sleeps"], claims={str(synthetic_file)!r}, workers=2, watch=watch)
print("status", report.exit_status, report["die/sleeps"].reason)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    for line in process.stdout:
        if line.startswith("die/sleeps") and int(line.split()[1]) > 0:
            break
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert "status 130 interrupted after" in out
    assert err == ""
