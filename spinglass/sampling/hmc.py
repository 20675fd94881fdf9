"""Geodesic Hamiltonian Monte Carlo on the sphere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.jit import jit
from spinglass._common.seeds import Seed
from spinglass._common.types import Array, IntArray
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.row_kernels import over_rows
from spinglass.descent.scale import gradient_scale
from spinglass.landscape import Landscape, check_landscape
from spinglass.sampling.checks import check_connected, positive_temperature, starts
from spinglass.sampling.moves import accept_rows, begin_trajectories, kick, rotate
from spinglass.sampling.noise import Words, row_keys

# Acceptance rate at which tuning aims. Beskos et al. 2013 derive 0.65 for long trajectories in high dimension; for
# short trajectories at small n a higher rate is more efficient.
TARGET = 0.8


class HMCState(NamedTuple):
    """State of B chains, from which sampling can continue.

    Attributes
    ----------
    x : ndarray, shape (B, n)
        Points on the sphere, one row per chain.
    energy : ndarray, shape (B,)
        Total energies.
    gradient : ndarray, shape (B, n)
        Euclidean gradients of the total energy.
    size : ndarray, shape (B,)
        Sizes of a leapfrog step.
    keys : ndarray of uint64, shape (B, 2)
        Keys of the random numbers.
    age : int
        Number of trajectories since the start.
    """

    x: Array
    energy: Array
    gradient: Array
    size: Array
    keys: Words
    age: int


class HMCInfo(NamedTuple):
    """Diagnostics of a call of ``step``.

    Attributes
    ----------
    acceptance : ndarray, shape (B,)
        Mean acceptance probability of each chain over the trajectories of the call.
    """

    acceptance: Array


@dataclass(frozen=True)
class HMC:
    """Samples the Gibbs measure exp(-energy/T) on the sphere ``|x|^2 = n`` by geodesic Hamiltonian Monte Carlo.

    A trajectory draws a Gaussian tangent momentum p, makes ``leaps`` leapfrog steps (kicks by the gradient of energy/T
    and moves along great circles), and is accepted with probability ``min(1, exp(-change of (energy/T + |p|^2/2)))``.
    The sampled distribution is therefore exact for any step size. Each chain has its own step size, which is varied at
    random by up to a quarter. ``step(..., tune=True)`` adapts the step sizes; discard the states of such steps.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    temperature : float
        Temperature T, in units of the total energy.
    leaps : int, default 8
        Number of leapfrog steps per trajectory.

    Raises
    ------
    ValueError
        If n is 1, the temperature is not positive, or ``leaps`` is not a whole number of at least 1.

    References
    ----------
    Byrne and Girolami, Scand. J. Stat. 40 (2013) 825, section 4.1.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, sphere
    >>> chain = HMC(SphericalSpinGlass.pure(n=20, H=3, seed=0), temperature=1.0)
    >>> state, _ = chain.step(chain.init(sphere.random_points(20, 8, seed=1), seed=2), 100, tune=True)
    >>> state, info = chain.step(state, 100)
    >>> bool(0.6 < info.acceptance.mean() < 0.95)
    True
    """

    landscape: Landscape
    temperature: float
    leaps: int = 8

    def __post_init__(self) -> None:
        check_landscape(self.landscape)
        check_connected(self.landscape.n)
        positive_temperature(self.temperature)
        whole_number("leaps", self.leaps, 1)

    def init(self, x: npt.ArrayLike, seed: Seed) -> HMCState:
        """Return the initial state of one chain per point.

        Parameters
        ----------
        x : array_like, shape (n,) or (B, n)
            Points on the sphere.
        seed : int, SeedSequence or Generator
            Source of randomness; the random numbers of a chain depend on the seed and its row number only.

        Returns
        -------
        HMCState
            State of B chains (B = 1 for a single point).
        """
        points = starts(x, self.landscape.n)
        energy, gradient = Evaluator(self.landscape, len(points))(points)
        natural = self.temperature / gradient_scale(self.landscape)
        size = np.full(len(points), first_size(self.landscape.n, natural))
        return HMCState(points, energy, gradient, size, row_keys(seed, len(points)), 0)

    def step(self, state: HMCState, steps: int = 1, *, tune: bool = False) -> tuple[HMCState, HMCInfo]:
        """Advance the chains; several steps in one call give the same result as single steps.

        Parameters
        ----------
        state : HMCState
            Current state; it is not changed.
        steps : int, default 1
            Number of trajectories.
        tune : bool, default False
            Whether to adapt the step sizes.

        Returns
        -------
        state : HMCState
            State after the steps.
        info : HMCInfo
            Acceptance rates.
        """
        evaluate = Evaluator(self.landscape, len(state.x))
        x, energy, gradient, size = (array.copy() for array in state[:4])
        probability, mean = np.empty_like(energy), np.zeros_like(energy)
        for number in range(state.age, state.age + whole_number("steps", steps, 1)):
            self._trajectory(evaluate, state.keys, number, x, energy, gradient, size, probability)
            mean += probability / steps
            if tune:
                size *= np.exp(tuning_rate(number) * (probability - TARGET))
        return HMCState(x, energy, gradient, size, state.keys, state.age + steps), HMCInfo(mean)

    def _trajectory(
        self,
        evaluate: Evaluator,
        keys: Words,
        number: int,
        x: Array,
        energy: Array,
        gradient: Array,
        size: Array,
        probability: Array,
    ) -> None:
        n, rows, beta = x.shape[1], np.arange(len(x)), np.full(len(x), 1 / self.temperature)
        p, total, used = np.empty_like(x), np.empty_like(energy), np.empty_like(energy)
        over_rows(partial(begin_trajectories, number), n, rows, keys, x, p, energy, gradient, beta, size, used, total)
        trial, slope, height = x.copy(), gradient, energy
        for leap in range(self.leaps):
            over_rows(_drift, n, rows, trial, p, used)
            height, slope = evaluate(trial)
            over_rows(partial(_kick, 0.5 if leap == self.leaps - 1 else 1.0), n, rows, trial, p, slope, beta, used)
        over_rows(
            partial(accept_rows, number),
            n,
            rows,
            keys,
            x,
            energy,
            gradient,
            trial,
            p,
            height,
            slope,
            beta,
            total,
            probability,
        )


def first_size(n: int, temperature: float | Array) -> Array:
    """Return an initial step size, which decreases as n^(-1/4) to keep the acceptance rate about constant in n.

    The temperature is in units of the gradient scale of the landscape.
    """
    return np.asarray(0.6 * np.sqrt(np.minimum(temperature, 2.0)) * n**-0.25)


@jit
def tuning_rate(number: int) -> float:
    """Return the rate at which trajectory number ``number`` of the tuning changes the logarithm of the step size."""
    rate: float = 0.6 / np.sqrt(1.0 + number / 10.0)
    return rate


@jit
def _drift(rows: IntArray, x: Array, p: Array, size: Array) -> None:
    for k in range(rows.size):
        rotate(x[k], p[k], size[k])


@jit
def _kick(share: float, rows: IntArray, x: Array, p: Array, gradient: Array, beta: Array, size: Array) -> None:
    for k in range(rows.size):
        kick(x[k], p[k], gradient[k], share * size[k] * beta[k])
