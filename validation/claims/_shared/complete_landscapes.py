"""Small landscapes whose critical points are all known."""

import numpy as np

from spinglass import SphericalSpinGlass, critical_points
from spinglass.critical_points import Enumeration

Model = int | dict[int, float]


def every_point(seed: np.random.SeedSequence, n: int, H: Model) -> Enumeration:
    """Draw a landscape, pure or a mixture ``{order: weight}``, and return all its critical points.

    The points are not certified: certificates change no number, and ``enumeration/complete`` tests completeness.

    Raises
    ------
    ArithmeticError
        If solutions are missing: a mean over what is left would be wrong.
    """
    mixed = isinstance(H, dict)
    glass = SphericalSpinGlass.mixed(n, H, seed) if isinstance(H, dict) else SphericalSpinGlass.pure(n, H, seed)
    every = critical_points.enumerate_critical_points(glass, certify=None)
    if every.found < every.expected:
        raise ArithmeticError(f"{every.found} of {every.expected} solutions found, n={n}, {'' if mixed else 'H='}{H}")
    return every
