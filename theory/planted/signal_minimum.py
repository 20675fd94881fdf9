"""The minimum that a planted signal makes in the energy of a spherical spin glass, at large n."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from theory.arguments import Model, Signal
from theory.planted.planted_model import PlantedModel

# Logarithms of 1 - |m| between which solutions are sought.
_GRID = np.log(np.geomspace(1e-15, 1.0 - 1e-6, 2000))


@dataclass(frozen=True)
class SignalMinimum:
    """The minimum near the signal.

    Attributes
    ----------
    overlap : float
        Its overlap with the signal.
    energy_per_spin : float
        Its energy, signal included.
    smallest_eigenvalue : float
        The smallest eigenvalue of its Hessian, of the spectrum's edge or of the isolated eigenvalue below it.
    """

    overlap: float
    energy_per_spin: float
    smallest_eigenvalue: float


def signal_minimum(H: Model, signal: Signal) -> SignalMinimum | None:
    r"""Return the minimum of largest overlap with the signal at large n that is alone at its overlap.

    .. math:: s'(m) \sqrt{1-m^2} = m \sqrt{\nu'}, \qquad u = -\sqrt{(1-m^2)\,\nu'} - s(m)

    It is a minimum if :math:`(1-m^2)\,\nu'' < \nu'` (the spectrum is positive) and
    :math:`s''(m) (1-m^2)^{3/2} < \sqrt{\nu'}` (so is the isolated eigenvalue), with derivatives of nu at 1.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field of random direction.
    signal : mapping
        Orders and strengths ``{k: lambda_k}`` of the signal, ``s(m) = sum_k lambda_k m^k``.

    Returns
    -------
    SignalMinimum or None
        The minimum, or None if there is none. If the signal has even orders only, -m is an overlap as well.

    Raises
    ------
    ValueError
        If ``H`` or ``signal`` is not as described.

    References
    ----------
    Ros, Ben Arous, Biroli and Cammarota (2019), Phys. Rev. X 9, 011003; here from the replica-symmetric solution at
    temperature 0. The growth rate :func:`theory.planted_complexity` is 0 there.

    Examples
    --------
    >>> found = signal_minimum(3, {3: 1.5})
    >>> round(found.overlap, 6), round(found.energy_per_spin, 6)
    (0.905065, -1.848661)
    >>> signal_minimum(3, {3: 1.0}) is None
    True
    """
    model = PlantedModel.of(H, signal)
    found = [(gap, -sign) for sign in (1.0, -1.0) for gap in _gaps(model, sign) if _is_minimum(model, sign, gap)]
    if not found:
        return None
    gap, opposite = min(found)
    m = -opposite * (1.0 - gap)
    stiffness = smallest_eigenvalue(model, m, gap) * model.scale
    return SignalMinimum(m, energy(model, m) * model.scale, stiffness)


def energy(model: PlantedModel, m: float) -> float:
    """Return the energy per spin of a solution, in the model's unit."""
    return -math.sqrt((1.0 - m) * (1.0 + m)) - float(model.signal(m))


def smallest_eigenvalue(model: PlantedModel, m: float, gap: float) -> float:
    """Return the smallest Hessian eigenvalue of a solution, in the model's unit; ``gap`` is ``1 - |m|``."""
    rest = gap * (2.0 - gap)
    response, pull = math.sqrt(rest), float(model.rank_one(m, rest))
    root = math.sqrt(model.second)
    outside = max(pull, root)  # at the edge of the spectrum both terms below are equal
    return 1.0 / response + model.second * response - outside - model.second / outside


def _gaps(model: PlantedModel, sign: float) -> list[float]:
    """Return ``1 - |m|`` of all overlaps m of a sign that solve the equation, without m = 0.

    The unknown is the logarithm: with a strong signal m is so close to 1 that it has few digits of the difference.
    """

    def excess(log_gap: float) -> float:
        gap = math.exp(log_gap)
        m = sign * (1.0 - gap)
        return float(model.signal(m, 1) * math.sqrt(gap * (2.0 - gap)) - m)

    values = [excess(one) for one in _GRID]
    pairs = zip(_GRID[:-1], _GRID[1:], values[:-1], values[1:], strict=True)
    return [math.exp(brentq(excess, a, b, xtol=1e-14)) for a, b, fa, fb in pairs if fa * fb < 0.0]


def _is_minimum(model: PlantedModel, sign: float, gap: float) -> bool:
    rest = gap * (2.0 - gap)
    pull = float(model.rank_one(sign * (1.0 - gap), rest))
    return rest * model.second < 1.0 and pull * math.sqrt(rest) < 1.0
