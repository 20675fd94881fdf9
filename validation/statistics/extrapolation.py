"""The limit of large systems, read off by several laws of approach in several windows of sizes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from validation.series import Series
from validation.statistics.evidence import (
    EQUIVALENCE_LEVEL,
    Array,
    Evidence,
    Point,
    Sample,
    errors_beyond,
    mean_point,
    together,
)
from validation.statistics.nearly_constant import NO_SPREAD, nearly_constant
from validation.statistics.resampling import SMALLEST_LEVEL, combined_t, resamples_for, too_skewed

Law = Callable[[Array], ArrayLike | tuple[ArrayLike, ...]]


@dataclass(frozen=True)
class Extrapolation:
    """A limit of large systems, by several laws of approach, each in every window of sizes.

    ``laws`` maps a law's name to a function of the sizes, an array (series,), that returns the corrections which
    vanish in the limit: one array of that shape or a tuple of them. Each law, ``limit + sum_j b_j c_j(n)``, is fitted
    by least squares to the series' means (of samples of several numbers, to the mean of these) in two windows: all
    sizes, and without the smallest, where that leaves a size for every constant. ``along`` names the parameter of the
    series that is the size.

    The estimate is the middle of all these fits, with the largest of their standard errors; half their spread is a
    bias bound, added to whatever the claim states; the two together may be half of delta at most. The test rests on one
    fit at least being free of bias: from the limit the hull of all fits is no farther than that one. Law and window are
    both guesses, and one of either alone would say nothing about what the guess costs. Where skewness would distort
    Student's tail at the error level, tests and interval are the most cautious that a bootstrap over samples gives for
    any fit.

    Raises
    ------
    ValueError
        If there are fewer than two laws.

    Examples
    --------
    >>> Extrapolation({"1/n": lambda n: 1 / n, "1/n + 1/n^2": lambda n: (1 / n, n**-2)}).along
    'n'
    """

    laws: Mapping[str, Law]
    along: str = "n"

    def __post_init__(self) -> None:
        if len(self.laws) < 2:
            raise ValueError(
                f"an extrapolation needs at least two laws, given {', '.join(self.laws) or 'none'}: one alone says "
                "nothing about its bias"
            )

    def check(self, series: Sequence[Series]) -> None:
        """Raise ``ValueError`` unless these series have the sizes to fit the laws in two windows."""
        self.forms(self._sizes([one.parameters for one in series]))

    def smallest_level(self, series: Sequence[Series]) -> float:  # noqa: ARG002
        """Return what resampling, which skewed numbers need, can reach in reasonable time."""
        return SMALLEST_LEVEL

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:
        """Weigh the extrapolated limit against its prediction, the same for all series."""
        ends = [np.stack([one.low, one.high, one.delta]) for one in samples]
        if any((given != ends[0][:, :1]).any() for given in ends):
            raise ValueError(
                "an extrapolation has one limit, so that predict must give the same number for every series "
                "and component, with the same scale"
            )
        numbers = [sample.values.mean(axis=1) for sample in samples]
        means = np.array([values.mean() for values in numbers])
        variances = np.array([values.var(ddof=1) / len(values) for values in numbers])
        forms = self.forms(self._sizes([sample.parameters for sample in samples]))
        limits = {name: float(weights @ means) for name, weights in forms.items()}
        error = max(math.sqrt(weights**2 @ variances) for weights in forms.values())
        # A series without spread would pass for exact.
        still = error == 0 or any(
            nearly_constant(values[:, None], samples[0].delta[:1], alpha).any() for values in numbers
        )
        weights = np.array(list(forms.values()))
        low, high = min(limits.values()), max(limits.values())
        middle, spread = (high + low) / 2, (high - low) / 2
        law = None
        if not still and any(too_skewed(numbers, row, alpha) for row in weights):
            first, bias = samples[0], samples[0].bias[0] + spread
            beyond = float(errors_beyond(middle, error, first.low[0] - bias, first.high[0] + bias))
            law = combined_t(numbers, weights, seed, resamples_for(alpha), beyond)
        return _weighed(limits, middle, spread, 0.0 if still else error, samples, alpha, law)

    def forms(self, sizes: ArrayLike) -> dict[str, Array]:
        """Return, for each law in each window, the weights (series,) whose sum with the series' means is the limit.

        Raises
        ------
        ValueError
            If a law has more constants than there are sizes, is constant or the same as another one at these
            sizes, or if none can be fitted without the smallest size.
        """
        sizes = np.asarray(sizes, dtype=float)
        distinct = np.unique(sizes)
        forms, complete = {}, []
        for name, law in self.laws.items():
            design = _design(name, law, sizes)
            constants = design.shape[1]
            if np.linalg.matrix_rank(design) < constants:
                raise ValueError(
                    f"the law {name!r} has {constants} constants, which the sizes {_listed(distinct)} do not tell "
                    "apart; give more sizes or a simpler law"
                )
            for least in distinct[:2]:
                inside = sizes >= least
                if np.linalg.matrix_rank(design[inside]) == constants:
                    weights = np.zeros(len(sizes))
                    weights[inside] = np.linalg.pinv(design[inside])[0]
                    forms[f"{name}, {self.along} >= {least:g}"] = weights
            complete.append(forms[f"{name}, {self.along} >= {distinct[0]:g}"])
        if len(forms) == len(self.laws):
            raise ValueError(
                f"no law can be fitted without the smallest of the sizes {_listed(distinct)}, so that its window "
                "could not be told from a guess; give at least three sizes"
            )
        if np.allclose(complete, complete[0]):
            raise ValueError(f"the laws {', '.join(self.laws)} are the same at the sizes {_listed(distinct)}")
        return forms

    def _sizes(self, parameters: Sequence[Mapping[str, object]]) -> Array:
        given = [one.get(self.along) for one in parameters]
        numbers = [float(size) for size in given if isinstance(size, Real)]
        sizes = [size for size in numbers if 0 < size < math.inf]
        if len(sizes) < len(given):
            raise ValueError(
                f"an extrapolation along {self.along!r} needs it as a positive number in every series; given "
                f"{', '.join(map(repr, given))}"
            )
        return np.array(sizes)


def _design(name: str, law: Law, sizes: Array) -> Array:
    """Return a column of ones beside the law's corrections, each scaled to 1 at its largest."""
    given = law(sizes)
    columns = [np.asarray(column, dtype=float) for column in (given if isinstance(given, tuple) else (given,))]
    if any(column.shape != sizes.shape or not np.isfinite(column).all() for column in columns):
        raise ValueError(f"the law {name!r} must return a finite number for every size, or a tuple of such arrays")
    largest = [np.abs(column).max() or 1.0 for column in columns]
    return np.stack([np.ones_like(sizes), *(c / top for c, top in zip(columns, largest, strict=True))], axis=1)


def _weighed(
    limits: Mapping[str, float],
    middle: float,
    spread: float,
    error: float,
    samples: Sequence[Sample],
    alpha: float,
    law: Array | None,
) -> Evidence:
    """Compare the middle of the fits with its prediction, by Student's t or by its bootstrapped laws (draws, fits)."""
    first = samples[0]
    counts = [len(sample.values) for sample in samples]
    freedom = min(counts) - 1  # Welch's degrees of freedom are never fewer
    quantile = float(special.stdtrit(freedom, 1 - EQUIVALENCE_LEVEL))
    bias = float(first.bias[0]) + spread
    widened = replace(first, bias=first.bias + spread, delta=first.delta - spread)
    plain = mean_point(middle, error, freedom, widened, 0, alpha, quantile, law)
    delta = float(first.delta[0])
    point = Point(
        middle,
        plain.standard_error,
        (plain.interval[0] - spread, plain.interval[1] + spread),
        plain.predicted,
        plain.null,
        (plain.predicted[0] - delta, plain.predicted[1] + delta),
        plain.p_value,
        plain.p_equivalence if bias <= delta / 2 else 1.0,
        sum(counts),
        # Of the largest series, the others in proportion: the spread of the forms stays what it is.
        None if plain.needed is None else math.ceil(plain.needed * max(counts) / len(first.values)),
    )
    names = ", ".join(f"{name}: {value:.4g}" for name, value in limits.items())
    reason = f"extrapolations by {names}; half spread {spread:.2g}"
    if bias > delta / 2:
        reason += f", too much for delta = {delta:.2g} however many samples there are"
    if error == 0:
        reason = NO_SPREAD
    return together([point], [point.p_value], reason)


def _listed(sizes: Array) -> str:
    return ", ".join(f"{size:g}" for size in sizes)
