"""Minima of small landscapes: how many there are, and how few of them are bad."""

from validation.claims.minima import bad, counts

CLAIMS = (*counts.CLAIMS, *bad.CLAIMS)
