"""Curvature of piecewise linear networks: positive semidefinite blocks, no strict maxima, saddles, dead units."""

from validation.claims.curvature.claims import CLAIMS

__all__ = ["CLAIMS"]
