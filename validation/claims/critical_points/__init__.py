"""Critical points, or minima, of one landscape: whether they are what they are called, and how many there are."""

from validation.claims.critical_points.claims import CLAIMS

__all__ = ["CLAIMS"]
