"""What can be known about a planted signal: message passing and the posterior law."""

from validation.claims.information.claims import CLAIMS

__all__ = ["CLAIMS"]
