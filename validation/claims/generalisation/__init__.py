"""Over- and underfitting: polynomials, whose expected errors are known exactly, and a network trained too long."""

from validation.claims.generalisation.claims import CLAIMS

__all__ = ["CLAIMS"]
