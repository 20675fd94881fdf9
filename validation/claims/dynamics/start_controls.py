r"""Control variates of a relaxation: the first terms of its expansion in time, whose means are exact at every n.

Along gradient flow from x, ``E(t) = E - t |g|^2 + t^2 g.Kg - ...`` with the Riemannian gradient g and Hessian K at x.
At a point that is independent of the couplings, ``K = G - (H E/n) I``, where E, g and G are independent and normal with
mean 0 and

    Var E = n,  Var g_i = H,  Var G_ij = H (H-1)/n (1 + delta_ij)

in n - 1 tangent directions [1]_. Hence ``E|g|^2 = H (n-1)``, ``E g.Kg = 0``, and, since n - 2 off-diagonal elements and
a diagonal one meet each component of g, ``E|Kg|^2 = H (n-1) [(n-2) H (H-1)/n + 2 H (H-1)/n + H^2/n]``, which is
``H (n-1) H [(H-1) + H/n]``.

References
----------
.. [1] A. Auffinger, G. Ben Arous and J. Cerny, Comm. Pure Appl. Math. 66, 165 (2013), Lemma 3.2.
"""

import numpy as np

from spinglass import SphericalSpinGlass
from spinglass._common.types import Array


def start_controls(glass: SphericalSpinGlass, x: Array) -> Array:
    """Return four numbers of mean 0: E/n, |g|^2, g.Kg and |Kg|^2, averaged over points x (B, n) of one landscape.

    The second and the fourth are relative deviations from their means, and the third is relative to ``E|g|^2``.
    """
    n, (H,) = glass.n, glass.orders
    gradient = glass.gradient(x)
    radial = np.einsum("bi,bi->b", gradient, x)[:, None] / n
    tangential = gradient - radial * x
    curved = glass.hessian_vector(x, tangential)
    curved -= np.einsum("bi,bi->b", curved, x)[:, None] / n * x + radial * tangential
    slope = H * (n - 1)
    return np.array(
        [
            glass.energy(x).mean() / n,
            (tangential**2).sum(axis=1).mean() / slope - 1,
            (tangential * curved).sum(axis=1).mean() / slope,
            (curved**2).sum(axis=1).mean() / (slope * H * (H - 1 + H / n)) - 1,
        ]
    )
