"""Mutants that claims of several families share."""

from validation.claims._shared import perturbations
from validation.mutant import Mutant

MULTIPLICITY = Mutant(
    "multiplicity forgotten",
    "every packed coupling is drawn with variance 1",
    {"spinglass.couplings.scale_by_root_multiplicity": perturbations.does_nothing},
    upstream=True,
)
DIAGONAL = Mutant(
    "diagonal left out",
    "couplings with a repeated index are zero, as in much of the literature",
    {"spinglass.couplings.draw": perturbations.without_repeated_indices},
    upstream=True,
)
NORMALISATION = Mutant(
    "wrong normalisation",
    "couplings, and therefore energies, are too small by a factor sqrt 2, as in the physics convention",
    {"spinglass.couplings.draw": perturbations.times(2**-0.5)},
    upstream=True,
)
HINGE = Mutant(
    "kernel term dropped",
    "the gradient leaves out the couplings of the last hinge",
    {"spinglass.forms.Form.add_sweep": perturbations.gradient_without_last_hinge},
    upstream=True,
)
INDEX = Mutant(
    "index off by one",
    "one negative eigenvalue too many is counted",
    {"spinglass.sphere.hessian_eigenvalues": perturbations.with_one_more_negative},
    upstream=True,
)
CURVATURE = Mutant(
    "curvature forgotten",
    "the Riemannian Hessian leaves out the curvature of the sphere",
    {"spinglass.sphere.reduced_hessian": perturbations.without_curvature},
    upstream=True,
)
WRONG_SIZE = Mutant(
    "GOE of the wrong size",
    "theory counts with a GOE matrix of size n + 1",
    {"theory.mean_critical_points": perturbations.of_next_size},
)
PHYSICS_TEMPERATURE = Mutant(
    "physics' temperature",
    "theory takes T for the temperature of the physics convention, in which energies have variance n/2",
    {"theory.statics.equilibrium.equilibrium": perturbations.at_physics_temperature},
)
