"""How a step follows from the gradient of a mini-batch: plain, with momentum, RMSProp, Adam."""

from dataclasses import dataclass
from typing import ClassVar

from spinglass._common.arguments import real_number


@dataclass(frozen=True, kw_only=True)
class Optimiser:
    """A rate that decays as ``rate/(1 + decay epoch)``, epochs counted from 0, and a rule for the step.

    Raises
    ------
    ValueError
        If the rate is not positive, the decay negative, or a factor outside [0, 1).
    """

    kind: ClassVar[int]  # what the compiled step knows the rule by
    rate: float = 0.1
    decay: float = 0.0

    def __post_init__(self) -> None:
        if real_number("rate", self.rate) <= 0 or real_number("decay", self.decay) < 0:
            raise ValueError(f"an optimiser needs rate > 0 and decay >= 0, not rate={self.rate}, decay={self.decay}")
        for name, value in zip(("first", "second"), self.factors[:2], strict=True):
            if not 0 <= real_number(f"the {name} factor", value) < 1:
                raise ValueError(f"factors of {type(self).__name__} must lie in [0, 1), not {value!r}")
        if real_number("epsilon", self.factors[2]) < 0:
            raise ValueError(f"epsilon must not be negative, not {self.factors[2]!r}")

    @property
    def factors(self) -> tuple[float, float, float]:
        """Factors of the running means of the gradient and of its square, and what is added to its root."""
        return 0.0, 0.0, 0.0

    def rate_at(self, epoch: int) -> float:
        """Return the rate of an epoch.

        Examples
        --------
        >>> SGD(rate=0.1, decay=0.5).rate_at(2)
        0.05
        """
        return self.rate / (1 + self.decay * epoch)


@dataclass(frozen=True, kw_only=True)
class SGD(Optimiser):
    """``w <- w - rate g`` (Robbins and Monro 1951)."""

    kind: ClassVar[int] = 0


@dataclass(frozen=True, kw_only=True)
class Momentum(Optimiser):
    """``v <- momentum v - rate g``, ``w <- w + v`` (Polyak 1964)."""

    kind: ClassVar[int] = 1
    rate: float = 0.01
    momentum: float = 0.9

    @property
    def factors(self) -> tuple[float, float, float]:
        """The momentum."""
        return self.momentum, 0.0, 0.0


@dataclass(frozen=True, kw_only=True)
class RMSProp(Optimiser):
    """``s <- memory s + (1 - memory) g^2``, ``w <- w - rate g/(sqrt(s) + epsilon)`` (Tieleman and Hinton 2012)."""

    kind: ClassVar[int] = 2
    rate: float = 0.001
    memory: float = 0.99
    epsilon: float = 1e-8

    @property
    def factors(self) -> tuple[float, float, float]:
        """The memory of squares, and epsilon."""
        return 0.0, self.memory, self.epsilon


@dataclass(frozen=True, kw_only=True)
class Adam(Optimiser):
    """Running means of g and of g^2, both freed of their start at 0 (Kingma and Ba 2015, algorithm 1)."""

    kind: ClassVar[int] = 3
    rate: float = 0.001
    memory: float = 0.9
    memory_of_squares: float = 0.999
    epsilon: float = 1e-8

    @property
    def factors(self) -> tuple[float, float, float]:
        """Both memories, and epsilon."""
        return self.memory, self.memory_of_squares, self.epsilon


OPTIMISERS: dict[str, type[Optimiser]] = {"sgd": SGD, "momentum": Momentum, "rmsprop": RMSProp, "adam": Adam}


def as_optimiser(given: "str | Optimiser") -> Optimiser:
    """Return an optimiser by name with its default rate, or as given.

    Examples
    --------
    >>> as_optimiser("momentum")
    Momentum(rate=0.01, decay=0.0, momentum=0.9)
    """
    if isinstance(given, Optimiser):
        return given
    if given not in OPTIMISERS:
        raise ValueError(
            f"optimiser must be one of {', '.join(OPTIMISERS)} or an object such as SGD(rate=0.1), not {given!r}"
        )
    return OPTIMISERS[given]()
