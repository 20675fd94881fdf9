r"""The mean density of critical points of a planted model by overlap, at finite n: an integral over Hessian shifts.

With ``sqrt(2 nu''/n)`` as the unit of Hessians, the Hessian at overlap m is ``M - y - theta e e^T`` with M as in
:mod:`theory.planted.spiked_determinants`, ``theta = s''(m) (1 - m^2) sqrt(n/(2 nu''))``, and y normal of mean
``-m s'(m) sqrt(n/(2 nu''))`` and variance ``(nu' + nu'')/(2 nu'')``. The Kac-Rice formula becomes

    density(m) = 2/Gamma((n-1)/2) (nu''/nu')^((n-1)/2) (1 - m^2)^((n-3)/2) exp(-n (1 - m^2) s'(m)^2/(2 nu'))
                 E[ |det(M - y - theta e e^T)| P(u in B | y) ].
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from threadpoolctl import threadpool_limits

from spinglass._common.types import Array, IntArray
from theory.kac_rice.legendre import legendre_rule
from theory.planted.planted_model import PlantedModel
from theory.planted.spiked_determinants import (
    NODES,
    PHASE,
    determinants,
    log_bound,
    log_unit,
    panel_nodes,
    panel_width,
)

# Panels whose bound is below this share of the largest are left out, and phases above this number are refused.
_NEGLIGIBLE, _MOST_PHASES = 1e-12, 25
# Angles whose means of y differ by this many times its reach are treated apart. The largest bound of this many y may be
# too small, in its logarithm by the last number.
_FAR, _OFFSETS, _SAFETY = 4.0, 65, 5.0
# Where the normal law of the energy rises, in standard deviations.
_RISE = np.arange(-8.0, 8.5, 2.0)


@dataclass(frozen=True)
class OverlapDensity:
    """The density for one number of spins.

    Attributes
    ----------
    n : int
        Number of spins, at least 2.
    model : PlantedModel
        The model.
    index : int or None
        Index of the points, None for all.
    below : array, shape (b,)
        Bounds on the energy per spin, in the model's unit; infinite ones are allowed.
    """

    n: int
    model: PlantedModel
    index: int | None
    below: Array

    @property
    def unit(self) -> float:
        """Unit of Hessians in which the off-diagonal variance is 1/2."""
        return math.sqrt(2.0 * self.model.second / self.n)

    @property
    def spread(self) -> float:
        """Standard deviation of y."""
        return math.sqrt((1.0 + self.model.second) / (2.0 * self.model.second))

    def at_angles(self, angles: Array) -> Array:
        """Return the densities per unit of the angle, shape (len(angles), b), accurate relative to the largest.

        In a strong field the means of y are so far apart that angles are treated in groups, without those at which the
        density is negligible.
        """
        m, rest = np.cos(angles), np.sin(angles) ** 2
        centre, reach = self._centre(m), self._reach
        if np.ptp(centre) < _FAR * reach:
            return self.at(m, rest, together=True)
        y = centre[:, None] + np.linspace(-reach, reach, _OFFSETS)
        bound = self._log_density(y, m, rest).max(axis=1)
        kept = np.flatnonzero(bound > bound.max() + math.log(_NEGLIGIBLE) - _SAFETY)
        group = np.floor((centre[kept] - centre.min()) / (_FAR * reach))
        result = np.zeros((angles.size, self.below.size))
        for one in np.unique(group):
            places = kept[group == one]
            result[places] = self.at(m[places], rest[places], together=True)
        return result

    def at(self, m: Array, rest: Array, *, together: bool) -> Array:
        """Return the densities per unit of the angle ``arccos m``, shape (len(m), b).

        Parameters
        ----------
        m : array, shape (points,)
            Overlaps.
        rest : array, shape (points,)
            ``1 - m^2``, of which m has few digits near 1.
        together : bool
            Whether accuracy is relative to the largest density, as for an integral, or to each.
        """
        result = np.zeros((m.size, self.below.size))
        centre, theta, log_front = self._centre(m), self._theta(m, rest), self._log_front(m, rest)
        # What overflows is infinite or not a number, which the caller refuses.
        with threadpool_limits(limits=1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
            panels = self._panels(m, rest, together)
            phases = self._phases(panels, theta)
            for panel in panels:
                values = determinants(self.n, panel, theta, phases, by_index=self.index is not None)
                values = values[:, :, 0 if self.index is None else self.index]
                result += self._over_panel(panel, values, m, centre)
            return np.asarray(np.exp(log_front + log_unit(self.n))[:, None] * result)

    def _centre(self, m: Array) -> Array:
        """Return the mean of y."""
        return np.asarray(-m * self.model.signal(m, 1) / self.unit)

    def _theta(self, m: Array, rest: Array) -> Array:
        return np.asarray(self.model.rank_one(m, rest) / self.unit)

    @property
    def _reach(self) -> float:
        """Distance of y from its mean beyond which its weight is negligible."""
        return math.sqrt(2.0 * self.n) + 12.0 * self.spread

    def _log_front(self, m: Array, rest: Array) -> Array:
        front = math.log(2.0) - math.lgamma(0.5 * (self.n - 1)) + 0.5 * (self.n - 1) * math.log(self.model.second)
        with np.errstate(divide="ignore"):
            volume = 0.5 * (self.n - 2) * np.log(rest) if self.n > 2 else 0.0
        return np.asarray(front + volume - 0.5 * self.n * rest * self.model.signal(m, 1) ** 2)

    def _log_density(self, y: Array, m: Array, rest: Array) -> Array:
        """Return the logarithm of a bound on the density per unit of y, up to a constant, shape of y (len(m), ...)."""
        centre, theta = self._centre(m)[:, None], self._theta(m, rest)[:, None]
        bound = log_bound(y, theta, self.n) - 0.5 * ((y - centre) / self.spread) ** 2
        return np.asarray(bound + self._log_front(m, rest)[:, None])

    def _panels(self, m: Array, rest: Array, together: bool) -> IntArray:
        """Return the panels that contribute, from a bound on the determinants at their centres."""
        width, centre = panel_width(self.n), self._centre(m)
        first = math.floor((centre.min() - self._reach) / width)
        panels = np.arange(first, 1 + math.ceil((centre.max() + self._reach) / width))
        bound = self._log_density((panels[None] + 0.5) * width, m, rest)
        top = bound.max() if together else bound.max(axis=1, keepdims=True)
        kept = np.flatnonzero((bound > top + math.log(_NEGLIGIBLE)).any(axis=0))
        # The bound at the centre of a panel may be lower than that at its ends.
        return np.asarray(panels[max(kept[0] - 1, 0) : kept[-1] + 2])

    def _phases(self, panels: IntArray, theta: Array) -> int:
        width = panel_width(self.n)
        most = float(max(abs(panels[0]), abs(panels[-1] + 1)) * width + np.abs(theta).max(initial=0.0))
        if np.any(theta) and most > PHASE * _MOST_PHASES:
            raise ValueError(
                f"the signal { ({k: r * self.model.scale for k, r in self.model.terms}) } is too strong for the exact "
                f"count at n = {self.n}, whose integrals would oscillate too fast; theory.planted_complexity is the "
                "growth rate at large n"
            )
        return max(1, math.ceil(most / PHASE))

    def _over_panel(self, panel: int, values: Array, m: Array, centre: Array) -> Array:
        """Return the integrals over one panel, shape (len(m), b), of determinants at its nodes, (len(m), NODES)."""
        result = np.empty((m.size, self.below.size))
        nodes, weights = panel_nodes(self.n, panel), 0.5 * panel_width(self.n) * legendre_rule(NODES)[1]
        density = self._normal(nodes[None], centre[:, None])
        whole = (values * density) @ weights
        shift, slope, width = self._energy(m)
        for column, bound in enumerate(self.below):
            rise = (bound - shift) / slope  # the y whose mean energy is the bound
            low, high = panel * panel_width(self.n), (panel + 1) * panel_width(self.n)
            above = rise > high + 8.5 * width
            result[:, column] = np.where(above, whole, 0.0)
            for row in np.flatnonzero(~above & (rise > low - 8.5 * width)):
                y, weight = _cut(low, high, rise[row], width)
                share = ndtr((rise[row] - y) / width) if width > 0.0 else 1.0
                there = _interpolated(values[row], (2.0 * y - low - high) / (high - low))
                result[row, column] = np.sum(weight * share * there * self._normal(y, centre[row]))
        return result

    def _normal(self, y: Array, centre: Array) -> Array:
        return np.asarray(
            np.exp(-0.5 * ((y - centre) / self.spread) ** 2) / (self.spread * math.sqrt(2.0 * math.pi)),
        )

    def _energy(self, m: Array) -> tuple[Array, float, float]:
        """Return the mean energy per spin at y = 0, its slope in y, and the standard deviation of y at given energy."""
        slope = self.model.energy_slope * self.unit
        at_zero = self.model.energy_slope * m * self.model.signal(m, 1) - self.model.signal(m)
        return at_zero, slope, math.sqrt(self.model.free / self.n) / slope


def _cut(low: float, high: float, rise: float, width: float) -> tuple[Array, Array]:
    """Return nodes and weights on the panel left of a step at ``rise``, or across its rise of the given width."""
    if width == 0.0:
        edges = np.array([low, min(max(rise, low), high)])
    else:
        inner = rise + width * _RISE
        edges = np.concatenate([[low], inner[(inner > low) & (inner < high)], [high]])
    x, weights, _ = legendre_rule(NODES)
    half = 0.5 * np.diff(edges)[:, None]
    return (edges[:-1, None] + half * (1.0 + x)).ravel(), (half * weights).ravel()


def _interpolated(values: Array, s: Array) -> Array:
    """Return the polynomial through values at the nodes of a panel, at places s from -1 to 1."""
    x, weights, _ = legendre_rule(NODES)
    degrees = np.arange(NODES)
    coefficients = (degrees + 0.5) * ((values * weights) @ np.polynomial.legendre.legvander(x, NODES - 1))
    return np.asarray(np.polynomial.legendre.legval(s, coefficients), dtype=np.float64)
