"""The whole of ``spinglass verify``: a catalogue becomes units of work, then evidence, then verdicts."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path

import numpy as np

from validation import archive, sweep
from validation.catalogue import Catalogue, read_claims
from validation.claim import EFFORTS, Claim, Effort, one_of
from validation.mutation import check_mutants
from validation.results import Report
from validation.verdict import Trial, Verdict

Watch = Callable[[Trial, Verdict | None], None]


def verify(
    ids: Sequence[str] | None = None,
    effort: Effort = "quick",
    seed: int | np.random.SeedSequence | np.random.Generator = 0,
    workers: int | None = None,
    out: str | Path | None = None,
    *,
    family: str | None = None,
    claims: str | Path | Iterable[Claim] | None = None,
    mutants: bool = False,
    watch: Watch | None = None,
    executor: Executor | None = None,
) -> Report:
    """Measure claims and hold them against theory.

    Parameters
    ----------
    ids, family
        Which claims; all by default.
    effort
        ``"quick"`` takes minutes, ``"standard"`` the better part of an hour, ``"paper"`` a day. A larger
        effort is a new test on samples of its own.
    seed
        An int, ``SeedSequence`` or ``Generator``; it fixes the bits, whatever the number of workers.
    workers
        Processes; 1 measures in this one, None takes all cores.
    out
        A folder for the report and the data.
    claims
        A file with claims of your own, or the claims themselves (measured in this process), instead of the
        project's.
    mutants
        Whether to measure every claim's mutants too.
    watch
        Called with a :class:`Trial` when some of its work is done, and with its verdict once it is complete.
    executor
        Where to run the units, in place of ``workers`` local processes.

    Raises
    ------
    ValueError
        If an id, family, effort, seed or number of workers is not one, or ``out`` cannot be written.

    Examples
    --------
    >>> from validation import verify
    >>> verify(["covariance/packed"], workers=1)["covariance/packed"].status
    'agrees'
    """
    from spinglass.seeds import seed_sequence

    start = time.perf_counter()
    catalogue = _catalogue(claims)
    chosen = catalogue.select(ids, family)
    effort, workers, root = one_of("effort", effort, EFFORTS), _workers(workers), seed_sequence(seed)
    for claim in chosen:
        check_mutants(claim)
    folder = archive.prepare(out) if out is not None else None

    trials = [Trial(claim, effort, mutant) for claim in chosen for mutant in _variants(claim, mutants, effort)]
    work = sweep.run(catalogue, [unit for trial in trials for unit in trial.units], root, workers, executor)
    tell = watch or _unwatched
    verdicts: dict[Trial, Verdict] = {}
    interrupted = False
    for trial in trials:
        tell(trial, None)
    by_name = {(trial.claim.id, trial.mutant): trial for trial in trials}
    with closing(work):
        try:
            for outcome in work:
                trial = by_name[outcome.unit.claim_id, outcome.unit.mutant]
                trial.outcomes.append(outcome)
                if trial.complete:
                    verdicts[trial] = trial.verdict(root)
                tell(trial, verdicts.get(trial))
        except KeyboardInterrupt:
            interrupted = True
    judged = tuple(verdicts.get(trial) or trial.verdict(root) for trial in trials)
    report = Report(catalogue, effort, root, tuple(trials), judged, time.perf_counter() - start, interrupted)
    if folder is not None:
        archive.write(report, folder)
    return report


def _unwatched(trial: Trial, verdict: Verdict | None) -> None:
    pass


def _catalogue(claims: str | Path | Iterable[Claim] | None) -> Catalogue:
    if claims is None:
        from validation.claims import catalogue

        return catalogue()
    return read_claims(claims) if isinstance(claims, (str, Path)) else Catalogue(claims)


def _workers(workers: int | None) -> int:
    from spinglass.threads import available_cores

    if workers is None:
        return available_cores()
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise ValueError(f"workers must be a positive whole number, or None for all cores; given {workers!r}")
    return workers


def _variants(claim: Claim, mutants: bool, effort: Effort) -> list[str | None]:
    """Return the healthy claim and, if asked for, the mutants that it must kill at this effort."""
    reach = EFFORTS[: EFFORTS.index(effort) + 1]
    return [None, *(mutant.name for mutant in claim.mutants if mutants and mutant.effort in reach)]
