"""Spin-glass landscapes and what is done to them: numbers in, numbers out."""

from spinglass import sphere
from spinglass.descent import descend
from spinglass.hamiltonian import SphericalSpinGlass

__all__ = ["SphericalSpinGlass", "descend", "sphere"]
