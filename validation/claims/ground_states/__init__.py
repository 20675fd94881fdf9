"""Ground states: annealing beside enumeration, their limit and scatter, and how deep the Hessian ascent gets."""

from validation.claims.ground_states import ascent, fluctuations, minimum

CLAIMS = (*minimum.CLAIMS, *fluctuations.CLAIMS, *ascent.CLAIMS)
