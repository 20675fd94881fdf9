"""Relaxation from random starts, and in a heat bath: the beginning, the direction, and the limit of many spins."""

from validation.claims.relax.claims import CLAIMS

__all__ = ["CLAIMS"]
