"""Spherical p-spin models and other energy landscapes, with descent, sampling and enumeration of critical points.

The interaction order p is called H here. `SphericalSpinGlass` is the model, `descend` finds minima,
`enumerate_critical_points` finds all critical points of a small model, `sampling` draws from the Gibbs measure,
`networks` holds neural networks, and `sphere` holds the geometry of the sphere ``|x|^2 = n``.
"""

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
    from spinglass.message_passing import MessagePassing, pass_messages
    from spinglass.planted import plant
    from spinglass.posterior_law import posterior
    from spinglass.results import CriticalPoints

__all__ = [
    "CriticalPoints",
    "DescentInterrupted",
    "MessagePassing",
    "SphericalSpinGlass",
    "basin_volumes",
    "check_derivatives",
    "descend",
    "enumerate_critical_points",
    "hessian_ascent",
    "landscape_graph",
    "networks",
    "pass_messages",
    "plant",
    "posterior",
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
        "spinglass.message_passing": ["MessagePassing", "pass_messages"],
        "spinglass.planted": ["plant"],
        "spinglass.posterior_law": ["posterior"],
        "spinglass.results": ["CriticalPoints"],
    },
)
