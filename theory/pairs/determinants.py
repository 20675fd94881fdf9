"""Monte Carlo means of products of determinants of two correlated Hessians, by conditioning and importance sampling."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from spinglass._common.types import Array, IntArray
from theory.covariance import Covariance
from theory.pairs.joint_law import PairLaw
from theory.pairs.one_point import OnePointTable
from theory.pairs.plane import Plane, Window, draw_within, log_probability
from theory.pairs.proposal import Proposal, Target

# Draws of the plane for every pair of transverse blocks: enough that the blocks dominate the error.
INNER = 32
# The law of drawing of the blocks is fitted this often, each time to at least so many draws that are not zero. The
# coefficient of the squares must stay below 1/4, where no law exists.
_FITS, _FEWEST = 3, 50
_LARGEST_TILT = np.array([0.2, 2.0, 2.0])
_LATTICE = np.array([0.7548776662466927, 0.5698402909980532])  # of Roberts' sequence in two dimensions


class Numbers(NamedTuple):
    """Random numbers of a batch of draws; the same numbers serve all overlaps.

    Attributes
    ----------
    eigenvalues : ndarray, shape (draws, m)
        Eigenvalues of a GOE matrix of size m = n-2 with off-diagonal variance 1/2.
    block : ndarray, shape (draws, m, m)
        An independent matrix of the same law.
    places : ndarray, shape (draws, inner, 2)
        Uniform numbers for the radial derivatives: a lattice, shifted at random for every draw.
    uniform : ndarray, shape (draws, inner, 2)
        Uniform numbers for the energies.
    along : ndarray, shape (draws, inner, 2)
        Normal numbers for the second derivatives along the geodesic.
    rows : ndarray, shape (2, draws, inner, m)
        Normal numbers for the rows.
    """

    eigenvalues: Array
    block: Array
    places: Array
    uniform: Array
    along: Array
    rows: Array

    @classmethod
    def drawn(cls, n: int, draws: int, rng: np.random.Generator) -> "Numbers":
        """Draw the numbers of a batch."""
        m = n - 2
        first, second = (_goe(m, draws, rng) for _ in range(2))
        lattice = np.arange(INNER)[:, None] * _LATTICE
        return cls(
            np.asarray(np.linalg.eigvalsh(first), np.float64) if m else np.zeros((draws, 0)),
            second,
            (lattice + rng.random((draws, 1, 2))) % 1.0,
            rng.random((draws, INNER, 2)),
            rng.standard_normal((draws, INNER, 2)),
            rng.standard_normal((2, draws, INNER, m)),
        )


def _goe(m: int, draws: int, rng: np.random.Generator) -> Array:
    raw = rng.standard_normal((draws, m, m))
    return np.asarray(0.5 * (raw + raw.transpose(0, 2, 1)))


class Pairs(NamedTuple):
    """Weighted pairs of critical points, shape (draws, inner) each.

    Attributes
    ----------
    log_weight : ndarray
        Logarithm of the weight: the mean of ``exp(log_weight)`` is the density of pairs per unit of overlap.
    plane : ndarray, shape (draws, inner, variables)
        The plane's variables, in the order of :class:`Plane`.
    traces : ndarray, shape (draws, 3)
        Sum of the squared eigenvalues of both transverse blocks, and the trace of each.
    """

    log_weight: Array
    plane: Array
    traces: Array


class Sampler:
    """Draws weighted pairs of critical points at one overlap.

    Parameters
    ----------
    n : int
        Number of spins.
    q : float
        Overlap.
    model : ScaledModel
        The model.
    table : OnePointTable
        Determinants of one point.
    indices : tuple of (int or None)
        Index of each point, None for all.
    windows : tuple of Window
        Energies per spin of each point.
    energies : bool
        Whether energies are drawn although there are no windows.
    """

    def __init__(
        self,
        n: int,
        q: float,
        model: "ScaledModel",
        table: OnePointTable,
        indices: tuple[int | None, int | None] = (None, None),
        windows: tuple[Window, Window] = (None, None),
        energies: bool = False,
    ) -> None:
        law = PairLaw(model.nu, q)
        second = float(model.nu(1.0, 2))
        energies = energies or windows != (None, None)
        self.indices, self.windows = indices, windows
        self.plane = Plane.of(law, n, model.unit, energies)
        slope = float(self.plane.coefficients[2, 0]) if energies and model.nu.pure_order is not None else None
        self.correlation = law.block_correlation
        self.proposal = Proposal(Target(self.plane, table, self.correlation, indices, windows, slope))
        self.tilt = np.array([0.5 / (n + 4), 0.0, 0.0])
        self._rows = _root(law.rows / (2.0 * second))
        self.n = n
        self._constant = law.log_density_of_pairs(n) + (n - 1) * math.log(2.0 * second)
        if slope is not None:
            fixed = sum(window is not None and window[0] == window[1] for window in windows)
            self._constant -= fixed * math.log(abs(slope))
        # The order of magnitude of the density, up to a factor that does not depend on the overlap.
        self.log_scale = self._constant + self.proposal.log_total

    def tune(self, numbers: Numbers) -> None:
        """Choose the law of drawing of the transverse blocks that suits the weights of these draws.

        Most of the variance of ``log |det|`` is due to the traces and squared traces of the blocks. They are therefore
        drawn from their law times ``exp(b Tr(T^2 + T'^2) + a Tr T + a' Tr T')``, which is Gaussian as well.
        """
        if self.n == 2:
            return
        for _ in range(_FITS):
            drawn = self.pairs(numbers)
            weight = np.logaddexp.reduce(drawn.log_weight, axis=1)
            seen = np.isfinite(weight)
            if np.count_nonzero(seen) < _FEWEST:
                break
            traces = drawn.traces[seen]
            slopes = np.linalg.lstsq(traces - traces.mean(axis=0), weight[seen] - weight[seen].mean())[0]
            self.tilt = np.clip(self.tilt + slopes, -_LARGEST_TILT, _LARGEST_TILT)

    def log_values(self, numbers: Numbers) -> Array:
        """Return the logarithm of the mean weight of every draw, shape (draws,)."""
        return np.asarray(np.logaddexp.reduce(self.pairs(numbers).log_weight, axis=1) - math.log(INNER))

    def pairs(self, numbers: Numbers) -> Pairs:
        """Return weighted pairs, which use the given random numbers."""
        drawn = self.proposal.draw(numbers.places)
        plane, log_weight = self._plane_given(drawn.x, drawn.y, numbers)
        first, second, vectors, traces, log_ratio = self._blocks(numbers)
        log_weight = log_weight + drawn.log_weight + (self._constant + log_ratio)[:, None]
        rows = np.tensordot(self._rows, numbers.rows, 1)
        for point, (own, row) in enumerate(((first, rows[0]), (second, rows[1] @ vectors))):
            log_size, index = _determinant(own, plane[..., point], plane[..., point - 2], row)
            log_weight = log_weight + log_size
            if self.indices[point] is not None:
                log_weight = np.where(index == self.indices[point], log_weight, -np.inf)
        return Pairs(log_weight, plane, traces)

    def _blocks(self, numbers: Numbers) -> tuple[Array, Array, Array, Array, Array]:
        """Return the blocks' eigenvalues, the second's eigenvectors, the traces, and log (law / law of drawing)."""
        m = numbers.eigenvalues.shape[1]
        # The sum and the difference of the blocks, over sqrt 2, are independent, with these variance factors.
        own = np.array([1.0 + self.correlation, 1.0 - self.correlation])
        narrowing = 1.0 - 2.0 * self.tilt[0] * own
        wide = own / narrowing
        covariance = 0.5 * np.array([[wide.sum(), wide[0] - wide[1]], [wide[0] - wide[1], wide.sum()]])
        centre = covariance @ self.tilt[1:]
        scale, correlation = math.sqrt(covariance[0, 0]), float(covariance[0, 1] / covariance[0, 0])
        first = scale * numbers.eigenvalues
        block = scale * math.sqrt((1.0 - correlation) * (1.0 + correlation)) * numbers.block
        block[:, np.arange(m), np.arange(m)] += correlation * first
        second, vectors = np.linalg.eigh(block) if m else (first, numbers.block)
        first, second = first + centre[0], second + centre[1]
        traces = np.stack([(first**2 + second**2).sum(axis=1), first.sum(axis=1), second.sum(axis=1)], axis=1)
        log_ratio = 0.5 * m * float(centre @ self.tilt[1:]) - 0.25 * m * (m + 1) * float(np.log(narrowing).sum())
        return first, second, vectors, traces, log_ratio - traces @ self.tilt

    def _plane_given(self, x: Array, y: Array, numbers: Numbers) -> tuple[Array, Array]:
        """Return the plane's variables given the radial derivatives, and the logarithm of their weight."""
        count = len(self.plane.spread)
        plane = np.empty((*x.shape, count))
        plane[..., 0], plane[..., 1] = x, y
        log_weight = np.zeros(x.shape)
        for k in range(2, count):
            mean, spread = plane[..., :k] @ self.plane.coefficients[k, :k], float(self.plane.spread[k])
            window = self.windows[k - 2] if k < count - 2 else None
            if window is None:
                noise = numbers.along[..., k % 2] if k >= count - 2 else ndtri(numbers.uniform[..., k % 2])
                plane[..., k] = mean + spread * noise
            elif spread > 0.0:
                log_weight = log_weight + log_probability(window, mean, spread)
                plane[..., k] = draw_within(window, mean, spread, numbers.uniform[..., k % 2])
            else:
                inside = (mean >= window[0]) & (mean <= window[1]) if window[0] < window[1] else True
                log_weight = np.where(inside, log_weight, -np.inf)
                plane[..., k] = mean
        return plane, log_weight


def _determinant(eigenvalues: Array, x: Array, along: Array, row: Array) -> tuple[Array, IntArray]:
    """Return ``log |det|`` and the index of ``[[D, r], [r, h - x]]``, D the diagonal matrix of the eigenvalues - x."""
    shifted = eigenvalues[:, None, :] - x[..., None]
    # Haynsworth: the index is that of D plus that of the Schur complement.
    complement = along - x - (row * row / shifted).sum(axis=-1)
    size = np.log(np.abs(shifted)).sum(axis=-1) + np.log(np.abs(complement))
    return size, (shifted < 0.0).sum(axis=-1) + (complement < 0.0)


def _root(covariance: Array) -> Array:
    """Return a matrix whose product with its transpose is a covariance matrix, which may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


@dataclass(frozen=True)
class ScaledModel:
    """A model in units in which nu'(1) = 1.

    Attributes
    ----------
    nu : Covariance
        Covariance function of the energies divided by ``unit``.
    unit : float
        The unit of energy.
    """

    nu: Covariance
    unit: float
