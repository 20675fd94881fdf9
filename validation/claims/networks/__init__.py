"""From the ReLU network to the spin glass: what is exact, what is a law, and what is only assumed."""

from validation.claims.networks import assumptions, chain, laws

CLAIMS = (*chain.CLAIMS, *laws.CLAIMS, *assumptions.CLAIMS)
