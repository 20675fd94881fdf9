"""The mean loss of a layered network and its first derivatives."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array
from spinglass.networks.curvature.backward_recursion import Sweep, sweep
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import AnyArray, Loss


@dataclass(frozen=True, eq=False, repr=False)
class FirstDerivatives:
    """The mean loss E of M data points and its first derivatives, at one set of parameters.

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

    network: LayeredNetwork
    x: Array
    targets: AnyArray
    loss_function: Loss

    @cached_property
    def _sweep(self) -> Sweep:
        # Overflow gives a loss that is not finite, for which `curvature` raises an error.
        with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
            return sweep(self.network, self.x, self.targets, self.loss_function)

    @property
    def loss(self) -> float:
        """The mean loss E over the data points."""
        return float(self._sweep.values.mean())

    @property
    def gradient(self) -> Array:
        """Derivatives of E with respect to all parameters, shape (size,)."""
        swept = self._sweep
        with one_blas_thread():
            layers = [a.T @ delta for a, delta in zip(swept.inputs, swept.gradients, strict=True)]
        return np.concatenate([layer.ravel() for layer in layers]) / len(self.x)

    @property
    def preactivations(self) -> tuple[Array, ...]:
        """The preactivations h_1, ..., h_H, shape (M, n_l) each."""
        return self._sweep.preactivations

    @property
    def outputs(self) -> Array:
        """The outputs of the network, shape (M, n_H)."""
        return self.network.activation_of(self.network.H).value(self.preactivations[-1])

    @property
    def kink_distance(self) -> float:
        """Smallest distance from a kink, ``|h|``, over all units with a kink and all data points.

        It is infinite if there is no kink. A unit whose inputs are all zero, because all units of the layer below are
        inactive, is not counted. The hinge loss also has kinks, at the distance ``|1 - t_c y_c|``, and so has the
        absolute loss, at ``|y_c - t_c|``.
        """
        nearest = np.inf
        for layer, (a, h) in enumerate(zip(self._sweep.inputs, self.preactivations, strict=True), 1):
            if self.network.activation_of(layer).kinked:
                nearest = min(nearest, np.abs(h[a.any(axis=1)]).min(initial=np.inf))
        if self.loss_function.kinks is not None:
            nearest = min(nearest, self.loss_function.kinks(self.outputs, self.targets).min())
        return float(nearest)
