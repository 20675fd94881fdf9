"""Simulations that return tidy tables, for figures and claims."""
