"""Planted (spiked) landscapes: a glass with a valley put in by hand."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spinglass import couplings
from spinglass._common.arguments import real_number
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import check_on_sphere

if TYPE_CHECKING:
    from spinglass.couplings import FloatArray

_BLOCK = 2**20  # couplings whose indices are held in memory at once


def plant(
    glass: SphericalSpinGlass, direction: npt.ArrayLike, strength: float, H: int | None = None
) -> SphericalSpinGlass:
    """Return a glass of energy ``energy(x) - r n (x.v/n)^H``, with v the direction and r the strength.

    The spike is of rank one and stored with the couplings of order H (by default the highest of the glass), so that
    the planted glass is a glass like any other, at no extra cost. An order that the glass lacks is added. The signal
    takes the energy per spin to -r at ``x = v``, beside a glass of order 1.

    Source: Montanari and Richard, NIPS 27 (2014); Ros, Ben Arous, Biroli and Cammarota, Phys. Rev. X 9 (2019) 011003,
    for the landscape.

    Raises
    ------
    ValueError
        If the direction is off the sphere ``|v|^2 = n`` or not of shape (n,), or the strength is not finite.

    Examples
    --------
    >>> glass = SphericalSpinGlass.pure(n=20, H=3, seed=0)
    >>> v = np.ones(20)
    >>> round(float(plant(glass, v, strength=2.0).energy(v) - glass.energy(v)) / 20, 12)
    -2.0
    """
    v = check_on_sphere(direction, glass.n)
    if v.ndim != 1:
        raise ValueError(f"the direction must be one point of shape ({glass.n},), not {v.shape}")
    order = glass.orders[-1] if H is None else H
    couplings.check_sizes(glass.n, order)
    weights = {**glass.weights, order: glass.weights.get(order, 1.0) or 1.0}
    # The form of order H multiplies its couplings by a n^{-(H-1)/2}; a form of weight 0 has no say in its couplings.
    factor = -real_number("strength", strength) * glass.n ** (-(order - 1) / 2) / weights[order]
    size = couplings.size(glass.n, order)
    kept = glass.weights.get(order, 0.0) != 0
    packed = glass.couplings[order].copy() if kept else np.zeros(size, glass.dtype)
    _add_spike(packed, v, order, factor)
    return SphericalSpinGlass(glass.n, weights, {**glass.couplings, order: packed})


def _add_spike(packed: "FloatArray", v: npt.NDArray[np.float64], H: int, factor: float) -> None:
    """Add ``factor`` times the packed form of ``(x.v)^H``: multiplicity times the product of v over a multiset."""
    n, every = v.size, couplings.multiplicities(v.size, H)
    for first in range(0, packed.size, _BLOCK):
        block = slice(first, min(first + _BLOCK, packed.size))
        indices = couplings.indices(np.arange(block.start, block.stop), n, H)
        packed[block] += factor * every[block] * v[indices].prod(axis=1)
