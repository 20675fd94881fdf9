"""The Hessian of a layered network's loss, in full and by layer, and counts of its negative eigenvalues."""

from spinglass.networks.curvature.layer_hessians import PARTS, Curvature, curvature
from spinglass.networks.curvature.spectrum import SolutionIndex, solution_index

__all__ = ["PARTS", "Curvature", "SolutionIndex", "curvature", "solution_index"]
