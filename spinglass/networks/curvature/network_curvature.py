"""The curvature of a network's loss: one call for matrices, bounds on eigenvalues, spectral density and index."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.seeds import Seed, generator
from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array
from spinglass.networks.curvature.layer_hessians import LayerHessians, Part, check_part
from spinglass.networks.curvature.probabilistic_bounds import ExtremeEigenvalues, Product, extreme_eigenvalues
from spinglass.networks.curvature.spectral_density import SpectralDensity, spectral_density
from spinglass.networks.curvature.spectrum import THRESHOLD, SolutionIndex, solution_index
from spinglass.networks.layer_checks import check_inputs
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.loss_checks import check_own_loss
from spinglass.networks.losses import Loss, loss_named

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Curvature(LayerHessians):
    """First and second derivatives of the mean loss E of M data points, at one set of parameters.

    All methods take ``part``: the ``"hessian"`` (default), its ``"gauss_newton"`` part J^T (d^2 loss) J, or the
    ``"residual"``, which is the difference of the two; see
    :class:`spinglass.networks.curvature.layer_hessians.LayerHessians`, which has the methods that return matrices.
    Methods with ``layer`` take the number of a layer, 1..H, for the block of its own parameters; the default None means
    all parameters.

    Attributes
    ----------
    network
        The network.
    x
        Inputs, shape (M, n_0).
    targets
        Validated targets: values (M, n_H) or labels (M,).
    loss_function
        The loss.
    """

    def extreme_eigenvalues(
        self,
        layer: int | None = None,
        part: Part = "hessian",
        *,
        products: int = 200,
        tolerance: float = 1e-6,
        failure: float = 1e-6,
        seed: Seed = 0,
    ) -> ExtremeEigenvalues:
        """Return bounds on the smallest and the largest eigenvalue, from products alone.

        Parameters
        ----------
        layer
            Number of the layer, or None (default) for all parameters.
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.
        products
            Largest number of products. Each keeps a vector with 8 bytes per parameter. Default: 200.
        tolerance
            Difference of the bounds, relative to the width of the spectrum, at which the method stops. Default: 1e-6.
        failure
            Allowed probability, over the random start, that an outer bound is wrong. Default: 1e-6.
        seed
            Seed of the random start. Default: 0.

        Returns
        -------
        ExtremeEigenvalues
            Two bounds on each end of the spectrum. The inner bounds are certain, and the outer ones hold except with
            probability ``failure``.

        Raises
        ------
        ValueError
            If the layer or the part does not exist, a number is out of range, or the vectors do not fit in memory.

        References
        ----------
        van Dorsselaer, Hochstenbach and van der Vorst (2000), SIAM J. Matrix Anal. Appl. 22, 837.

        Examples
        --------
        >>> net = LayeredNetwork([np.array([[2.0]]), np.array([[3.0]])], activation="linear")
        >>> found = curvature(net, [[1.0]], [[5.0]]).extreme_eigenvalues()  # of [[9, 7], [7, 4]]
        >>> [round(bound, 6) for bound in (*found.lowest, *found.highest)]
        [-0.933034, -0.933034, 13.933034, 13.933034]
        """
        if not 0 < real_number("failure", failure) < 1:
            raise ValueError(f"failure is a probability between 0 and 1, not {failure!r}; try 1e-6")
        if real_number("tolerance", tolerance) < 0:
            raise ValueError(f"tolerance must not be negative, not {tolerance!r}; try 1e-6")
        product, size = self._product(layer, part)
        with one_blas_thread():
            return extreme_eigenvalues(
                product,
                size,
                products=whole_number("products", products, 1),
                tolerance=tolerance,
                failure=failure,
                random=generator(seed),
            )

    def spectral_density(
        self,
        layer: int | None = None,
        part: Part = "hessian",
        *,
        vectors: int = 10,
        steps: int = 50,
        seed: Seed = 0,
    ) -> SpectralDensity:
        """Return the spectral density, by stochastic Lanczos quadrature.

        Parameters
        ----------
        layer
            Number of the layer, or None (default) for all parameters.
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.
        vectors
            Number of random vectors. Default: 10.
        steps
            Number of products with the Hessian per random vector. Default: 50.
        seed
            Seed of the random vectors. Default: 0.

        Returns
        -------
        SpectralDensity
            The density. It gives means over the eigenvalues, and bounds on the share of eigenvalues below a point.

        Raises
        ------
        ValueError
            If the layer or the part does not exist, a number is not whole, or the vectors do not fit in memory.

        Examples
        --------
        >>> net = LayeredNetwork([np.array([[2.0]]), np.array([[3.0]])], activation="linear")
        >>> density = curvature(net, [[1.0]], [[5.0]]).spectral_density(vectors=1000)  # of [[9, 7], [7, 4]]
        >>> mean, error = density.mean(lambda x: x)
        >>> bool(abs(mean - 13 / 2) < 4 * error)
        True
        """
        product, size = self._product(layer, part)
        with one_blas_thread():
            return spectral_density(
                product,
                size,
                vectors=whole_number("vectors", vectors, 1),
                steps=whole_number("steps", steps, 1),
                random=generator(seed),
            )

    def index(self, threshold: float = THRESHOLD, *, exact_up_to: int = 4000, products: int = 4000) -> SolutionIndex:
        """Return the number of eigenvalues below ``-threshold``, exact or as bounds.

        Parameters
        ----------
        threshold, exact_up_to, products
            See :func:`spinglass.networks.curvature.solution_index`.

        Returns
        -------
        SolutionIndex
            The counts or their bounds.

        Raises
        ------
        ValueError
            As `solution_index`.
        """
        return solution_index(self, exact_up_to=exact_up_to, threshold=threshold, products=products)

    def table(self, *, products: int = 100, seed: Seed = 0) -> "pd.DataFrame":
        """Return the ends of the spectrum of the whole Hessian and of every layer's block, by part.

        Parameters
        ----------
        products
            Largest number of products per row. Default: 100.
        seed
            Seed of the random starts. Default: 0.

        Returns
        -------
        pandas.DataFrame
            One row per block and part: ``block`` (``"all"`` or the layer's number), ``part``, ``parameters``, and the
            bounds ``lowest_from``, ``lowest_to``, ``highest_from``, ``highest_to`` of `extreme_eigenvalues`.
        """
        import pandas as pd

        parts: tuple[Part, ...] = get_args(Part)
        rows = []
        for layer in (None, *range(1, self.network.H + 1)):
            for part in parts:
                found = self.extreme_eigenvalues(layer, part, products=products, seed=seed)
                block = "all" if layer is None else str(layer)
                rows.append((block, part, found.size, *found.lowest, *found.highest))
        columns = ["block", "part", "parameters", "lowest_from", "lowest_to", "highest_from", "highest_to"]
        return pd.DataFrame(rows, columns=columns)

    def _product(self, layer: int | None, part: Part) -> tuple[Product, int]:
        """Return the multiplication by the Hessian or a layer's block, and its number of rows."""
        check_part(part)
        if layer is None:
            return lambda v: self.hessian_vector(v, part), self.network.size
        self._check_layer(layer)
        ends = np.cumsum((0, *self.network.layer_sizes))
        place = slice(int(ends[layer - 1]), int(ends[layer]))

        def product(v: Array) -> Array:
            whole = np.zeros(self.network.size)
            whole[place] = v
            return self.hessian_vector(whole, part)[place]

        return product, self.network.layer_sizes[layer - 1]


def curvature(
    network: LayeredNetwork, x: npt.ArrayLike, targets: npt.ArrayLike, loss: str | Loss = "squared"
) -> Curvature:
    """Return the first and second derivatives of a network's mean loss, ``E = (1/M) sum_s loss(y_s, t_s)``.

    The losses are the same as in :func:`spinglass.networks.train`. All derivatives are computed on demand. For networks
    up to some thousands of parameters, `Curvature.hessian`, `Curvature.block` and `Curvature.spectrum` give matrices
    and all eigenvalues. `Curvature.extreme_eigenvalues`, `Curvature.spectral_density` and `Curvature.index` need only
    products with the Hessian, and serve networks of a million parameters.

    Parameters
    ----------
    network
        The network.
    x
        Inputs, shape (M, n_0).
    targets
        Values (M, n_H) for the squared and the absolute loss; labels (M,) in 0..n_H - 1 for the others (0 and 1 for the
        hinge loss of one output).
    loss
        ``"squared"`` (default) for ``|y - t|^2/2``, ``"absolute"`` for ``sum_c |y_c - t_c|``, ``"cross_entropy"`` for
        ``-log softmax(y)[t]``, or ``"hinge"`` for ``sum_c max(0, 1 - t_c y_c)`` with t_c = 1 for the label's column and
        -1 elsewhere; or a :class:`spinglass.networks.Loss` of your own.

    Returns
    -------
    Curvature
        The derivatives at the network's parameters.

    Raises
    ------
    TypeError
        If ``network`` is not a LayeredNetwork.
    ValueError
        If inputs or targets are not finite or do not fit the network or each other, labels are out of range, or the
        loss overflows.

    References
    ----------
    Botev, Ritter and Barber (2017), "Practical Gauss-Newton optimisation for deep learning", section 3.

    Examples
    --------
    >>> net = LayeredNetwork([np.array([[2.0]]), np.array([[3.0]])], activation="linear")
    >>> curvature(net, [[1.0]], [[5.0]]).hessian().tolist()  # of (w1 w2 - 5)^2/2 at (2, 3)
    [[9.0, 7.0], [7.0, 4.0]]
    """
    if not isinstance(network, LayeredNetwork):
        raise TypeError(f"network must be a LayeredNetwork, not {type(network).__name__}; use LayeredNetwork(weights)")
    chosen = loss_named(loss)
    inputs = check_inputs(x, network.widths[0])
    checked = chosen.check(targets, len(inputs), network.widths[-1])
    with np.errstate(over="ignore", invalid="ignore"):
        outputs = network.pass_forward(inputs[:20])[1][-1]
    if np.isfinite(outputs).all():
        check_own_loss(chosen, outputs, checked[:20])
    found = Curvature(network, inputs, checked, chosen)
    if not np.isfinite(found.loss):
        raise ValueError("the loss is not finite at these parameters; use smaller weights or inputs")
    return found
