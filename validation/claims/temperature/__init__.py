"""Sampling at finite temperature: averages that are exact at finite n, and overlaps of replicas."""

from validation.claims.temperature import averages, overlaps, potential, streams

CLAIMS = (*averages.CLAIMS, *overlaps.CLAIMS, *streams.CLAIMS, *potential.CLAIMS)
