"""From the ReLU network to the spin glass: what is exact, what is a law, and what is only assumed."""

from validation.claims import networks_assumptions, networks_chain, networks_laws

CLAIMS = (*networks_chain.CLAIMS, *networks_laws.CLAIMS, *networks_assumptions.CLAIMS)
