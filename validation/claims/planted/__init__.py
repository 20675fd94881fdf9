"""Spin glasses with a planted signal: their critical points by overlap with it, and the minimum near it."""

from validation.claims.planted import counts, signal_minimum

CLAIMS = (*counts.CLAIMS, *signal_minimum.CLAIMS)
