"""The verdict on a claim: agrees, disagrees, or undecided, and the numbers behind it."""

import math
from dataclasses import dataclass, field
from typing import Literal

from validation.series import Kind
from validation.statistics.evidence import Point, Range, Status

# What becomes of a mutant. It is killed, and a control holds, by the verdict it asks for; where right code has that
# verdict as well, it proves nothing.
Fate = Literal["killed", "lives", "holds", "fails", "proves nothing"]


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
