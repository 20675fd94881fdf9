"""Pairs of critical points of small landscapes: their overlaps, the spread of their number, and paths between them."""

from validation.claims.pairs import numbers, pair_counts, profiles

CLAIMS = (*pair_counts.CLAIMS, *numbers.CLAIMS, *profiles.CLAIMS)
