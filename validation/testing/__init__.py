"""Hypothesis strategies for property-based tests of spin glasses and networks."""
