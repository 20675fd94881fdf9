"""Hold a simulation or theory that was written elsewhere against the claims, and name what is wrong with it."""
