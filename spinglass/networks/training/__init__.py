"""Training of many layered networks at once, each independently and in compiled code."""

from spinglass.networks.training.augment import shifts_and_rotations
from spinglass.networks.training.many import train
from spinglass.networks.training.optimisers import SGD, Adam, Momentum, Optimiser, RMSProp
from spinglass.networks.training.trained_networks import TrainedNetworks, TrainingStatus
from spinglass.networks.training.training_loss import TrainingLoss

__all__ = [
    "SGD",
    "Adam",
    "Momentum",
    "Optimiser",
    "RMSProp",
    "TrainedNetworks",
    "TrainingLoss",
    "TrainingStatus",
    "shifts_and_rotations",
    "train",
]
