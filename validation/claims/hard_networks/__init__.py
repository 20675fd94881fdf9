"""Small networks with hard landscapes: many minima, a training problem that is NP-complete, and the smallest saddle."""

from validation.claims.hard_networks.claims import CLAIMS

__all__ = ["CLAIMS"]
