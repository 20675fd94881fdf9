"""Statistical tests: estimates, standard errors, the bootstrap, and extrapolation to large systems."""
