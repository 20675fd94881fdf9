"""Measurements in two steps: a simulation, which several claims may share, and the numbers that a claim reads."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from validation.current_functions import current, declared, named


class Source(NamedTuple):
    """Where disorder samples come from; equal sources have equal samples.

    Attributes
    ----------
    name : str
        The dotted name of a simulation, or the id of a claim that has its own samples.
    number : int
        A digest of the simulation's parameters, or the number of the claim's series.
    """

    name: str
    number: int


@dataclass(frozen=True)
class Reading:
    """A measurement that reads its numbers from a simulation, which several claims may share.

    In one run, claims with the same simulation and the same values of its parameters are measured on the same disorder
    samples, each of which is simulated once. The seeds of the samples derive from the simulation's name and parameters,
    and a claim reads the first samples, as many as its series has. Its measurements therefore do not depend on which
    other claims are run. With a mutant, a claim is always simulated separately.

    Both functions receive only those parameters of the series that their signatures declare. The values of the
    simulation's parameters must be numbers, texts, None, or tuples, lists or dictionaries of these.

    Verdicts on the same samples are correlated. The probability of any false disagreement in a catalogue remains at
    most 0.01, because the error level is divided among the claims (Bonferroni), which holds under any dependence.

    Parameters
    ----------
    simulation
        ``simulation(seed, **parameters)`` draws one disorder sample and returns what was simulated: numbers, arrays, or
        tuples, dictionaries or dataclasses of these. It is a function at the top level of a module.
    read
        ``read(simulated, **parameters)`` returns one number or a fixed number of them. It receives its own copy of what
        was simulated.

    Raises
    ------
    ValueError
        If ``simulation`` is not a function with a name at the top level of a module.

    Examples
    --------
    >>> from validation.claims import catalogue
    >>> catalogue()["dynamics/energy"].measure.simulation is catalogue()["dynamics/two-times"].measure.simulation
    True
    """

    simulation: Callable[..., Any]
    read: Callable[..., ArrayLike]

    def __post_init__(self) -> None:
        if not getattr(self.simulation, "__qualname__", "<").isidentifier():
            raise ValueError(
                f"a simulation must be a function defined with def at the top level of a module, because the seeds of "
                f"its samples derive from its name; given {self.simulation!r}"
            )

    def simulate(self, seed: np.random.SeedSequence, parameters: Mapping[str, Any]) -> Any:
        """Simulate one disorder sample.

        Parameters
        ----------
        seed
            The seed of the sample.
        parameters
            The parameters of the series.

        Returns
        -------
        Any
            What the simulation returned.
        """
        return current(self.simulation)(seed, **declared(self.simulation, parameters))

    def numbers(self, simulated: Any, parameters: Mapping[str, Any]) -> ArrayLike:
        """Read the numbers of one sample, from a copy, so that no claim changes what other claims read.

        Parameters
        ----------
        simulated
            What the simulation returned.
        parameters
            The parameters of the series.

        Returns
        -------
        array_like
            What ``read`` returned.
        """
        numbers: ArrayLike = current(self.read)(copy.deepcopy(simulated), **declared(self.read, parameters))
        return numbers

    def source(self, parameters: Mapping[str, Any]) -> Source:
        """Return the source of the samples of a series.

        Parameters
        ----------
        parameters
            The parameters of the series.

        Returns
        -------
        Source
            The simulation's name and a digest of its parameters.
        """
        given = sorted((key, _canonical(value)) for key, value in declared(self.simulation, parameters).items())
        name = f"{self.simulation.__module__}.{self.simulation.__qualname__}"
        return Source(name, int.from_bytes(sha256(repr(given).encode()).digest()[:8]))

    def check_parameters(self, parameters: Mapping[str, Any], predict: Callable[..., Any]) -> None:
        """Check the parameters of a series.

        Parameters
        ----------
        parameters
            The parameters.
        predict
            The function that predicts what is read; a parameter may be for it alone.

        Raises
        ------
        ValueError
            If no function takes a parameter, or seeds cannot be derived from a parameter of the simulation.
        """
        mine = declared(self.simulation, parameters)
        taken = {*mine, *declared(self.read, parameters), *named(predict)}
        unknown = [name for name in parameters if name not in taken]
        if unknown:
            raise ValueError(f"none of the simulation, read and predict takes the parameter {', '.join(unknown)}")
        for name, value in mine.items():
            if not _is_plain(value):
                raise ValueError(
                    f"the simulation's parameter {name} is {value!r}; use numbers, texts, None, or tuples, lists or "
                    "dictionaries of these, because the seeds of the samples derive from it"
                )


def _is_plain(value: object) -> bool:
    """Whether equal values have the same text in every process."""
    if isinstance(value, Mapping):
        return type(value) is dict and all(_is_plain(part) for pair in value.items() for part in pair)
    if isinstance(value, (tuple, list)):
        return all(_is_plain(part) for part in value)
    return value is None or isinstance(value, str | int | float | complex | np.generic)


def _canonical(value: Any) -> Any:
    """Return a parameter in a form whose text is the same for equal values and for every version of NumPy."""
    if isinstance(value, dict):
        return {_canonical(key): _canonical(part) for key, part in sorted(value.items(), key=repr)}
    if isinstance(value, (tuple, list)):
        return type(value)(map(_canonical, value)) if type(value) in (tuple, list) else value
    return value.item() if isinstance(value, np.generic) else value
