"""The function `descend` and the loop shared by all methods: evaluate trials, advance, and retire finished rows."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, unknown, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.types import Array, BoolArray
from spinglass.descent.conjugate_gradient import ConjugateGradient
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.gradient import GradientFlow
from spinglass.descent.interrupt import DescentInterrupted, HeldInterrupt
from spinglass.descent.lbfgs import LBFGS
from spinglass.descent.method import Method, Rows, State, Trajectory
from spinglass.descent.newton import Newton
from spinglass.descent.row_kernels import finite_rows, normalise, note_progress, tangent_parts
from spinglass.descent.scale import gradient_scale
from spinglass.descent.stochastic import StochasticGradient
from spinglass.landscape import Landscape, check_landscape, check_on_sphere
from spinglass.results import CriticalPoints, Status

METHODS: dict[str, type[Method[Any]]] = {
    "lbfgs": LBFGS,
    "cg": ConjugateGradient,
    "gradient": GradientFlow,
    "sgd": StochasticGradient,
    "newton": Newton,
}

# Tolerance that descents reach on landscapes with gradients in float32, whose rounding stops them near 1e-6.
_SINGLE = 1e-5


class Progress(NamedTuple):
    """Argument of the callback of `descend`, passed after each iteration.

    Attributes
    ----------
    iteration : int
        Number of iterations so far.
    active : int
        Number of rows that have not ended.
    best_energy_per_spin : float
        Lowest current energy per spin over all rows.
    """

    iteration: int
    active: int
    best_energy_per_spin: float


def descend(
    landscape: Landscape,
    x0: npt.ArrayLike,
    method: str = "lbfgs",
    tol: float = 1e-8,
    max_iterations: int | None = None,
    callback: Callable[[Progress], object] | None = None,
    **options: Any,
) -> CriticalPoints:
    """Descend from every start until ``|Riemannian gradient|/sqrt(n) <= tol s``.

    Here ``s = 4^round(log_4(g/2))`` is the gradient scale (:func:`spinglass.descent.gradient_scale`). For a spin glass,
    g is the median of ``|Riemannian gradient|/sqrt(n - 1)`` over eight fixed random points, and s = 1 at unit variance.
    Other landscapes can define g by a method ``gradient_size()``; without it s = 1. All methods minimise ``energy/s``,
    so the unit of energy does not matter.

    Parameters
    ----------
    landscape : Landscape
        Any object that follows :class:`spinglass.landscape.Landscape`, for instance a `SphericalSpinGlass`.
    x0 : array_like, shape (n,) or (B, n)
        Starting points on the sphere ``|x|^2 = n``.
    method : {"lbfgs", "cg", "gradient", "sgd", "newton"}, default "lbfgs"
        Limited-memory BFGS, conjugate gradients, gradient flow in time, stochastic gradient descent, or Newton's
        method, which converges to critical points of any index and may increase the energy.
    tol : float, default 1e-8
        Tolerance on the Riemannian gradient norm divided by ``sqrt(n)``, in units of the gradient scale s. The default
        is reached whenever the landscape returns gradients in float64, as a `SphericalSpinGlass` does even if its
        couplings are stored in float32. On a landscape that returns them in float32 use 1e-5; there descents stall near
        1e-6.
    max_iterations : int, optional
        Number of accepted steps after which a row ends without convergence. The default is 10000 for "lbfgs" and "cg",
        10^6 for "gradient", 200 for "sgd" and 500 for "newton".
    callback : callable, optional
        Called with a :class:`Progress` after every iteration, in the calling thread. It can end the descent by raising
        ``KeyboardInterrupt``, with the same effect as Ctrl-C.
    **options
        Options of the method: ``memory=10`` (number of stored pairs) for "lbfgs"; ``times=None``, ``accuracy=1e-4`` and
        ``correlations=False`` for "gradient" (see :class:`spinglass.descent.gradient.GradientFlow`); ``parts=10``,
        ``rate=0.1``, ``decay=0.1`` and ``seed=0`` for "sgd" (see
        :class:`spinglass.descent.stochastic.StochasticGradient`). "cg" and "newton" have none.

    Returns
    -------
    CriticalPoints
        One row per start, in the order of the starts, each with its status. The result of a start does not depend, to
        the last bit, on the other rows, on their order or on the number of threads, as long as the chunk width of the
        batch is the same.

    Raises
    ------
    ValueError
        If the starts are off the sphere, not finite or of the wrong shape, if the batch does not fit in
        memory, or if the method or an option is unknown.
    TypeError
        If ``landscape`` is not a landscape or lacks a method that ``method`` needs.
    DescentInterrupted
        On Ctrl-C (it is a ``KeyboardInterrupt``); its ``found`` holds the current point of every start.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, sphere
    >>> found = descend(SphericalSpinGlass.pure(n=20, H=3, seed=0), sphere.random_points(20, 5, seed=0))
    >>> bool(found.converged.all()), bool((found.index == 0).all())
    (True, True)
    """
    check_landscape(landscape)
    solver = _method(method, options)
    if not real_number("tol", tol) > 0:
        raise ValueError(f"tol must be positive, not {tol}; try tol=1e-8")
    limit = solver.max_iterations if max_iterations is None else whole_number("max_iterations", max_iterations, 0)
    points = np.atleast_2d(check_on_sphere(x0, landscape.n))
    if points.ndim != 2:
        raise ValueError(f"x0 must have shape (n,) or (B, n), not {points.shape}; reshape it to (-1, {landscape.n})")
    require_memory(
        len(points) * (solver.row_bytes(landscape.n) + 64 * landscape.n),
        f"a descent of {len(points)} starts at n={landscape.n}",
        "fewer starts at once",
    )
    descent = _Descent(landscape, points, method, solver, tol, limit)
    with HeldInterrupt() as interrupt:
        try:
            descent.run(callback, interrupt)
        except KeyboardInterrupt:
            raise DescentInterrupted(descent.found()) from None
    return descent.found()


def _method(name: str, options: dict[str, Any]) -> Method[Any]:
    if name == "annealing":
        raise ValueError("annealing is not a method of descend; use spinglass.sampling.anneal(landscape, x0)")
    if name not in METHODS:
        raise unknown("method", name, METHODS)
    known = [option.name for option in dataclasses.fields(METHODS[name]) if option.init]
    for option in options:
        if option not in known:
            raise ValueError(f"method {name!r} has no option {option!r}; its options: {', '.join(known) or 'none'}")
    return METHODS[name](**options)


class _Descent:
    """The state of the descent of a batch; energies and gradients are divided by ``unit``."""

    def __init__(self, landscape: Landscape, x0: Array, name: str, solver: Method[Any], tol: float, limit: int) -> None:
        batch, n = x0.shape
        self.landscape, self.name, self.solver, self.limit = landscape, name, solver, limit
        self.small = tol * math.sqrt(n)
        self.unit = gradient_scale(landscape)
        self.evaluate = Evaluator(landscape, batch, self.unit)
        self.status = np.full(batch, Status.INTERRUPTED, dtype="U16")
        self.evaluations = np.zeros(batch, dtype=np.int64)
        x = x0.copy()
        normalise(x)
        self.state = State(
            x=x,
            energy=np.full(batch, np.nan),
            gradient=np.full((batch, n), np.nan),
            norm=np.full(batch, np.nan),
            trial=x.copy(),
            iterations=np.zeros(batch, dtype=np.int64),
        )
        self.own: Any = None
        # Lowest energy and gradient norm of each row, and the number of iterations since either last improved.
        self.best = np.full((2, batch), np.inf)
        self.idle = np.zeros(batch, dtype=np.int64)

    def run(self, callback: Callable[[Progress], object] | None, interrupt: HeldInterrupt) -> None:
        rows = self.begin()
        iteration = 0
        while rows.size:
            if interrupt.pressed:
                raise KeyboardInterrupt
            energy, gradient = self.evaluate(self.state.trial[rows])
            self.evaluations[rows] += 1
            finite = np.isfinite(energy) & finite_rows(gradient)
            if not finite.all():
                rows, energy, gradient = self.drop(rows, finite), energy[finite], gradient[finite]
            before = self.evaluate.calls
            self.solver.advance(self.evaluate, self.state, self.own, rows, energy, gradient)
            self.evaluations[rows] += self.evaluate.calls - before
            rows = self.retire(rows)
            iteration += 1
            if callback is not None:
                callback(Progress(iteration, rows.size, self.best_energy_per_spin()))
        if interrupt.pressed:
            raise KeyboardInterrupt

    def begin(self) -> Rows:
        """Evaluate the starts and return the rows that need a step."""
        rows: Rows = np.arange(len(self.status))
        if not rows.size:
            return rows
        state = self.state
        state.energy[:], gradient = self.evaluate(state.x)
        tangent_parts(state.x, gradient, state.gradient, state.norm)
        rows = self.drop(rows, np.isfinite(state.energy) & np.isfinite(state.norm))
        self.own = self.solver.start(self.evaluate, state, rows, gradient[rows])
        self.evaluations += self.evaluate.calls
        return self.retire(rows)

    def drop(self, rows: Rows, finite: BoolArray) -> Rows:
        """End the rows that cannot be evaluated, at their last valid point, and return the others."""
        self.status[rows[~finite]] = Status.NOT_FINITE
        return rows[finite]

    def retire(self, rows: Rows) -> Rows:
        """Return the rows that continue, and set the status of the rows that end."""
        energy, norm = self.state.energy[rows], self.state.norm[rows]
        note_progress(rows, energy, norm, self.evaluate.rounding, self.best, self.idle)
        under_way = np.ones(rows.size, dtype=bool)
        for status, ended in (
            (Status.CONVERGED, norm <= self.small),
            (Status.END_OF_TIMES, self.solver.out_of_time(self.own, rows)),
            (Status.STALLED, self.idle[rows] > (self.solver.patience or np.inf)),
            (Status.ITERATION_LIMIT, self.state.iterations[rows] >= self.limit),
        ):
            if ended.any():
                self.status[rows[under_way & ended]] = status
                under_way &= ~ended
        return rows[under_way]

    def best_energy_per_spin(self) -> float:
        # fmin ignores NaN, and gives no warning if all numbers are NaN.
        lowest: np.float64 = np.fmin.reduce(self.state.energy)
        return float(lowest * self.unit / self.state.x.shape[1])

    def found(self) -> CriticalPoints:
        state = self.state
        kept = self.trajectory()
        n = state.x.shape[1]
        return CriticalPoints(
            landscape=self.landscape,
            x=state.x,
            energy=state.energy * self.unit,
            gradient_norm=state.norm * self.unit / math.sqrt(n),
            status=self.status,
            iterations=state.iterations,
            evaluations=self.evaluations,
            method=self.name,
            times=None if kept is None else kept.times,
            energies=None if kept is None else kept.energies * self.unit / n,
            correlations=None if kept is None or kept.points is None else two_times(kept.points),
            hint=self.hint(),
        )

    def hint(self) -> str:
        """Return advice if starts stalled because gradients in float32 cannot reach the tolerance."""
        reached = _SINGLE * math.sqrt(self.state.x.shape[1])
        stalled = (self.status == Status.STALLED) & (self.state.norm <= reached)
        if self.small >= reached or not self.evaluate.single or not stalled.any():
            return ""
        return (
            f"the landscape returns gradients in float32, whose rounding stalled {np.count_nonzero(stalled)} starts; "
            "with tol=1e-5 they converge"
        )

    def trajectory(self) -> Trajectory | None:
        """Return the trajectory; after convergence a row stays at its final point."""
        kept = None if self.own is None else self.solver.trajectory(self.own)
        if kept is None:
            return None
        rest = np.isnan(kept.energies) & (self.status == Status.CONVERGED)[:, None]
        energies = np.where(rest, self.state.energy[:, None], kept.energies)
        if kept.points is None:
            return Trajectory(kept.times, energies, None)
        return Trajectory(kept.times, energies, np.where(rest[..., None], self.state.x[:, None], kept.points))


def two_times(points: Array) -> Array:
    """Return the overlaps (B, T, T) of the points (B, T, n) of each row."""
    # Not by BLAS, whose bits depend on the number of threads.
    return np.asarray(np.einsum("bti,bsi->bts", points, points) / points.shape[2])
