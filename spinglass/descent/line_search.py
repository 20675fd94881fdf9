"""The step length along a direction: which steps will do, and what to try after one that will not.

Every evaluation has the gradient with it, so the slope at the trial is known for nothing.
"""

import numpy as np

from spinglass._common.jit import jit

# Sufficient decrease: the share of the decrease promised by the slope that has to be kept.
_ARMIJO = 1e-4
# The same for slopes, where energies drown in rounding. A quadratic's minimum has slope 0.
_APPROXIMATE = 0.1


@jit
def accepts(t: float, energy: float, slope: float, new_energy: float, new_slope: float, rounding: float) -> bool:
    """Say whether the step ``t`` decreases the energy enough.

    Armijo's condition; or, where the change in energy is lost in its relative ``rounding``, the approximate
    Wolfe condition of Hager and Zhang, SIAM J. Optim. 16 (2005) 170, section 4, which compares slopes only.
    """
    if new_energy <= energy + _ARMIJO * t * slope:
        return True
    near = new_energy <= energy + rounding * np.abs(energy)
    return near and new_slope <= (2 * _APPROXIMATE - 1) * slope


@jit
def shorter(t: float, energy: float, slope: float, new_energy: float, new_slope: float) -> float:
    """Return the step to try after ``t`` failed: the minimum of the cubic through both ends.

    Nocedal and Wright, "Numerical Optimization" (2006), eq. (3.59), kept within [t/10, t/2].
    """
    a = slope + new_slope - 3.0 * (new_energy - energy) / t
    b = a * a - slope * new_slope
    guess = 0.5 * t
    if b >= 0.0:
        b = np.sqrt(b)
        guess = t * (1.0 - (new_slope + b - a) / (new_slope - slope + 2.0 * b))
    # Written so that a NaN guess falls back to the half.
    if not guess <= 0.5 * t:
        return 0.5 * t
    return max(guess, 0.1 * t)
