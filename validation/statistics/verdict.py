"""The verdict on a claim: agrees, disagrees or undecided, with the numbers on which it is based."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from validation.series import Kind
from validation.statistics.evidence import Point, Range, Status

# A mutant is "killed" if the claim disagrees with it; otherwise it has "survived". A control "holds" if the claim
# agrees with it; otherwise it "fails". If the correct code has the same verdict, the mutant "proves nothing".
Fate = Literal["killed", "survived", "holds", "fails", "proves nothing"]


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim, or on one claim measured with a mutant.

    The properties ``estimate``, ``standard_error``, ``interval`` and ``predicted`` are those of the compared number
    with the largest relative distance from its prediction.

    Attributes
    ----------
    claim_id, kind : str
        Id and kind of the claim.
    status : str
        ``"agrees"``, ``"disagrees"`` or ``"undecided"``.
    p_value : float
        Of the test of the prediction, over all compared numbers; NaN if there was no test.
    p_equivalence : float
        Of the tests of equivalence, over all compared numbers; NaN if there was no test.
    alpha : float
        Error level of the test of the prediction.
    points : tuple of (str, Point)
        Every compared number with its label.
    reason : str
        Explanation, in particular if the claim is undecided; may be empty.
    mutant : str or None
        Name of the mutant; None for the correct code.
    samples : int
        Number of samples measured, over all series.
    needed : int or None
        Estimated number of samples per series that would decide an undecided claim.
    seconds : float
        Time spent measuring, summed over workers.
    errors : tuple of str
        Tracebacks of measurements and predictions that raised an exception.
    p_values : tuple of float
        The p-values that ``p_value`` combines: one per series or, for proportions, one per compared number.
    resolution : float
        The largest relative deviation from theory that the data do not rule out at level 0.01, over all compared
        numbers: a claim agrees exactly if it is smaller than delta and the prediction is not rejected. For an
        identity, the largest error. NaN if there was no test.
    resolution_parts : dict
        What the resolution is made of, as relative deviations that add up to it: ``"deviation"`` of the estimate from
        the prediction, ``"statistics"``, and for a limit of large systems ``"laws of approach"`` and ``"sizes"``; see
        :attr:`validation.statistics.evidence.Point.resolution_parts`. Empty for an identity or without a test.
    fate : str or None
        For a mutant ``"killed"``, ``"survived"`` or ``"proves nothing"``; for a control ``"holds"`` or ``"fails"``.
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
    resolution: float = math.nan
    resolution_parts: Mapping[str, float] = field(default_factory=dict)
    fate: Fate | None = None

    @property
    def worst(self) -> tuple[str, Point] | None:
        """Label and data of the number farthest from its prediction; None if nothing was compared."""
        return max(self.points, key=lambda pair: pair[1].strain, default=None)

    @property
    def estimate(self) -> float:
        """The measured value that is farthest from its prediction."""
        return self.worst[1].estimate if self.worst else math.nan

    @property
    def standard_error(self) -> float:
        """Its standard error over disorder samples; 0 for an identity."""
        return self.worst[1].standard_error if self.worst else math.nan

    @property
    def interval(self) -> Range:
        """Its 98% interval; for a curve, the simultaneous band at this point."""
        return self.worst[1].interval if self.worst else (math.nan, math.nan)

    @property
    def predicted(self) -> float | Range:
        """Its prediction: a number, or the two ends of a range."""
        low, high = self.worst[1].predicted if self.worst else (math.nan, math.nan)
        return low if low == high else (low, high)
