"""Parts of a claim: kinds, efforts, series of disorder samples, and predictions that are a range."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinglass._common.arguments import quoted

_Name = TypeVar("_Name", bound=str)
Kind = Literal["identity", "theorem", "bound", "published observation", "assumption"]
Effort = Literal["quick", "standard", "paper"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EFFORTS: tuple[Effort, ...] = get_args(Effort)
DECIDING_KINDS: tuple[Kind, ...] = ("identity", "theorem", "bound")
ByEffort = float | Mapping[Effort, float]


class Series:
    """A number of disorder samples that are measured with the same parameters.

    Parameters
    ----------
    samples
        Number of disorder samples, at least 1.
    **parameters
        Keyword arguments of the claim's ``measure`` and ``predict``.

    Raises
    ------
    ValueError
        If ``samples`` is not a positive whole number.

    Examples
    --------
    >>> Series(200, n=3, H=3)
    Series(200, n=3, H=3)
    """

    def __init__(self, samples: int, **parameters: Any) -> None:
        if isinstance(samples, bool) or not isinstance(samples, int) or samples < 1:
            raise ValueError(f"a series needs a positive whole number of samples, not {samples!r}; try Series(200)")
        self.samples = samples
        self.parameters = parameters

    def __repr__(self) -> str:
        return f"Series({', '.join([str(self.samples), *(f'{k}={v!r}' for k, v in self.parameters.items())])})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Series) and vars(self) == vars(other)

    @property
    def label(self) -> str:
        """All parameters as text."""
        return self.describe(self.parameters)

    def describe(self, names: Iterable[str]) -> str:
        """Return the parameters of these names as text, such as ``n=5``; a parameter that is a text appears alone.

        Parameters
        ----------
        names
            Names of parameters; those that the series does not have are skipped.

        Returns
        -------
        str
            The parameters, separated by commas.
        """
        given = {name: self.parameters[name] for name in names if name in self.parameters}
        return ", ".join(v if isinstance(v, str) else f"{name}={v}" for name, v in given.items())


@dataclass(frozen=True)
class Between:
    """A prediction that is a range: ``low <= mean <= high``.

    Both ends are required, because a measurement that finds nothing would satisfy an upper bound alone.

    Parameters
    ----------
    low, high
        The ends of the range, numbers or arrays of shape (components,).
    scale
        The value to which relative deviations refer. Default: the larger of ``abs(low)`` and ``abs(high)``.

    Raises
    ------
    ValueError
        If an end is not finite, or ``low > high``.
    """

    low: ArrayLike
    high: ArrayLike
    scale: ArrayLike | None = None

    def __post_init__(self) -> None:
        low, high = np.asarray(self.low, dtype=float), np.asarray(self.high, dtype=float)
        if not (np.isfinite(low).all() and np.isfinite(high).all() and (low <= high).all()):
            raise ValueError(f"a range needs two finite ends, low <= high, not {self.low!r} and {self.high!r}")

    @property
    def reference(self) -> NDArray[np.float64]:
        """The value to which relative deviations refer: ``scale``, or its default."""
        largest = np.maximum(np.abs(self.low), np.abs(self.high))
        return np.asarray(largest if self.scale is None else self.scale, dtype=float)


def one_of(what: str, given: str, known: Sequence[_Name]) -> _Name:
    """Return ``given`` if it is one of the known names.

    Parameters
    ----------
    what
        What is named, for the error message.
    given
        The name to check.
    known
        The permitted names.

    Returns
    -------
    str
        ``given``.

    Raises
    ------
    ValueError
        If ``given`` is not among the names; the message lists them.
    """
    for name in known:
        if given == name:
            return name
    raise ValueError(f"{what} must be one of {', '.join(known)}; given {quoted(given)}")


def by_effort(what: str, given: ByEffort) -> dict[Effort, float]:
    """Return the number of each effort, of one number for all efforts or of a mapping with one for each.

    Parameters
    ----------
    what
        What the number is, for the error message.
    given
        A number, or a mapping such as ``{"quick": 0.06, "standard": 0.02, "paper": 0.006}``.

    Returns
    -------
    dict
        The numbers of quick, standard and paper.

    Raises
    ------
    ValueError
        If a value is not a number, or the mapping has other keys than the three efforts.

    Examples
    --------
    >>> by_effort("delta", 0.1)
    {'quick': 0.1, 'standard': 0.1, 'paper': 0.1}
    """
    if isinstance(given, Mapping) and set(given) != set(EFFORTS):
        raise ValueError(
            f"{what} must be one number or have one for each of {', '.join(EFFORTS)}, such as "
            f'{{"quick": 0.06, "standard": 0.02, "paper": 0.006}}; given {given!r}'
        )
    return {effort: _real(what, given[effort] if isinstance(given, Mapping) else given) for effort in EFFORTS}


def _real(what: str, given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise ValueError(f"{what} must be a number, not {given!r}")
    return float(given)
