"""Errors in the dynamical equations and in the noise that mutants introduce."""

from dataclasses import replace
from typing import Any

import numpy as np

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
