"""Deep linear networks and linear ResNets: global minima, all critical points, and the range of small layers."""

from validation.claims.linear_networks.claims import CLAIMS

__all__ = ["CLAIMS"]
