"""What a claim is: a statement of theory, the measurement that could refute it, and ways it must fail."""

import functools
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from validation.series import DECIDING_KINDS, EFFORTS, KINDS, Between, Effort, Kind, Series, one_of
from validation.statistics.estimators import Estimator, Identity, Mean

FEWEST_CLUSTERS = 30
FAMILY_WISE_ERROR = 0.01


@dataclass(frozen=True)
class Mutant:
    """A deliberate error that the claim must notice: code is replaced, by dotted name, while it is measured.

    ``patches`` maps ``"package.module.attribute"`` to a function that takes the original and returns its
    replacement. The name must be the one through which the claim's code reaches it. ``upstream`` says that
    the error enters the simulation (a coupling, a kernel, a path), not the theory or the final number.
    ``effort`` is the smallest effort at which the claim must call it ``disagrees``. With ``verdict="agrees"`` it is a
    control: what a claim that disagrees in right code, as an assumption may, needs to become true.
    """

    name: str
    statement: str
    patches: Mapping[str, Callable[[Any], Any]]
    upstream: bool = False
    effort: Effort = "quick"
    verdict: Literal["disagrees", "agrees"] = "disagrees"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError(f"a mutant needs a name in words, not {self.name!r}")
        if not self.patches:
            raise ValueError(f"mutant {self.name!r} changes nothing: give it at least one patch")
        one_of("effort", self.effort, EFFORTS)
        one_of("verdict", self.verdict, ("disagrees", "agrees"))

    @property
    def control(self) -> bool:
        """Whether the claim has to agree with it, not to disagree."""
        return self.verdict == "agrees"


Prediction = ArrayLike | Between


@dataclass(frozen=True)
class Claim:
    r"""One checkable statement of theory, as data.

    ``measure(seed, **parameters)`` draws one disorder sample and returns one number, or a fixed number of
    them (``components`` names these); everything drawn within one sample is correlated, so it is reduced to
    its mean there: the sample is the independent unit. ``predict(**parameters)`` returns what theory says
    of its mean: number, array or :class:`Between`. ``delta`` is the smallest relative deviation that the
    claim must be able to tell, ``bias`` a derived bound on how far a right theory may be off at these
    sizes (0 for exact theory), also relative. ``weight`` is the claim's share of the error budget; a
    catalogue scales the weights so that they sum to 1.

    Raises
    ------
    ValueError
        If anything is missing or does not fit: fewer than 30 samples, ``delta < 2 bias``, fewer than two
        mutants, none of them upstream, an effort without sizes.

    Examples
    --------
    >>> from validation.claims import catalogue
    >>> catalogue()["covariance/law"].kind
    'theorem'
    """

    id: str
    kind: Kind
    statement: str
    formula: str = field(metadata={"meaning": "LaTeX, without dollar signs"})
    source: str
    measured: str
    measure: Callable[..., ArrayLike]
    predict: Callable[..., Prediction]
    delta: float
    sizes: Mapping[Effort, Sequence[Series]]
    mutants: Sequence[Mutant]
    components: Sequence[str] = ()
    bias: float = 0.0
    bias_reason: str = ""
    weight: float = 1.0
    estimator: Estimator = field(default_factory=Mean)

    def __post_init__(self) -> None:
        one_of("kind", self.kind, KINDS)
        for name in ("id", "statement", "formula", "source", "measured"):
            if not getattr(self, name).strip():
                raise ValueError(f"claim {self.id!r} has an empty {name}; every claim must say it")
        if "/" not in self.id or any(c.isspace() for c in self.id):
            raise ValueError(f"a claim id reads family/name without spaces, not {self.id!r}")
        if not all(isinstance(name, str) for name in self.components):
            raise ValueError(f"claim {self.id}: components must be names in words, not {self.components!r}")
        self._check_resolution()
        self._check_sizes()
        self._check_mutants()

    def _check_resolution(self) -> None:
        for name in ("delta", "bias", "weight"):
            if isinstance(getattr(self, name), bool) or not isinstance(getattr(self, name), Real):
                raise ValueError(f"claim {self.id}: {name} must be a number, not {getattr(self, name)!r}")
            object.__setattr__(self, name, float(getattr(self, name)))
        if not 0 < self.delta < math.inf:
            raise ValueError(f"claim {self.id}: delta must be positive and finite, not {self.delta!r}")
        if not 0 <= 2 * self.bias <= self.delta:
            raise ValueError(
                f"claim {self.id}: the bias bound {self.bias:g} must be at most half of delta "
                f"= {self.delta:g}; use larger sizes, a better prediction, or a coarser delta"
            )
        if self.bias and not self.bias_reason:
            raise ValueError(f"claim {self.id}: a bias bound needs bias_reason, its derivation in a sentence")
        if self.deterministic != (self.weight == 0):
            raise ValueError(
                f"claim {self.id}: an Identity cannot fail by chance and takes weight=0, "
                f"anything else takes a positive weight; given {self.weight!r}"
            )
        if not 0 <= self.weight < math.inf:
            raise ValueError(f"claim {self.id}: weight must be finite and not negative, not {self.weight!r}")

    def _check_sizes(self) -> None:
        groups = list(self.sizes.values()) if isinstance(self.sizes, Mapping) else [None]
        for group in groups:
            if not isinstance(group, Sequence) or not all(isinstance(series, Series) for series in group):
                raise ValueError(
                    f"claim {self.id}: sizes must give a list of Series for every effort, "
                    f'{{"quick": [Series(200, n=5)], ...}}; given {self.sizes!r}'
                )
        if set(self.sizes) != set(EFFORTS) or not all(self.sizes.values()):
            raise ValueError(
                f"claim {self.id}: sizes must list series for {', '.join(EFFORTS)}; "
                f"given {', '.join(self.sizes) or 'none'}"
            )
        fewest = min(series.samples for group in self.sizes.values() for series in group)
        if not self.deterministic and fewest < FEWEST_CLUSTERS:
            raise ValueError(
                f"claim {self.id}: {fewest} disorder samples are too few for an error bar; "
                f"use at least {FEWEST_CLUSTERS} in every series"
            )
        for effort, series in self.sizes.items():
            try:
                self.estimator.check(series)
            except ValueError as error:
                raise ValueError(f"claim {self.id}, at {effort}: {error}") from None

    def _check_mutants(self) -> None:
        names = [mutant.name for mutant in self.mutants]
        if len(set(names)) < len(names) or sum(not mutant.control for mutant in self.mutants) < 2:
            raise ValueError(
                f"claim {self.id}: name at least two mutants, each once; given {names}. "
                "A claim that cannot fail proves nothing"
            )
        if not any(mutant.upstream for mutant in self.mutants):
            raise ValueError(f"claim {self.id}: at least one mutant must act upstream, in the code the claim measures")
        if self.decides and any(mutant.control for mutant in self.mutants):
            raise ValueError(f"claim {self.id}: a {self.kind} agrees in right code; controls are for what may not")

    @property
    def family(self) -> str:
        """The part of the id before the slash."""
        return self.id.split("/")[0]

    @property
    def deterministic(self) -> bool:
        """Whether chance plays no part in the verdict: an identity up to rounding."""
        return isinstance(self.estimator, Identity)

    @property
    def decides(self) -> bool:
        """Whether a disagreement makes the whole verification fail; observations and assumptions may fail."""
        return self.kind in DECIDING_KINDS

    @property
    def alpha(self) -> float:
        """The claim's own error level, ``0.01 weight``: the same whichever other claims run."""
        return FAMILY_WISE_ERROR * self.weight

    def check_level(self) -> None:
        """Raise ``ValueError`` if the error level is below the p-values that the test can reach at these sizes."""
        reach = max(self.estimator.smallest_level(series) for series in self.sizes.values())
        if not self.deterministic and self.alpha < reach:
            raise ValueError(
                f"claim {self.id}: its error level is {self.alpha:.1e}, and its test reaches p-values down to "
                f"{reach:.1e}: it could never disagree; give it more weight, or the file fewer claims"
            )

    def measurement(self, seed: np.random.SeedSequence, series: Series) -> NDArray[np.float64]:
        """Measure one disorder sample; a vector with one entry per component."""
        measure = _as_it_is_now(self.measure)
        values = np.atleast_1d(np.asarray(measure(seed, **series.parameters), dtype=float))
        if values.ndim != 1 or not values.size or (self.components and len(values) != len(self.components)):
            expected = len(self.components) or "any number of"
            raise ValueError(f"measure returned shape {values.shape} where {expected} numbers in one row are due")
        return values

    def prediction(self, series: Series) -> Between:
        """Return what theory says of a series, as a range."""
        given = _as_it_is_now(self.predict)(**series.parameters)
        prediction = given if isinstance(given, Between) else Between(given, given)
        if np.ndim(prediction.low) > 1 or np.ndim(prediction.high) > 1:
            raise ValueError(f"predict returned shape {np.shape(prediction.low)} where numbers in one row are due")
        return prediction


def _as_it_is_now(function: Callable[..., Any]) -> Callable[..., Any]:
    """Look a module's function up by its name, where a mutant may have put another in its place."""
    if isinstance(function, functools.partial):
        return functools.partial(_as_it_is_now(function.func), *function.args, **function.keywords)
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    name = getattr(function, "__qualname__", "")  # objects that are called have none, and stay what they are
    current: Callable[..., Any] = getattr(module, name, function)
    return current


def check_names(claim: Claim) -> None:
    """Raise ``ValueError`` unless the names of the claim's functions lead back to them; nothing may be patched now.

    Mutants put wrong functions in the place of right ones by name. Where two functions share a name, the second
    would silently be measured in the place of the first.
    """
    for role in ("measure", "predict"):
        function = getattr(claim, role)
        while isinstance(function, functools.partial):
            function = function.func
        if _as_it_is_now(function) is not function:
            raise ValueError(
                f"claim {claim.id}: its {role} is a function {function.__qualname__!r}, but {function.__module__} has "
                "another one of that name now; give every function of a file a name of its own, and read a changed "
                "file again"
            )
