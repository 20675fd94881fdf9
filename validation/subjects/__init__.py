"""Simulations that claims measure: the project's own, a user's Python functions, or another program."""
