"""Exact mean numbers of critical points at finite n, from the Kac-Rice formula and laws of GOE eigenvalues."""
