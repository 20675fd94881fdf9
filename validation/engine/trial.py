"""Trials: the measurements of one claim at one effort, with the correct code or with a mutant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from spinglass._common.types import Array
from validation.claim import Claim
from validation.engine.units import Outcome, Unit, units_of
from validation.mutant import Mutant
from validation.series import Effort, Series

TrialKey: TypeAlias = tuple[str, str | None]


@dataclass(frozen=True)
class Trial:
    """The measurements of a claim so far.

    Trials are immutable: :meth:`with_outcome` returns a new one.

    Attributes
    ----------
    claim : Claim
        The claim.
    effort : str
        ``"quick"``, ``"standard"`` or ``"paper"``.
    mutant : Mutant or None
        The active mutant; None for the correct code.
    outcomes : tuple of Outcome
        Results of the units that are done, in the order in which they finished.
    """

    claim: Claim
    effort: Effort
    mutant: Mutant | None = None
    outcomes: tuple[Outcome, ...] = ()

    def with_outcome(self, outcome: Outcome) -> "Trial":
        """Return the trial with the outcome of one more unit."""
        return replace(self, outcomes=(*self.outcomes, outcome))

    @property
    def key(self) -> TrialKey:
        """The claim's id and the mutant's name."""
        return self.claim.id, self.mutant_name

    @property
    def mutant_name(self) -> str | None:
        """The mutant's name; None for the correct code."""
        return None if self.mutant is None else self.mutant.name

    @property
    def name(self) -> str:
        """The claim's id, with the mutant's name if there is one."""
        return self.claim.id if self.mutant is None else f"{self.claim.id}, {self.mutant.name}"

    @property
    def series(self) -> Sequence[Series]:
        """The claim's series at this effort."""
        return self.claim.sizes[self.effort]

    @property
    def delta(self) -> float:
        """The smallest relative deviation that the claim must be able to detect at this effort."""
        return self.claim.at(self.effort).delta

    @cached_property
    def units(self) -> list[Unit]:
        """All units of work of this trial."""
        return units_of(self.claim, self.mutant_name, self.effort)

    @property
    def required_samples(self) -> int:
        """The number of samples of all series."""
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
        """Time spent measuring, summed over workers, in seconds."""
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
        """Return a label for each compared number: the distinguishing parameters of its series, and its component."""
        return self._point_labels(self.labels, points)

    def identities(self, points: int) -> list[str]:
        """Return a text for each compared number that identifies it in any run: all parameters and the component."""
        return self._point_labels([series.label for series in self.series], points) if points else []

    def _point_labels(self, series: Sequence[str], points: int) -> list[str]:
        labels: list[str] = []
        for number, where in enumerate(series):
            width = len(next(iter(self.values(number).values())))
            names = self.claim.components or ([""] if width == 1 else [str(k) for k in range(width)])
            labels += [", ".join(part for part in (where, name) if part) for name in names]
        # An extrapolation combines all series into one number.
        return labels if len(labels) == points else ["limit"] * points

    def values(self, number: int) -> dict[int, Array]:
        """Return the measured numbers of one series by the number of the sample, in increasing order."""
        found = {
            sample: value
            for outcome in self.outcomes
            if outcome.unit.series == number
            for sample, value in outcome.values.items()
        }
        return dict(sorted(found.items()))
