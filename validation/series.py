"""What claims are made of: kinds and efforts, series of disorder samples, and predictions known as a range."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


class Series:
    """Disorder samples drawn at one setting: how many, and the parameters that each is measured with.

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

    __hash__ = None  # type: ignore[assignment]

    @property
    def label(self) -> str:
        """The parameters as text."""
        return self.describe(self.parameters)

    def describe(self, names: Iterable[str]) -> str:
        """Return the parameters of these names as text: ``n=5``, or a text by itself."""
        given = {name: self.parameters[name] for name in names if name in self.parameters}
        return ", ".join(v if isinstance(v, str) else f"{name}={v}" for name, v in given.items())


@dataclass(frozen=True)
class Between:
    """A prediction known only as a range: theory proves ``low <= mean <= high``.

    ``scale`` is what relative deviations refer to (by default the larger end's magnitude). An upper bound
    alone would be passed by a measurement that finds nothing, so both ends are asked for.
    """

    low: ArrayLike
    high: ArrayLike
    scale: ArrayLike | None = None

    def __post_init__(self) -> None:
        low, high = np.asarray(self.low, dtype=float), np.asarray(self.high, dtype=float)
        if not (np.isfinite(low).all() and np.isfinite(high).all() and (low <= high).all()):
            raise ValueError(f"a range needs two finite ends in order, not {self.low!r} and {self.high!r}")

    @property
    def reference(self) -> NDArray[np.float64]:
        """What relative deviations refer to."""
        largest = np.maximum(np.abs(self.low), np.abs(self.high))
        return np.asarray(largest if self.scale is None else self.scale, dtype=float)


def one_of(what: str, given: str, known: Sequence[_Name]) -> _Name:
    """Return ``given`` if it is one of the known names, or raise ``ValueError`` that lists them."""
    for name in known:
        if given == name:
            return name
    raise ValueError(f"{what} must be one of {', '.join(known)}; given {quoted(given)}")
