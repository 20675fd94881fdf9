"""What is predicted: symbolic where it can be, numeric where it must be."""

from typing import TYPE_CHECKING

from spinglass._common.lazy import lazy_names

if TYPE_CHECKING:
    from theory.complexity import I_1, complexity, index_complexity
    from theory.deepest_minimum import DeepestMinimum, deepest_minimum
    from theory.dynamics import Relaxation, gradient_descent_energy, relaxation
    from theory.goe import eigenvalue_density, kth_eigenvalue_cdf, kth_eigenvalue_density
    from theory.ground_state import GroundState, ground_state, ground_state_energy
    from theory.kac_rice import mean_critical_point_density, mean_critical_points
    from theory.long_time import LongTimeEnergy, long_time_energy
    from theory.mixed import E_alg, E_th, is_pure_like, mixed_complexity
    from theory.semicircle import derive_E_inf, index_fraction, semicircle_fraction
    from theory.statics import Equilibrium, equilibrium
    from theory.thresholds import E_0, E_inf, E_k
    from theory.transition_temperatures import dynamical_temperature, static_temperature

__all__ = [
    "E_0",
    "I_1",
    "DeepestMinimum",
    "E_alg",
    "E_inf",
    "E_k",
    "E_th",
    "Equilibrium",
    "GroundState",
    "LongTimeEnergy",
    "Relaxation",
    "complexity",
    "deepest_minimum",
    "derive_E_inf",
    "dynamical_temperature",
    "eigenvalue_density",
    "equilibrium",
    "gradient_descent_energy",
    "ground_state",
    "ground_state_energy",
    "index_complexity",
    "index_fraction",
    "is_pure_like",
    "kth_eigenvalue_cdf",
    "kth_eigenvalue_density",
    "long_time_energy",
    "mean_critical_point_density",
    "mean_critical_points",
    "mixed_complexity",
    "relaxation",
    "semicircle_fraction",
    "static_temperature",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "theory.complexity": ["I_1", "complexity", "index_complexity"],
        "theory.deepest_minimum": ["DeepestMinimum", "deepest_minimum"],
        "theory.dynamics": ["Relaxation", "gradient_descent_energy", "relaxation"],
        "theory.goe": ["eigenvalue_density", "kth_eigenvalue_cdf", "kth_eigenvalue_density"],
        "theory.ground_state": ["GroundState", "ground_state", "ground_state_energy"],
        "theory.kac_rice": ["mean_critical_point_density", "mean_critical_points"],
        "theory.long_time": ["LongTimeEnergy", "long_time_energy"],
        "theory.mixed": ["E_alg", "E_th", "is_pure_like", "mixed_complexity"],
        "theory.semicircle": ["derive_E_inf", "index_fraction", "semicircle_fraction"],
        "theory.statics": ["Equilibrium", "equilibrium"],
        "theory.thresholds": ["E_0", "E_inf", "E_k"],
        "theory.transition_temperatures": ["dynamical_temperature", "static_temperature"],
    },
)
