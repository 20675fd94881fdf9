"""A curve of low loss between two networks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array
from spinglass.networks.curvature import curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import Loss
from spinglass.networks.planes.directions import towards

_SHOWN = 61


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A quadratic Bezier curve ``(1-t)^2 start + 2t(1-t) bend + t^2 end`` between two networks, and the straight line.

    Attributes
    ----------
    start, bend, end
        Networks that define the curve.
    t
        Points along the curve, from 0 to 1.
    loss
        Mean loss along the curve, at each t.
    line_loss
        Mean loss along the straight line from start to end, at each t.
    iterations
        Iterations of the optimiser.
    converged
        Whether the optimiser converged.
    """

    start: LayeredNetwork
    bend: LayeredNetwork
    end: LayeredNetwork
    t: Array
    loss: Array
    line_loss: Array
    iterations: int
    converged: bool

    @property
    def directions(self) -> tuple[Array, Array]:
        """The directions of the plane of the curve: from start to end, and from their midpoint to the bend.

        In the plane from ``start``, the end lies at (1, 0), and the point t of the curve at ``(t, 2t(1-t))``.
        """
        across = towards(self.start, self.end)
        return across, np.asarray(self.bend.parameters - self.start.parameters - across / 2)

    @property
    def barrier(self) -> float:
        """Largest loss along the curve above the straight interpolation of the losses of its ends."""
        return _barrier(self.t, self.loss)

    @property
    def line_barrier(self) -> float:
        """Largest loss along the straight line above the straight interpolation of the losses of its ends."""
        return _barrier(self.t, self.line_loss)


def connecting_curve(
    start: LayeredNetwork,
    end: LayeredNetwork,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    loss: str | Loss = "squared",
    *,
    nodes: int = 8,
    iterations: int = 200,
) -> Curve:
    """Return a curve between two networks along which the mean loss is low.

    The bend minimises ``integral_0^1 E(curve(t)) dt``, by Gauss-Legendre quadrature and L-BFGS from the midpoint.

    Parameters
    ----------
    start, end
        Networks of the same shape.
    X
        Inputs, shape (M, n_0).
    y
        Targets, as in :func:`spinglass.networks.curvature.curvature`.
    loss
        The loss. Default: ``"squared"``.
    nodes
        Number of points of the quadrature. Default: 8.
    iterations
        Largest number of iterations. Default: 200.

    Returns
    -------
    Curve
        The curve and the losses along it.

    Raises
    ------
    ValueError
        If the networks or the data do not fit each other, or a number is not whole.

    References
    ----------
    Garipov, Izmailov, Podoprikhin, Vetrov and Wilson (2018), "Loss surfaces, mode connectivity, and fast ensembling of
    DNNs", section 3.
    """
    across = towards(start, end)
    at, weights = np.polynomial.legendre.leggauss(whole_number("nodes", nodes, 1))
    times, weights = (at + 1) / 2, weights / 2

    def parameters(t: float, bend: Array) -> Array:
        return np.asarray((1 - t) ** 2 * start.parameters + 2 * t * (1 - t) * bend + t**2 * end.parameters)

    def objective(bend: Array) -> tuple[float, Array]:
        found = [curvature(start.with_parameters(parameters(t, bend)), X, y, loss) for t in times]
        slope = sum(w * 2 * t * (1 - t) * f.gradient for w, t, f in zip(weights, times, found, strict=True))
        return float(sum(w * f.loss for w, f in zip(weights, found, strict=True))), np.asarray(slope)

    middle = start.parameters + across / 2
    options: Any = {"maxiter": whole_number("iterations", iterations, 0)}
    result = optimize.minimize(objective, middle, jac=True, method="L-BFGS-B", options=options)
    shown = np.linspace(0, 1, _SHOWN)

    def losses(bend: Array) -> Array:
        networks = (start.with_parameters(parameters(t, bend)) for t in shown)
        return np.array([curvature(network, X, y, loss).loss for network in networks])

    return Curve(
        start=start,
        bend=start.with_parameters(result.x),
        end=end,
        t=shown,
        loss=losses(result.x),
        line_loss=losses(middle),
        iterations=int(result.nit),
        converged=bool(result.success),
    )


def _barrier(t: Array, loss: Array) -> float:
    return float(np.max(loss - ((1 - t) * loss[0] + t * loss[-1])))
