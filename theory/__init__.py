"""Predictions for spherical spin glasses and for networks: symbolic where possible, numeric otherwise.

Functions on spin glasses can be imported from here; those on networks are in the modules of ``theory.networks``.
"""

from typing import TYPE_CHECKING

from spinglass._common.lazy import lazy_names

if TYPE_CHECKING:
    from theory.dynamics.descent_threshold import descent_threshold
    from theory.dynamics.long_time import LongTimeEnergy, long_time_energy
    from theory.dynamics.relaxation import gradient_descent_energy, relaxation
    from theory.dynamics.two_resolutions import Relaxation
    from theory.information.recovery import Recovery, recovery
    from theory.information.recovery_thresholds import RecoveryThresholds, recovery_thresholds
    from theory.information.signal_to_noise import noise_levels
    from theory.information.state_evolution import StateEvolution, state_evolution
    from theory.kac_rice.goe import eigenvalue_density, kth_eigenvalue_cdf, kth_eigenvalue_density
    from theory.kac_rice.mean_counts import mean_critical_point_density, mean_critical_points
    from theory.kac_rice.mean_minimum import mean_deepest_minimum
    from theory.kac_rice.stable_minima import mean_stable_minima, stability_density
    from theory.large_n.complexity import I_1, complexity, index_complexity
    from theory.large_n.deepest_minimum import DeepestMinimum, deepest_minimum
    from theory.large_n.mixed import E_alg, is_pure_like, mixed_complexity
    from theory.large_n.pairs.closest_points import ClosestPoints, closest_points
    from theory.large_n.pairs.pair_complexity import isolated_eigenvalue, neighbour_complexity, pair_complexity
    from theory.large_n.semicircle import derive_E_inf, index_fraction, semicircle_fraction
    from theory.large_n.stability import (
        MarginalMinima,
        marginal_complexity,
        marginal_minima,
        most_numerous_stability,
        stability_complexity,
    )
    from theory.large_n.thresholds import E_0, E_inf, E_k
    from theory.pairs.mean_pairs import PairDensity, mean_pairs
    from theory.pairs.pair_counts import PairCount, mean_pairs_between
    from theory.pairs.path_profile import PathProfile, path_profile
    from theory.pairs.second_moment import SecondMoment, second_moment
    from theory.planted.field_window import field_window
    from theory.planted.overlap_counts import mean_planted_points, planted_point_density
    from theory.planted.planted_complexity import planted_complexity
    from theory.planted.signal_minimum import SignalMinimum, signal_minimum
    from theory.planted.signal_thresholds import SignalThresholds, signal_thresholds
    from theory.statics.almeida_thouless import almeida_thouless_temperature
    from theory.statics.equilibrium import Equilibrium, OverlapDistribution, equilibrium, overlap_distribution
    from theory.statics.ground_state import GroundState, ground_state, ground_state_energy
    from theory.statics.potential import franz_parisi
    from theory.statics.tap_states import TapState, tap_complexity, tap_state
    from theory.statics.threshold_energy import E_th
    from theory.statics.threshold_state import ThresholdState, threshold_state
    from theory.statics.transition_temperatures import dynamical_temperature, static_temperature

__all__ = [
    "E_0",
    "I_1",
    "ClosestPoints",
    "DeepestMinimum",
    "E_alg",
    "E_inf",
    "E_k",
    "E_th",
    "Equilibrium",
    "GroundState",
    "LongTimeEnergy",
    "MarginalMinima",
    "OverlapDistribution",
    "PairCount",
    "PairDensity",
    "PathProfile",
    "Recovery",
    "RecoveryThresholds",
    "Relaxation",
    "SecondMoment",
    "SignalMinimum",
    "SignalThresholds",
    "StateEvolution",
    "TapState",
    "ThresholdState",
    "almeida_thouless_temperature",
    "closest_points",
    "complexity",
    "deepest_minimum",
    "derive_E_inf",
    "descent_threshold",
    "dynamical_temperature",
    "eigenvalue_density",
    "equilibrium",
    "field_window",
    "franz_parisi",
    "gradient_descent_energy",
    "ground_state",
    "ground_state_energy",
    "index_complexity",
    "index_fraction",
    "is_pure_like",
    "isolated_eigenvalue",
    "kth_eigenvalue_cdf",
    "kth_eigenvalue_density",
    "long_time_energy",
    "marginal_complexity",
    "marginal_minima",
    "mean_critical_point_density",
    "mean_critical_points",
    "mean_deepest_minimum",
    "mean_pairs",
    "mean_pairs_between",
    "mean_planted_points",
    "mean_stable_minima",
    "mixed_complexity",
    "most_numerous_stability",
    "neighbour_complexity",
    "noise_levels",
    "overlap_distribution",
    "pair_complexity",
    "path_profile",
    "planted_complexity",
    "planted_point_density",
    "recovery",
    "recovery_thresholds",
    "relaxation",
    "second_moment",
    "semicircle_fraction",
    "signal_minimum",
    "signal_thresholds",
    "stability_complexity",
    "stability_density",
    "state_evolution",
    "static_temperature",
    "tap_complexity",
    "tap_state",
    "threshold_state",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "theory.large_n.complexity": ["I_1", "complexity", "index_complexity"],
        "theory.large_n.deepest_minimum": ["DeepestMinimum", "deepest_minimum"],
        "theory.dynamics.descent_threshold": ["descent_threshold"],
        "theory.dynamics.relaxation": ["gradient_descent_energy", "relaxation"],
        "theory.dynamics.two_resolutions": ["Relaxation"],
        "theory.information.recovery": ["Recovery", "recovery"],
        "theory.information.recovery_thresholds": ["RecoveryThresholds", "recovery_thresholds"],
        "theory.information.signal_to_noise": ["noise_levels"],
        "theory.information.state_evolution": ["StateEvolution", "state_evolution"],
        "theory.kac_rice.goe": ["eigenvalue_density", "kth_eigenvalue_cdf", "kth_eigenvalue_density"],
        "theory.statics.ground_state": ["GroundState", "ground_state", "ground_state_energy"],
        "theory.kac_rice.mean_counts": ["mean_critical_point_density", "mean_critical_points"],
        "theory.kac_rice.mean_minimum": ["mean_deepest_minimum"],
        "theory.dynamics.long_time": ["LongTimeEnergy", "long_time_energy"],
        "theory.kac_rice.stable_minima": ["mean_stable_minima", "stability_density"],
        "theory.large_n.pairs.closest_points": ["ClosestPoints", "closest_points"],
        "theory.large_n.pairs.pair_complexity": ["isolated_eigenvalue", "neighbour_complexity", "pair_complexity"],
        "theory.large_n.stability": [
            "MarginalMinima",
            "marginal_complexity",
            "marginal_minima",
            "most_numerous_stability",
            "stability_complexity",
        ],
        "theory.large_n.mixed": ["E_alg", "is_pure_like", "mixed_complexity"],
        "theory.large_n.semicircle": ["derive_E_inf", "index_fraction", "semicircle_fraction"],
        "theory.statics.almeida_thouless": ["almeida_thouless_temperature"],
        "theory.statics.equilibrium": ["Equilibrium", "OverlapDistribution", "equilibrium", "overlap_distribution"],
        "theory.statics.potential": ["franz_parisi"],
        "theory.statics.tap_states": ["TapState", "tap_complexity", "tap_state"],
        "theory.planted.field_window": ["field_window"],
        "theory.planted.overlap_counts": ["mean_planted_points", "planted_point_density"],
        "theory.planted.planted_complexity": ["planted_complexity"],
        "theory.planted.signal_minimum": ["SignalMinimum", "signal_minimum"],
        "theory.planted.signal_thresholds": ["SignalThresholds", "signal_thresholds"],
        "theory.pairs.mean_pairs": ["PairDensity", "mean_pairs"],
        "theory.pairs.pair_counts": ["PairCount", "mean_pairs_between"],
        "theory.pairs.path_profile": ["PathProfile", "path_profile"],
        "theory.pairs.second_moment": ["SecondMoment", "second_moment"],
        "theory.large_n.thresholds": ["E_0", "E_inf", "E_k"],
        "theory.statics.threshold_energy": ["E_th"],
        "theory.statics.threshold_state": ["ThresholdState", "threshold_state"],
        "theory.statics.transition_temperatures": ["dynamical_temperature", "static_temperature"],
    },
)
