"""From the ReLU network to the spin glass: identities, exact laws, and assumptions."""

from validation.claims.networks import assumptions, chain, depth, laws

CLAIMS = (*chain.CLAIMS, *laws.CLAIMS, *assumptions.CLAIMS, *depth.CLAIMS)
