"""Tables of relaxation: gradient flow at finite n, the dynamical equations, and the phase lines of mixed models."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import spinglass
import theory
from spinglass import SphericalSpinGlass, sphere
from spinglass._common.seeds import child, seed_sequence

if TYPE_CHECKING:
    import pandas as pd


def flow_in_time(
    sizes: Sequence[int], H: int, times: Sequence[float], samples: int, starts: int, seed: int
) -> "pd.DataFrame":
    """Return mean energies per spin and overlaps with the start at each time, with standard errors over landscapes.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of spins n.
    H : int
        Interaction order.
    times : sequence of float
        Times.
    samples : int
        Landscapes per size.
    starts : int
        Random starts per landscape.
    seed : int
        Seed of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per size and time: n, time, energy, energy_error, overlap, overlap_error.
    """
    import pandas as pd

    tables = []
    for n in sizes:
        flows = [flow(child(seed_sequence(seed), n, k), n, H, starts, times) for k in range(samples)]
        rows = np.array([(energies[1:], overlaps[1:, 0]) for energies, overlaps in flows])
        mean, error = rows.mean(axis=0), rows.std(axis=0, ddof=1) / samples**0.5
        columns = {"energy": mean[0], "energy_error": error[0], "overlap": mean[1], "overlap_error": error[1]}
        tables.append(pd.DataFrame({"n": n, "time": times, **columns}))
    return pd.concat(tables, ignore_index=True)


def flow(
    seed: np.random.SeedSequence, n: int, H: int, starts: int, times: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return one landscape's energies per spin, and overlaps of all pairs of times, averaged over starts.

    Parameters
    ----------
    seed : SeedSequence
        Source of the random numbers.
    n : int
        Number of spins.
    H : int
        Interaction order.
    starts : int
        Random starts.
    times : sequence of float
        Times; 0 is added in front.

    Returns
    -------
    energies : ndarray, shape (times + 1,)
        Energies per spin.
    overlaps : ndarray, shape (times + 1, times + 1)
        Overlaps of the configurations at two times.
    """
    return flow_from(*start(seed, n, H, starts), times)


def start(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> tuple[SphericalSpinGlass, np.ndarray]:
    """Return a landscape and random points in it, shape (starts, n).

    Parameters
    ----------
    seed : SeedSequence
        Source of the random numbers.
    n : int
        Number of spins.
    H : int
        Interaction order.
    starts : int
        Number of points.

    Returns
    -------
    glass : SphericalSpinGlass
        The landscape.
    x : ndarray, shape (starts, n)
        The points.
    """
    return SphericalSpinGlass.pure(n, H, child(seed, 0)), sphere.random_points(n, starts, child(seed, 1))


def flow_from(glass: SphericalSpinGlass, x0: np.ndarray, times: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return energies per spin, and overlaps of all pairs of times, averaged over starts.

    Parameters
    ----------
    glass : SphericalSpinGlass
        The landscape.
    x0 : ndarray, shape (starts, n)
        Where gradient flow starts.
    times : sequence of float
        Times; 0 is added in front.

    Returns
    -------
    energies : ndarray, shape (times + 1,)
        Energies per spin.
    overlaps : ndarray, shape (times + 1, times + 1)
        Overlaps of the configurations at two times.

    Raises
    ------
    ArithmeticError
        If the flow returned no trajectory.
    """
    # With accuracy=1e-3 the relative error of the energies is 1e-4, by comparison with accuracy=1e-4 in a pilot.
    found = spinglass.descend(
        glass, x0, method="gradient", times=(0.0, *times), correlations=True, accuracy=1e-3, max_iterations=10_000
    )
    if found.energies is None or found.correlations is None:
        raise ArithmeticError("gradient flow returned no trajectory")
    return found.energies.mean(axis=0), found.correlations.mean(axis=0)


def equations_in_time(H: int, times: Sequence[float]) -> "pd.DataFrame":
    """Return energies per spin and overlaps with the start of the infinite system.

    Parameters
    ----------
    H : int
        Interaction order.
    times : sequence of float
        Times.

    Returns
    -------
    pandas.DataFrame
        One row per time: time, energy, overlap.
    """
    import pandas as pd

    found = theory.relaxation(times, H, waiting_times=[0.0])
    return pd.DataFrame({"time": times, "energy": found.energy, "overlap": found.correlation[0]})


def ageing(H: int, waiting_times: Sequence[float], until: float) -> "pd.DataFrame":
    """Return C(t, t_w) of gradient descent of the infinite system, at 120 times after each waiting time.

    Parameters
    ----------
    H : int
        Interaction order.
    waiting_times : sequence of float
        Waiting times t_w.
    until : float
        Latest time t.

    Returns
    -------
    pandas.DataFrame
        One row per pair of times: waiting, time, correlation.
    """
    import pandas as pd

    later = np.geomspace(0.05, until, 120)
    times = np.unique(np.concatenate([[w + later[later <= until - w]] for w in waiting_times], axis=None))
    found = theory.relaxation(times, H, waiting_times=waiting_times)
    tables = [
        pd.DataFrame({"waiting": asked, "time": times, "correlation": row})
        for asked, row in zip(waiting_times, found.correlation, strict=True)
    ]
    return pd.concat(tables, ignore_index=True).dropna(ignore_index=True)


def mixture_lines(orders: tuple[int, int], shares: Sequence[float]) -> "pd.DataFrame":
    """Return transition temperatures, and energies at temperature 0, of ``nu(t) = (1 - share) t^p + share t^r``.

    Parameters
    ----------
    orders : (int, int)
        The orders p and r.
    shares : sequence of float
        Shares of order r, in [0, 1].

    Returns
    -------
    pandas.DataFrame
        One row per share: share, dynamical, static (temperatures), ground_state, threshold, ascent (energies per spin).
    """
    import pandas as pd

    rows = []
    for share in shares:
        mixture = {orders[0]: (1 - share) ** 0.5, orders[1]: share**0.5}
        rows.append(
            {
                "share": share,
                "dynamical": theory.dynamical_temperature(mixture),
                "static": theory.static_temperature(mixture),
                "ground_state": theory.ground_state_energy(mixture),
                "threshold": -theory.E_th(mixture),
                "ascent": -theory.E_alg(mixture),
            }
        )
    return pd.DataFrame(rows)
