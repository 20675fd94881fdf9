"""The Hessian of a layered network's loss: matrices, bounds on eigenvalues, spectral density and index."""

from spinglass.networks.curvature.layer_hessians import PARTS
from spinglass.networks.curvature.network_curvature import Curvature, curvature
from spinglass.networks.curvature.probabilistic_bounds import ExtremeEigenvalues
from spinglass.networks.curvature.spectral_density import SpectralDensity
from spinglass.networks.curvature.spectrum import SolutionIndex, solution_index

__all__ = [
    "PARTS",
    "Curvature",
    "ExtremeEigenvalues",
    "SolutionIndex",
    "SpectralDensity",
    "curvature",
    "solution_index",
]
