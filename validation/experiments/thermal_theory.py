"""Tables of theory at temperatures above 0: ageing, the potential, and distributions of the overlap."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

import theory
from theory.covariance import Covariance

# In units of 1/rate of the fastest motion: the step of the equations, and the lag below which points are equidistant.
_STEP, _UNIT = 0.05, 0.2


def fluctuation_curves(H: int, T: float, times: Sequence[float], points: int = 300) -> pd.DataFrame:
    """Return the correlation, and the response integrated from the same earlier time, of an infinite pure model.

    Parameters
    ----------
    H : int
        Interaction order.
    T : float
        Temperature to which random points are quenched.
    times : sequence of float
        Later times t of the correlation C(t, t') and of the response.
    points : int, default 300
        Number of earlier times t' for each t.

    Returns
    -------
    pandas.DataFrame
        One row per pair of times: time, waiting, correlation, susceptibility (integrated response times T).
    """
    rate = float(Covariance.of(H)(1.0, 2)) ** 0.5
    tables = []
    for t in times:
        unit = _UNIT / rate
        near = unit * np.sinh(np.linspace(0.0, np.arcsinh(t / 2 / unit), points // 2))
        waiting = np.unique(np.concatenate([t - near, near]))
        found = theory.relaxation([t, max(times)], H, T, waiting_times=waiting, step=_STEP / rate)
        response = np.append(found.response[:-1, 0], 1.0)
        pieces = np.diff(waiting) * (response[1:] + response[:-1]) / 2
        integrated = T * np.append(np.cumsum(pieces[::-1])[::-1], 0.0)
        columns = {"time": t, "waiting": waiting, "correlation": found.correlation[:, 0], "susceptibility": integrated}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def potentials(H: int, temperatures: Sequence[float], overlaps: Sequence[float]) -> pd.DataFrame:
    """Return the potential of Franz and Parisi of a pure model.

    Parameters
    ----------
    H : int
        Interaction order.
    temperatures : sequence of float
        Temperatures, at least the static one.
    overlaps : sequence of float
        Overlaps with the equilibrium configuration.

    Returns
    -------
    pandas.DataFrame
        One row per temperature and overlap: temperature, overlap, potential.

    Examples
    --------
    >>> potentials(3, [1.0], [0.0, 0.5]).round(4).values.tolist()
    [[1.0, 0.0, 0.0], [1.0, 0.5, 0.0379]]
    """
    tables = [
        pd.DataFrame({"temperature": T, "overlap": overlaps, "potential": theory.franz_parisi(overlaps, T, H)})
        for T in temperatures
    ]
    return pd.concat(tables, ignore_index=True)


def distributions(cases: Mapping[str, tuple[Mapping[int, float], float]]) -> pd.DataFrame:
    """Return the distribution x(q) of the overlap of several models.

    Parameters
    ----------
    cases : mapping
        Model and temperature by name.

    Returns
    -------
    pandas.DataFrame
        One row per overlap at which x changes: case, phase, overlap, cumulative.

    Examples
    --------
    >>> distributions({"a": ({3: 1.0}, 0.5)}).round(3).values.tolist()
    [['a', 'one step', 0.0, 0.43], ['a', 'one step', 0.809, 1.0]]
    """
    tables = []
    for name, (model, T) in cases.items():
        found = theory.overlap_distribution(T, model)
        columns = {"case": name, "phase": found.phase, "overlap": found.overlaps, "cumulative": found.cumulative}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)
