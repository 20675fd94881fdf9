"""Points at equilibrium in one landscape, or their energies, compared with averages that are exact at finite n."""

from validation.claims.equilibrium_samples.claims import CLAIMS

__all__ = ["CLAIMS"]
