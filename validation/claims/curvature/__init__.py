"""Curvature of piecewise linear networks: positive blocks, no strict maxima, saddles between layers, dead units."""

from validation.claims.curvature.claims import CLAIMS

__all__ = ["CLAIMS"]
