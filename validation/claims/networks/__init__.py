"""From the ReLU network to the spin glass: identities, exact laws, and assumptions."""

from validation.claims.networks import assumptions, chain, depth, laws, spherical_networks, weights_at_depth

CLAIMS = (
    *chain.CLAIMS,
    *laws.CLAIMS,
    *assumptions.CLAIMS,
    *depth.CLAIMS,
    *weights_at_depth.CLAIMS,
    *spherical_networks.CLAIMS,
)
