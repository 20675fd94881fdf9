"""Exact mean numbers of critical points at finite n, from the Kac-Rice formula and the laws of GOE eigenvalues."""
