"""A ReLU network's loss on planes of its parameters: values, kinks, and critical points, as tidy tables."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.networks.curvature import Curvature, curvature
from spinglass.networks.layers import LayeredNetwork

Array = NDArray[np.float64]

PLANES = ("W1 = uU + vV", "W2 = uU + vV", "W1 = uU, W2 = vV")
WIDTHS = (2, 3, 2, 1)
POINTS = 6
_AT_REST = 1e-9
_FAR = 100.0


@dataclass(frozen=True, eq=False)
class Plane:
    """Parameters ``origin + u first + v second`` of a network, and the data it is trained on."""

    network: LayeredNetwork
    x: Array
    y: Array
    origin: Array
    first: Array
    second: Array

    def at(self, u: float, v: float) -> Curvature:
        """Return the curvature at a point of the plane."""
        row = self.origin + u * self.first + v * self.second
        return curvature(self.network.with_parameters(row), self.x, self.y)

    def passed(self, u: float, v: float) -> tuple[float, Array]:
        """Return E, and all hidden preactivations on all data points in one row, by one pass forward."""
        row = self.origin + u * self.first + v * self.second
        preactivations, activations = self.network.with_parameters(row).pass_forward(self.x)
        loss = float(np.mean((activations[-1] - self.y) ** 2)) / 2
        return loss, np.concatenate([h.ravel() for h in preactivations[:-1]])

    def derivatives(self, u: float, v: float) -> tuple[Array, Array]:
        """Return the gradient and the Hessian of E by u and v."""
        both, here = np.array([self.first, self.second]), self.at(u, v)
        return both @ here.gradient, np.asarray(both @ here.hessian_vector(both).T)


def random_planes(seed: Seed, activation: str = "relu") -> dict[str, Plane]:
    """Return the three planes of one random network with biases and one random data set.

    U and V are Gaussian with variance 1/n_(l-1); weights not on a plane, and all biases, stay as they were drawn.
    """
    root = seed_sequence(seed)
    rng = np.random.default_rng(child(root, 0))
    shapes = list(pairwise(WIDTHS))
    draw = [[rng.standard_normal(shape) / np.sqrt(shape[0]) for shape in shapes] for _ in range(3)]
    biases = [0.5 * rng.standard_normal(n) for n in WIDTHS[1:]]
    network = LayeredNetwork(draw[0], biases, activation)
    x, y = rng.standard_normal((POINTS, WIDTHS[0])), rng.standard_normal((POINTS, 1))
    kept = [W.copy() for W in draw[0]]

    def plane(first: dict[int, Array], second: dict[int, Array]) -> Plane:
        moved = first.keys() | second.keys()
        origin = [np.zeros_like(W) if layer in moved else W for layer, W in enumerate(kept)]
        return Plane(network, x, y, _row(origin, biases), _row(first), _row(second))

    U, V = draw[1], draw[2]
    made = (plane({0: U[0]}, {0: V[0]}), plane({1: U[1]}, {1: V[1]}), plane({0: U[0]}, {1: V[1]}))
    return dict(zip(PLANES, made, strict=True))


def surface(plane: Plane, reach: float, steps: int) -> pd.DataFrame:
    """Return E on a square grid of the plane, a row a point: u, v, loss."""
    axis = np.linspace(-reach, reach, steps)
    rows = [(u, v, plane.passed(u, v)[0]) for u in axis for v in axis]
    return pd.DataFrame(rows, columns=["u", "v", "loss"])


def kinks(plane: Plane, reach: float, steps: int) -> pd.DataFrame:
    """Return points where some unit changes sides for some data point, on the lines of a square grid."""
    axis = np.linspace(-reach, reach, steps)
    fields = np.array([[plane.passed(u, v)[1] for v in axis] for u in axis])  # (u, v, unit and point)
    found = []
    for along in (0, 1):
        near, far = (fields[:-1], fields[1:]) if along == 0 else (fields[:, :-1], fields[:, 1:])
        i, j, k = np.nonzero(near * far < 0)
        part = near[i, j, k] / (near[i, j, k] - far[i, j, k]) * (axis[1] - axis[0])
        found.append(np.column_stack([axis[i] + part * (along == 0), axis[j] + part * (along == 1)]))
    return pd.DataFrame(np.concatenate(found), columns=["u", "v"])


def critical_points(plane: Plane, reach: float, steps: int) -> pd.DataFrame:
    """Return the critical points met from a grid of starts, classified: u, v, loss, kind.

    Newton's method from every grid point finds smooth ones, of kind minimum, saddle or maximum; a point counts if
    the gradient vanishes there. Local minima of the grid's losses that lie at no smooth one are descended without
    derivatives, and are minima at a kink if they end at one.
    """
    axis = np.linspace(-reach, reach, steps)
    smooth = [_newton(plane, np.array([u, v])) for u in axis for v in axis]
    points = [p for p in smooth if p is not None and np.abs(p).max() <= reach]
    rows = [(*p, plane.at(*p).loss, _kind(plane, p)) for p in _distinct(points)]
    losses = surface(plane, reach, steps)["loss"].to_numpy().reshape(steps, steps)
    lowest = [_descend(plane, start, axis[1] - axis[0]) for start in _local_minima(losses, axis)]
    at_kinks = [p for p in lowest if plane.at(*p).kink_distance < 1e-6 and np.abs(p).max() <= reach]
    rows += [(*p, plane.at(*p).loss, "minimum at a kink") for p in _distinct(at_kinks)]
    return pd.DataFrame(rows, columns=["u", "v", "loss", "kind"])


def _row(layers: list[Array] | dict[int, Array], biases: list[Array] | None = None) -> Array:
    """Return weights and biases as one row of parameters; what is not given is zero."""
    parts = []
    for layer, (a, b) in enumerate(pairwise(WIDTHS)):
        given = layers.get(layer) if isinstance(layers, dict) else layers[layer]
        parts += [np.zeros(a * b) if given is None else given.ravel(), np.zeros(b) if biases is None else biases[layer]]
    return np.concatenate(parts)


def _newton(plane: Plane, start: Array) -> Array | None:
    point = start
    for _ in range(12):
        gradient, hessian = plane.derivatives(*point)
        # A singular Hessian is a plateau or a valley floor, which are no points.
        if np.abs(np.linalg.eigvalsh(hessian)).min() < 1e-6 or np.abs(point).max() > _FAR:
            return None
        if np.abs(gradient).max() < _AT_REST:
            return point
        point = point - np.linalg.solve(hessian, gradient)
    return None


def _kind(plane: Plane, point: Array) -> str:
    eigenvalues = np.linalg.eigvalsh(plane.derivatives(*point)[1])
    return {0: "minimum", 1: "saddle", 2: "maximum"}[int(np.sum(eigenvalues < 0))]


def _local_minima(losses: Array, axis: Array) -> list[Array]:
    inner = losses[1:-1, 1:-1]
    rows, columns = np.indices(inner.shape)
    around = [losses[1 + i + rows, 1 + j + columns] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    lower = np.all([inner < other for other in around], axis=0)
    return [np.array([axis[i + 1], axis[j + 1]]) for i, j in zip(*np.nonzero(lower), strict=True)]


def _descend(plane: Plane, start: Array, step: float) -> Array:
    loss: Callable[[Array], float] = lambda p: plane.passed(*p)[0]  # noqa: E731
    simplex = start + step * np.array([[0, 0], [1, 0], [0, 1]])
    options: Any = {"xatol": 1e-11, "fatol": 1e-15, "maxiter": 2000, "initial_simplex": simplex}
    return np.asarray(optimize.minimize(loss, start, method="Nelder-Mead", options=options).x)


def _distinct(points: list[Array]) -> list[Array]:
    found: list[Array] = []
    for point in points:
        if all(np.abs(point - other).max() > 1e-4 for other in found):
            found.append(point)
    return found
