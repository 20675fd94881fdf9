"""Validation of the settings of a study, and lower bounds on the memory that they need."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from spinglass.couplings import size
from spinglass.critical_points.tracking.start_system import number_of_classes
from spinglass.sampling import geometric_ladder

Settings = Mapping[str, Any]
_WIDEST_TURN = 1.0  # radians per step
_DOUBLE = 8  # bytes
_PIXELS, _DIGITS = 64, 10


def one_model(settings: Settings) -> None:
    """Raise ``ValueError`` unless the model is either pure or mixed."""
    pure, mixed = settings["H"] is not None, settings["mixture"] is not None
    if pure and mixed:
        raise ValueError("H and mixture are both given in [settings]; give only one of them")
    if not (pure or mixed):
        raise ValueError("the model is missing; give H = 3 or, for a mixed model, mixture = {3 = 1.0, 4 = 0.5}")


def few_paths(settings: Settings) -> None:
    """Raise ``ValueError`` if there are more homotopy paths than ``max_paths``."""
    n, limit, orders = settings["n"], settings["max_paths"], _weights(settings)
    degree = max(orders)
    if degree < 3:
        return
    sheets = 2 if len({order % 2 for order in orders}) > 1 else 1
    # There are at least 2^(n-1) paths; the exact number may have very many digits.
    paths = sheets * number_of_classes(n, degree) if n <= limit.bit_length() else None
    if paths is None or paths > limit:
        found = f"10^{(n - 1) * math.log10(degree - 1):.0f}" if paths is None else f"{paths}"
        raise ValueError(
            f"n={n} has {found} homotopy paths, more than max_paths={limit}; use a smaller n or a larger max_paths"
        )


def short_steps(settings: Settings) -> None:
    """Raise ``ValueError`` if a step rotates points too far.

    The noise rotates them by ``sqrt(2 T dt)`` radians, the force by ``sqrt(nu'(1)) dt``.
    """
    dt, temperature = settings["dt"], settings["temperature"]
    force = math.hypot(*(math.sqrt(order) * weight for order, weight in _weights(settings).items()))
    longest = min(_WIDEST_TURN**2 / (2 * temperature), _WIDEST_TURN / force)
    if dt > longest:
        raise ValueError(
            f"dt={dt:g} is too long: at temperature={temperature:g} a step rotates points by more than "
            f"{_WIDEST_TURN:g} radian; use dt below {longest:.3g}"
        )


def whole_steps(settings: Settings) -> None:
    """Raise ``ValueError`` unless the number of steps between records is whole."""
    duration, records, dt = settings["duration"], settings["records"], settings["dt"]
    steps = duration / records / dt
    whole = max(1, round(min(steps, 1e15)))
    if not math.isclose(steps, whole, rel_tol=1e-9):
        raise ValueError(
            f"duration={duration:g} with records={records} and dt={dt:g} gives {steps:.6g} steps per record, which "
            f"must be a whole number; the nearest is dt={duration / records / whole:.12g}"
        )


def rising_ladder(settings: Settings) -> None:
    """Raise ``ValueError`` unless the coldest temperature is below the hottest."""
    geometric_ladder(settings["coldest"], settings["hottest"], 2)


def glass_bytes(settings: Settings) -> int:
    """Return the memory of the couplings in bytes."""
    n: int = settings["n"]
    return _DOUBLE * sum(size(n, order) for order in _weights(settings))


def starts_bytes(settings: Settings) -> int:
    """Return the memory of the couplings and of the descending points, gradients and last steps, in bytes."""
    return glass_bytes(settings) + _DOUBLE * int(8 * settings["n"] * settings["starts"])


def chains_bytes(settings: Settings) -> int:
    """Return the memory of the couplings, the chains and their records in bytes."""
    numbers_per_chain = settings["n"] + settings["records"] + 1
    return glass_bytes(settings) + _DOUBLE * int(4 * settings["chains"] * numbers_per_chain)


def replicas_bytes(settings: Settings) -> int:
    """Return the memory of the couplings and of two replicas per temperature with their energies and overlaps."""
    numbers_per_rung = 4 * settings["n"] + 3 * settings["sweeps"]
    return glass_bytes(settings) + _DOUBLE * int(settings["rungs"] * numbers_per_rung)


def weights_bytes(settings: Settings) -> int:
    """Return the memory of the weights of a network and of one copy, in bytes."""
    widths = [_PIXELS, *settings["hidden"], _DIGITS]
    return _DOUBLE * 2 * sum(int((below + 1) * above) for below, above in pairwise(widths))


def _weights(settings: Settings) -> dict[int, float]:
    """Return the non-zero weights of the model by order."""
    mixture = settings["mixture"]
    return {settings["H"]: 1.0} if mixture is None else {order: a for order, a in mixture.items() if a != 0}
