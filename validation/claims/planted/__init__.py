"""Spin glasses with a planted signal: their critical points by overlap with it, and how many a field leaves."""

from validation.claims.planted.claims import CLAIMS

__all__ = ["CLAIMS"]
