"""Exact values of pure models by other routes than those of the project's own roles."""

import math
from functools import cache

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from spinglass._common.types import Array
from theory.dynamics.relaxation import relaxation as solved
from theory.kac_rice.mean_counts import mean_critical_point_density

_DEEPEST = -8.0  # no critical points are found below this energy per spin: their mean number is below 1e-30
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(120)


@cache
def mean_count(n: int, H: int, index: int | None, below: float | None) -> float:
    """Return the mean number of critical points as the integral of their density over the energy."""
    end = -_DEEPEST if below is None else below
    half = (end - _DEEPEST) / 2
    density = mean_critical_point_density(_DEEPEST + half * (1 + _NODES), n, H, index=index, unknown="nan")
    # Densities that float64 cannot determine are those of points too rare to count.
    return float(half * _WEIGHTS @ np.nan_to_num(density))


def E_inf(H: int) -> float:
    """Return ``2 sqrt((H-1)/H)``."""
    return 2 * math.sqrt((H - 1) / H)


def E_th(H: int) -> float:
    """Return the energy at which the most numerous critical points are marginal, from nu(t) = t^H."""
    first, second = H, H * (H - 1)
    return (first - 1) / math.sqrt(second) + math.sqrt(second) / first


def E_alg(H: int) -> float:
    """Return the integral of ``sqrt(nu''(q))`` over [0, 1]."""
    return float(quad(lambda s: 2 * s * math.sqrt(H * (H - 1)) * s ** (H - 2), 0, 1)[0])


def E_0(H: int) -> float:
    """Return minus the ground-state energy by the replica method at temperature 0.

    ``E_0 = min_{m, chi} [H chi + m + log(1 + m/chi)/m] / 2`` where ``chi (chi + m) = 1/H``.
    """

    def value(chi: float) -> float:
        m = 1 / (H * chi) - chi
        return (H * chi + m + math.log1p(m / chi) / m) / 2

    ends = (1e-3 / math.sqrt(H), (1 - 1e-6) / math.sqrt(H))
    return float(minimize_scalar(value, bounds=ends, method="bounded", options={"xatol": 1e-10}).fun)


def E_k(H: int, k: int) -> float:
    """Return minus the energy at which the complexity of critical points of index k is zero."""
    edge = E_inf(H)

    def complexity(u: float) -> float:
        root = math.sqrt(u * u - edge * edge)
        rate = u * root / edge**2 - math.log((u + root) / edge)
        return math.log(H - 1) / 2 - (H - 2) * u * u / (4 * (H - 1)) - (k + 1) * rate

    return float(brentq(complexity, edge, 3 * edge, xtol=1e-14))


def T_d(H: int) -> float:
    """Return ``sqrt(H q^(H-2) (1-q))`` at ``q = (H-2)/(H-1)``."""
    q = (H - 2) / (H - 1)
    return math.sqrt(H * q ** (H - 2) * (1 - q))


def T_s(H: int) -> float:
    """Return the maximum of ``sqrt(q^H / (-log(1-q) - q))``."""

    def gain(q: float) -> float:
        return -(q**H) / (-math.log1p(-q) - q)

    found = minimize_scalar(gain, bounds=(0.01, 1 - 1e-9), method="bounded", options={"xatol": 1e-12})
    return math.sqrt(-found.fun)


def replica_symmetry_broken(T: float, H: int) -> tuple[float, float, float]:
    """Return the energy, the overlap q and the probability m of overlap 0 below the static temperature.

    With ``W = 1 - q + m q`` the free energy is stationary in q and m where ``H q^(H-2) W (1-q) = T^2`` and
    ``m^2 q^H / T^2 + m q / W = log(W / (1-q))``.
    """

    def parameter(q: float) -> float:
        return (T * T / (H * q ** (H - 2) * (1 - q)) - 1 + q) / q

    def stationary(q: float) -> float:
        m = parameter(q)
        W = 1 - q + m * q
        return m * m * q**H / T**2 + m * q / W - math.log(W / (1 - q))

    # m increases with q up to the end, where it is 1; the solution of largest q is the stable one.
    end = float(brentq(lambda q: parameter(q) - 1, (H - 2) / (H - 1), 1 - 1e-9, xtol=1e-15))
    below = [q for q in np.linspace((H - 2) / H, end, 500).tolist() if stationary(q) < 0]
    q = float(brentq(stationary, max(below), end, xtol=1e-15))
    m = parameter(q)
    return -(1 - (1 - m) * q**H) / T, q, m


@cache
def _relaxed(times: tuple[float, ...], H: int) -> Array:
    return solved(times, H, step=0.0125 / math.sqrt(H * (H - 1))).energy


def relaxed(times: Array, H: int) -> Array:
    """Return the energies per spin of gradient descent from random points, with half the default time step."""
    return _relaxed(tuple(times.tolist()), H)
