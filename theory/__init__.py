"""What is predicted: symbolic where it can be, numeric where it must be."""

from theory.complexity import I_1, complexity, index_complexity
from theory.goe import eigenvalue_density, kth_eigenvalue_cdf, kth_eigenvalue_density
from theory.kac_rice import mean_critical_point_density, mean_critical_points
from theory.semicircle import derive_E_inf, index_fraction, semicircle_fraction
from theory.thresholds import E_0, E_inf, E_k

__all__ = [
    "E_0",
    "I_1",
    "E_inf",
    "E_k",
    "complexity",
    "derive_E_inf",
    "eigenvalue_density",
    "index_complexity",
    "index_fraction",
    "kth_eigenvalue_cdf",
    "kth_eigenvalue_density",
    "mean_critical_point_density",
    "mean_critical_points",
    "semicircle_fraction",
]
