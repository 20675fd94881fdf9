"""Overdamped Langevin dynamics on the sphere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.seeds import Seed
from spinglass._common.types import Array
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.row_kernels import over_rows
from spinglass.landscape import Landscape, check_landscape
from spinglass.sampling.checks import check_connected, positive_temperature, starts
from spinglass.sampling.moves import diffuse_rows, drift_rows, euler_rows, tangent_noise
from spinglass.sampling.noise import Words, row_keys

SCHEMES = ("splitting", "euler")


class LangevinState(NamedTuple):
    """State of B chains, from which the dynamics can continue.

    Attributes
    ----------
    x : ndarray, shape (B, n)
        Points on the sphere, one row per chain.
    energy : ndarray, shape (B,)
        Total energies.
    gradient : ndarray, shape (B, n)
        Euclidean gradients of the total energy.
    keys : ndarray of uint64, shape (B, 2)
        Keys of the random numbers.
    age : int
        Number of steps since the start.
    """

    x: Array
    energy: Array
    gradient: Array
    keys: Words
    age: int


class LangevinInfo(NamedTuple):
    """Diagnostics of a call of ``step``.

    Attributes
    ----------
    time : float
        Time since the start.
    angle : ndarray, shape (B,)
        Angle, in radians, between the points before and after the call. If it is much larger than 0.5 for a single
        step, the time step is too large.
    """

    time: float
    angle: Array


@dataclass(frozen=True)
class Langevin:
    r"""Langevin dynamics ``dx = -grad_R energy dt + sqrt(2T) P o dW`` (Stratonovich) on the sphere ``|x|^2 = n``.

    ``grad_R`` is the Riemannian gradient of the total energy and P the projection to the tangent space. The equilibrium
    distribution is exp(-energy/T) with respect to the uniform measure. In the limit T = 0 the dynamics is the gradient
    flow of ``descend(method="gradient")``, with the same unit of time. Quantities of physics papers, in which the
    energy has variance n/2, convert as ``T_here = sqrt(2) T`` and ``t_here = t / sqrt(2)``.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    temperature : float
        Temperature T, in units of the total energy.
    dt : float, default 0.01
        Time step.
    scheme : {"splitting", "euler"}, default "splitting"
        ``"splitting"`` has weak order 2: half a step of spherical diffusion, a midpoint step of the gradient flow, and
        half a step of diffusion, with two evaluations per step. ``"euler"`` has weak order 1 and one evaluation per
        step.

    Raises
    ------
    ValueError
        If n is 1, the temperature or the step is not positive, or the scheme is unknown.

    References
    ----------
    Strang, SIAM J. Numer. Anal. 5 (1968) 506, for the splitting; the length of the diffusive steps is
    derived in `spinglass.sampling.moves.diffuse_rows`.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, sphere
    >>> chain = Langevin(SphericalSpinGlass.pure(n=20, H=3, seed=0), temperature=1.0, dt=0.02)
    >>> state, info = chain.step(chain.init(sphere.random_points(20, 8, seed=1), seed=2), steps=50)
    >>> info.time, state.x.shape
    (1.0, (8, 20))
    """

    landscape: Landscape
    temperature: float
    dt: float = 0.01
    scheme: str = "splitting"

    def __post_init__(self) -> None:
        check_landscape(self.landscape)
        check_connected(self.landscape.n)
        positive_temperature(self.temperature)
        if not real_number("dt", self.dt) > 0:
            raise ValueError(f"dt, the time step, must be positive, not {self.dt!r}; try dt=0.01")
        if self.scheme not in SCHEMES:
            raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}; not {self.scheme!r}")

    def init(self, x: npt.ArrayLike, seed: Seed) -> LangevinState:
        """Return the initial state of one chain per point.

        Parameters
        ----------
        x : array_like, shape (n,) or (B, n)
            Points on the sphere.
        seed : int, SeedSequence or Generator
            Source of randomness; the random numbers of a chain depend on the seed and its row number only.

        Returns
        -------
        LangevinState
            State of B chains (B = 1 for a single point).
        """
        points = starts(x, self.landscape.n)
        energy, gradient = Evaluator(self.landscape, len(points))(points)
        return LangevinState(points, energy, gradient, row_keys(seed, len(points)), 0)

    def step(self, state: LangevinState, steps: int = 1) -> tuple[LangevinState, LangevinInfo]:
        """Advance the chains; several steps in one call give the same result as single steps.

        Parameters
        ----------
        state : LangevinState
            Current state; it is not changed.
        steps : int, default 1
            Number of time steps.

        Returns
        -------
        state : LangevinState
            State after the steps.
        info : LangevinInfo
            Time, and angle between the points before and after.
        """
        evaluate = Evaluator(self.landscape, len(state.x))
        x, gradient = state.x.copy(), state.gradient
        for number in range(state.age, state.age + whole_number("steps", steps, 1)):
            if self.scheme == "euler":
                if number > state.age:
                    gradient = evaluate(x)[1]
                self.euler(x, gradient, self._noise(state.keys, number, 0, x))
            else:
                self.diffuse(x, self._noise(state.keys, number, 0, x))
                x = self.drift(evaluate, x)
                self.diffuse(x, self._noise(state.keys, number, 1, x))
        energy, gradient = evaluate(x)
        cosine = np.clip(np.einsum("bi,bi->b", x, state.x) / x.shape[1], -1, 1)
        age = state.age + steps
        return (
            LangevinState(x, energy, gradient, state.keys, age),
            LangevinInfo(age * self.dt, np.arccos(cosine)),
        )

    def euler(self, x: Array, gradient: Array, xi: Array) -> None:
        """Make one Euler step, in place.

        Parameters
        ----------
        x : ndarray, shape (B, n)
            Points on the sphere, overwritten.
        gradient : ndarray, shape (B, n)
            Euclidean gradients at ``x``.
        xi : ndarray, shape (B, n)
            Standard normal tangent vectors.
        """
        euler_rows(x, gradient, xi, np.full(len(x), self.temperature), self.dt)

    def diffuse(self, x: Array, xi: Array) -> None:
        """Make half a time step of spherical diffusion, in place.

        Parameters
        ----------
        x : ndarray, shape (B, n)
            Points on the sphere, overwritten.
        xi : ndarray, shape (B, n)
            Standard normal tangent vectors, overwritten.
        """
        diffuse_rows(x, xi, np.full(len(x), self.temperature), self.dt / 2)

    def drift(self, evaluate: Evaluator, x: Array) -> Array:
        """Return the points after one midpoint step of the gradient flow.

        Parameters
        ----------
        evaluate : Evaluator
            Evaluates the landscape.
        x : ndarray, shape (B, n)
            Points on the sphere.

        Returns
        -------
        ndarray, shape (B, n)
            New points.
        """
        middle = x.copy()
        drift_rows(x, middle, evaluate(middle)[1], self.dt / 2)
        drift_rows(x, middle, evaluate(middle)[1], self.dt)
        return middle

    @staticmethod
    def _noise(keys: Words, number: int, stream: int, x: Array) -> Array:
        xi = np.empty_like(x)
        rows = np.arange(len(x))
        over_rows(partial(tangent_noise, number, stream), x.shape[1], rows, keys, x, xi)
        return xi
