"""One claim at one effort, in right code or with a mutant, and what has been measured of it so far."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from validation.claim import Claim, Mutant
from validation.engine.units import Outcome, Unit, units_of
from validation.series import Effort, Series
from validation.statistics.evidence import Array

TrialKey: TypeAlias = tuple[str, str | None]


@dataclass(frozen=True)
class Trial:
    """The measurements of a claim; ``mutant`` is None in right code.

    Trials do not change: :meth:`with_outcome` returns a new one. Two trials with the same ``key`` are of the same
    claim and mutant.
    """

    claim: Claim
    effort: Effort
    mutant: Mutant | None = None
    outcomes: tuple[Outcome, ...] = ()

    def with_outcome(self, outcome: Outcome) -> "Trial":
        """Return the trial with one more unit measured."""
        return replace(self, outcomes=(*self.outcomes, outcome))

    @property
    def key(self) -> TrialKey:
        """The claim's id and the mutant's name."""
        return self.claim.id, self.mutant_name

    @property
    def mutant_name(self) -> str | None:
        """The mutant's name, None in right code."""
        return None if self.mutant is None else self.mutant.name

    @property
    def name(self) -> str:
        """The claim's id, with the mutant's name if there is one."""
        return self.claim.id if self.mutant is None else f"{self.claim.id}, {self.mutant.name}"

    @property
    def series(self) -> Sequence[Series]:
        """The settings that samples are drawn at, at this effort."""
        return self.claim.sizes[self.effort]

    @cached_property
    def units(self) -> list[Unit]:
        """All units of work of this trial."""
        return units_of(self.claim, self.mutant_name, self.effort)

    @property
    def required_samples(self) -> int:
        """The number of samples that the trial asks for."""
        return sum(series.samples for series in self.series)

    @property
    def samples(self) -> int:
        """The number of samples measured so far, including those that raised an exception."""
        return sum(len(outcome.unit.samples or ()) for outcome in self.outcomes)

    @property
    def done(self) -> float:
        """The fraction of the samples that has been measured."""
        return self.samples / self.required_samples

    @property
    def measured(self) -> bool:
        """Whether every unit has been measured."""
        return len(self.outcomes) == len(self.units)

    @property
    def seconds(self) -> float:
        """Time spent measuring, summed over workers."""
        return sum(outcome.seconds for outcome in self.outcomes)

    @property
    def errors(self) -> tuple[str, ...]:
        """The tracebacks of measurements and predictions that raised an exception."""
        return tuple(text for outcome in self.outcomes for text in outcome.errors.values())

    @property
    def labels(self) -> list[str]:
        """For each series, the parameters that distinguish it from the others, as text."""
        names = dict.fromkeys(name for series in self.series for name in series.parameters)
        differ = [name for name in names if len({repr(series.parameters.get(name)) for series in self.series}) > 1]
        return [series.describe(differ) for series in self.series]

    def point_labels(self, points: int) -> list[str]:
        """Return a label for every compared number: what distinguishes its series, and its component."""
        return self._point_labels(self.labels, points)

    def identities(self, points: int) -> list[str]:
        """Return for every compared number all its parameters and its component, which identify it in any run."""
        return self._point_labels([series.label for series in self.series], points) if points else []

    def _point_labels(self, series: Sequence[str], points: int) -> list[str]:
        labels: list[str] = []
        for number, where in enumerate(series):
            width = len(next(iter(self.values(number).values())))
            names = self.claim.components or ([""] if width == 1 else [str(k) for k in range(width)])
            labels += [", ".join(part for part in (where, name) if part) for name in names]
        # An extrapolation makes one number of all series.
        return labels if len(labels) == points else ["limit"] * points

    def values(self, number: int) -> dict[int, Array]:
        """Return the measured samples of one series by their number, in order."""
        found = {
            sample: value
            for outcome in self.outcomes
            if outcome.unit.series == number
            for sample, value in outcome.values.items()
        }
        return dict(sorted(found.items()))
