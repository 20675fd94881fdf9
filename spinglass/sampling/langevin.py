"""Overdamped Langevin dynamics on the sphere, in time."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.seeds import Seed
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.row_kernels import over_rows
from spinglass.landscape import Array, Landscape, check_landscape
from spinglass.sampling.checks import positive_temperature, starts
from spinglass.sampling.moves import diffuse_rows, drift_rows, euler_rows, tangent_noise
from spinglass.sampling.noise import Words, row_keys

SCHEMES = ("splitting", "euler")


class LangevinState(NamedTuple):
    """What a chain needs to go on; rows are chains."""

    x: Array  # (B, n), on the sphere
    energy: Array  # (B,), total
    gradient: Array  # (B, n), Euclidean
    keys: Words  # (B, 2), of the random numbers
    age: int  # steps since the start


class LangevinInfo(NamedTuple):
    """What is only reported of a call of ``step``."""

    time: float  # since the start
    angle: Array  # (B,), by which the points have turned; steps of much over 0.5 resolve nothing


@dataclass(frozen=True)
class Langevin:
    r"""The dynamics ``dx = -grad_R energy dt + sqrt(2T) P o dW`` (Stratonovich), whose law tends to exp(-energy/T).

    ``grad_R`` is the Riemannian gradient of the total energy, P the projection to the tangent space, and the
    equilibrium is with respect to the uniform measure on ``|x|^2 = n``. At T = 0 the dynamics would be the gradient
    flow of ``descend(method="gradient")`` in the same time. Physics papers with variance n/2 of the energy have
    ``T_here = sqrt(2) T`` and ``t_here = t / sqrt(2)``.

    Schemes: ``"splitting"``, of weak order 2: half a step of spherical diffusion, a midpoint step of the flow, half
    a step of diffusion, at two evaluations a step; ``"euler"``, of weak order 1: one evaluation a step.

    Source: Strang, SIAM J. Numer. Anal. 5 (1968) 506, for the splitting; the length of the diffusive steps is
    derived in `spinglass.sampling.moves.diffuse_rows`.

    Raises
    ------
    ValueError
        If the temperature or the step is not positive, or the scheme is unknown.

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
        positive_temperature(self.temperature)
        if not real_number("dt", self.dt) > 0:
            raise ValueError(f"dt, the time step, must be positive, not {self.dt!r}; try dt=0.01")
        if self.scheme not in SCHEMES:
            raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}; not {self.scheme!r}")

    def init(self, x: npt.ArrayLike, seed: Seed) -> LangevinState:
        """Start a chain from every point, shape (n,) or (B, n), on the sphere; row b's noise is its own."""
        points = starts(x, self.landscape.n)
        energy, gradient = Evaluator(self.landscape, len(points))(points)
        return LangevinState(points, energy, gradient, row_keys(seed, len(points)), 0)

    def step(self, state: LangevinState, steps: int = 1) -> tuple[LangevinState, LangevinInfo]:
        """Return the state ``steps`` steps later; the same as one step at a time."""
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
        """Make an Euler step with the noise ``xi``, in place."""
        euler_rows(x, gradient, xi, np.full(len(x), self.temperature), self.dt)

    def diffuse(self, x: Array, xi: Array) -> None:
        """Diffuse for half a step with the noise ``xi``, in place."""
        diffuse_rows(x, xi, np.full(len(x), self.temperature), self.dt / 2)

    def drift(self, evaluate: Evaluator, x: Array) -> Array:
        """Return the points after a midpoint step of the gradient flow."""
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
