"""Derivatives of small landscapes at two points as linear maps of full coupling tensors, conditioned by regression."""

import itertools
import math

import numpy as np


def points(n, q):
    """Return two points of overlap q, and the unit tangent vector at the second towards the first."""
    x, y = np.zeros((2, n))
    x[0] = math.sqrt(n)
    y[:2] = math.sqrt(n) * np.array([q, math.sqrt(1 - q * q)])
    return x, y, (x - q * y) / math.sqrt(n * (1 - q * q))


def derivative(point, directions, weights):
    """Return the derivative of the energy along all directions as a vector of coefficients of all couplings."""
    n, k, rows = len(point), len(directions), []
    for p, a in weights.items():
        row = np.zeros((n,) * p)
        if p >= k:
            orders = list(itertools.permutations([*directions, *[point] * (p - k)]))
            for vectors in orders:
                term = np.array(1.0)
                for vector in vectors:
                    term = np.multiply.outer(term, vector)
                row += term / len(orders)
            row *= a * n ** (-(p - 1) / 2) * math.perm(p, k)
        rows.append(row.ravel())
    return np.concatenate(rows)


class CubicPair:
    """Landscapes of order 3 with critical points of given energies at two points; ``draw`` returns both Hessians."""

    def __init__(self, n, q, u_x, u_y):
        self.n, self.points = n, points(n, q)[:2]
        towards = (self.points[1] - q * self.points[0]) / math.sqrt(n * (1 - q * q))
        rest = np.eye(n)[2:]
        self.frames = np.vstack([towards, rest]), np.vstack([points(n, q)[2], rest])
        rows = []
        for point, frame in zip(self.points, self.frames, strict=True):
            square = np.multiply.outer(point, point)
            rows.append(np.multiply.outer(square, point).ravel() / n**2)
            rows += [self._symmetric(square, v).ravel() / n for v in frame]
        self.conditions = np.array(rows)
        covariance = self.conditions @ self.conditions.T
        self.values = np.zeros(2 * n)
        self.values[[0, n]] = u_x, u_y
        self.lift = np.linalg.solve(covariance, self.conditions)
        size = len(rows) * math.log(2 * math.pi) + np.linalg.slogdet(covariance)[1]
        self.log_density = -0.5 * (size + self.values @ np.linalg.solve(covariance, self.values))
        self.energies = u_x, u_y

    @staticmethod
    def _symmetric(square, v):
        outer = np.multiply.outer(square, v)
        return outer + outer.transpose(0, 2, 1) + outer.transpose(2, 0, 1)

    def draw(self, rng):
        J = rng.standard_normal(self.n**3)
        J = (J + (self.values - self.conditions @ J) @ self.lift).reshape((self.n,) * 3)
        hessians = []
        for point, frame, u in zip(self.points, self.frames, self.energies, strict=True):
            full = J @ point + np.tensordot(J, point, (1, 0)) + np.tensordot(J, point, (0, 0))
            hessians.append(frame @ (full + full.T) @ frame.T / self.n - 3 * u * np.eye(self.n - 1))
        return hessians
