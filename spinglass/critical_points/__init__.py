"""Enumeration of all critical points of a spin glass on its sphere by homotopy, with certificates, and their graph."""

from spinglass.critical_points.basins import Basins, basin_volumes
from spinglass.critical_points.enumeration import enumerate_critical_points
from spinglass.critical_points.graph import LandscapeGraph, landscape_graph
from spinglass.critical_points.homotopy import Progress
from spinglass.critical_points.result import Enumeration

__all__ = [
    "Basins",
    "Enumeration",
    "LandscapeGraph",
    "Progress",
    "basin_volumes",
    "enumerate_critical_points",
    "landscape_graph",
]
