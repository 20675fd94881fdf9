"""Errors that mutants of the minima family introduce."""

from collections.abc import Callable
from typing import Any

import numpy as np

import spinglass
import theory
from spinglass import sphere
from spinglass._common.seeds import child
from validation.claims._shared.perturbations import Function


def losing_one_in(some: int) -> Callable[[Function], Function]:
    """Drop one critical point in ``some``, at random but fixed by the points themselves."""

    def wrap(search: Function) -> Function:
        def lossy(*arguments: Any) -> Any:
            x, energy = search(*arguments)
            # Digits far behind the point are as good as random, and the same in every process.
            kept = np.floor(np.abs(energy) * 1e6) % some != 0
            return x[kept], energy[kept]

        return lossy

    return wrap


def at_one_point(random_points: Function) -> Function:
    """Draw all points at one place, up to a millionth, where they are asked for all over the sphere."""

    def close(n: int, size: int, seed: Any) -> Any:
        return sphere.project(np.eye(n)[0] + 1e-6 * random_points(n, size, seed))

    return close


def with_weak_curvature(reduced_hessian: Function) -> Function:
    """Take the curvature of the sphere for smaller by a tenth than it is, in the Riemannian Hessian."""
    return lambda landscape, x, radial: reduced_hessian(landscape, x, 0.9 * radial)


def without_determinant(with_gap: Function) -> Function:
    """Draw the other n-1 eigenvalues above the smallest from a GOE matrix that is not weighted by the determinant."""

    def unweighted(a: Any, b: Any, n: int) -> Any:
        return with_gap(a, a, n) + np.log(_none_below(b, n - 1) / _none_below(a, n - 1))

    return unweighted


def with_larger_hessian(with_gap: Function) -> Function:
    """Draw the gap above the smallest eigenvalue from a matrix that is larger by one row."""
    return lambda a, b, n: with_gap(a, a, n) + with_gap(a, b, n + 1) - with_gap(a, a, n + 1)


def joint_without_determinant(joint: Function) -> Function:  # noqa: ARG001
    """Make the change of :func:`without_determinant` to the joint density, up to a factor that depends on a alone."""

    def unweighted(a: Any, b: Any, n: int) -> Any:  # noqa: ARG001
        return np.log(np.maximum(theory.kth_eigenvalue_density(b / np.sqrt(n - 1), n - 1, 0), 1e-300))

    return unweighted


def joint_with_larger_hessian(joint: Function) -> Function:
    """Make the change of :func:`with_larger_hessian` to the joint density, up to a factor that depends on a alone."""
    return lambda a, b, n: joint(a, b, n + 1)


def _none_below(t: Any, n: int) -> Any:
    """Return the probability that a GOE matrix has no eigenvalue below t, or 1e-12 if it is less."""
    return np.maximum(1.0 - theory.kth_eigenvalue_cdf(t / np.sqrt(n), n, 0), 1e-12)


def independent_of_energy(count: Function) -> Function:
    """Take the stability of a minimum for independent of its energy."""

    def product(n: int, H: Any, stability: Any, below: Any) -> Any:
        return count(n, H, stability) * count(n, H, 0.0, below=below) / count(n, H, 0.0)

    return product


def at_one_energy(given_energy: Function) -> Function:
    """Use the law at u = -1 for all energies."""
    return lambda n, H: lambda u: given_energy(n, H)(np.full_like(u, -1.0))


def of_highest_order(count: Function) -> Function:
    """Take a mixture for the pure model of its highest order with the same variance of the energy."""

    def pure(n: int, H: Any, *rest: Any, **named: Any) -> Any:
        return count(n, {max(H): sum(a * a for a in H.values()) ** 0.5}, *rest, **named)

    return pure


def weighted_by_basins(search: Function) -> Function:
    """Return the ends of as many descents as there are minima: each minimum as often as it is found."""

    def drawn(glass: Any, seed: Any, starts: int) -> Any:
        x, _ = search(glass, seed, starts)
        ends = spinglass.descend(glass, sphere.random_points(glass.n, len(x), child(seed, 10**6)))
        return ends.x, ends.energy_per_spin

    return drawn
