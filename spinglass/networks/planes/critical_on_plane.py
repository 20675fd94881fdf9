"""Critical points of the loss on a plane, and the kinks where it has no derivative."""

from typing import Any

import numpy as np
from scipy import optimize

from spinglass._common.types import Array
from spinglass.networks.planes.plane import Plane

AT_KINK = "minimum at a kink"
_AT_REST = 1e-9  # of the gradient in the plane, relative to the scale of the loss
_FLAT = 1e-6  # |eigenvalue|, relative to the scale, below which a point is not isolated
_FAR = 100.0  # in units of the grid's size
_SAME = 1e-4  # distance, in units of the grid's size, below which two points are one
_STEPS = 12


def kinks(fields: Array, u: Array, v: Array) -> Array:
    """Return points on grid lines where some hidden unit changes sign for some data point.

    Parameters
    ----------
    fields
        Preactivations on the grid, shape (len(u), len(v), units times points).
    u, v
        Coordinates of the grid.

    Returns
    -------
    ndarray
        Coordinates, shape (K, 2), by linear interpolation. In networks with one hidden layer whose plane moves only the
        first layer this is exact.
    """
    found = [np.empty((0, 2))]
    for along in (0, 1):
        near, far = (fields[:-1], fields[1:]) if along == 0 else (fields[:, :-1], fields[:, 1:])
        i, j, k = np.nonzero((near > 0) != (far > 0))
        part = near[i, j, k] / (near[i, j, k] - far[i, j, k])
        du = part * (u[1] - u[0]) * (along == 0)
        dv = part * (v[1] - v[0]) * (along == 1)
        found.append(np.column_stack([u[i] + du, v[j] + dv]))
    return np.concatenate(found)


def critical_points(plane: Plane, u: Array, v: Array) -> tuple[Array, list[str]]:
    """Return the critical points in a rectangle that are found from a grid of starts, with their kinds.

    Newton's method from every grid point finds smooth critical points: minima, saddles and maxima. From each local
    minimum of the loss on the grid a derivative-free descent follows; its end is a minimum at a kink if a kink lies
    within 1e-6 of it. Points on plateaus and on the floors of valleys are not isolated and are left out.

    Parameters
    ----------
    plane
        The plane.
    u, v
        Coordinates of the starts, which span the rectangle.

    Returns
    -------
    points
        Coordinates, shape (C, 2).
    kinds
        ``"minimum"``, ``"saddle"``, ``"maximum"`` or ``"minimum at a kink"`` for each.
    """
    size = np.array([np.ptp(u), np.ptp(v)])
    losses = np.array([[plane.passed(a, b)[0] for b in v] for a in u])
    scale = float(np.ptp(losses[np.isfinite(losses)])) or 1.0
    starts = [np.array([a, b]) for a in u for b in v]
    smooth = _distinct([p for p in (_newton(plane, start, size, scale) for start in starts) if p is not None], size)
    smooth = [p for p in smooth if _inside(p, u, v)]
    kinds = [_kind(plane, p) for p in smooth]
    cell = size / (np.array([len(u), len(v)]) - 1)
    ends = [_descend(plane, start, cell) for start in _local_minima(losses, u, v)]
    at_kinks = _distinct([p for p in ends if _inside(p, u, v) and plane.at(*p).kink_distance < 1e-6], size)
    points = smooth + at_kinks
    return np.array(points).reshape(-1, 2), kinds + [AT_KINK] * len(at_kinks)


def _newton(plane: Plane, start: Array, size: Array, scale: float) -> Array | None:
    """Return the smooth critical point to which Newton's method leads, or None."""
    point = start
    for _ in range(_STEPS):
        if np.abs((point - start) / size).max() > _FAR:
            return None
        try:
            gradient, hessian = plane.derivatives(*point)
        except ValueError:  # the loss overflows
            return None
        # In units of the grid's size and of the range of the loss.
        gradient, hessian = gradient * size / scale, hessian * np.outer(size, size) / scale
        if np.abs(np.linalg.eigvalsh(hessian)).min() < _FLAT:
            return None
        if np.abs(gradient).max() < _AT_REST:
            return point
        point = point - np.linalg.solve(hessian, gradient) * size
    return None


def _kind(plane: Plane, point: Array) -> str:
    eigenvalues = np.linalg.eigvalsh(plane.derivatives(*point)[1])
    return {0: "minimum", 1: "saddle", 2: "maximum"}[int(np.sum(eigenvalues < 0))]


def _local_minima(losses: Array, u: Array, v: Array) -> list[Array]:
    inner = losses[1:-1, 1:-1]
    rows, columns = np.indices(inner.shape)
    around = [losses[1 + i + rows, 1 + j + columns] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    lower = np.all([inner < other for other in around], axis=0)
    return [np.array([u[i + 1], v[j + 1]]) for i, j in zip(*np.nonzero(lower), strict=True)]


def _descend(plane: Plane, start: Array, cell: Array) -> Array:
    def loss(p: Array) -> float:
        return plane.passed(*p)[0]

    simplex = start + np.array([[0, 0], [cell[0], 0], [0, cell[1]]])
    options: Any = {"xatol": 1e-11, "fatol": 1e-15, "maxiter": 2000, "initial_simplex": simplex}
    return np.asarray(optimize.minimize(loss, start, method="Nelder-Mead", options=options).x)


def _inside(point: Array, u: Array, v: Array) -> bool:
    return bool(u[0] <= point[0] <= u[-1] and v[0] <= point[1] <= v[-1])


def _distinct(points: list[Array], size: Array) -> list[Array]:
    found: list[Array] = []
    for point in points:
        if all(np.abs((point - other) / size).max() > _SAME for other in found):
            found.append(point)
    return found
