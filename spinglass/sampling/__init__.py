"""Sampling at temperature: chains on the sphere, and how well they have mixed."""
