"""Spin-glass landscapes and what is done to them: numbers in, numbers out."""

from importlib import import_module
from types import ModuleType

from spinglass import sphere
from spinglass.critical_points import basin_volumes, enumerate_critical_points, landscape_graph
from spinglass.derivatives import check_derivatives
from spinglass.descent import DescentInterrupted, descend, hessian_ascent
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.planted import plant
from spinglass.results import CriticalPoints

__all__ = [
    "CriticalPoints",
    "DescentInterrupted",
    "SphericalSpinGlass",
    "basin_volumes",
    "check_derivatives",
    "descend",
    "enumerate_critical_points",
    "hessian_ascent",
    "landscape_graph",
    "networks",
    "plant",
    "sampling",
    "sphere",
]


def __getattr__(name: str) -> ModuleType:
    """Import the packages beside the glass when they are asked for: they take as long as all the rest."""
    if name in ("networks", "sampling"):
        return import_module(f"spinglass.{name}")
    raise AttributeError(f"module 'spinglass' has no attribute {name!r}")
