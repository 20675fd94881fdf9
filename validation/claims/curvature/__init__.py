"""Curvature of networks: positive semidefinite blocks, no strict maxima, saddles, dead units, bulk of the spectrum."""

from validation.claims.curvature import bulk, claims

CLAIMS = (*claims.CLAIMS, bulk.CLAIM)
