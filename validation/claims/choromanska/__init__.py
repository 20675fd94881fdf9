"""Observations of Choromanska et al. (2015) on networks and spin glasses of growing size, repeated on other digits."""

from validation.claims.choromanska.claims import CLAIMS

__all__ = ["CLAIMS"]
