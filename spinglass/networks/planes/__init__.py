"""The loss of a network on planes in parameter space, and curves of low loss between networks."""

from spinglass.networks.planes.curve import Curve, connecting_curve
from spinglass.networks.planes.loss_plane import LossPlane, loss_plane
from spinglass.networks.planes.plane import Plane

__all__ = ["Curve", "LossPlane", "Plane", "connecting_curve", "loss_plane"]
