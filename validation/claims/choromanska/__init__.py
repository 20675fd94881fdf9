"""What Choromanska et al. (2015) saw of networks and glasses of growing size, seen again on other digits."""

from validation.claims.choromanska.claims import CLAIMS

__all__ = ["CLAIMS"]
