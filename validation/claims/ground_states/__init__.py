"""Ground states: annealing beside enumeration, their limit and scatter, and how deep the Hessian ascent gets."""

from validation.claims.ground_states import fluctuations, hessian_ascent, minimum

CLAIMS = (*minimum.CLAIMS, *fluctuations.CLAIMS, *hessian_ascent.CLAIMS)
