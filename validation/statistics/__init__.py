"""Statistical tests: estimates, error bars, the bootstrap, extrapolation to large systems."""
