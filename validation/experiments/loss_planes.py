"""The loss of a ReLU network on planes in parameter space: values, kinks, and critical points."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from spinglass.networks.curvature import Curvature, curvature
from spinglass.networks.layers import LayeredNetwork

PLANES = ("W1 = uU + vV", "W2 = uU + vV", "W1 = uU, W2 = vV")
WIDTHS = (2, 3, 2, 1)
POINTS = 6
_AT_REST = 1e-9
_FAR = 100.0


@dataclass(frozen=True, eq=False)
class Plane:
    """Parameters ``origin + u first + v second`` of a network, and its training data.

    Attributes
    ----------
    network : LayeredNetwork
        The network.
    x : ndarray, shape (points, inputs)
        Inputs.
    y : ndarray, shape (points, outputs)
        Targets.
    origin, first, second : ndarray, shape (parameters,)
        The plane in parameter space.
    """

    network: LayeredNetwork
    x: Array
    y: Array
    origin: Array
    first: Array
    second: Array

    def at(self, u: float, v: float) -> Curvature:
        """Return the curvature of the loss at a point of the plane.

        Parameters
        ----------
        u, v : float
            Coordinates in the plane.

        Returns
        -------
        Curvature
            Loss, gradient and Hessian of the network there.
        """
        row = self.origin + u * self.first + v * self.second
        return curvature(self.network.with_parameters(row), self.x, self.y)

    def passed(self, u: float, v: float) -> tuple[float, Array]:
        """Return the loss and all hidden preactivations by one forward pass.

        Parameters
        ----------
        u, v : float
            Coordinates in the plane.

        Returns
        -------
        loss : float
            The loss E.
        preactivations : ndarray, shape (units times points,)
            Preactivations of all hidden units on all data points.
        """
        row = self.origin + u * self.first + v * self.second
        preactivations, activations = self.network.with_parameters(row).pass_forward(self.x)
        loss = float(np.mean((activations[-1] - self.y) ** 2)) / 2
        return loss, np.concatenate([h.ravel() for h in preactivations[:-1]])

    def derivatives(self, u: float, v: float) -> tuple[Array, Array]:
        """Return the gradient and the Hessian of E with respect to u and v.

        Parameters
        ----------
        u, v : float
            Coordinates in the plane.

        Returns
        -------
        gradient : ndarray, shape (2,)
            First derivatives.
        hessian : ndarray, shape (2, 2)
            Second derivatives.
        """
        both, here = np.array([self.first, self.second]), self.at(u, v)
        return both @ here.gradient, np.asarray(both @ here.hessian_vector(both).T)


def random_planes(seed: Seed, activation: str = "relu") -> dict[str, Plane]:
    """Return the three planes of one random network with biases and one random data set.

    U and V are Gaussian with variance 1/n_(l-1). Weights outside the plane, and all biases, keep their random values.

    Parameters
    ----------
    seed : int, SeedSequence or Generator
        Source of all random numbers.
    activation : str, default "relu"
        Activation function.

    Returns
    -------
    dict of str to Plane
        The planes by name, see ``PLANES``.
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
    """Return E on a square grid of the plane.

    Parameters
    ----------
    plane : Plane
        The plane.
    reach : float
        The grid covers [-reach, reach] in u and v.
    steps : int
        Grid points per axis.

    Returns
    -------
    pandas.DataFrame
        One row per grid point: u, v, loss.
    """
    axis = np.linspace(-reach, reach, steps)
    rows = [(u, v, plane.passed(u, v)[0]) for u in axis for v in axis]
    return pd.DataFrame(rows, columns=["u", "v", "loss"])


def kinks(plane: Plane, reach: float, steps: int) -> pd.DataFrame:
    """Return points on grid lines where some hidden unit changes sign for some data point.

    Parameters
    ----------
    plane : Plane
        The plane.
    reach : float
        The grid covers [-reach, reach] in u and v.
    steps : int
        Grid points per axis.

    Returns
    -------
    pandas.DataFrame
        One row per point: u, v.
    """
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
    """Return the classified critical points that are found from a grid of starts.

    Newton's method from every grid point finds smooth critical points, of kind minimum, saddle or maximum; a point
    counts if the gradient vanishes there. From each local minimum of the loss on the grid a derivative-free descent
    follows; its end is a minimum at a kink if a kink lies within 1e-6 of it.

    Parameters
    ----------
    plane : Plane
        The plane.
    reach : float
        The grid covers [-reach, reach] in u and v.
    steps : int
        Grid points per axis.

    Returns
    -------
    pandas.DataFrame
        One row per critical point: u, v, loss, kind.
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
    """Return weights and biases as one row of parameters; those not given are zero."""
    parts = []
    for layer, (a, b) in enumerate(pairwise(WIDTHS)):
        given = layers.get(layer) if isinstance(layers, dict) else layers[layer]
        parts += [np.zeros(a * b) if given is None else given.ravel(), np.zeros(b) if biases is None else biases[layer]]
    return np.concatenate(parts)


def _newton(plane: Plane, start: Array) -> Array | None:
    point = start
    for _ in range(12):
        gradient, hessian = plane.derivatives(*point)
        # A singular Hessian belongs to a plateau or the floor of a valley, which are not isolated points.
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
