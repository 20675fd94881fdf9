"""Line search: which step lengths are accepted, and which length is tried after a rejection.

Every evaluation includes the gradient, so the slope at the trial costs nothing extra.
"""

import numpy as np

from spinglass._common.jit import jit

# Sufficient decrease: required fraction of the decrease predicted by the slope.
_ARMIJO = 1e-4
# The same for the slope condition, used when the change in energy is below rounding.
_APPROXIMATE = 0.1


@jit
def accepts(t: float, energy: float, slope: float, new_energy: float, new_slope: float, rounding: float) -> bool:
    """Return whether the step ``t`` decreases the energy sufficiently.

    The test is the Armijo condition. If the change in energy is below its relative ``rounding`` error, it is the
    approximate Wolfe condition of Hager and Zhang, SIAM J. Optim. 16 (2005) 170, section 4, which compares slopes only.
    """
    if new_energy <= energy + _ARMIJO * t * slope:
        return True
    near = new_energy <= energy + rounding * np.abs(energy)
    return near and new_slope <= (2 * _APPROXIMATE - 1) * slope


@jit
def shorter(t: float, energy: float, slope: float, new_energy: float, new_slope: float) -> float:
    """Return the step to try after ``t`` was rejected: the minimum of the cubic interpolant, limited to [t/10, t/2].

    The cubic has the energies and slopes at both ends: Nocedal and Wright, "Numerical Optimization" (2006), eq. (3.59).
    """
    a = slope + new_slope - 3.0 * (new_energy - energy) / t
    b = a * a - slope * new_slope
    guess = 0.5 * t
    if b >= 0.0:
        b = np.sqrt(b)
        guess = t * (1.0 - (new_slope + b - a) / (new_slope - slope + 2.0 * b))
    # This form of the comparison also returns t/2 if the guess is NaN.
    if not guess <= 0.5 * t:
        return 0.5 * t
    return max(guess, 0.1 * t)
