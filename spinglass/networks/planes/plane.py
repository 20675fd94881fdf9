"""A plane in the space of a network's parameters, and the loss on it."""

from dataclasses import dataclass

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.curvature import Curvature, curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import AnyArray, Loss


@dataclass(frozen=True, eq=False)
class Plane:
    """Parameters ``origin + u first + v second`` of a network, and the data on which its loss is evaluated.

    Attributes
    ----------
    network
        The network, whose shape and activation functions are used.
    x
        Inputs, shape (M, n_0).
    targets
        Validated targets: values (M, n_H) or labels (M,).
    loss_function
        The loss.
    origin, first, second
        The plane in parameter space, shape (size,) each.
    """

    network: LayeredNetwork
    x: Array
    targets: AnyArray
    loss_function: Loss
    origin: Array
    first: Array
    second: Array

    def network_at(self, u: float, v: float) -> LayeredNetwork:
        """Return the network at a point of the plane.

        Parameters
        ----------
        u, v
            Coordinates in the plane.

        Returns
        -------
        LayeredNetwork
            The network.
        """
        return self.network.with_parameters(self.origin + u * self.first + v * self.second)

    def at(self, u: float, v: float) -> Curvature:
        """Return the curvature of the loss at a point of the plane.

        Parameters
        ----------
        u, v
            Coordinates in the plane.

        Returns
        -------
        Curvature
            Loss, gradient and Hessian with respect to all parameters.
        """
        return curvature(self.network_at(u, v), self.x, self.targets, self.loss_function)

    def passed(self, u: float, v: float) -> tuple[float, Array]:
        """Return the mean loss and the preactivations of the hidden units with a kink, by one forward pass.

        Parameters
        ----------
        u, v
            Coordinates in the plane.

        Returns
        -------
        loss
            The mean loss E; infinite or NaN if it overflows.
        preactivations
            Preactivations of all hidden units on all data points, shape (units times points,); empty for activation
            functions without a kink.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            preactivations, activations = self.network_at(u, v).pass_forward(self.x)
            loss = float(np.mean(self.loss_function.value(activations[-1], self.targets)))
        kinked = preactivations[:-1] if self.network.activation.kinked else []
        return loss, np.concatenate([np.empty(0), *(h.ravel() for h in kinked)])

    def derivatives(self, u: float, v: float) -> tuple[Array, Array]:
        """Return the gradient and the Hessian of E with respect to u and v.

        Parameters
        ----------
        u, v
            Coordinates in the plane.

        Returns
        -------
        gradient
            First derivatives, shape (2,).
        hessian
            Second derivatives, shape (2, 2).
        """
        both, here = np.array([self.first, self.second]), self.at(u, v)
        return both @ here.gradient, np.asarray(both @ here.hessian_vector(both).T)
