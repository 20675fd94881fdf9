"""From a spin glass to the polynomial system of its critical points.

With x = sqrt(n) u and |u| = 1, ``energy/sqrt(n) = sum_H a_H J_H u^H``: no power of n is left, so that the
coefficients are the couplings themselves, up to a common power of two.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from spinglass import couplings
from spinglass.critical_points.system import System
from spinglass.critical_points.tracking.tensor import homogenised
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Array

_LARGEST_TENSOR = 2**24


@runtime_checkable
class EqualToGlass(Protocol):
    """A landscape with the energy of a spin glass at every point, stored in another way."""

    def spin_glass(self) -> SphericalSpinGlass:
        """Return that glass."""

    def continua(self) -> str:
        """Say why whole continua of its points are critical, or nothing where they are not known to be."""


@dataclass(frozen=True, eq=False)
class Model:
    """The terms of a glass that are not zero, in float64.

    Attributes
    ----------
    glass
        The model, converted to float64 if it was not.
    packed, weights
        Couplings and weight of every term that is not zero.
    """

    glass: SphericalSpinGlass
    packed: dict[int, Array]
    weights: dict[int, float]

    @property
    def symmetric(self) -> bool:
        """Whether -x is critical whenever x is: all orders even or all odd."""
        return len({H % 2 for H in self.packed}) == 1

    def system(self) -> System:
        """Return the system whose real solutions are the critical points.

        Raises
        ------
        ValueError
            If the tensor of the homogenised energy is too large.
        """
        n, d = self.glass.n, max(2, *self.packed)
        variables = n + (len(self.packed) > 1 or d not in self.packed)
        if variables**d > _LARGEST_TENSOR:
            raise ValueError(
                f"enumeration works on the full tensor, {variables}^{d} numbers here; the limit is {_LARGEST_TENSOR}"
            )
        tensors = {H: self.weights[H] * couplings.unpack(J, n, H) for H, J in self.packed.items()}
        largest = max(float(np.abs(tensor).max()) for tensor in tensors.values())
        exponent = -int(np.frexp(largest)[1])
        scaled = {H: np.ldexp(tensor, exponent) for H, tensor in tensors.items()}
        if d not in scaled:
            scaled[d] = np.zeros((n,) * d)
        return System(homogenised(scaled), n)


def model(glass: SphericalSpinGlass) -> Model:
    """Return the terms of a glass that are not zero."""
    packed = {H: np.asarray(J, dtype=np.float64) for H, J in glass.couplings.items() if glass.weights[H] and J.any()}
    if glass.dtype is not np.float64:
        glass = SphericalSpinGlass(
            glass.n, glass.weights, {H: J.astype(np.float64) for H, J in glass.couplings.items()}
        )
    return Model(glass, packed, {H: glass.weights[H] for H in packed})
