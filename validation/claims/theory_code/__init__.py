"""Theory code: mean counts, thresholds, relaxation and equilibrium of pure models, held against exact values."""

from validation.claims.theory_code.claims import CLAIMS, claims_of_order

__all__ = ["CLAIMS", "claims_of_order"]
