"""Errors that mutants introduce: each function here takes a function and returns a wrong version of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

Function = Callable[..., Any]


def times(factor: float) -> Callable[[Function], Function]:
    """Multiply what the function returns."""

    def wrap(function: Function) -> Function:
        return lambda *arguments, **named: factor * function(*arguments, **named)

    return wrap


def does_nothing(function: Function) -> Function:  # noqa: ARG001
    """Leave out the call."""
    return lambda *arguments, **named: None  # noqa: ARG005


def without_repeated_indices(packed_numbers: Function) -> Function:
    """Set the returned packed numbers whose indices repeat to zero."""

    def cleared(n: int, H: int, *rest: Any) -> Any:
        from spinglass import couplings

        packed = packed_numbers(n, H, *rest)
        tuples = np.sort(couplings.indices(np.arange(packed.size), n, H), axis=1)
        packed[(np.diff(tuples, axis=1) == 0).any(axis=1)] = 0
        return packed

    return cleared


def gradient_without_last_hinge(add_sweep: Function) -> Function:
    """Leave the couplings of the last hinge out of the gradient, but not out of the energy."""

    def maimed(form: Any, x: Any, energy: Any, gradient: Any, *part: int) -> None:
        add_sweep(form, x, energy, None, *part)
        if gradient is not None:
            fewer = form.packed.copy()
            fewer[form._layout.offsets[-2] :] = 0
            add_sweep(replace(form, packed=fewer), x, np.zeros_like(energy), gradient, *part)

    return maimed


def without_diagonal(add_hessian: Function) -> Function:
    """Leave out the diagonals of the matrices that are added."""

    def maimed(form: Any, x: Any, out: Any) -> None:
        added = np.zeros_like(out)
        add_hessian(form, x, added)
        added[:, np.arange(form.n), np.arange(form.n)] = 0
        out += added

    return maimed


def with_stray_field(add_sweep: Function) -> Function:
    """Add a field along the first axis to the energy, but not to the gradient."""

    def maimed(form: Any, x: Any, energy: Any, gradient: Any, *part: int) -> None:
        add_sweep(form, x, energy, gradient, *part)
        energy += 1e-3 * (x[:, 0] if form.H % 2 == 0 else np.abs(x[:, 0]))

    return maimed


def of_next_order(pure: Function) -> Function:
    """Draw a model of order H + 1 where one of order H is asked for."""
    return lambda cls, n, H, *rest: pure(cls, n, H + 1, *rest)


def stopping_at(gradient_norm: float) -> Callable[[Function], Function]:
    """Stop descents at this gradient norm, far from a critical point."""

    def wrap(descend: Function) -> Function:
        return lambda glass, x0, **options: descend(glass, x0, **{**options, "tol": gradient_norm})

    return wrap


def with_scaled_energy(ground_state: Function) -> Function:
    """Divide energies by sqrt 2."""

    def scaled(glass: Any) -> Any:
        energy, *rest = ground_state(glass)
        return (energy / np.sqrt(2), *rest)

    return scaled


def shifted(by: float) -> Callable[[Function], Function]:
    """Add a constant to what the function returns."""

    def wrap(function: Function) -> Function:
        return lambda *arguments, **named: by + function(*arguments, **named)

    return wrap


def of_next_size(count: Function) -> Function:
    """Use the theory of n + 1 spins in place of n."""
    return lambda n, *arguments, **named: count(n + 1, *arguments, **named)


def by_newton(descend: Function) -> Function:
    """Search for critical points of any index, whichever method is asked for."""
    return lambda glass, x0, **options: descend(glass, x0, **{**options, "method": "newton"})


def with_one_more_negative(eigenvalues: Function) -> Function:
    """Make one more eigenvalue negative than there are."""

    def shifted(landscape: Any, x: Any) -> Any:
        found = eigenvalues(landscape, x).copy()
        rows = np.arange(len(found))
        found[rows, np.minimum((found < 0).sum(axis=-1), found.shape[-1] - 1)] = -1.0
        return np.sort(found, axis=-1)

    return shifted


def losing_rows(some: int) -> Callable[[Function], Function]:
    """Drop one row in ``some``, and at least one, of an enumeration."""
    return _keeping(lambda every: np.arange(len(every)) % some != 0)


def losing_saddles(some: int) -> Callable[[Function], Function]:
    """Drop one saddle of index 1 in ``some``, and at least one, of an enumeration."""
    return _keeping(lambda every: (every.index != 1) | (np.cumsum(every.index == 1) % some != 1))


def _keeping(choose: Function) -> Callable[[Function], Function]:
    def wrap(enumerate_points: Function) -> Function:
        def lossy(glass: Any, **options: Any) -> Any:
            every = enumerate_points(glass, **options)
            kept = choose(every)
            rows = ("x", "energy", "gradient_norm", "status", "iterations", "evaluations", "certified", "error_bound")
            return replace(every, **{name: getattr(every, name)[kept] for name in rows})

        return lossy

    return wrap


def without_curvature(reduced_hessian: Function) -> Function:
    """Leave the curvature of the sphere out of the Riemannian Hessian."""
    return lambda landscape, x, radial: reduced_hessian(landscape, x, 0 * radial)


def at_physics_temperature(equilibrium: Function) -> Function:
    """Take T for the temperature of the physics convention, in which energies have variance n/2; keep the energies."""
    return lambda T, H: equilibrium(T * np.sqrt(2), H)


def dropping(part: int) -> Callable[[Function], Function]:
    """Leave one part out of the key of a child seed, so that streams that differ only in this part become equal."""

    def wrap(child: Function) -> Function:
        return lambda sequence, *key: child(sequence, *key[:part], *key[part + 1 :])

    return wrap
