"""Claims: a statement of theory, and the measurement that could refute it."""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from validation.current_functions import check_name, current, declared
from validation.mutant import Mutant
from validation.reading import Reading, Source
from validation.series import DECIDING_KINDS, EFFORTS, KINDS, Between, ByEffort, Effort, Kind, Series, by_effort, one_of
from validation.statistics.estimators import Estimator, Identity, Mean

FEWEST_CLUSTERS = 30
FAMILY_WISE_ERROR = 0.01


Prediction = ArrayLike | Between


class Tolerance(NamedTuple):
    """How finely a claim is tested at one effort, as relative deviations.

    Attributes
    ----------
    delta : float
        The smallest deviation that the claim must be able to detect.
    bias : float
        Bound on the deviation of a correct theory at the effort's sizes.
    """

    delta: float
    bias: float


@dataclass(frozen=True)
class Claim:
    r"""One testable statement of theory.

    Parameters
    ----------
    id
        ``"family/name"``, without spaces.
    kind
        ``"identity"``, ``"theorem"``, ``"bound"``, ``"published observation"`` or ``"assumption"``. Only the first
        three decide whether a verification fails.
    statement, source, measured
        What theory says, where it is stated, and what is measured, as text.
    formula
        The statement in LaTeX, without dollar signs.
    measure
        ``measure(seed, **parameters)`` draws one disorder sample and returns one number or a fixed number of them.
        Everything that is drawn within one sample is correlated; average over it there. Disorder samples are the
        independent units. A :class:`Reading` measures in two steps, of which the first can be shared with other claims.
    predict
        ``predict(**parameters)`` returns the predicted mean: a number, an array or a :class:`Between`. It receives
        only those parameters of the series that its signature declares, or all of them if it takes ``**parameters``.
        A mutant that replaces ``predict`` receives the same parameters as the original.
    delta
        The smallest relative deviation that the claim must be able to detect: one number for all efforts, or a
        mapping with one for each effort, which may not grow from quick to paper.
    sizes
        For each effort, the series to measure. Every series needs at least 30 samples, except for an
        :class:`Identity`.
    mutants
        At least two errors that the claim must detect, one of them upstream.
    components
        Names of the numbers that ``measure`` returns. Default: no names.
    bias
        A derived bound on the relative deviation of a correct theory at these sizes, at most half of ``delta``; one
        number or a mapping by effort, since the sizes depend on the effort. Default 0, for exact theory.
    bias_reason
        The derivation of ``bias`` in one sentence; required if ``bias`` is not 0.
    estimator
        :class:`Mean` (default), :class:`Proportion`, :class:`Identity` or :class:`Extrapolation`.
    needs
        What the claim measures of a subject, if it can be measured on foreign code, such as ``("landscape",
        "landscape.gradient")``; see :mod:`validation.judging`. Default: nothing, it measures this project's code.

    Attributes
    ----------
    share : float
        The part of the total error level 0.01 that this claim receives: 1 for a single claim. A catalogue divides the
        level equally among its claims; an :class:`Identity` receives 0, because chance plays no part in it.

    Raises
    ------
    ValueError
        If something is missing or inconsistent: fewer than 30 samples, ``delta < 2 bias``, fewer than two mutants, no
        upstream mutant, or an effort without series.

    Examples
    --------
    >>> from validation.claims import catalogue
    >>> catalogue()["covariance/law"].kind
    'theorem'
    """

    id: str
    kind: Kind
    statement: str
    formula: str
    source: str
    measured: str
    measure: Callable[..., ArrayLike] | Reading
    predict: Callable[..., Prediction]
    delta: ByEffort
    sizes: Mapping[Effort, Sequence[Series]]
    mutants: Sequence[Mutant]
    components: Sequence[str] = ()
    bias: ByEffort = 0.0
    bias_reason: str = ""
    estimator: Estimator = field(default_factory=Mean)
    needs: Sequence[str] = ()
    share: float = field(default=1.0, init=False, repr=False)

    def __post_init__(self) -> None:
        one_of("kind", self.kind, KINDS)
        for name in ("id", "statement", "formula", "source", "measured"):
            if not getattr(self, name).strip():
                raise ValueError(f"claim {self.id!r} has an empty {name}; every claim needs one")
        if "/" not in self.id or any(c.isspace() for c in self.id):
            raise ValueError(f"a claim id has the form family/name without spaces, not {self.id!r}")
        if not all(isinstance(name, str) for name in self.components):
            raise ValueError(f"claim {self.id}: components must be names in words, not {self.components!r}")
        if self.deterministic:
            object.__setattr__(self, "share", 0.0)
        self._check_resolution()
        self._check_sizes()
        self._check_mutants()

    def _check_resolution(self) -> None:
        deltas, biases = (by_effort(f"claim {self.id}: {name}", getattr(self, name)) for name in ("delta", "bias"))
        for effort, delta in deltas.items():
            if not 0 < delta < math.inf:
                raise ValueError(f"claim {self.id}: delta must be positive and finite, not {delta!r}")
            if not 0 <= 2 * biases[effort] <= delta:
                raise ValueError(
                    f"claim {self.id}, effort {effort}: the bias bound {biases[effort]:g} must be at most half of "
                    f"delta = {delta:g}; use larger sizes, a better prediction, or a larger delta"
                )
        if not deltas["quick"] >= deltas["standard"] >= deltas["paper"]:
            raise ValueError(
                f"claim {self.id}: delta may not grow from quick to paper, because a larger effort must not tell "
                f"less; given {self.delta!r}"
            )
        if any(biases.values()) and not self.bias_reason:
            raise ValueError(f"claim {self.id}: a bias bound needs bias_reason, its derivation in one sentence")

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
                f"claim {self.id}: {fewest} disorder samples are too few to estimate an error; "
                f"use at least {FEWEST_CLUSTERS} in every series"
            )
        for effort, series in self.sizes.items():
            try:
                self.estimator.check(series)
                if isinstance(self.measure, Reading):
                    for one in series:
                        self.measure.check_parameters(one.parameters, self.predict)
            except ValueError as error:
                raise ValueError(f"claim {self.id}, effort {effort}: {error}") from None

    def _check_mutants(self) -> None:
        names = [mutant.name for mutant in self.mutants]
        if len(set(names)) < len(names) or sum(not mutant.control for mutant in self.mutants) < 2:
            raise ValueError(
                f"claim {self.id}: give at least two mutants with different names; given {names}. "
                "A claim that cannot fail proves nothing"
            )
        if not any(mutant.upstream for mutant in self.mutants):
            raise ValueError(
                f"claim {self.id}: at least one mutant must be upstream, in the code that the claim measures"
            )
        if self.decides and any(mutant.control for mutant in self.mutants):
            raise ValueError(
                f"claim {self.id}: a {self.kind} must agree with correct code; controls are for observations and "
                "assumptions, which may disagree"
            )

    @property
    def family(self) -> str:
        """The part of the id before the slash."""
        return self.id.split("/")[0]

    @property
    def deterministic(self) -> bool:
        """Whether the claim is an equality up to rounding, whose verdict does not depend on chance."""
        return isinstance(self.estimator, Identity)

    @property
    def decides(self) -> bool:
        """Whether a disagreement makes the whole verification fail: true of identities, theorems and bounds."""
        return self.kind in DECIDING_KINDS

    def at(self, effort: Effort) -> Tolerance:
        """Return the resolution that the claim requires at an effort, and the bias bound at its sizes.

        Parameters
        ----------
        effort
            ``"quick"``, ``"standard"`` or ``"paper"``.

        Returns
        -------
        Tolerance
            ``delta`` and ``bias`` of this effort.

        Examples
        --------
        >>> from validation.claims import catalogue
        >>> catalogue()["covariance/law"].at("standard")
        Tolerance(delta=0.016, bias=0.0)
        """
        return Tolerance(by_effort("delta", self.delta)[effort], by_effort("bias", self.bias)[effort])

    @property
    def alpha(self) -> float:
        """Error level of the claim's test, ``0.01 share``; it does not depend on which other claims are run."""
        return FAMILY_WISE_ERROR * self.share

    def with_share(self, share: float) -> "Claim":
        """Return a copy that is tested at this part of the total error level 0.01.

        Parameters
        ----------
        share
            Between 0 and 1. An :class:`Identity` keeps 0.

        Returns
        -------
        Claim
            The copy.

        Raises
        ------
        ValueError
            If the error level is smaller than every p-value that the test can reach at these sizes.
        """
        claim = copy.copy(self)
        if self.deterministic:
            return claim
        object.__setattr__(claim, "share", share)
        reach = max(self.estimator.smallest_level(series) for series in self.sizes.values())
        if claim.alpha < reach:
            raise ValueError(
                f"claim {self.id}: its error level is {claim.alpha:.1e}, and the smallest p-value of its test is "
                f"{reach:.1e}, so it could never disagree; put fewer claims into one file"
            )
        return claim

    def measurement(self, seed: np.random.SeedSequence, series: Series) -> NDArray[np.float64]:
        """Measure one disorder sample.

        Parameters
        ----------
        seed
            The seed of this sample.
        series
            The parameters to measure with.

        Returns
        -------
        ndarray, shape (components,)
            The measured numbers.

        Raises
        ------
        ValueError
            If the measurement returned an array of another shape.
        """
        return self.read(self.simulate(seed, series), series)

    def simulate(self, seed: np.random.SeedSequence, series: Series) -> Any:
        """Simulate one disorder sample, or measure it if the claim shares no simulation.

        Parameters
        ----------
        seed
            The seed of the sample.
        series
            The parameters to measure with.

        Returns
        -------
        Any
            What :meth:`read` needs: what the simulation or ``measure`` returned.
        """
        if isinstance(self.measure, Reading):
            return self.measure.simulate(seed, series.parameters)
        return current(self.measure)(seed, **series.parameters)

    def read(self, simulated: Any, series: Series) -> NDArray[np.float64]:
        """Read the measured numbers of one simulated sample.

        Parameters
        ----------
        simulated
            What :meth:`simulate` returned.
        series
            The parameters to measure with.

        Returns
        -------
        ndarray, shape (components,)
            The measured numbers.

        Raises
        ------
        ValueError
            If the numbers have another shape.
        """
        name = "measure"
        if isinstance(self.measure, Reading):
            name, simulated = "read", self.measure.numbers(simulated, series.parameters)
        values = np.atleast_1d(np.asarray(simulated, dtype=float))
        if values.ndim != 1 or not values.size or (self.components and len(values) != len(self.components)):
            expected = len(self.components) or "at least one"
            raise ValueError(f"{name} returned shape {values.shape}; expected a vector, length {expected}")
        return values

    def drawn_from(self, effort: Effort, number: int) -> Source:
        """Return the source of the disorder samples of a series.

        Parameters
        ----------
        effort
            The effort.
        number
            Number of the series at this effort.

        Returns
        -------
        Source
            The shared simulation, or this claim alone.
        """
        if isinstance(self.measure, Reading):
            return self.measure.source(self.sizes[effort][number].parameters)
        return Source(self.id, number)

    def prediction(self, series: Series) -> Between:
        """Return the prediction for a series, as a range.

        Parameters
        ----------
        series
            The parameters to predict for.

        Returns
        -------
        Between
            The predicted range; both ends are equal where theory gives a number.

        Raises
        ------
        ValueError
            If ``predict`` returned an array of more than one dimension.
        """
        # The original decides which parameters are passed: a mutant's wrapper often takes any argument.
        given = current(self.predict)(**declared(self.predict, series.parameters))
        prediction = given if isinstance(given, Between) else Between(given, given)
        if np.ndim(prediction.low) > 1 or np.ndim(prediction.high) > 1:
            raise ValueError(f"predict returned shape {np.shape(prediction.low)}; expected a number or a vector")
        return prediction


def check_names(claim: Claim) -> None:
    """Check that the names of the claim's functions refer to these functions; call it while no mutant is active.

    Parameters
    ----------
    claim
        The claim to check.

    Raises
    ------
    ValueError
        If the module of a function holds another object under its name.
    """
    measure = claim.measure
    roles = (
        {"simulation": measure.simulation, "read": measure.read}
        if isinstance(measure, Reading)
        else {"measure": measure}
    )
    for role, function in (roles | {"predict": claim.predict}).items():
        check_name(f"claim {claim.id}", role, function)
