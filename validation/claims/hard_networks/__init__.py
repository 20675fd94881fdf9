"""Small networks with hard landscapes: many minima, an NP-complete training problem, and the smallest saddle."""

from validation.claims.hard_networks.claims import CLAIMS

__all__ = ["CLAIMS"]
