"""Into which minimum gradient flow runs."""

import numpy as np

from spinglass.critical_points.result import Enumeration
from spinglass.descent import descend
from spinglass.landscape import Array
from spinglass.layout import IntArray

# Each is tried on the starts that the one before left in doubt; flat minima need the last.
_TOLERANCES = (1e-5, 1e-7, 1e-9)
_NEAR = 0.1  # of the distance from a minimum to the nearest other critical point
_STEPS = 100_000  # more than fifty times what the slowest of thousands of samples took


def minimum_of_flow(every: Enumeration, minima: IntArray, starts: Array, accuracy: float) -> IntArray:
    """Return the minimum at which the gradient flow from each start ends, as a position in ``minima``.

    A flow has ended at a minimum when its gradient has vanished to tolerance within a tenth of the distance from
    there to the nearest other critical point, of which none is unknown; -1 where that never happens.
    """
    isolation = np.linalg.norm(every.x[minima, None] - every.x, axis=2)
    isolation[np.arange(minima.size), minima] = np.inf
    near = _NEAR * isolation.min(axis=1)
    ends = np.full(len(starts), -1)
    x, doubtful = starts.copy(), np.arange(len(starts))
    for tolerance in _TOLERANCES:
        flow = descend(
            every.landscape, x[doubtful], "gradient", tol=tolerance, max_iterations=_STEPS, accuracy=accuracy
        )
        x[doubtful] = flow.x
        # One minimum at a time: all differences together would take n times the memory.
        distance = np.stack([np.linalg.norm(flow.x - minimum, axis=1) for minimum in every.x[minima]], axis=1)
        closest = distance.argmin(axis=1)
        reached = flow.converged & (distance.min(axis=1) < near[closest])
        ends[doubtful[reached]] = closest[reached]
        doubtful = doubtful[~reached]
        if not doubtful.size:
            break
    return ends
