"""Spin-glass landscapes and what is done to them: numbers in, numbers out."""

from typing import TYPE_CHECKING

from spinglass._common.lazy import lazy_names

if TYPE_CHECKING:
    from spinglass import networks, sampling, sphere
    from spinglass._common import seeds
    from spinglass.critical_points import basin_volumes, enumerate_critical_points, landscape_graph
    from spinglass.derivatives import check_derivatives
    from spinglass.descent import DescentInterrupted, descend
    from spinglass.descent.hessian_ascent import hessian_ascent
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
    "seeds",
    "sphere",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "spinglass": ["networks", "sampling", "sphere"],
        "spinglass._common": ["seeds"],
        "spinglass.critical_points": ["basin_volumes", "enumerate_critical_points", "landscape_graph"],
        "spinglass.derivatives": ["check_derivatives"],
        "spinglass.descent": ["DescentInterrupted", "descend"],
        "spinglass.descent.hessian_ascent": ["hessian_ascent"],
        "spinglass.hamiltonian": ["SphericalSpinGlass"],
        "spinglass.planted": ["plant"],
        "spinglass.results": ["CriticalPoints"],
    },
)
