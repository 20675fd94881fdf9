"""All critical points of small landscapes: their number, their Hessians, and the graph that they form."""

from validation.claims.enumeration import graphs, hessians, mean_counts, solutions, trivialisation

CLAIMS = (*solutions.CLAIMS, *graphs.CLAIMS, *mean_counts.CLAIMS, *hessians.CLAIMS, *trivialisation.CLAIMS)
