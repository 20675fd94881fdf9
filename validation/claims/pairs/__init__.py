"""Pairs of critical points of small landscapes: their overlaps, the spread of their number, and paths between them."""

from validation.claims.pairs import counts, numbers, paths

CLAIMS = (*counts.CLAIMS, *numbers.CLAIMS, *paths.CLAIMS)
