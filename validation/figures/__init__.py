"""Figures: tidy data in, a matplotlib Figure out; nothing is computed and nothing saved here."""

from validation.figures.activations import activations
from validation.figures.ageing import ageing
from validation.figures.choices import choices
from validation.figures.counts_by_energy import counts_by_energy
from validation.figures.counts_to_complexity import counts_to_complexity
from validation.figures.curve_fits import curve_fits
from validation.figures.decision_boundaries import decision_boundaries
from validation.figures.descent_energies import descent_energies
from validation.figures.deviations import deviations
from validation.figures.disconnectivity import disconnectivity
from validation.figures.energy_by_temperature import energy_by_temperature
from validation.figures.fit_errors import fit_errors
from validation.figures.glass_ends import glass_ends
from validation.figures.ground_states import ground_states
from validation.figures.losses_in_time import losses_in_time
from validation.figures.mixture_phases import mixture_phases
from validation.figures.network_losses import losses_by_size, test_loss_distributions, train_against_test
from validation.figures.network_surfaces import network_surfaces
from validation.figures.neuron_landscape import neuron_landscape
from validation.figures.optimiser_paths import optimiser_paths
from validation.figures.overlap_densities import overlap_densities
from validation.figures.relaxation import relaxation
from validation.figures.rounding import rounding
from validation.figures.solution_indices import solution_indices
from validation.figures.spread_of_minima import spread_of_minima
from validation.figures.two_parameter_surface import two_parameter_surface

__all__ = [
    "activations",
    "ageing",
    "choices",
    "counts_by_energy",
    "counts_to_complexity",
    "curve_fits",
    "decision_boundaries",
    "descent_energies",
    "deviations",
    "disconnectivity",
    "energy_by_temperature",
    "fit_errors",
    "glass_ends",
    "ground_states",
    "losses_by_size",
    "losses_in_time",
    "mixture_phases",
    "network_surfaces",
    "neuron_landscape",
    "optimiser_paths",
    "overlap_densities",
    "relaxation",
    "rounding",
    "solution_indices",
    "spread_of_minima",
    "test_loss_distributions",
    "train_against_test",
    "two_parameter_surface",
]
