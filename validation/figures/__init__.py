"""Figures: tidy data in, a matplotlib Figure out; nothing is computed and nothing saved here."""

from validation.figures.counts_by_energy import counts_by_energy
from validation.figures.counts_to_complexity import counts_to_complexity
from validation.figures.descent_energies import descent_energies
from validation.figures.deviations import deviations
from validation.figures.disconnectivity import disconnectivity
from validation.figures.rounding import rounding

__all__ = [
    "counts_by_energy",
    "counts_to_complexity",
    "descent_energies",
    "deviations",
    "disconnectivity",
    "rounding",
]
