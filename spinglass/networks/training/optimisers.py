"""Optimisers: how the gradient of a mini-batch gives a step (SGD, momentum, RMSProp, Adam)."""

from dataclasses import dataclass
from typing import ClassVar

from spinglass._common.arguments import real_number


@dataclass(frozen=True, kw_only=True)
class Optimiser:
    """Base class: a learning rate that decays as ``rate/(1 + decay epoch)``, and a rule for the step.

    Parameters
    ----------
    rate
        Learning rate at epoch 0; epochs count from 0.
    decay
        Decay of the rate per epoch. Default: 0.

    Raises
    ------
    ValueError
        If the rate is not positive, the decay is negative, or a factor lies outside [0, 1).
    """

    kind: ClassVar[int]  # number of the rule in the compiled step
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
        """Factors of the running means of the gradient and of its square, and the epsilon added to the root."""
        return 0.0, 0.0, 0.0

    def rate_at(self, epoch: int) -> float:
        """Return the learning rate of an epoch.

        Parameters
        ----------
        epoch
            Number of the epoch, counted from 0.

        Returns
        -------
        float
            ``rate/(1 + decay epoch)``.

        Examples
        --------
        >>> SGD(rate=0.1, decay=0.5).rate_at(2)
        0.05
        """
        return self.rate / (1 + self.decay * epoch)


@dataclass(frozen=True, kw_only=True)
class SGD(Optimiser):
    """Stochastic gradient descent, ``w <- w - rate g``.

    Parameters
    ----------
    rate, decay
        Learning rate (default: 0.1) and its decay per epoch (default: 0).

    References
    ----------
    Robbins and Monro (1951).
    """

    kind: ClassVar[int] = 0


@dataclass(frozen=True, kw_only=True)
class Momentum(Optimiser):
    """Gradient descent with momentum, ``v <- momentum v - rate g``, ``w <- w + v``.

    Parameters
    ----------
    rate, decay
        Learning rate (default: 0.01) and its decay per epoch (default: 0).
    momentum
        Factor of the previous step, in [0, 1). Default: 0.9.

    References
    ----------
    Polyak (1964).
    """

    kind: ClassVar[int] = 1
    rate: float = 0.01
    momentum: float = 0.9

    @property
    def factors(self) -> tuple[float, float, float]:
        """The momentum, and two zeros."""
        return self.momentum, 0.0, 0.0


@dataclass(frozen=True, kw_only=True)
class RMSProp(Optimiser):
    """RMSProp, ``s <- memory s + (1 - memory) g^2``, ``w <- w - rate g/(sqrt(s) + epsilon)``.

    Parameters
    ----------
    rate, decay
        Learning rate (default: 0.001) and its decay per epoch (default: 0).
    memory
        Factor of the running mean of squared gradients, in [0, 1). Default: 0.99.
    epsilon
        Number added to the root. Default: 1e-8.

    References
    ----------
    Tieleman and Hinton (2012).
    """

    kind: ClassVar[int] = 2
    rate: float = 0.001
    memory: float = 0.99
    epsilon: float = 1e-8

    @property
    def factors(self) -> tuple[float, float, float]:
        """Zero, the memory of squared gradients, and epsilon."""
        return 0.0, self.memory, self.epsilon


@dataclass(frozen=True, kw_only=True)
class Adam(Optimiser):
    """Adam: steps from running means of g and of g^2, both corrected for their start at 0.

    Parameters
    ----------
    rate, decay
        Learning rate (default: 0.001) and its decay per epoch (default: 0).
    memory, memory_of_squares
        Factors of the running means of g (default: 0.9) and of g^2 (default: 0.999), in [0, 1).
    epsilon
        Number added to the root. Default: 1e-8.

    References
    ----------
    Kingma and Ba (2015), algorithm 1.
    """

    kind: ClassVar[int] = 3
    rate: float = 0.001
    memory: float = 0.9
    memory_of_squares: float = 0.999
    epsilon: float = 1e-8

    @property
    def factors(self) -> tuple[float, float, float]:
        """The factors of both running means, and epsilon."""
        return self.memory, self.memory_of_squares, self.epsilon


OPTIMISERS: dict[str, type[Optimiser]] = {"sgd": SGD, "momentum": Momentum, "rmsprop": RMSProp, "adam": Adam}


def as_optimiser(given: "str | Optimiser") -> Optimiser:
    """Return an optimiser, by name with its default settings.

    Parameters
    ----------
    given
        ``"sgd"``, ``"momentum"``, ``"rmsprop"`` or ``"adam"``; or an `Optimiser`, which is returned unchanged.

    Returns
    -------
    Optimiser
        The optimiser.

    Raises
    ------
    ValueError
        If no optimiser has this name.

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
