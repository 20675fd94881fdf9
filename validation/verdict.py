"""What a claim's measurements say: agrees, disagrees, or undecided and why."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from validation.claim import Between, Claim, Effort, Kind, Mutant, Series
from validation.evidence import Array, Point, Range, Sample, Status
from validation.units import Outcome, Unit, sample_seed, units_of

# What becomes of a mutant. It is killed, and a control holds, by the verdict it asks for; where right code has that
# verdict as well, it proves nothing.
Fate = Literal["killed", "lives", "holds", "fails", "proves nothing"]

_BOOTSTRAP = 2**32 - 1  # a seed's key that no series has


@dataclass(frozen=True)
class Verdict:
    """The outcome of one claim; ``estimate`` and its neighbours are those of the point under most strain.

    ``points`` holds every compared number with its label; the p-values are over all of them together.
    ``predicted`` is a number, or a pair where theory gives a range; ``errors`` are tracebacks of what raised;
    ``p_values`` are those that ``p_value`` combines, one a series or, of proportions, one a number; ``fate`` is what
    became of a mutant.
    """

    claim_id: str
    kind: Kind
    status: Status
    p_value: float
    p_equivalence: float
    alpha: float
    points: tuple[tuple[str, Point], ...] = ()
    reason: str = ""
    mutant: str | None = None
    samples: int = 0
    needed: int | None = None
    seconds: float = 0.0
    errors: tuple[str, ...] = field(default=(), repr=False)
    p_values: tuple[float, ...] = ()
    fate: Fate | None = None

    @property
    def worst(self) -> tuple[str, Point] | None:
        """The point under most strain, with its label; None where nothing could be compared."""
        return max(self.points, key=lambda pair: pair[1].strain, default=None)

    @property
    def estimate(self) -> float:
        """The measured value."""
        return self.worst[1].estimate if self.worst else math.nan

    @property
    def standard_error(self) -> float:
        """Its standard error over disorder samples; 0 for an identity."""
        return self.worst[1].standard_error if self.worst else math.nan

    @property
    def interval(self) -> Range:
        """Its 98% interval; of a curve, the part of the simultaneous band at this point."""
        return self.worst[1].interval if self.worst else (math.nan, math.nan)

    @property
    def predicted(self) -> float | Range:
        """What theory says: a number, or the two ends of a range."""
        low, high = self.worst[1].predicted if self.worst else (math.nan, math.nan)
        return low if low == high else (low, high)


class Trial:
    """One claim being measured, healthy or with a mutant: outcomes go in, a verdict comes out.

    ``healthy`` is the same claim measured in right code, beside which a mutant that acts upstream must show.
    """

    def __init__(self, claim: Claim, effort: Effort, mutant: str | None = None, healthy: "Trial | None" = None) -> None:
        self.claim, self.effort, self.mutant, self.healthy = claim, effort, mutant, healthy
        self.series: Sequence[Series] = claim.sizes[effort]
        self.units: list[Unit] = units_of(claim, mutant, effort)
        self.outcomes: list[Outcome] = []
        self._reached: Verdict | None = None

    @property
    def done(self) -> float:
        """The fraction of the samples that has been measured."""
        return self.samples / sum(series.samples for series in self.series)

    @property
    def samples(self) -> int:
        """How many samples have been measured, those that raised included."""
        return sum(len(outcome.unit.samples or ()) for outcome in self.outcomes)

    @property
    def complete(self) -> bool:
        """Whether every unit has come back, and of the healthy measurements beside it as well."""
        return self.measured and (self.healthy is None or self.healthy.measured)

    @property
    def measured(self) -> bool:
        """Whether every unit has come back."""
        return len(self.outcomes) == len(self.units)

    @property
    def seconds(self) -> float:
        """Time spent measuring, summed over workers."""
        return sum(outcome.seconds for outcome in self.outcomes)

    @property
    def places(self) -> list[str]:
        """Per series, the parameters that tell it from the others."""
        names = dict.fromkeys(name for series in self.series for name in series.parameters)
        differ = [name for name in names if len({repr(series.parameters.get(name)) for series in self.series}) > 1]
        return [series.describe(differ) for series in self.series]

    def values(self, number: int) -> dict[int, Array]:
        """Return the measured samples of one series by their number, in order."""
        found = {
            sample: value
            for outcome in self.outcomes
            if outcome.unit.series == number
            for sample, value in outcome.values.items()
        }
        return dict(sorted(found.items()))

    def verdict(self, root: np.random.SeedSequence) -> Verdict:
        """Judge what has been measured; a mutant's fate is told beside the verdict on right code."""
        if self._reached is None or not self.complete:
            self._reached = self._judged(root)
            wrong = self._wrong
            if self.healthy is not None and wrong is not None:
                right = self.healthy.verdict(root).status
                self._reached = replace(self._reached, fate=_fate(wrong, self._reached.status, right))
        return self._reached

    @property
    def _wrong(self) -> Mutant | None:
        return next((mutant for mutant in self.claim.mutants if mutant.name == self.mutant), None)

    def _judged(self, root: np.random.SeedSequence) -> Verdict:
        try:
            reason = self._obstacle()
            samples = [] if reason else [self._sample(number) for number in range(len(self.series))]
        except Exception as error:  # a user's claim: whatever it does, the others are judged
            reason = _said(error)
        if reason:
            return self._verdict("undecided", math.nan, math.nan, reason=reason)
        claim = self.claim
        seed = sample_seed(root, claim.id, self.effort, _BOOTSTRAP)
        try:
            evidence = claim.estimator.evidence(samples, claim.alpha, seed)
        except Exception as error:
            return self._verdict("undecided", math.nan, math.nan, reason=_said(error))
        status = evidence.status(claim.alpha)
        needed = max((p.needed for p in evidence.points if p.needed), default=None)
        return self._verdict(
            status,
            evidence.p_value,
            evidence.p_equivalence,
            tuple(zip(self._labels(self.places, len(evidence.points)), evidence.points, strict=True)),
            evidence.reason,
            needed if status == "undecided" else None,
            evidence.p_values,
        )

    def _verdict(
        self,
        status: Status,
        p_value: float,
        p_equivalence: float,
        points: tuple[tuple[str, Point], ...] = (),
        reason: str = "",
        needed: int | None = None,
        p_values: tuple[float, ...] = (),
    ) -> Verdict:
        errors = tuple(text for outcome in self.outcomes for text in outcome.errors.values())
        return Verdict(
            self.claim.id,
            self.claim.kind,
            status,
            p_value,
            p_equivalence,
            self.claim.alpha,
            points,
            reason,
            self.mutant,
            self.samples,
            needed,
            self.seconds,
            errors,
            p_values,
        )

    def _obstacle(self) -> str:
        """Say what stands in the way of a judgement, or nothing."""
        failed = [outcome for outcome in self.outcomes if outcome.errors]
        if failed:
            first = next(iter(failed[0].errors.values())).strip().splitlines()[-1]
            lost = sum(outcome.lost for outcome in failed)
            total = sum(series.samples for series in self.series)
            what = f"{lost} of {total} samples were lost" if lost else "a prediction raised"
            return f"{what}; the first: {first}" if len(failed) > 1 or lost > 1 else f"{what}: {first}"
        if self.measured and not self.complete:
            return "interrupted before the right code had been measured beside it"
        if not self.measured:
            total = sum(series.samples for series in self.series)
            return f"interrupted after {self.samples} of {total} samples"
        for number, series in enumerate(self.series):
            bad = [sample for sample, value in self.values(number).items() if not np.isfinite(value).all()]
            if bad:
                where = f" at {self.places[number]}" if self.places[number] else ""
                return f"{len(bad)} of {series.samples} measurements{where} are not finite, first: {bad[0]}"
        return self._out_of_reach()

    def _out_of_reach(self) -> str:
        """Say that a mutant called upstream left every measured value as it was, or nothing."""
        if self.healthy is None or self._wrong is None or not self._wrong.upstream:
            return ""
        for number in range(len(self.series)):
            mine, right = self.values(number), self.healthy.values(number)
            if mine.keys() != right.keys() or not all(np.array_equal(mine[k], right[k]) for k in mine):
                return ""
        return (
            "it is called upstream, but every measured value is that of the right code: "
            "patch the name through which the measurement reaches it, or drop upstream=True"
        )

    def _sample(self, number: int) -> Sample:
        rows = list(self.values(number).values())
        widths = {len(row) for row in rows}
        if len(widths) > 1:
            raise ValueError(f"measure returned different numbers of values: {', '.join(map(str, sorted(widths)))}")
        values = np.array(rows)
        prediction = next(
            outcome.prediction
            for outcome in self.outcomes
            if outcome.unit.series == number and outcome.prediction is not None
        )
        low, high, scale = self._expected(prediction, values.shape[1])
        return Sample(
            values,
            low,
            high,
            self.claim.bias * scale,
            self.claim.delta * scale,
            self.series[number].parameters,
        )

    def _expected(self, prediction: Between, width: int) -> tuple[Array, Array, Array]:
        low, high = (np.asarray(end, dtype=float) for end in (prediction.low, prediction.high))
        if self.claim.deterministic:
            low, scale = np.zeros_like(high), np.ones_like(high)
        else:
            scale = prediction.reference
        if not (scale > 0).all():
            raise ValueError("a prediction of 0 has no relative deviation; give Between(0, 0, scale=...)")
        try:
            expected = [np.broadcast_to(end, (width,)) for end in (low, high, scale)]
        except ValueError:
            raise ValueError(f"predict gave shape {high.shape} for {width} measured values; they must match") from None
        return expected[0], expected[1], expected[2]

    def identities(self, points: int) -> list[str]:
        """Return what tells each of a verdict's points from any other, in this run or another: all its parameters."""
        return self._labels([series.label for series in self.series], points) if points else []

    def _labels(self, places: Sequence[str], points: int) -> list[str]:
        labels: list[str] = []
        for number, where in enumerate(places):
            width = len(next(iter(self.values(number).values())))
            names = self.claim.components or ([""] if width == 1 else [str(k) for k in range(width)])
            labels += [", ".join(part for part in (where, name) if part) for name in names]
        # An extrapolation makes one number of all series.
        return labels if len(labels) == points else ["limit"] * points


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


def _fate(mutant: Mutant, status: Status, right: Status) -> Fate:
    """Say what became of a mutant, from the verdict on it and that on right code."""
    if status != mutant.verdict:
        return "fails" if mutant.control else "lives"
    if right == mutant.verdict:
        return "proves nothing"
    return "holds" if mutant.control else "killed"
