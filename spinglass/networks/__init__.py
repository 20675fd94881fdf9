"""Layered networks, the path models that represent them, and the spin glasses to which these reduce."""

from spinglass.networks.decoupled import DecoupledPathModel
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.linear import LinearProblem
from spinglass.networks.losses import Loss
from spinglass.networks.paths.expansion import PathExpansion, path_expansion, path_gradient, path_sum
from spinglass.networks.patterns import ReLUProblem
from spinglass.networks.planes import loss_plane
from spinglass.networks.relu import ReLUNetwork
from spinglass.networks.resnet import LinearResNet
from spinglass.networks.training.many import train

__all__ = [
    "DecoupledPathModel",
    "LayeredNetwork",
    "LinearProblem",
    "LinearResNet",
    "Loss",
    "PathExpansion",
    "ReLUNetwork",
    "ReLUProblem",
    "loss_plane",
    "path_expansion",
    "path_gradient",
    "path_sum",
    "train",
]
