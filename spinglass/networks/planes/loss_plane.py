"""The loss of a network on a plane through it: values, kinks, critical points, and the error of the grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array, TextArray
from spinglass.networks.curvature import Curvature, curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import Loss
from spinglass.networks.planes.critical_on_plane import critical_points, kinks
from spinglass.networks.planes.directions import filter_normalised, leading_eigenvectors, towards
from spinglass.networks.planes.plane import Plane

if TYPE_CHECKING:
    import pandas as pd

Direction = npt.ArrayLike | LayeredNetwork | str
Range = tuple[float, float]
_AROUND, _BETWEEN = (-1.0, 1.0), (-0.25, 1.25)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LossPlane:
    """The loss on a rectangle of a plane through a network, ``origin + u first + v second``.

    Attributes
    ----------
    plane
        The plane, with which the loss, its derivatives and its Hessian can be evaluated at any point.
    u, v
        Coordinates of the grid, shapes (U,) and (V,).
    loss
        Mean loss on the grid, shape (U, V); infinite or NaN where it overflows.
    kinks
        Points on grid lines where a hidden unit changes sign for a data point, shape (K, 2).
    critical
        Coordinates of the critical points found on the plane, shape (C, 2).
    kind
        Kind of each of them within the plane: minimum, saddle, maximum, or minimum at a kink.
    gradient_norm
        Norm of the gradient with respect to all parameters at each of them. If it is not small, the point is critical
        within the plane only.
    resolution_error
        Largest difference, over the centres of all cells of the grid, between the loss and its interpolation from the
        corners. Structures of the picture that are smaller than this are not resolved.
    """

    plane: Plane
    u: Array
    v: Array
    loss: Array
    kinks: Array
    critical: Array
    kind: TextArray
    gradient_norm: Array
    resolution_error: float

    def to_frame(self) -> "pd.DataFrame":
        """Return the losses as a table.

        Returns
        -------
        pandas.DataFrame
            One row per grid point: u, v, loss.
        """
        import pandas as pd

        u, v = np.meshgrid(self.u, self.v, indexing="ij")
        return pd.DataFrame({"u": u.ravel(), "v": v.ravel(), "loss": self.loss.ravel()})

    def critical_frame(self) -> "pd.DataFrame":
        """Return the critical points as a table.

        Returns
        -------
        pandas.DataFrame
            One row per point: u, v, loss, kind, gradient_norm.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "u": self.critical[:, 0],
                "v": self.critical[:, 1],
                "loss": [self.plane.passed(u, v)[0] for u, v in self.critical],
                "kind": self.kind,
                "gradient_norm": self.gradient_norm,
            }
        )

    def __repr__(self) -> str:
        kinds, counts = np.unique(self.kind, return_counts=True)
        points = ", ".join(f"{count} {kind}" for count, kind in zip(counts, kinds, strict=True)) or "none"
        finite = self.loss[np.isfinite(self.loss)]
        return (
            f"LossPlane: {len(self.u)} x {len(self.v)} points, loss {finite.min():.4g} to {finite.max():.4g}, "
            f"resolution error {self.resolution_error:.2g}; critical points found: {points}"
        )


def loss_plane(
    network: LayeredNetwork,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    loss: str | Loss = "squared",
    directions: str | Sequence[Direction] = "random",
    *,
    u: Range | None = None,
    v: Range | None = None,
    steps: int = 51,
    starts: int = 11,
    seed: Seed = 0,
) -> LossPlane:
    """Return the mean loss on a plane through a network, with its kinks and critical points.

    Parameters
    ----------
    network
        The network at the origin of the plane.
    X
        Inputs, shape (M, n_0).
    y
        Targets, as in :func:`spinglass.networks.curvature.curvature`.
    loss
        The loss. Default: ``"squared"``.
    directions
        Two directions. ``"random"`` (default): Gaussian directions with the weights into every unit scaled to the norm
        of the network's own. ``"eigenvectors"``: unit eigenvectors of the two largest eigenvalues of the Hessian.
        Otherwise a pair, each of which is a vector of all parameters, another network of the same shape, which then
        lies at coordinate 1, or ``"random"``; such as ``(other, "random")`` or ``connecting_curve(...).directions``.
    u, v
        Ranges of the coordinates. Default: -0.25 to 1.25 towards another network, and -1 to 1 otherwise.
    steps
        Number of grid points per axis. The loss is evaluated about 2 steps^2 times. Default: 51.
    starts
        Number of starts per axis of the search for critical points, at least 2, or 0 for no search. Default: 11.
    seed
        Seed of random directions. Default: 0.

    Returns
    -------
    LossPlane
        Losses, kinks, critical points and the error of the grid.

    Raises
    ------
    TypeError
        If ``network`` is not a LayeredNetwork.
    ValueError
        If the data do not fit the network, the directions are parallel or do not fit the network, a range is empty, or
        a number is not whole.

    References
    ----------
    Li, Xu, Taylor, Studer and Goldstein (2018), "Visualizing the loss landscape of neural nets".

    Examples
    --------
    >>> net = LayeredNetwork([[[1.0]], [[1.0]]], activation="linear")
    >>> found = loss_plane(net, [[1.0]], [[4.0]], directions=([1, 0], [0, 1]), u=(-2, 3), v=(-2, 3), steps=6)
    >>> found.critical_frame()[["u", "v", "kind"]].values.tolist()  # (w1 w2 - 4)^2/2 has a saddle at the origin
    [[-1.0, -1.0, 'saddle']]
    """
    here = curvature(network, X, y, loss)  # checks the data
    names = _pair(directions)
    first, second = _vectors(names, here.network, here, generator(seed))
    _check_span(first, second)
    points = whole_number("steps", steps, 2)
    across, along = (
        np.linspace(*_range(name, given, direction), points)
        for name, given, direction in (("u", u, names[0]), ("v", v, names[1]))
    )
    plane = Plane(network, here.x, here.targets, here.loss_function, network.parameters, first, second)
    if (searched := whole_number("starts", starts, 0)) == 1:
        raise ValueError("starts must be 0, for no search of critical points, or at least 2 per axis, not 1")
    return on_grid(plane, across, along, searched)


def on_grid(plane: Plane, u: Array, v: Array, starts: int) -> LossPlane:
    """Return the loss on a rectangle of a plane.

    Parameters
    ----------
    plane
        The plane.
    u, v
        Coordinates of the grid.
    starts
        Number of starts per axis of the search for critical points; 0 for no search.

    Returns
    -------
    LossPlane
        Losses, kinks, critical points and the error of the grid.
    """
    passed = [[plane.passed(a, b) for b in v] for a in u]
    loss = np.array([[value for value, _ in row] for row in passed])
    points, kinds = np.empty((0, 2)), list[str]()
    if starts:
        ends = (np.linspace(axis[0], axis[-1], starts) for axis in (u, v))
        points, kinds = critical_points(plane, *ends)
    return LossPlane(
        plane=plane,
        u=u,
        v=v,
        loss=loss,
        kinks=kinks(np.array([[field for _, field in row] for row in passed]), u, v),
        critical=points,
        kind=np.array(kinds, dtype=np.str_),
        gradient_norm=np.array([float(np.linalg.norm(plane.at(*point).gradient)) for point in points]),
        resolution_error=_resolution_error(plane, u, v, loss),
    )


def _resolution_error(plane: Plane, u: Array, v: Array, loss: Array) -> float:
    centres = np.array([[plane.passed(a, b)[0] for b in (v[1:] + v[:-1]) / 2] for a in (u[1:] + u[:-1]) / 2])
    between = (loss[1:, 1:] + loss[1:, :-1] + loss[:-1, 1:] + loss[:-1, :-1]) / 4
    return float(np.abs(centres - between).max())


def _pair(directions: object) -> tuple[Direction, Direction]:
    if isinstance(directions, str):
        if directions not in ("random", "eigenvectors"):
            raise ValueError(f"directions must be 'random', 'eigenvectors' or a pair, not {directions!r}")
        return directions, directions
    if not isinstance(directions, (Sequence, np.ndarray)) or len(directions) != 2:
        raise ValueError(
            "directions must be 'random', 'eigenvectors', or a pair of vectors or networks, "
            f"not {type(directions).__name__}"
        )
    return directions[0], directions[1]


def _vectors(
    names: tuple[Direction, Direction], network: LayeredNetwork, here: Curvature, random: np.random.Generator
) -> tuple[Array, Array]:
    if isinstance(names[0], str) and names[0] == "eigenvectors":
        if network.size < 2:
            raise ValueError("a plane needs at least two parameters; this network has one")
        first, second = leading_eigenvectors(here)
        return first, second
    first, second = (_vector(name, network, random) for name in names)
    return first, second


def _vector(name: Direction, network: LayeredNetwork, random: np.random.Generator) -> Array:
    if isinstance(name, LayeredNetwork):
        return towards(network, name)
    if isinstance(name, str):
        if name != "random":
            raise ValueError(f"a direction must be 'random', a vector or a network, not {name!r}")
        return filter_normalised(network, random)
    vector = np.asarray(name)
    if vector.shape != (network.size,) or vector.dtype.kind not in "fiu" or not np.isfinite(vector).all():
        raise ValueError(
            f"a direction must hold {network.size} finite numbers, one per parameter, not {vector.dtype} of shape "
            f"{vector.shape}"
        )
    return vector.astype(np.float64)


def _check_span(first: Array, second: Array) -> None:
    sizes = np.linalg.svd(np.array([first, second]), compute_uv=False)
    if not sizes[1] > 1e-10 * sizes[0]:
        raise ValueError("the two directions are parallel, or one of them is zero: they do not span a plane")


def _range(name: str, given: Range | None, direction: Direction) -> Range:
    if given is None:
        return _BETWEEN if isinstance(direction, LayeredNetwork) else _AROUND
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise ValueError(f"{name} must be a pair (from, to), not {given!r}")
    low, high = (real_number(name, end) for end in given)
    if not low < high:
        raise ValueError(f"{name} must go from a smaller to a larger number, not from {low:g} to {high:g}")
    return low, high
