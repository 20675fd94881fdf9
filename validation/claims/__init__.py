"""The project's catalogue of claims, one module or package per family."""

from functools import cache
from importlib import import_module

from validation.catalogue import Catalogue

FAMILIES = (
    "covariance",
    "derivatives",
    "landscape",
    "theory_code",
    "network_code",
    "two_spin",
    "circle",
    "minima",
    "enumeration",
    "pairs",
    "planted",
    "descents",
    "dynamics",
    "information",
    "networks",
    "curvature",
    "linear_networks",
    "generalisation",
    "hard_networks",
    "temperature",
    "thermodynamics",
    "ground_states",
    "choromanska",
    "relax",
    "equilibrium_samples",
    "critical_points",
)


@cache
def catalogue() -> Catalogue:
    """Return all claims by id.

    Examples
    --------
    >>> round(sum(claim.share for claim in catalogue().values()), 12)
    1.0
    """
    families = [import_module(f"validation.claims.{name}") for name in FAMILIES]
    return Catalogue([claim for family in families for claim in family.CLAIMS], source="")
