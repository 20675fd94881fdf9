"""Spin glasses with a planted signal: their critical points by overlap with it, and the minimum near it."""

from validation.claims.planted import planted_counts, signal_minimum

CLAIMS = (*planted_counts.CLAIMS, *signal_minimum.CLAIMS)
