"""Minima of small landscapes: their number, and the share of bad ones among them."""

from validation.claims.minima import bad, counts

CLAIMS = (*counts.CLAIMS, *bad.CLAIMS)
