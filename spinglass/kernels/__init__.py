"""The Numba kernels over packed couplings; they take arrays and check nothing."""
