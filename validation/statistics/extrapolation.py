"""Extrapolation to large systems by several laws of approach, fitted to several ranges of sizes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from spinglass._common.types import Array
from validation.series import Series
from validation.statistics.evidence import (
    EQUIVALENCE_LEVEL,
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
    """The limit of large systems, extrapolated with several laws of approach.

    Each law, ``limit + sum_j b_j c_j(n)``, is fitted by least squares to the means of the series (if a sample has
    several numbers, to their mean). A law is fitted to all sizes, and again to all sizes except the smallest if these
    determine its constants.

    The estimate is the midpoint of the largest and the smallest fitted limit. Its standard error is the largest of all
    fits. Half of the spread of the fits is added to the claim's bias bound; their sum may be at most half of delta. The
    test is valid if at least one fit is unbiased, because the range of all fits contains the limit of that fit. The law
    and the range of sizes are both assumptions, and a single choice would not show how much the result depends on them.
    If skewness would distort the tail of Student's t at the error level, the tests and the interval use the bootstrap
    distribution of the least favourable fit.

    Parameters
    ----------
    laws
        Maps the name of a law to a function of the sizes ``n``, an array of shape (series,). It returns the corrections
        ``c_j(n)``, which vanish in the limit: one array of that shape or a tuple of them. At least two laws. The sizes
        are the parameter ``n`` of the series.

    Raises
    ------
    ValueError
        If there are fewer than two laws.

    Examples
    --------
    >>> Extrapolation({"1/n": lambda n: 1 / n, "1/n + 1/n^2": lambda n: (1 / n, n**-2)}).forms([10, 20, 40]).keys()
    dict_keys(['1/n, n >= 10', '1/n, n >= 20', '1/n + 1/n^2, n >= 10'])
    """

    laws: Mapping[str, Law]

    def __post_init__(self) -> None:
        if len(self.laws) < 2:
            raise ValueError(
                f"an extrapolation needs at least two laws, given {', '.join(self.laws) or 'none'}: the bias of one "
                "law alone cannot be estimated"
            )

    def check(self, series: Sequence[Series]) -> None:
        """Raise ``ValueError`` if the sizes of these series do not suffice to fit the laws."""
        self.forms(_sizes([one.parameters for one in series]))

    def smallest_level(self, _series: Sequence[Series]) -> float:
        """Return the smallest p-value that the bootstrap can reach in reasonable time."""
        return SMALLEST_LEVEL

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:
        """Test the extrapolated limit; ``ValueError`` if the predictions differ between series or components."""
        ends = [np.stack([one.low, one.high, one.delta]) for one in samples]
        if any((given != ends[0][:, :1]).any() for given in ends):
            raise ValueError(
                "an extrapolation has one limit: predict must give the same number for every series "
                "and component, with the same scale"
            )
        numbers = [sample.values.mean(axis=1) for sample in samples]
        means = np.array([values.mean() for values in numbers])
        variances = np.array([values.var(ddof=1) / len(values) for values in numbers])
        sizes = _sizes([sample.parameters for sample in samples])
        forms = self.forms(sizes)
        limits = {name: float(weights @ means) for name, weights in forms.items()}
        error = max(math.sqrt(weights**2 @ variances) for weights in forms.values())
        # The error of a series without spread would be 0.
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
        of_all_sizes = [limit for name, limit in limits.items() if name.endswith(_window(sizes.min()))]
        of_laws = (max(of_all_sizes) - min(of_all_sizes)) / 2
        spreads = {"laws of approach": of_laws, "sizes": spread - of_laws}
        return _weighed(limits, middle, spreads, 0.0 if still else error, samples, alpha, law)

    def forms(self, sizes: ArrayLike) -> dict[str, Array]:
        """Return the linear combinations of the series' means that give the fitted limits.

        Parameters
        ----------
        sizes
            The size of each series, shape (series,).

        Returns
        -------
        dict of ndarray, shape (series,)
            The weights of each fit, by the name of the law and the smallest size.

        Raises
        ------
        ValueError
            If the sizes do not determine the constants of a law, all laws are equal at these sizes, or no law can be
            fitted without the smallest size.
        """
        sizes = np.asarray(sizes, dtype=float)
        distinct = np.unique(sizes)
        forms = {}
        complete = []
        for name, law in self.laws.items():
            design = _design(name, law, sizes)
            constants = design.shape[1]
            if np.linalg.matrix_rank(design) < constants:
                raise ValueError(
                    f"the law {name!r} has {constants} constants, which the sizes {_listed(distinct)} do not "
                    "determine; use more sizes or a simpler law"
                )
            for least in distinct[:2]:
                inside = sizes >= least
                if np.linalg.matrix_rank(design[inside]) == constants:
                    weights = np.zeros(len(sizes))
                    weights[inside] = np.linalg.pinv(design[inside])[0]
                    forms[name + _window(least)] = weights
            complete.append(forms[name + _window(distinct[0])])
        if len(forms) == len(self.laws):
            raise ValueError(
                f"no law can be fitted without the smallest of the sizes {_listed(distinct)}, so that the dependence "
                "on the sizes cannot be tested; use at least three sizes"
            )
        if np.allclose(complete, complete[0]):
            raise ValueError(f"the laws {', '.join(self.laws)} are equal at the sizes {_listed(distinct)}")
        return forms


def _window(least: float) -> str:
    return f", n >= {least:g}"


def _sizes(parameters: Sequence[Mapping[str, object]]) -> Array:
    given = [one.get("n") for one in parameters]
    numbers = [float(size) for size in given if isinstance(size, Real)]
    sizes = [size for size in numbers if 0 < size < math.inf]
    if len(sizes) < len(given):
        raise ValueError(
            "an extrapolation needs the size n as a positive number in every series; given "
            f"{', '.join(map(repr, given))}"
        )
    return np.array(sizes)


def _design(name: str, law: Law, sizes: Array) -> Array:
    """Return the columns 1 and the law's corrections, each divided by its largest absolute value."""
    given = law(sizes)
    columns = [np.asarray(column, dtype=float) for column in (given if isinstance(given, tuple) else (given,))]
    if any(column.shape != sizes.shape or not np.isfinite(column).all() for column in columns):
        raise ValueError(f"the law {name!r} must return a finite number for every size, or a tuple of such arrays")
    largest = [np.abs(column).max() or 1.0 for column in columns]
    return np.stack([np.ones_like(sizes), *(c / top for c, top in zip(columns, largest, strict=True))], axis=1)


def _weighed(
    limits: Mapping[str, float],
    middle: float,
    spreads: Mapping[str, float],
    error: float,
    samples: Sequence[Sample],
    alpha: float,
    law: Array | None,
) -> Evidence:
    """Compare the midpoint of the fits with the prediction, by Student's t or by the bootstrap (draws, fits)."""
    first = samples[0]
    counts = [len(sample.values) for sample in samples]
    freedom = min(counts) - 1  # Welch's degrees of freedom are never fewer
    quantile = float(special.stdtrit(freedom, 1 - EQUIVALENCE_LEVEL))
    spread = sum(spreads.values())
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
        # Samples of the largest series, the others in proportion; the spread of the fits does not change.
        None if plain.needed is None else math.ceil(plain.needed * max(counts) / len(first.values)),
        None if plain.bounds is None else (plain.bounds[0] - spread, plain.bounds[1] + spread),
        spreads,
    )
    names = ", ".join(f"{name}: {value:.4g}" for name, value in limits.items())
    reason = f"extrapolations by {names}; half spread {spread:.2g}"
    if bias > delta / 2:
        reason += f", too large for delta = {delta:.2g} with any number of samples"
    if error == 0:
        reason = NO_SPREAD
    return together([point], [point.p_value], reason)


def _listed(sizes: Array) -> str:
    return ", ".join(f"{size:g}" for size in sizes)
