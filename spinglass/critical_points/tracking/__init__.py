"""Follow the solution paths of a homotopy from a start system to the critical points."""
