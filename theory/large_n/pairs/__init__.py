"""Pairs of critical points at given overlap at large n: their number, and the Hessian at each."""
