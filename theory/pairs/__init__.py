"""Exact theory of pairs of critical points at finite n: their mean numbers, and the energy between two of them."""
