"""Deep linear networks and linear ResNets: global values, every critical point, and what small layers can reach."""

from validation.claims.linear_networks.claims import CLAIMS

__all__ = ["CLAIMS"]
