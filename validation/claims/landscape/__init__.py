"""Energies, derivatives and couplings of one landscape, read from its values at points of the sphere."""

from validation.claims.landscape.claims import CLAIMS

__all__ = ["CLAIMS"]
