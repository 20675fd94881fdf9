"""Ground states: annealing compared with enumeration, their limit and fluctuations, and the depth of Hessian ascent."""

from validation.claims.ground_states import fluctuations, hessian_ascent, minimum

CLAIMS = (*minimum.CLAIMS, *fluctuations.CLAIMS, *hessian_ascent.CLAIMS)
