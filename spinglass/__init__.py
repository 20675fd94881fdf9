"""Spin-glass landscapes and what is done to them: numbers in, numbers out."""

from spinglass import sphere
from spinglass.critical_points import basin_volumes, enumerate_critical_points, landscape_graph
from spinglass.derivatives import check_derivatives
from spinglass.descent import DescentInterrupted, descend
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.results import CriticalPoints

__all__ = [
    "CriticalPoints",
    "DescentInterrupted",
    "SphericalSpinGlass",
    "basin_volumes",
    "check_derivatives",
    "descend",
    "enumerate_critical_points",
    "landscape_graph",
    "sphere",
]
