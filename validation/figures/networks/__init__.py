"""Figures of networks: trained on digits, on few data, deep linear ones, and curve fitting."""
