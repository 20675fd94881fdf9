"""Elementary moves of chains on the sphere: geodesics, kicks by a force, Gaussian tangent vectors, diffusion.

Kernels with an argument ``rows`` are called through `spinglass.descent.row_kernels.over_rows`, on blocks of arrays of
that length. No loop both stores and sums, for the reason given in `spinglass.descent.row_kernels`.
"""

import numpy as np

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import Array
from spinglass.descent.method import Rows
from spinglass.descent.row_kernels import dot, normalise, step_along, tangent_part
from spinglass.sampling.noise import Words, normals, uniform

# Streams of random numbers within one step.
_MOMENTUM, _LENGTH, _CHOICE = 0, 1, 2


@jit
def make_tangent(x: Array, v: Array) -> None:
    """Remove the radial part of v, in place."""
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
    """Follow the geodesic from x with velocity p for a time t; x and the velocity p are updated in place.

    x is projected to the sphere and p to its tangent space. Otherwise `kick` would amplify their rounding errors
    exponentially along a trajectory, at a rate that increases with the radial part of the gradient.
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
    """Subtract t times the tangent part of the gradient from p, in place.

    p is projected again because the rounding error of the tangent part is proportional to the radial part.
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
    """Move every row along the geodesic of a Gaussian tangent vector, scaled to match diffusion to second order.

    On S^d with s = T dt/n, the mean over all directions of a move by an angle theta with moments
    ``E theta^2 = 2 d s (1 - (d-1) s/3)`` and ``E theta^4 = 4 d (d+2) s^2`` acts on every spherical harmonic as
    ``exp(s Laplacian) + O(s^3)``. For d = 1 the move is exact.
    """
    n = x.shape[1]
    for row in range(len(x)):
        s = temperature[row] * dt / n
        rotate(x[row], xi[row], np.sqrt(2.0 * s * n) * np.exp(-(n - 2) * s / 6.0))


@jit
def drift_rows(start: Array, x: Array, gradient: Array, dt: float) -> None:
    """``x <- retract(start, -dt grad)`` for every row, where grad is the tangent part of ``gradient`` at x."""
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
    """Draw momenta, write the Hamiltonians ``beta E + |p|^2/2`` to ``total``, and kick by half a step.

    ``step_size`` is ``size`` times a random factor between 3/4 and 5/4, because trajectories of a fixed length could
    coincide with a period of the motion.
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
    """Metropolis test: replace the rows by the accepted trials, and write all acceptance probabilities."""
    for row in range(rows.size):
        excess = beta[row] * trial_energy[row] + 0.5 * dot(p[row], p[row]) - total[row]
        # A trial that could not be evaluated is rejected, because comparisons with NaN are false.
        probability[row] = np.exp(-max(excess, 0.0)) if excess < np.inf else 0.0
        if uniform(keys[row], step, _CHOICE, 0) <= probability[row]:
            assign(x[row], trial[row])
            energy[row] = trial_energy[row]
            assign(gradient[row], trial_gradient[row])
