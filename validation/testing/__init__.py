"""Hypothesis strategies for property tests of spin glasses and networks."""
