"""A subject: a simulation whose numbers claims measure, converted to the conventions of this project."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from spinglass._common.types import Array
from validation.subjects.declaration import Declaration

Model: TypeAlias = int | Mapping[int, float]

ROLES = (
    "landscape",
    "relax",
    "sample",
    "critical_points",
    "counts",
    "thresholds",
    "relaxation",
    "equilibrium",
    "network",
)


_LONGEST_MESSAGE = 1000


def legible(text: str) -> str:
    r"""Return a text on one line, cut after 1000 characters, without characters that control the terminal.

    Examples
    --------
    >>> legible("two\nlines, \x1b[31mred")
    'two lines, ?[31mred'
    """
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(text[:5000].split()))
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]} ..."


class AnswerError(ValueError):
    """A subject did not answer a request, or gave an answer that cannot be used.

    The message is one line, whatever the subject printed.

    Parameters
    ----------
    reason
        What is wrong.
    request
        The request as text; the message begins with it. Default: none.
    """

    def __init__(self, reason: str, request: str = "") -> None:
        self.reason = legible(reason)
        super().__init__(f"{request}: {self.reason}" if request else self.reason)


class Roles(Protocol):
    """Where answers come from: functions of this process, or another program.

    Attributes
    ----------
    name : str
        What to call the subject in messages.
    offered : frozenset of str
        The roles that it can be asked for, some of :data:`ROLES`.
    """

    name: str
    offered: frozenset[str]

    def ask(self, role: str, /, **arguments: Any) -> Any:
        """Return the raw answer to a request; :class:`AnswerError` if there is none."""
        ...

    def close(self) -> None:
        """End what was started to answer requests."""
        ...


def whole_seed(seed: np.random.SeedSequence) -> int:
    """Return a seed as a whole number below 2^31, which any language can take."""
    return int(seed.generate_state(1, np.uint32)[0] >> 1)


def request_text(role: str, arguments: Mapping[str, Any]) -> str:
    """Return a request as a short call, without arrays; of its sequences only the widths of a network are shown.

    Examples
    --------
    >>> request_text("relax", {"n": 20, "H": 3, "seed": 5, "times": np.arange(3.0)})
    'relax(n=20, H=3, seed=5)'
    """
    long = (np.ndarray, list, tuple)
    short = {name: value for name, value in arguments.items() if name == "widths" or not isinstance(value, long)}
    return f"{role}({', '.join(f'{name}={value!r}' for name, value in short.items())})"


class Flow(NamedTuple):
    """The course of the dynamics from one start.

    Attributes
    ----------
    energies : ndarray, shape (times,)
        Energies per spin.
    overlaps : ndarray, shape (times,), or None
        Overlaps ``x(t).x(0)/|x(0)|^2`` with the start, if the subject gives them.
    """

    energies: Array
    overlaps: Array | None = None


class Draws(NamedTuple):
    """Points at equilibrium in one landscape.

    Attributes
    ----------
    energies : ndarray, shape (draws,), or None
        Total energies, if the subject gives them.
    points : ndarray, shape (draws, n), or None
        The points, if the subject gives them.
    """

    energies: Array | None = None
    points: Array | None = None


@dataclass(frozen=True)
class Subject:
    """A simulation that claims measure.

    Points, energies, derivatives, times and temperatures are those of this project (``|x|^2 = n``, variance ``n``);
    the subject sees its own.

    Parameters
    ----------
    roles
        Where answers come from.
    declaration
        The conventions of the subject. Default: those of this project.
    """

    roles: Roles
    declaration: Declaration = field(default_factory=Declaration)

    @property
    def name(self) -> str:
        """What to call the subject."""
        return self.roles.name

    def close(self) -> None:
        """End what was started to answer requests."""
        self.roles.close()

    def landscape(self, n: int, H: Model, seed: int, x: Array, wanted: Sequence[str] = ("energy",)) -> dict[str, Array]:
        """Evaluate one landscape.

        Parameters
        ----------
        n, H, seed
            Number of spins; order, or weights by order; seed of the couplings.
        x
            Points of the sphere, shape (points, n).
        wanted
            Some of ``"energy"``, ``"gradient"`` and ``"hessian"``.

        Returns
        -------
        dict
            Energies, shape (points,), gradients (points, n) and Hessians (points, n, n).

        Raises
        ------
        AnswerError
            If the subject does not answer, or a number is missing or not finite.
        """
        length, energy = self.declaration.length_scale(n), self.declaration.energy_scale(n)
        arguments = {"n": n, "H": H, "seed": seed}
        answer = self.roles.ask("landscape", **arguments, x=x * length, wanted=tuple(wanted))
        shapes = {"energy": (len(x),), "gradient": (len(x), n), "hessian": (len(x), n, n)}
        scales = {"energy": energy, "gradient": energy / length, "hessian": energy / length**2}
        where = request_text("landscape", arguments)
        return {name: checked(where, name, _part(where, answer, name), shapes[name]) / scales[name] for name in wanted}

    def relax(self, n: int, H: Model, seed: int, times: Array, temperature: float = 0.0) -> Flow:
        """Return the course of the flow dx/dt = -grad E from a random point or, in a heat bath, of Langevin dynamics.

        Parameters
        ----------
        n, H, seed
            Number of spins; order, or weights by order; seed of the couplings, the start and the noise.
        times
            Increasing times, shape (times,).
        temperature
            Temperature T of ``dx = -grad E dt + sqrt(2T) dW``. Default 0, at which the request does not mention it.

        Returns
        -------
        Flow
            Energies per spin at these times and, if the subject gives them, overlaps with the start.

        Raises
        ------
        AnswerError
            If the subject does not answer, or a number is missing or not finite.
        """
        energy, time = self.declaration.energy_scale(n), self.declaration.time_scale(n)
        arguments = {"n": n, "H": H, "seed": seed} | ({"temperature": temperature * energy} if temperature else {})
        where = request_text("relax", arguments)
        answer = self.roles.ask("relax", **arguments, times=times * time)
        named = answer if isinstance(answer, Mapping) else {"energies": answer}
        # Energies per spin are total energies in the subject's own units, divided by n.
        energies = checked(where, "the energies", _part(where, named, "energies"), (len(times),)) / energy
        overlaps = named.get("overlaps")
        return Flow(energies, None if overlaps is None else checked(where, "the overlaps", overlaps, (len(times),)))

    def sample(self, n: int, H: Model, seed: int, temperature: float, draws: int) -> Draws:
        """Return points, energies or both at equilibrium in one landscape.

        Parameters
        ----------
        n, H, seed
            Number of spins; order, or weights by order; seed of the couplings and of the sampler.
        temperature
            Temperature T of the distribution ``exp(-E/T)``.
        draws
            Number of points.

        Returns
        -------
        Draws
            What the subject gives of points and their total energies.

        Raises
        ------
        AnswerError
            If the subject does not answer, or a number is missing or not finite.
        """
        length, energy = self.declaration.length_scale(n), self.declaration.energy_scale(n)
        arguments = {"n": n, "H": H, "seed": seed, "temperature": temperature * energy, "draws": draws}
        where, answer = request_text("sample", arguments), self.roles.ask("sample", **arguments)
        if not isinstance(answer, Mapping):
            answer = as_array(answer)
            answer = {"energies" if answer.ndim == 1 else "points": answer}
        points, energies = answer.get("points"), answer.get("energies")
        if points is None and energies is None:
            raise AnswerError(f"{where}: the answer has neither 'points' nor 'energies'")
        return Draws(
            None if energies is None else checked(where, "the energies", energies, (draws,)) / energy,
            None if points is None else on_sphere(where, checked(where, "the points", points, (draws, n)) / length),
        )

    def critical_points(self, n: int, H: Model, seed: int) -> Array:
        """Return critical points of one landscape, shape (points, n): all of them, or the minima, as declared.

        Parameters
        ----------
        n, H, seed
            Number of spins; order, or weights by order; seed of the couplings.

        Returns
        -------
        ndarray, shape (points, n)
            The points.

        Raises
        ------
        AnswerError
            If the subject does not answer, a number is not finite, or a point does not lie on the sphere.
        """
        arguments = {"n": n, "H": H, "seed": seed}
        where, answer = request_text("critical_points", arguments), self.roles.ask("critical_points", **arguments)
        points = as_array(_part(where, answer, "points") if isinstance(answer, Mapping) else answer)
        points = points.reshape(0, n) if points.size == 0 else points
        return on_sphere(
            where, checked(where, "the points", points, (len(points), n)) / self.declaration.length_scale(n)
        )


def as_array(value: Any) -> Array:
    """Return numbers as an array of doubles, also those of a tensor that records its gradient."""
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        if np.iscomplexobj(value):
            raise TypeError("a complex number is not a real one")
        numbers: Array = np.array(value, dtype=float)
        return numbers
    except (TypeError, ValueError, OverflowError) as error:
        raise AnswerError(f"expected numbers, got {type(value).__name__}: {error}") from None


def checked(where: str, what: str, value: Any, shape: tuple[int, ...]) -> Array:
    """Return an answer as an array of this shape with finite numbers; :class:`AnswerError` otherwise.

    All numbers one after the other, row by row, will do: so programs in C need not print nested lists.
    """
    try:
        array = as_array(value)
    except AnswerError as error:
        raise AnswerError(f"{where}: {what}: {error}") from None
    if array.ndim == 1 and array.size == math.prod(shape):
        array = array.reshape(shape)
    if array.shape != shape:
        raise AnswerError(f"{where}: {what} has shape {array.shape}; expected {shape}")
    if not np.isfinite(array).all():
        first = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise AnswerError(f"{where}: {what} is {array[first]} at position {list(first)}")
    return array


def on_sphere(where: str, x: Array) -> Array:
    """Return points that lie on the sphere up to 1e-4, projected onto it; :class:`AnswerError` otherwise."""
    n = x.shape[1]
    length = np.linalg.norm(x, axis=1) / math.sqrt(n)
    far = np.abs(length - 1) > 1e-4
    if far.any():
        worst = int(np.argmax(np.abs(length - 1)))
        raise AnswerError(
            f"{where}: point {worst} has |x| = {length[worst]:.6g} times the declared radius; declare the radius of "
            "the sphere ('sqrt(n)' or '1') or project the points onto it"
        )
    return np.asarray(x / length[:, None])


def _part(where: str, answer: Any, name: str) -> Any:
    if not isinstance(answer, Mapping) or name not in answer:
        raise AnswerError(f"{where}: the answer has no {name!r}")
    return answer[name]
