"""Two integrations of the dynamical equations at different resolution, whose difference estimates the error."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline

from spinglass._common.types import Array
from theory.dynamics.dilating_grid import Rows
from theory.dynamics.dilating_steps import continued
from theory.dynamics.resolution import LATE_WINDOW, LONGEST, SPACING, UNIFORM, UNIT, WINDOW, fastest_rate
from theory.dynamics.uniform_grid import Protocol, Run, integrate

# Factor by which errors of the uniform grid, of third order, decrease when the step is halved.
_GAIN = 8.0
# Number of steps below which a run is too short for that.
_FEWEST = 16
# Ratio of the spacings of the two dilating grids, and factor by which their difference is multiplied to estimate the
# error of the finer one, which is as large as the difference if it is of second order.
_WIDER, _MARGIN = 2**0.5, 2.0
# Number of time differences, within the same factors, at which errors of a correlation are read.
_LAGS = 7


@dataclass(frozen=True)
class Relaxation:
    """Relaxation of a spherical spin glass in the limit of large n.

    Attributes
    ----------
    times : array, shape (t,)
        Times.
    energy : array, shape (t,)
        Energy per spin at each time.
    energy_error : array, shape (t,)
        Estimated error of the energy: the largest difference at nearby times of two integrations, one of which has
        twice the step and sqrt(2) times the spacing of the other; twice that on the dilating grid, except near its
        beginning.
    multiplier : array, shape (t,)
        Lagrange multiplier mu of the force that keeps points on the sphere.
    waiting_times : array, shape (w,)
        Second times of correlation and response.
    correlation : array, shape (w, t)
        Overlap C of the configurations at ``times[t]`` and ``waiting_times[w]``; NaN where ``times[t]`` is earlier.
    correlation_error : array, shape (w, t)
        Estimated error of the correlation: the largest difference of the two integrations at similar time differences
        from ``waiting_times[w]``; twice that on the dilating grid, except near its beginning.
    response : array, shape (w, t)
        Response R at ``times[t]`` to a force at ``waiting_times[w]``; NaN where ``times[t]`` is earlier.
    overlap : array, shape (t,)
        Overlap m with the signal at each time; 0 without a signal.
    overlap_error : array, shape (t,)
        Estimated error of this overlap, as for the energy.
    step : float
        Time step of the finer integration on the uniform grid.
    """

    times: Array
    energy: Array
    energy_error: Array
    multiplier: Array
    waiting_times: Array
    correlation: Array
    correlation_error: Array
    response: Array
    overlap: Array
    overlap_error: Array
    step: float


@lru_cache(maxsize=4)
def integrated_pair(protocol: Protocol, end: float, step: float, spacing: float) -> tuple[Rows, Rows]:
    """Return two integrations: one with twice the step and sqrt(2) times the spacing, one with those given.

    Their uniform grids are extrapolated in the step, with a run of twice their step; that of the first only if four
    times the given step is short enough. The dilating grids start from the results.
    """
    rate = fastest_rate(protocol)
    uniform = min(end, UNIFORM / rate) if spacing else end
    steps = 4 * max(4, math.ceil(uniform / (4 * step) - 1e-9))  # all runs end at the same time
    factors = (4, 2, 1) if 4 * step * rate <= LONGEST and steps >= 4 * _FEWEST else (2, 1)
    runs = [integrate(protocol, steps * step, factor * step) for factor in factors]
    for run in runs:
        _refuse_impossible(run.energy, protocol, run.step)
    for k in range(len(runs) - 1, 0, -1):
        _extrapolate(runs[k], runs[k - 1], UNIT / rate)
    rows: list[Rows] = []
    for run, width in zip(runs[-2:], (spacing * _WIDER, spacing), strict=True):
        later = max(end, float(run.times[-1]))
        rows.append(continued(run, protocol, later, width or SPACING, UNIT / rate))
        _refuse_impossible(rows[-1].energy, protocol, run.step)
    return rows[0], rows[1]


def _extrapolate(run: Run, rough: Run, unit: float) -> None:
    """Replace a run by its extrapolation in the step, with another run of twice the step."""
    coarse = Rows.after(rough, float(rough.times[-1]), SPACING, unit)
    for good, other in ((run.energy, rough.energy), (run.multiplier, rough.multiplier), (run.overlap, rough.overlap)):
        good += (good - CubicSpline(rough.times, other)(run.times)) / (_GAIN - 1)
    for row, time in enumerate(run.times):
        read = coarse.read(time, run.times[: row + 1])
        for good, other in zip((run.correlation, run.response), read, strict=True):
            good[row, : row + 1] += (good[row, : row + 1] - other) / (_GAIN - 1)


def _refuse_impossible(energy: Array, protocol: Protocol, step: float) -> None:
    """Raise ``ArithmeticError`` if there are energies that no point on the sphere has.

    Since ``nu(1) - nu(q) <= nu'(1) (1-q)``, the inequality of Sudakov and Fernique bounds all energies of the glass by
    those of an external field of that strength. A signal adds at most the sum of its strengths.
    """
    bound = math.sqrt(protocol.nu(1.0, 1)) + sum(abs(strength) for _, strength in protocol.signal)
    if not np.all(np.abs(energy) <= 1.02 * bound):
        raise ArithmeticError(
            f"the integration with step {step:.3g} is unstable: its energies lie outside "
            f"[-{bound:.4g}, {bound:.4g}], the range of all points; set a shorter step or a smaller spacing"
        )


def compared(times: Array, waiting: Array, coarse: Rows, fine: Rows) -> Relaxation:
    """Return the finer integration at the times asked for, with the difference of the two as error."""
    energy, multiplier = fine.at(times)
    shape = (waiting.size, times.size)
    correlation, error, response = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for w, begin in enumerate(waiting):
        after = times >= begin
        correlation[w, after], response[w, after] = fine.read(times[after], begin)
        error[w, after] = _largest_at_similar_lags(times[after], begin, coarse, fine)
    energy_error = _largest_nearby(times, coarse, fine, lambda rows, grid: rows.at(grid)[0])
    overlap_error = _largest_nearby(times, coarse, fine, Rows.overlap_at)
    functions = (waiting, correlation, error, response, fine.overlap_at(times), overlap_error)
    return Relaxation(times, energy, energy_error, multiplier, *functions, fine.run.step)


def _largest_nearby(times: Array, coarse: Rows, fine: Rows, read: Callable[[Rows, Array], Array]) -> Array:
    """Return the largest difference of two quantities at nearby times, as a single one may be zero by chance."""
    join = coarse.run.times[-1]
    found = np.empty(times.size)
    for side, grid, window in (
        (times <= join, fine.run.times, WINDOW),
        (times > join, coarse.times[coarse.times <= fine.last], LATE_WINDOW),
    ):
        difference = np.abs(read(fine, grid) - read(coarse, grid))  # between nodes of the coarse grid, too
        difference[grid > WINDOW * join] *= _MARGIN
        first = np.maximum(np.searchsorted(grid, times[side] / window) - 1, 0)
        last = np.searchsorted(grid, times[side] * window, side="right") + 1
        found[side] = [difference[low:high].max() for low, high in zip(first, last, strict=True)]
    return found


def _largest_at_similar_lags(times: Array, begin: float, coarse: Rows, fine: Rows) -> Array:
    """Return the largest difference of two correlations with a time, at similar time differences."""
    join, last = coarse.run.times[-1], min(coarse.last, fine.last)
    windows = np.where(times <= join, WINDOW, LATE_WINDOW)
    later = begin + (times - begin) * windows ** np.linspace(-1, 1, _LAGS)[:, None]
    later = np.minimum(later, last).ravel()
    difference = np.abs(fine.read(later, begin)[0] - coarse.read(later, begin)[0])
    difference[later > WINDOW * join] *= _MARGIN
    return np.asarray(difference.reshape(_LAGS, times.size).max(axis=0))
