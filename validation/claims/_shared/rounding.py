"""The unit of rounding errors in bounds on float64 arithmetic."""

import numpy as np

UNIT_ROUNDOFF = float(np.finfo(float).eps) / 2
