"""Experiments on networks: trained on digits, on few data and on the sphere, small hard ones, and curve fitting."""
