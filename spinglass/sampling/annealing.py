"""Simulated annealing: a temperature that falls, and a descent at its end."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed
from spinglass.descent.loop import descend
from spinglass.descent.scale import gradient_scale
from spinglass.landscape import Array, Landscape, check_landscape
from spinglass.results import CriticalPoints
from spinglass.sampling.checks import starts
from spinglass.sampling.hmc import HMC

# From just above the temperature where a large system of order 3 freezes (0.87) to where it is as good as at rest.
_HOTTEST, _COLDEST, _SWEEPS = 0.9, 0.15, 60


def schedule(hottest: float = _HOTTEST, coldest: float = _COLDEST, sweeps: int = _SWEEPS) -> Array:
    """Return ``sweeps`` temperatures that fall from ``hottest`` to ``coldest`` with equal ratios.

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
        raise ValueError(f"a schedule falls to a positive temperature; given hottest={hottest}, coldest={coldest}")
    return np.geomspace(hottest, coldest, whole_number("sweeps", sweeps, 2))


def check_schedule(temperatures: npt.ArrayLike) -> Array:
    """Return temperatures as an array, or raise ``ValueError`` unless they are positive and never rise."""
    falling = np.array(temperatures, dtype=np.float64)
    sound = falling.ndim == 1 and falling.size > 0 and np.isfinite(falling).all() and (falling > 0).all()
    if not sound or (np.diff(falling) > 0).any():
        raise ValueError(
            f"temperatures must be positive and never rise, not {temperatures!r}; the descent at the end is T = 0"
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
    """Anneal every start through falling temperatures and descend by L-BFGS from where it ends.

    One trajectory of Hamiltonian Monte Carlo (`HMC`) at each temperature, with step sizes that follow it; the default
    is `schedule`, 60 temperatures from 0.9 to 0.15, times the gradient scale (1 for a glass of unit variance, see
    ``descend``, as for ``tol``). A row's result depends on its start, its number and the seed alone. ``iterations``
    counts trajectories and descent steps, ``evaluations`` all of both.

    Source: Kirkpatrick, Gelatt and Vecchi, Science 220 (1983) 671.

    Raises
    ------
    ValueError
        As ``descend``, and if a temperature is not positive or rises.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, sphere
    >>> found = anneal(SphericalSpinGlass.pure(n=20, H=3, seed=0), sphere.random_points(20, 6, seed=1))
    >>> found.method, bool(found.converged.all()), bool((found.index == 0).all())
    ('annealing', True, True)
    """
    check_landscape(landscape)
    falling = schedule() * gradient_scale(landscape) if temperatures is None else check_schedule(temperatures)
    state = HMC(landscape, falling[0], leaps).init(starts(x0, landscape.n), seed)
    last = falling[0]
    for T in falling:
        # A leapfrog step resolves the curvature over the temperature.
        state = state._replace(size=state.size * np.sqrt(T / last))
        state, _ = HMC(landscape, T, leaps).step(state, tune=True)
        last = T
    found = descend(landscape, state.x, tol=tol)
    return replace(
        found,
        method="annealing",
        iterations=found.iterations + len(falling),
        evaluations=found.evaluations + 1 + (1 + leaps) * len(falling),
    )
