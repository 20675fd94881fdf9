"""Sampling at temperature: averages that are exact at finite n, and the overlaps of replicas."""

from validation.claims.temperature import averages, overlaps, streams

CLAIMS = (*averages.CLAIMS, *overlaps.CLAIMS, *streams.CLAIMS)
