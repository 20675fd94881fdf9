"""What chains on the sphere do to a row: geodesics, kicks by a force, Gaussian tangent vectors, spherical diffusion.

Kernels that take ``rows`` are called through `spinglass.descent.row_kernels.over_rows` on blocks of arrays of that
length.
No loop both stores and sums (see `spinglass.descent.row_kernels`).
"""

import numpy as np

from spinglass._common.jit import jit
from spinglass.descent.method import Rows
from spinglass.descent.row_kernels import dot, normalise, step_along, tangent_part
from spinglass.landscape import Array
from spinglass.sampling.noise import Words, normals, uniform

# Streams of random numbers within one step.
_MOMENTUM, _LENGTH, _CHOICE = 0, 1, 2


@jit
def make_tangent(x: Array, v: Array) -> None:
    """Take the radial part out of v, in place."""
    radial = dot(x, v) / x.size
    for i in range(x.size):
        v[i] -= radial * x[i]


@jit
def tangent_noise(step: int, stream: int, rows: Rows, keys: Words, x: Array, out: Array) -> None:
    """Fill ``out`` (B, n) with standard normal tangent vectors at the rows of x."""
    for row in range(rows.size):
        normals(keys[row], step, stream, out[row])
        make_tangent(x[row], out[row])


@jit
def rotate(x: Array, p: Array, t: float) -> None:
    """Follow the geodesic from x with velocity p for a time t, in place; p stays the velocity.

    x is put back on the sphere and p in its tangent space: their rounding errors would be fed back by `kick` and grow
    exponentially along a trajectory, all the faster the larger the radial part of the gradient is.
    """
    rate = np.sqrt(dot(p, p) / x.size)
    if rate == 0.0:
        return
    c = np.cos(rate * t)
    s = np.sin(rate * t)
    for i in range(x.size):
        before = x[i]
        x[i] = c * before + (s / rate) * p[i]
        p[i] = c * p[i] - (rate * s) * before
    scale = np.sqrt(x.size / dot(x, x))
    for i in range(x.size):
        x[i] *= scale
    make_tangent(x, p)


@jit
def kick(x: Array, p: Array, gradient: Array, t: float) -> None:
    """``p -= t`` times the tangent part of the gradient, in place.

    p is projected once more, as the rounding error of the tangent part is proportional to the radial part.
    """
    radial = dot(x, gradient) / x.size
    for i in range(x.size):
        p[i] -= t * (gradient[i] - radial * x[i])
    make_tangent(x, p)


@jit
def euler_rows(x: Array, gradient: Array, xi: Array, temperature: Array, dt: float) -> None:
    """``x <- retract(x, -dt grad + sqrt(2 T dt) xi)`` for every row, in place; xi is tangent."""
    move = np.empty(x.shape[1])
    for row in range(len(x)):
        tangent_part(x[row], gradient[row], move)
        size = np.sqrt(2.0 * temperature[row] * dt)
        for i in range(x.shape[1]):
            move[i] = size * xi[row, i] - dt * move[i]
        step_along(x[row], move, 1.0, x[row])


@jit
def diffuse_rows(x: Array, xi: Array, temperature: Array, dt: float) -> None:
    """Move every row along the geodesic of a Gaussian tangent vector, so long that diffusion is met to second order.

    On S^d, with s = T dt/n, the spherical mean over angles of ``E theta^2 = 2 d s (1 - (d-1) s/3)`` and
    ``E theta^4 = 4 d (d+2) s^2`` is ``exp(s Laplacian) + O(s^3)`` on every spherical harmonic. Exact for d = 1.
    """
    n = x.shape[1]
    for row in range(len(x)):
        s = temperature[row] * dt / n
        rotate(x[row], xi[row], np.sqrt(2.0 * s * n) * np.exp(-(n - 2) * s / 6.0))


@jit
def drift_rows(start: Array, x: Array, gradient: Array, dt: float) -> None:
    """``x <- retract(start, -dt grad)`` for every row, the tangent part of the gradient being taken at x."""
    slope = np.empty(x.shape[1])
    for row in range(len(x)):
        tangent_part(x[row], gradient[row], slope)
        step_along(start[row], slope, -dt, x[row])


@jit
def begin_trajectories(
    step: int,
    rows: Rows,
    keys: Words,
    x: Array,
    p: Array,
    energy: Array,
    gradient: Array,
    beta: Array,
    size: Array,
    step_size: Array,
    total: Array,
) -> None:
    """Draw momenta, write the total energies ``beta E + |p|^2/2``, kick by half a step.

    ``step_size`` is ``size`` times 3/4 to 5/4 at random: trajectories of one length may meet a period of the motion.
    """
    normalise(x)
    tangent_noise(step, _MOMENTUM, rows, keys, x, p)
    for row in range(rows.size):
        total[row] = beta[row] * energy[row] + 0.5 * dot(p[row], p[row])
        step_size[row] = size[row] * (0.75 + 0.5 * uniform(keys[row], step, _LENGTH, 0))
        kick(x[row], p[row], gradient[row], 0.5 * step_size[row] * beta[row])


@jit
def accept_rows(
    step: int,
    rows: Rows,
    keys: Words,
    x: Array,
    energy: Array,
    gradient: Array,
    trial: Array,
    p: Array,
    trial_energy: Array,
    trial_gradient: Array,
    beta: Array,
    total: Array,
    probability: Array,
) -> None:
    """Metropolis: put the trials that pass in the place of the rows, and write each one's acceptance probability."""
    for row in range(rows.size):
        excess = beta[row] * trial_energy[row] + 0.5 * dot(p[row], p[row]) - total[row]
        # A trial that could not be evaluated is refused: NaN compares false.
        probability[row] = np.exp(-max(excess, 0.0)) if excess < np.inf else 0.0
        if uniform(keys[row], step, _CHOICE, 0) <= probability[row]:
            x[row] = trial[row]
            energy[row] = trial_energy[row]
            gradient[row] = trial_gradient[row]
