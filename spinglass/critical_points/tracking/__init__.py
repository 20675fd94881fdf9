"""Tracking of the solution paths of a homotopy from the start form to the model."""
