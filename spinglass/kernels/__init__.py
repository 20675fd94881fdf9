"""Numba kernels for packed couplings; they do not check their arguments."""
