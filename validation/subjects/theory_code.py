"""Theory code of a subject: mean counts, thresholds, relaxation and equilibrium, in the conventions of this project.

The roles are functions of the subject in its own normalisation:

* ``counts(n, H, index, below)``: the mean number of critical points with ``index`` negative eigenvalues (None: any) and
  an energy per spin below ``below`` (None: any energy).
* ``thresholds(H)``: a dictionary with some of the names in :data:`THRESHOLDS`. Energies per spin are positive, as usual
  in the literature: ``E_0`` is minus the energy of the ground state.
* ``relaxation(times, H)``: energies per spin along the flow dx/dt = -grad E from a random point, for large n.
* ``equilibrium(T, H)``: the energy per spin for large n, or a dictionary or an object with ``energy`` and, if it has
  them, ``overlap`` (the larger one) and ``breakpoint`` (the probability of the smaller one, usually called m).
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spinglass._common.types import Array
from validation.subjects.subject import AnswerError, Model, Subject, checked, request_text

THRESHOLDS = {
    "E_inf": "minus the energy below which the critical points of any fixed index of a pure model lie",
    "E_0": "minus the energy of the ground state",
    "E_1": "minus the lowest energy of critical points of index 1",
    "E_2": "minus the lowest energy of critical points of index 2",
    "E_th": "minus the threshold energy, at which marginal points dominate",
    "E_alg": "minus the energy that Hessian ascent from the centre of the ball reaches",
    "T_d": "dynamical transition temperature",
    "T_s": "static transition temperature",
}


def counts(one: Subject, n: int, H: Model, index: int | None, below: float | None) -> float:
    """Return the mean number of critical points that a subject's theory gives.

    Parameters
    ----------
    one
        The subject.
    n, H
        Number of spins; order, or weights by order.
    index
        Number of negative eigenvalues; None for any.
    below
        Energy per spin below which points are counted; None for any energy.

    Returns
    -------
    float
        The number.

    Raises
    ------
    AnswerError
        If the subject does not answer with one number.
    """
    scaled = None if below is None else below * one.declaration.energy_scale(n)
    arguments = {"n": n, "H": H, "index": index, "below": scaled}
    answer = one.roles.ask("counts", **arguments)
    return float(checked(request_text("counts", arguments), "the count", answer, ()))


def thresholds(one: Subject, H: Model) -> tuple[dict[str, float], list[str]]:
    """Return the known thresholds that a subject offers, and the names of those that are not known.

    Parameters
    ----------
    one
        The subject.
    H
        Order, or weights by order.

    Returns
    -------
    known : dict
        Energies per spin and temperatures by name, see :data:`THRESHOLDS`.
    unknown : list of str
        Other names.

    Raises
    ------
    AnswerError
        If the answer is no dictionary, or a known threshold is not a number.
    """
    where, answer = request_text("thresholds", {"H": H}), one.roles.ask("thresholds", H=H)
    if not isinstance(answer, Mapping):
        raise AnswerError(f"{where}: expected a dictionary such as {{'E_0': 1.657}}, not {type(answer).__name__}")
    scale = _at_large_n(one, one.declaration.energy_scale, "energies per spin")
    known = {name: float(checked(where, name, answer[name], ())) / scale for name in THRESHOLDS if name in answer}
    return known, sorted(str(name) for name in answer if name not in THRESHOLDS)


def threshold(one: Subject, H: Model, name: str) -> float:
    """Return one threshold; :class:`AnswerError` if the subject does not offer it."""
    known, _ = thresholds(one, H)
    if name not in known:
        raise AnswerError(f"{request_text('thresholds', {'H': H})}: the answer has no {name!r}")
    return known[name]


def relaxation(one: Subject, times: Array, H: Model) -> Array:
    """Return the energies per spin at times along the flow dx/dt = -grad E at large n, shape (times,)."""
    time = _at_large_n(one, one.declaration.time_scale, "times of the flow")
    energy = _at_large_n(one, one.declaration.energy_scale, "energies per spin")
    answer = one.roles.ask("relaxation", times=times * time, H=H)
    energies = answer["energy"] if isinstance(answer, Mapping) and "energy" in answer else answer
    return checked(request_text("relaxation", {"H": H}), "the energies", energies, (len(times),)) / energy


def equilibrium(one: Subject, T: float, H: Model, quantity: str) -> float:
    """Return one quantity at equilibrium for large n.

    Parameters
    ----------
    one
        The subject.
    T
        Temperature.
    H
        Order, or weights by order.
    quantity
        ``"energy"``, ``"overlap"`` or ``"breakpoint"``.

    Returns
    -------
    float
        The quantity.

    Raises
    ------
    AnswerError
        If the subject does not give it as one number.
    """
    scale = _at_large_n(one, one.declaration.energy_scale, "energies per spin and temperatures")
    arguments = {"T": T * scale, "H": H}
    where, answer = request_text("equilibrium", arguments), one.roles.ask("equilibrium", **arguments)
    found: Any = answer
    if isinstance(answer, Mapping):
        found = answer.get(quantity)
    elif quantity != "energy":
        found = None
    if found is None:
        raise AnswerError(f"{where}: the answer has no {quantity!r}")
    return float(checked(where, f"the {quantity}", found, ())) / (scale if quantity == "energy" else 1.0)


def _at_large_n(one: Subject, scale: Callable[[int], float], what: str) -> float:
    """Return a factor between conventions that must not depend on n."""
    if not math.isclose(scale(1), scale(10**6)):
        raise AnswerError(
            f"{one.name}: {what} have no limit for large n if the variance of the energy is "
            f"{one.declaration.variance!r} and the radius {one.declaration.radius!r}; for theory of large n declare a "
            "variance that is a multiple of n, such as 'n' or 'n/2', and the radius 'sqrt(n)'"
        )
    return scale(1)


def offered(one: Subject, H: Model) -> tuple[set[str], dict[str, str], list[str]]:
    """Find out which parts of theory a subject offers, by a few small requests.

    Parameters
    ----------
    one
        The subject.
    H
        Order, or weights by order.

    Returns
    -------
    parts : set of str
        Roles and parts of roles, such as ``"counts"``, ``"counts.index"`` and ``"thresholds.E_0"``.
    missing : dict
        For parts that were tried in vain, the reason.
    notes : list of str
        What was ignored.
    """
    parts: set[str] = set()
    missing: dict[str, str] = {}
    notes: list[str] = []
    tries: dict[str, Callable[[], object]] = {
        "counts": lambda: counts(one, 4, H, None, None),
        "counts.index": lambda: counts(one, 4, H, 0, None),
        "counts.below": lambda: counts(one, 4, H, None, -1.0),
        "relaxation": lambda: relaxation(one, np.array([0.1]), H),
        "equilibrium": lambda: equilibrium(one, 1.0, H, "energy"),
        "equilibrium.overlap": lambda: equilibrium(one, 1.0, H, "overlap"),
        "equilibrium.breakpoint": lambda: equilibrium(one, 0.5, H, "breakpoint"),
    }
    for part, ask in tries.items():
        if part.split(".")[0] in one.roles.offered:
            try:
                ask()
                parts.add(part)
            except AnswerError as error:
                missing[part] = str(error)
    if "thresholds" in one.roles.offered:
        try:
            known, unknown = thresholds(one, H)
        except AnswerError as error:
            missing["thresholds"] = str(error)
        else:
            parts |= {"thresholds", *(f"thresholds.{name}" for name in known)}
            if unknown:
                notes.append(f"thresholds {', '.join(unknown)} are not known here and were ignored")
    return parts, missing, notes
