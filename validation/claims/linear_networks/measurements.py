"""Measurements of deep linear networks: optima, critical points, descents."""

from itertools import combinations, pairwise

import numpy as np

from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.critical_points import enumerate_critical_points
from spinglass.networks.linear import LinearProblem, critical_point, linear_glass, optimum
from theory.networks import linear, linear_saddles
from validation.claims.linear_networks import searches
from validation.claims.linear_networks.searches import random_problem


def optimum_errors(seed: np.random.SeedSequence, widths: tuple[int, ...], rank: int | None) -> tuple[float, ...]:
    """Return relative errors of the constructed optimum: its loss compared with the closed form, gradient, balance."""
    problem = random_problem(seed, widths, rank)
    layers = optimum(problem)
    row, scale = _row(layers), float(np.sum(problem.Y**2)) / 2
    loss, gradient = problem.loss_and_gradient(row)
    uneven = [np.abs(W.T @ W - V @ V.T).max() for W, V in pairwise(layers)]
    least = linear.global_loss(problem.X, problem.Y, widths)
    return abs(loss - least) / scale, _relative_slope(problem, row, gradient), max(uneven, default=0.0)


def critical_errors(seed: np.random.SeedSequence, width: int, layers: int) -> tuple[float, ...]:
    """Return errors over all critical points of random data: gradient, loss, index, kind, and the number of values.

    Every feasible subset of the three singular directions is used, alone and with a spare unit between two random
    directions that is cut at two or three random layers.
    """
    widths = (3, *[width] * (layers - 1), 3)
    problem, rng = random_problem(seed, widths), np.random.default_rng(child(seed, 1))
    s = linear.singular_values(problem.X, problem.Y)
    worst, losses = np.zeros(4), set()
    for k in range(min(width, 3) + 1):
        for chosen in combinations(range(3), k):
            for spare, cut in _arrangements(chosen, width, layers, rng):
                point = critical_point(problem, chosen, spare, cut)
                index = linear_saddles.saddle_index(s, widths, chosen, spare, cut)
                worst = np.maximum(worst, _errors(problem, _row(point), chosen, index, s))
                losses.add(round(problem.loss(point) / float(np.sum(problem.Y**2)), 9))
    return (*worst, abs(len(losses) - linear.critical_values(problem.X, problem.Y, widths)))


def _arrangements(
    chosen: tuple[int, ...], width: int, layers: int, rng: np.random.Generator
) -> list[tuple[list[tuple[int, int]], list[int] | None]]:
    rest = [q for q in range(3) if q not in chosen]
    found: list[tuple[list[tuple[int, int]], list[int] | None]] = [([], None)]
    if len(chosen) < min(width, 3):
        for count in {2, min(3, layers)}:
            cut = sorted(int(c) + 1 for c in rng.choice(layers, count, replace=False))
            found.append(([(int(rng.choice(rest)), int(rng.choice(rest)))], cut))
    return found


def _errors(problem: LinearProblem, row: Array, chosen: tuple[int, ...], index: int, s: Array) -> Array:
    loss, gradient = problem.loss_and_gradient(row)
    eigenvalues = np.linalg.eigvalsh(problem.hessian(row))
    # Rounding moves zero eigenvalues by 1e-13 of the largest scale; singular values of random data differ by over 1e-4.
    found = int(np.sum(eigenvalues < -1e-9 * s[0] * np.linalg.norm(problem.X, 2)))
    kind = linear_saddles.critical_kind(problem.X, problem.Y, problem.layers(row))
    value = linear.critical_loss(problem.X, problem.Y, chosen)
    scale = float(np.sum(problem.Y**2)) / 2
    return np.array(
        [
            _relative_slope(problem, row, gradient),
            abs(loss - value) / scale,
            abs(found - index),
            float((kind == "strict saddle") != (found > 0)),
        ]
    )


def _relative_slope(problem: LinearProblem, row: Array, gradient: Array) -> float:
    """Return the gradient relative to the magnitude of the terms that cancel in it."""
    sizes = [max(1.0, float(np.linalg.norm(W, 2))) for W in problem.layers(row)]
    signal = float(np.linalg.norm(problem.X.T @ problem.Y, 2))
    return float(np.abs(gradient).max()) / (signal * float(np.prod(sizes)) ** 2)


def zero_errors(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> tuple[float, float]:
    """Return the relative errors of gradient and Hessian at W = 0.

    Both vanish, except that for two layers the lowest eigenvalue of the Hessian is compared with its value.
    """
    problem = random_problem(seed, widths)
    zero = np.zeros(problem.size)
    hessian = problem.hessian(zero)
    signal = float(np.linalg.norm(problem.X.T @ problem.Y, 2))
    flat = len(widths) > 3
    off = float(np.abs(hessian).max()) if flat else abs(float(np.linalg.eigvalsh(hessian)[0]) + signal)
    return float(np.abs(problem.gradient(zero)).max()) / signal, off / signal


def descent_ends(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> tuple[float, float]:
    """Return whether a descent from random weights ends at a bad minimum, and whether it ends at the global value."""
    problem = random_problem(seed, widths)
    end = searches.descend(problem, problem.random_weights(child(seed, 1)))
    least = linear.global_loss(problem.X, problem.Y, widths)
    name = searches.named(problem, end, least, child(seed, 2))
    return float(name == searches.BAD_MINIMUM), float(name == searches.GLOBAL)


def enumerated(seed: np.random.SeedSequence, directions: int) -> tuple[float, float, float]:
    """Return errors of an enumeration at fixed norm of the weights: number of points, their losses, the Morse relation.

    The network has two layers, a hidden width of one, orthonormal inputs and random singular values. Its equations are
    not generic, so that complex solutions are missing from two directions on; the Morse relation shows that no real one
    is missing.
    """
    rng = np.random.default_rng(seed)
    s = rng.uniform(0.2, 1.8, directions) * directions
    X, left, right = (
        np.linalg.qr(rng.standard_normal((m, directions)))[0] for m in (2 * directions, directions, directions)
    )
    problem = LinearProblem(X, X @ (left * s) @ right.T, (directions, 1, directions))
    every = enumerate_critical_points(linear_glass(problem))
    expected = linear.sphere_critical_values(s, problem.widths, problem.size)
    number = abs(len(every.energy) - len(expected))
    off = float(np.abs(np.sort(every.energy) - expected).max() / np.sum(s**2)) if number == 0 else 1.0
    return number, off, abs(int(np.sum((-1) ** every.index)))


def _row(layers: list[Array]) -> Array:
    return np.concatenate([W.ravel() for W in layers])
