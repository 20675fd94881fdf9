"""``spinglass verify``: measure claims in units of work, test them, and report the verdicts.

Each claim gives one :class:`Trial`, and one more for each mutant. A trial is divided into units, which run in worker
processes. Once all units of a trial are measured, :func:`judge` turns its measurements into a verdict.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np

from validation.catalogue import Catalogue, read_claims
from validation.claim import Claim
from validation.durations import fitting
from validation.engine.executors import cores_in_use, worker_count
from validation.engine.job import Job
from validation.engine.judgement import RightCode, judge
from validation.engine.mutation import check_mutants, mutated
from validation.engine.provenance import code, versions
from validation.engine.run_folder import RunFolder, open_run
from validation.engine.trial import Trial, TrialKey
from validation.engine.units import Outcome
from validation.report import files
from validation.report.report import Report, seed_text
from validation.series import EFFORTS, Effort, one_of
from validation.statistics.verdict import Verdict

Watch = Callable[[Trial, Verdict | None], None]


def verify(
    ids: Sequence[str] | None = None,
    effort: Effort = "quick",
    seed: int | np.random.SeedSequence | np.random.Generator = 0,
    workers: int | None = None,
    out: str | Path | None = None,
    *,
    family: str | None = None,
    minutes: float | None = None,
    claims: str | Path | Catalogue | Iterable[Claim] | None = None,
    mutants: bool = False,
    watch: Watch | None = None,
    executor: Executor | None = None,
    resume: bool = False,
) -> Report:
    """Test claims of theory by simulation.

    Parameters
    ----------
    ids
        Ids of the claims to test; default: all.
    effort
        ``"quick"`` takes minutes, ``"standard"`` hours, ``"paper"`` days; default quick. Each effort draws its own
        disorder samples, so that a larger effort is an independent test.
    seed
        An int, ``SeedSequence`` or ``Generator``; default 0. The same seed gives the same bits for any number of
        workers.
    workers
        Number of worker processes; 1 measures in this process, None (default) uses all cores.
    out
        Folder for the report and the data; default: nothing is written.
    family
        Only the claims of this family; default: all families.
    minutes
        Only as many claims as fit in this time at effort ``"quick"``, those that take least time first; see
        :func:`validation.durations.fitting`. Default: all claims.
    claims
        A Python file with claims, or a catalogue, or the claims themselves (which are measured in this process).
        Default: the project's own claims.
    mutants
        Whether to measure every claim with its mutants as well. Default False.
    watch
        Called as ``watch(trial, verdict)`` whenever a unit of a trial is done; ``verdict`` is None until the trial is
        complete.
    executor
        A ``concurrent.futures`` executor that runs the units instead of local processes.
    resume
        Continue the unfinished run in ``out``: units that are complete and undamaged are not measured again. Default
        False.

    Returns
    -------
    Report
        All verdicts, and the measurements on which they are based.

    Raises
    ------
    ValueError
        If an id, the family, effort, seed or number of workers is invalid, if ``out`` cannot be written or holds an
        unfinished run, or, with ``resume``, if it holds a different run or none.
    OSError
        If the disk is full; finished units are kept.

    Examples
    --------
    >>> from validation import verify
    >>> verify(["covariance/packed"], workers=1)["covariance/packed"].status
    'agrees'
    """
    from spinglass._common.seeds import seed_sequence

    start = time.perf_counter()
    catalogue = _catalogue(claims)
    effort, workers, root = one_of("effort", effort, EFFORTS), worker_count(workers), seed_sequence(seed)
    chosen = selected = catalogue.select(ids, family)
    if minutes is not None:
        if effort != "quick" or mutants or catalogue.source != "":
            raise ValueError(
                "minutes chooses among the project's own claims at effort quick, without mutants; "
                f"given effort {effort!r}, mutants={mutants}{', and claims of your own' * (catalogue.source != '')}: "
                "leave these out, or minutes"
            )
        chosen = fitting(selected, minutes, cores_in_use(workers))
    for claim in chosen:
        check_mutants(claim)
    if resume and out is None:
        raise ValueError("resume continues an unfinished run; give its folder as out (--out on the command line)")
    if resume and catalogue.source is None:
        raise ValueError(
            "claims that are not in a file cannot be compared with those of the unfinished run; put them into a file, "
            "or omit resume"
        )
    trials = [trial for claim in chosen for trial in _trials(claim, mutants, effort)]
    job = Job(catalogue, root, [unit for trial in trials for unit in trial.units], workers, executor)
    with ExitStack() as stack:
        folder = files.prepare(out) if out is not None else None
        kept = None
        if folder is not None:
            configuration = _configuration(catalogue, chosen, effort, root, mutants)
            kept = stack.enter_context(open_run(folder, configuration, len(job.units), resume, files.OUTPUTS))
        run = _Run(trials, root, watch or _unwatched)
        interrupted = run.measure(job, kept)
        verdicts = tuple(run.verdict(key) for key in run.trials)
        seconds = time.perf_counter() - start
        left_out = tuple(claim.id for claim in selected if (claim.id, None) not in run.trials)
        report = Report(catalogue, effort, root, tuple(run.trials.values()), verdicts, seconds, interrupted, left_out)
        if folder is not None and kept is not None:
            with kept.explained():
                files.write(report, folder)
    return report


class _Run:
    """The trials of a run and the verdicts reached so far."""

    def __init__(self, trials: Sequence[Trial], root: np.random.SeedSequence, watch: Watch) -> None:
        self.trials: dict[TrialKey, Trial] = {trial.key: trial for trial in trials}
        self.verdicts: dict[TrialKey, Verdict] = {}
        self._root, self._watch = root, watch

    def measure(self, job: Job, kept: RunFolder | None) -> bool:
        """Measure all units that the folder does not hold; return whether Ctrl-C interrupted this."""
        for outcome in job.restored(kept):
            self._take(outcome)
        try:
            for trial in list(self.trials.values()):
                self._judge_if_complete(trial.key)
                self._watch(trial, self.verdicts.get(trial.key))
            with closing(job.outcomes(kept)) as outcomes:
                for outcome in outcomes:
                    key = self._take(outcome)
                    self._judge_if_complete(key)
                    self._watch(self.trials[key], self.verdicts.get(key))
        except KeyboardInterrupt:
            return True
        return False

    def verdict(self, key: TrialKey) -> Verdict:
        """Return the verdict on a trial, also if it is incomplete."""
        if key not in self.verdicts:
            right = None
            if key[1] is not None:
                right = RightCode(self.trials[key[0], None], self.verdict((key[0], None)))
            with mutated(None):  # a mutant of another thread must not affect the statistics
                self.verdicts[key] = judge(self.trials[key], self._root, right)
        return self.verdicts[key]

    def _take(self, outcome: Outcome) -> TrialKey:
        key = outcome.unit.claim_id, outcome.unit.mutant
        self.trials[key] = self.trials[key].with_outcome(outcome)
        return key

    def _judge_if_complete(self, key: TrialKey) -> None:
        if self.trials[key].measured and self.trials[key[0], None].measured:
            self.verdict(key)


def _configuration(
    catalogue: Catalogue, chosen: Sequence[Claim], effort: Effort, root: np.random.SeedSequence, mutants: bool
) -> dict[str, Any]:
    """Return everything on which the measurements depend, as stored in the run's manifest."""
    text = seed_text(root)
    return {
        "command": "verify",
        "claims": [claim.id for claim in chosen],
        "effort": effort,
        "seed": int(text) if text.isdigit() else text,
        "mutants": mutants,
        "modules": catalogue.modules,
        "sizes": {claim.id: repr(claim.sizes[effort]) for claim in chosen},
        "versions": versions(),
        "code": code(),
    }


def _unwatched(trial: Trial, verdict: Verdict | None) -> None:
    pass


def _catalogue(claims: str | Path | Catalogue | Iterable[Claim] | None) -> Catalogue:
    if claims is None:
        from validation.claims import catalogue

        return catalogue()
    if isinstance(claims, Catalogue):
        return claims
    return read_claims(claims) if isinstance(claims, (str, Path)) else Catalogue(claims)


def _trials(claim: Claim, mutants: bool, effort: Effort) -> list[Trial]:
    """Return the trial of the correct code and, if requested, of each mutant to be detected at this effort."""
    reach = EFFORTS[: EFFORTS.index(effort) + 1]
    wrong = [mutant for mutant in claim.mutants if mutants and mutant.effort in reach]
    return [Trial(claim, effort), *(Trial(claim, effort, mutant) for mutant in wrong)]
