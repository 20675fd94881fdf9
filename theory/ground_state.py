"""Ground states of the spherical glass at large n: Crisanti and Sommers' problem at zero temperature, numerically.

The energy is half of a convex minimum, and every positive function gives a lower bound on that minimum: the
answer brings its own proof of how good it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import nnls

from theory.arguments import Floats, is_many, is_symbolic
from theory.covariance import Covariance
from theory.thresholds import E_0

_ROUNDS = 200
# Values of 1 - q where gamma may jump: close together in the bulk, then by equal factors towards q = 1.
_RESTS = np.concatenate([np.exp(-np.arange(0.0, 3.0, 0.02)), np.exp(-np.arange(3.0, 32.0, 0.25))])


@dataclass(frozen=True)
class GroundState:
    """The energy per spin of the deepest points, within ``error``, and the law behind it.

    ``gamma``, the limit of beta P(overlap <= q), jumps by ``jumps`` at ``overlaps``; ``susceptibility`` is the limit of
    beta times the spread 1 - q inside a valley.
    """

    energy: float
    error: float
    overlaps: Floats
    jumps: Floats
    susceptibility: float


def ground_state_energy(H: Any, digits: int | None = None) -> Any:
    r"""Energy per spin of the ground states of an infinite spherical glass; it is negative.

    .. math:: \lim_n \frac1n \min_x E(x) = -E_0(H) \quad \text{for a pure model}

    Parameters
    ----------
    H : int, array or mapping
        Order(s) of pure models, or a mixture ``{order: weight}``; order 1 is an external field.
    digits : int, optional
        Significant digits of an mpmath result, for one pure model.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        A float for one order or a mixture, there within ``error`` of :func:`ground_state`; exact, ``-sqrt(2)``, for
        2 as a SymPy integer.

    Raises
    ------
    ValueError
        If ``H`` is not an order of at least 2 nor a mixture, or is a symbol.

    References
    ----------
    Auffinger and Chen (2017), Comm. Pure Appl. Math. 70, 1307; Chen and Sen (2017), Commun. Math. Phys. 350, 129.

    Examples
    --------
    >>> round(ground_state_energy(3), 9), round(ground_state_energy({3: 0.5**0.5, 4: 0.5**0.5}), 6)
    (-1.656998364, -1.73307)
    """
    if not isinstance(H, Mapping):
        energy = -E_0(H, digits)
        # E_0 has a closed form at H = 2.
        return float(energy) if is_symbolic(energy) and not is_symbolic(H) else energy
    if digits is not None:
        raise ValueError("digits is offered for pure models; a mixture gives a float")
    return ground_state(H).energy


def ground_state(H: Any) -> GroundState:
    r"""Solve the zero-temperature Crisanti-Sommers problem of a pure or mixed model, however symmetry breaks.

    .. math:: -2 e = \min_\delta\; \nu'(0)\,\delta(0) + \int_0^1 \left[\nu''(q)\,\delta(q) + \frac1{\delta(q)}\right] dq

    over positive, decreasing, concave ``delta(q) = chi + int_q^1 gamma``. The minimum is over piecewise linear ones
    (exact where gamma jumps at 0 alone, as in pure models). The dual gives the bound: for any positive y with
    ``int y^2 h <= nu'(0) h(0) + int nu'' h`` for all decreasing concave h, the minimum is at least ``2 int y``.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.

    Returns
    -------
    GroundState

    Raises
    ------
    ValueError
        If ``H`` is not an order of at least 2 nor a mixture.

    References
    ----------
    Chen and Sen (2017), Theorem 1, after an integration by parts; the dual bound follows from ``1/d >= 2y - y^2 d``.

    Examples
    --------
    >>> full = ground_state({2: 1.0, 4: 0.1})  # 1/sqrt(nu'') is concave: the energy is -int sqrt(nu'')
    >>> full.error < 1e-6
    True
    """
    if is_symbolic(H) or is_many(H):
        raise ValueError(f"a ground state is solved for one model at a time; given {H!r}")
    nu = Covariance.of(H)
    unit = float(nu(1.0, 2))
    problem = _Problem.of(Covariance(tuple((p, square / unit) for p, square in nu.squares)))
    weights = problem.minimum()
    value, bound = problem.value(weights), problem.bound(weights)
    kept = weights[1:] > 1e-9 * weights.sum()
    return GroundState(
        energy=-(value + bound) / 4 * unit**0.5,
        error=(max(value - bound, 0.0) / 4 + 1e-13 * value) * unit**0.5,
        overlaps=problem.knots[kept],
        jumps=weights[1:][kept] / unit**0.5,
        susceptibility=float(weights[0]) / unit**0.5,
    )


@dataclass(frozen=True)
class _Problem:
    """``min c.w + sum_k dq_k / (rays w)_k`` over w >= 0: w_0 = chi, then the jumps of gamma at the knots."""

    knots: Floats
    dq: Floats
    rays: Floats  # (nodes, 1 + knots): 1, then min(1 - q, 1 - knot)
    starts: Floats  # (1 + knots,), each ray at q = 0
    bend: Floats  # nu'' at the nodes
    field: float  # nu'(0)
    cost: Floats

    @classmethod
    def of(cls, nu: Covariance) -> "_Problem":
        points, shares = np.polynomial.legendre.leggauss(6)
        edges = np.append(_RESTS, 0.0)
        width = edges[:-1] - edges[1:]
        rest = (edges[1:, None] + width[:, None] * (1 + points) / 2).ravel()
        return cls(
            knots=1 - _RESTS,
            dq=(width[:, None] * shares / 2).ravel(),
            rays=np.column_stack([np.ones_like(rest), np.minimum(rest[:, None], _RESTS)]),
            starts=np.append(1.0, _RESTS),
            bend=np.asarray(nu(1 - rest, 2)),
            field=float(nu(0.0, 1)),
            cost=np.append(nu(1.0, 1), nu.missing(_RESTS)),
        )

    def value(self, weights: Floats) -> float:
        delta = self.rays @ weights
        return float(self.cost @ weights + self.dq @ (1 / delta)) if delta.min() > 0 else np.inf

    def bound(self, weights: Floats) -> float:
        """Return the dual's value at the multiple of 1/delta that meets its constraints on all rays."""
        delta = self.rays @ weights
        loads = self.rays.T @ (self.dq / delta**2)
        return 2 * float(np.sqrt(np.min(self.cost / loads)) * (self.dq @ (1 / delta)))

    def minimum(self) -> Floats:
        """Return the best weights: Newton's method, each quadratic model minimised over w >= 0."""
        weights = np.zeros(self.cost.size)
        weights[:2] = 1.0
        # The best multiple: the linear part and that of 1/delta are equal at the minimum.
        weights *= np.sqrt(self.value(weights) / (self.cost @ weights) - 1)
        for _ in range(_ROUNDS):
            before, step = self.value(weights), self._newton(weights) - weights
            length = 1.0
            while length > 1e-8 and self.value(weights + length * step) > before:
                length /= 2
            moved = weights + length * step
            if self.value(moved) >= before * (1 - 1e-15):
                break
            weights = moved
        # The value is flat at its minimum, the bound is not: one full step more.
        polished = self._newton(weights)
        return polished if self.bound(polished) > self.bound(weights) else weights

    def _newton(self, weights: Floats) -> Floats:
        """Minimise the quadratic model over w >= 0, a least-squares problem.

        As ``cost.w`` is a sum over nodes like 1/delta, squares complete to
        ``sum (dq / delta^3) (rays w - 3 delta / 2 + nu'' delta^3 / 2)^2``.

        The field's part is linear in delta(0) alone; a square around the present value stands in for its curvature.
        """
        delta = self.rays @ weights
        root = np.sqrt(self.dq / delta**3)
        rows, targets = self.rays * root[:, None], root * (1.5 * delta - 0.5 * self.bend * delta**3)
        if self.field:
            stiff = np.sqrt(self.field / delta.max())
            rows = np.vstack([rows, stiff * self.starts])
            targets = np.append(targets, stiff * (self.starts @ weights) - self.field / (2 * stiff))
        return np.asarray(nnls(rows, targets, maxiter=100 * weights.size)[0])
