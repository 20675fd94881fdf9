"""Minima of small landscapes: their number, the share of bad ones among them, and their stability."""

from validation.claims.minima import bad, counts, stability

CLAIMS = (*counts.CLAIMS, *bad.CLAIMS, *stability.CLAIMS)
