"""Figures: tidy data in, a matplotlib Figure out; nothing is computed and nothing saved here."""

from validation.figures.descent_energies import descent_energies
from validation.figures.deviations import deviations
from validation.figures.rounding import rounding

__all__ = ["descent_energies", "deviations", "rounding"]
