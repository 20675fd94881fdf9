"""One point and direction at which a subject's gradient contradicts its own energies."""

import math

import numpy as np

from spinglass import sphere
from spinglass._common.types import Array
from validation.claims.landscape.measurements import along, coefficients
from validation.subjects.subject import Subject

_N, _SEED, _POINTS = 5, 1, 3
_ROUNDING = 1e-9


def gradient_witness(subject: Subject, H: int) -> str:
    """Describe the coordinate in which gradient and energies differ most, at one point of one landscape.

    Parameters
    ----------
    subject
        The subject, with gradients.
    H
        The order.

    Returns
    -------
    str
        One sentence; empty if they agree at this point.
    """
    points = sphere.random_points(_N, _POINTS, np.random.SeedSequence(_SEED))
    returned = subject.landscape(_N, H, _SEED, points, ("energy", "gradient"))
    found = [_contradiction(subject, H, x[None], e, g) for x, e, g in zip(points, *returned.values(), strict=True)]
    return max(found)[1]


def _contradiction(subject: Subject, H: int, x: Array, energy: float, gradient: Array) -> tuple[float, str]:
    """Return the relative size and a description of the largest contradiction at a point, shape (1, n)."""
    basis = np.eye(_N) - x.T @ x / _N  # row i is the unit vector of coordinate i, projected onto the tangent space
    exact, mine = _derivatives(subject, H, x, basis), basis @ gradient
    where = f"landscape(n={_N}, H={H}, seed={_SEED}) at x = {np.array2string(x[0], precision=4, separator=', ')}"
    worst = int(np.argmax(np.abs(mine - exact)))
    off = abs(float(mine[worst] - exact[worst])) / float(np.abs(exact).max())
    if off > _ROUNDING:
        return off, (
            f"{where}: the derivative along the sphere in the direction of coordinate {worst} is {mine[worst]:.8g} by "
            f"the gradient and {exact[worst]:.8g} by the energies"
        )
    radial = float(x[0] @ gradient)
    expected = H * energy if subject.declaration.gradient == "euclidean" else 0.0
    off = abs(radial - expected) / abs(H * energy)
    return (off, f"{where}: x.grad E = {radial:.8g}; expected {expected:.8g}") if off > _ROUNDING else (0.0, "")


def _derivatives(subject: Subject, H: int, x: Array, directions: Array) -> Array:
    """Return the derivatives of the energy along tangent vectors, exactly, from great circles."""
    lengths = np.linalg.norm(directions, axis=1)
    points = along(np.repeat(x, len(directions), axis=0), directions / lengths[:, None], H)
    found = coefficients(subject.landscape(x.shape[1], H, _SEED, points)["energy"], H)
    slopes = np.einsum("k,bk->b", np.arange(H + 2), -2 * found.imag) / math.sqrt(x.shape[1])
    return np.asarray(slopes * lengths)
