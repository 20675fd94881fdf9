"""Errors in the dynamical equations and in the noise that mutants introduce."""

from dataclasses import replace
from typing import Any

import numpy as np

from theory.covariance import Covariance
from theory.statics.equilibrium import equilibrium
from validation.claims._shared.perturbations import Function

_SQRT2 = float(np.sqrt(2))


def physics_time(solve: Function) -> Function:
    """Take all times for those of the physics convention, in which energies have variance n/2."""

    def wrong(times: Any, *rest: Any, waiting_times: Any = (), **options: Any) -> Any:
        return solve(_SQRT2 * np.asarray(times), *rest, waiting_times=_SQRT2 * np.asarray(waiting_times), **options)

    return wrong


def physics_temperature(solve: Function) -> Function:
    """Take the temperature for that of the physics convention, in which energies have variance n/2."""
    return lambda times, H, T, **options: solve(times, H, _SQRT2 * T, **options)


def half_the_noise(diffuse: Function) -> Function:
    """Diffuse by ``sqrt(T) dW`` in place of ``sqrt(2T) dW``."""
    return lambda x, xi, temperature, dt: diffuse(x, xi, temperature / 2, dt)


def with_protocol(**changed: Any) -> Function:
    """Solve the dynamical equations for another protocol than the one asked for."""
    return lambda pair: lambda protocol, *rest: pair(replace(protocol, **changed), *rest)


def with_half_the_temperature(pair: Function) -> Function:
    """Solve the dynamical equations for a bath at half the temperature."""
    return lambda protocol, *rest: pair(replace(protocol, temperature=protocol.temperature / 2), *rest)


def state_at_physics_temperature(state: Function) -> Function:
    """Take the temperature of a quench for that of the physics convention; keep the energies."""
    return lambda T, H: state(T / _SQRT2, H)


def with_equilibrium_energy(state: Function) -> Function:
    """Replace the energy after a quench by that of equilibrium."""
    return lambda T, H: replace(state(T, H), energy=equilibrium(T, H).energy)


def with_equilibrium_overlap(state: Function) -> Function:
    """Replace the plateau after a quench by the larger overlap of equilibrium."""
    return lambda T, H: replace(state(T, H), overlap=equilibrium(T, H).overlap)


def with_ratio_one(state: Function) -> Function:
    """Let the fluctuation-dissipation theorem hold at all correlations."""
    return lambda T, H: replace(state(T, H), fluctuation_ratio=1.0)


def with_exponent_of_descent(state: Function) -> Function:
    """Let the energy approach its limit as in gradient descent."""
    return lambda T, H: replace(state(T, H), energy_exponent=2 / 3)


def without_orders_of_signal(pair: Function) -> Function:
    """Take the strength of each order of the signal for its force."""

    def wrong(protocol: Any, *rest: Any) -> Any:
        return pair(replace(protocol, signal=tuple((k, strength / k) for k, strength in protocol.signal)), *rest)

    return wrong


def with_negligible_glass(pair: Function) -> Function:
    """Let the glass have no influence: its weights are multiplied by 1e-4."""

    def wrong(protocol: Any, *rest: Any) -> Any:
        tiny = tuple((p, 1e-8 * square) for p, square in protocol.nu.squares)
        return pair(replace(protocol, nu=Covariance(tiny)), *rest)

    return wrong
