r"""A control variate of counts in a field: the share of a landscape's linear part, whose law is exact at every n.

On the sphere the energy is a sum of harmonics. The coupling tensor of order H has the law of a standard normal vector
with the norm ``|J|^2 = sum J_{i1..iH}^2``, because the covariance of energies is a power of the overlap. Its trace-free
part, the harmonic of degree H, and the linear part are therefore independent; their squared norms G and F have
chi-squared laws with D = C(n+H-1, H) - C(n+H-3, H-2) and n degrees of freedom. For H = 3 the trace ``v_i = sum_j
J_ijj`` adds ``3/(n+2) v`` to the field h, so that each component of the linear part has the variance ``h^2 + 3/(n+2)``,
and the trace-free part has ``G = |J|^2 - 3/(n+2) |v|^2``. For H = 2, ``G = |J|^2 - (tr J)^2/n``; for H = 4, with the
traces S and s of J and of S, ``G = |J|^2 - 6/(n+4) |S|^2 + 3/((n+2)(n+4)) s^2``.
"""

from functools import cache
from math import comb

import numpy as np
from scipy import special

from spinglass import SphericalSpinGlass
from spinglass._common.types import FloatArray

_POWER = 1.5  # of the control; counts grow with the share of the harmonic of degree H about as fast


def harmonic_share(linear: SphericalSpinGlass, pure: SphericalSpinGlass) -> float:
    """Return ``(G/D) / (F/n + G/D)`` for a landscape ``linear + pure`` of orders 1 and H = 2, 3 or 4."""
    n, (H,) = pure.n, pure.orders
    field, trace_free = linear.to_tensor(), _trace_free_square(pure.to_tensor())
    if H == 3:
        field = field + 3 / (n + 2) * np.einsum("ijj->i", pure.to_tensor())
    per_component = trace_free / harmonics(n, H)
    return float(per_component / (field @ field / n + per_component))


def control(linear: SphericalSpinGlass, pure: SphericalSpinGlass, h: float) -> float:
    """Return the power 1.5 of the harmonic's share minus its exact mean."""
    return float(harmonic_share(linear, pure) ** _POWER) - mean_power(pure.n, pure.orders[0], h, _POWER)


@cache
def mean_power(n: int, H: int, h: float, power: float) -> float:
    """Return the exact mean of a power of :func:`harmonic_share` at the field h, for normal couplings.

    With the variance w of a component of the linear part, ``F/w + G`` is independent of ``b = G/(F/w + G)``, which has
    a Beta law; the share is ``(b/D) / (w (1-b)/n + b/D)``. Gauss-Jacobi quadrature integrates it over b.
    """
    w = h**2 + (3 / (n + 2) if H == 3 else 0.0)
    D = harmonics(n, H)
    nodes, weights = special.roots_jacobi(80, n / 2 - 1, D / 2 - 1)
    b = (1 + nodes) / 2
    share = (b / D) / (w * (1 - b) / n + b / D)
    return float(weights @ share**power / weights.sum())


def harmonics(n: int, H: int) -> int:
    """Return the number of harmonics of degree H on the sphere in n dimensions."""
    return comb(n + H - 1, H) - comb(n + H - 3, H - 2)


def _trace_free_square(J: FloatArray) -> float:
    """Return the squared norm of the trace-free part of a symmetric tensor of order 2, 3 or 4."""
    n, square = len(J), float((J**2).sum())
    if J.ndim == 2:
        return square - float(np.trace(J)) ** 2 / n
    trace = np.trace(J, axis1=-2, axis2=-1)
    if J.ndim == 3:
        return square - 3 / (n + 2) * float(trace @ trace)
    return square - 6 / (n + 4) * float((trace**2).sum()) + 3 / ((n + 2) * (n + 4)) * float(np.trace(trace)) ** 2
