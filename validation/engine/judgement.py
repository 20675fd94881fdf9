"""From the measurements of a claim to its verdict."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spinglass._common.types import Array
from validation.claim import Claim
from validation.engine.trial import Trial
from validation.engine.units import sample_seed
from validation.mutant import Mutant
from validation.series import Between
from validation.statistics.evidence import Point, Sample, Status
from validation.statistics.verdict import Fate, Verdict

_BOOTSTRAP = 2**32 - 1  # the seed's key of the bootstrap; no series has this number


@dataclass(frozen=True)
class RightCode:
    """A claim measured with the correct code, and the verdict on it, for comparison with the claim's mutants."""

    trial: Trial
    verdict: Verdict


def judge(trial: Trial, root: np.random.SeedSequence, right: RightCode | None = None) -> Verdict:
    """Return the verdict on a trial; it depends only on the measurements and on the run's seed.

    Parameters
    ----------
    trial
        The claim and its measurements.
    root
        The run's seed; the bootstrap uses a child of it.
    right
        For a mutant, the same claim with the correct code. Default None.

    Returns
    -------
    Verdict
        The verdict, which is undecided if the trial is incomplete or could not be tested; ``reason`` says why. For a
        mutant, ``fate`` says whether it was killed.
    """
    try:
        reason = _obstacle(trial, right)
        verdict = _verdict(trial, reason) if reason else _weighed(trial, root)
    except Exception as error:  # an error in one claim must not prevent the verdicts on the others
        reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        verdict = _verdict(trial, reason)
    if trial.mutant is None or right is None:
        return verdict
    return replace(verdict, fate=_fate(trial.mutant, verdict.status, right.verdict.status))


def _weighed(trial: Trial, root: np.random.SeedSequence) -> Verdict:
    """Return the verdict of the claim's statistical test on a complete trial."""
    claim = trial.claim
    samples = [_sample(trial, number) for number in range(len(trial.series))]
    seed = sample_seed(root, claim.id, trial.effort, _BOOTSTRAP)
    evidence = claim.estimator.evidence(samples, claim.alpha, seed)
    status = evidence.status(claim.alpha)
    needed = max((point.needed for point in evidence.points if point.needed), default=None)
    return replace(
        _verdict(trial, evidence.reason),
        status=status,
        p_value=evidence.p_value,
        p_equivalence=evidence.p_equivalence,
        points=tuple(zip(trial.point_labels(len(evidence.points)), evidence.points, strict=True)),
        needed=needed if status == "undecided" else None,
        p_values=evidence.p_values,
        resolution=_resolution(trial, evidence.points),
        resolution_parts=_parts(trial, evidence.points),
    )


def _resolution(trial: Trial, points: Sequence[Point]) -> float:
    """Return the largest relative deviation that is not ruled out; for an identity, its largest error."""
    if trial.claim.deterministic:
        return max(point.estimate for point in points)
    return trial.delta * float(np.max([point.resolution for point in points]))


def _parts(trial: Trial, points: Sequence[Point]) -> dict[str, float]:
    """Return the relative parts of the resolution, of the point with the largest one; none for an identity."""
    if trial.claim.deterministic or any(math.isnan(point.resolution) for point in points):
        return {}
    coarsest = max(points, key=lambda point: point.resolution)
    return {name: trial.delta * part for name, part in coarsest.resolution_parts.items()}


def _verdict(trial: Trial, reason: str) -> Verdict:
    """Return the undecided verdict on a trial that has not been compared with theory."""
    return Verdict(
        claim_id=trial.claim.id,
        kind=trial.claim.kind,
        status="undecided",
        p_value=math.nan,
        p_equivalence=math.nan,
        alpha=trial.claim.alpha,
        reason=reason,
        mutant=trial.mutant_name,
        samples=trial.samples,
        seconds=trial.seconds,
        errors=trial.errors,
    )


def _obstacle(trial: Trial, right: RightCode | None) -> str:
    """Return why the trial cannot be tested, or an empty text."""
    failed = [outcome for outcome in trial.outcomes if outcome.errors]
    if failed:
        first = trial.errors[0].strip().splitlines()[-1]
        lost = sum(outcome.lost for outcome in failed)
        what = f"{lost} of {trial.required_samples} samples were lost" if lost else "the prediction raised an exception"
        return f"{what}; first error: {first}" if len(failed) > 1 or lost > 1 else f"{what}: {first}"
    if not trial.measured:
        return f"interrupted after {trial.samples} of {trial.required_samples} samples"
    if right is not None and not right.trial.measured:
        return "interrupted before the correct code had been measured for comparison"
    for number, (series, label) in enumerate(zip(trial.series, trial.labels, strict=True)):
        bad = [sample for sample, value in trial.values(number).items() if not np.isfinite(value).all()]
        if bad:
            where = f" at {label}" if label else ""
            return (
                f"{len(bad)} of {series.samples} measurements{where} are not finite, the first that of sample {bad[0]}"
            )
    return _without_effect(trial, right)


def _without_effect(trial: Trial, right: RightCode | None) -> str:
    """Return a message if a mutant declared as upstream changed no measured value, otherwise an empty text."""
    if right is None or trial.mutant is None or not trial.mutant.upstream:
        return ""
    for number in range(len(trial.series)):
        mine, theirs = trial.values(number), right.trial.values(number)
        if mine.keys() != theirs.keys() or not all(np.array_equal(mine[k], theirs[k]) for k in mine):
            return ""
    return (
        "the mutant is declared as upstream, but every measured value equals that of the correct code: "
        "patch the name through which the measurement calls the function, or remove upstream=True"
    )


def _sample(trial: Trial, number: int) -> Sample:
    rows = list(trial.values(number).values())
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise ValueError(f"measure returned different numbers of values: {', '.join(map(str, sorted(widths)))}")
    values = np.array(rows)
    prediction = next(
        outcome.prediction
        for outcome in trial.outcomes
        if outcome.unit.series == number and outcome.prediction is not None
    )
    low, high, scale = _expected(trial.claim, prediction, values.shape[1])
    bias, delta = trial.claim.at(trial.effort).bias * scale, trial.delta * scale
    return Sample(values, low, high, bias, delta, trial.series[number].parameters)


def _expected(claim: Claim, prediction: Between, width: int) -> tuple[Array, Array, Array]:
    low, high = (np.asarray(end, dtype=float) for end in (prediction.low, prediction.high))
    if claim.deterministic:
        low, scale = np.zeros_like(high), np.ones_like(high)
    else:
        scale = prediction.reference
    if not (scale > 0).all():
        raise ValueError("relative deviations from a prediction of 0 are undefined; use Between(0, 0, scale=...)")
    try:
        expected = [np.broadcast_to(end, (width,)) for end in (low, high, scale)]
    except ValueError:
        raise ValueError(
            f"predict returned shape {high.shape} for {width} measured values; the shapes must match"
        ) from None
    return expected[0], expected[1], expected[2]


def _fate(mutant: Mutant, status: Status, right: Status) -> Fate:
    """Return the fate of a mutant, given the verdicts on it and on the correct code."""
    if status != mutant.verdict:
        return "fails" if mutant.control else "survived"
    if right == mutant.verdict:
        return "proves nothing"
    return "holds" if mutant.control else "killed"
