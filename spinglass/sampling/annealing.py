"""Simulated annealing followed by a descent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed
from spinglass._common.types import Array
from spinglass.descent.loop import descend
from spinglass.descent.scale import gradient_scale
from spinglass.landscape import Landscape, check_landscape
from spinglass.results import CriticalPoints
from spinglass.sampling.checks import starts
from spinglass.sampling.hmc import HMC

# From just above the dynamical transition temperature of a large system of order 3 (0.87) to where it hardly moves.
_HOTTEST, _COLDEST, _SWEEPS = 0.9, 0.15, 60


def schedule(hottest: float = _HOTTEST, coldest: float = _COLDEST, sweeps: int = _SWEEPS) -> Array:
    """Return temperatures that decrease from ``hottest`` to ``coldest`` with equal ratios.

    Parameters
    ----------
    hottest : float, default 0.9
        First temperature.
    coldest : float, default 0.15
        Last temperature.
    sweeps : int, default 60
        Number of temperatures, at least 2.

    Returns
    -------
    ndarray, shape (sweeps,)
        Decreasing temperatures, in units of energy.

    Raises
    ------
    ValueError
        Unless hottest > coldest > 0 and sweeps >= 2.

    Examples
    --------
    >>> schedule(1.0, 0.25, 3).tolist()
    [1.0, 0.5, 0.25]
    """
    if not hottest > coldest > 0:
        raise ValueError(f"a schedule needs hottest > coldest > 0, not hottest={hottest}, coldest={coldest}")
    return np.geomspace(hottest, coldest, whole_number("sweeps", sweeps, 2))


def check_schedule(temperatures: npt.ArrayLike) -> Array:
    """Return temperatures as an array, or raise ``ValueError`` unless they are positive and never increase."""
    falling = np.array(temperatures, dtype=np.float64)
    sound = falling.ndim == 1 and falling.size > 0 and np.isfinite(falling).all() and (falling > 0).all()
    if not sound or (np.diff(falling) > 0).any():
        raise ValueError(
            f"temperatures must be positive and never increase, not {temperatures!r}; the final descent is at T = 0"
        )
    return falling


def anneal(
    landscape: Landscape,
    x0: npt.ArrayLike,
    temperatures: npt.ArrayLike | None = None,
    *,
    leaps: int = 8,
    tol: float = 1e-8,
    seed: Seed = 0,
) -> CriticalPoints:
    """Anneal every start through decreasing temperatures, then descend by L-BFGS.

    At each temperature the chain makes one trajectory of Hamiltonian Monte Carlo (`HMC`), with a step size that is
    proportional to the square root of the temperature and tuned along the way. At n = 1 there are no trajectories.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    x0 : array_like, shape (n,) or (B, n)
        Starting points on the sphere.
    temperatures : array_like, shape (T,), optional
        Temperatures that never increase, in units of the total energy. The default is `schedule`, 60 temperatures from
        0.9 to 0.15, times the gradient scale (which is 1 for a spin glass of unit variance, see `descend`).
    leaps : int, default 8
        Number of leapfrog steps per trajectory.
    tol : float, default 1e-8
        Tolerance of the final descent, as for `descend`.
    seed : int, SeedSequence or Generator, default 0
        Source of randomness.

    Returns
    -------
    CriticalPoints
        One row per start, with ``method="annealing"``. ``iterations`` counts trajectories and steps of the descent,
        ``evaluations`` the evaluations in both. A row depends on its start, its row number and the seed only, to the
        last bit as long as the chunk width of the batch is the same: a spin glass evaluates fewer than five starts
        point by point. Otherwise rounding errors, which grow along trajectories, can lead to another minimum.

    Raises
    ------
    ValueError
        As `descend`, and if a temperature is not positive or increases.

    References
    ----------
    Kirkpatrick, Gelatt and Vecchi, Science 220 (1983) 671.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, sphere
    >>> found = anneal(SphericalSpinGlass.pure(n=20, H=3, seed=0), sphere.random_points(20, 6, seed=1))
    >>> found.method, bool(found.converged.all()), bool((found.index == 0).all())
    ('annealing', True, True)
    """
    check_landscape(landscape)
    falling = schedule() * gradient_scale(landscape) if temperatures is None else check_schedule(temperatures)
    points = starts(x0, landscape.n)
    if landscape.n == 1:  # the sphere is two points, which no chain can connect
        return replace(descend(landscape, points, tol=tol), method="annealing")
    state = HMC(landscape, falling[0], leaps).init(points, seed)
    last = falling[0]
    for T in falling:
        # The forces of a leapfrog step are proportional to 1/T, so stable step sizes are proportional to sqrt(T).
        state = state._replace(size=state.size * np.sqrt(T / last))
        state, _ = HMC(landscape, T, leaps).step(state, tune=True)
        last = T
    found = descend(landscape, state.x, tol=tol)
    return replace(
        found,
        method="annealing",
        iterations=found.iterations + len(falling),
        evaluations=found.evaluations + 1 + leaps * len(falling),
    )
