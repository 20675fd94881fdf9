"""Planted (spiked tensor) models: a spin glass plus a rank-one signal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spinglass import couplings
from spinglass._common.arguments import real_number
from spinglass._common.types import Array, FloatArray
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import check_on_sphere

_BLOCK = 2**20  # number of couplings whose indices are held in memory at once


def plant(
    glass: SphericalSpinGlass, direction: npt.ArrayLike, strength: float, H: int | None = None
) -> SphericalSpinGlass:
    """Return the model of energy ``energy(x) - r n (x.v/n)^H``, where v is the direction and r the strength.

    The rank-one signal is added to the couplings of order H, so the result is an ordinary `SphericalSpinGlass` and its
    evaluation costs no more than that of the original. At ``x = v`` the signal contributes -r to the energy per spin.

    Parameters
    ----------
    glass : SphericalSpinGlass
        The model without signal; it is not changed.
    direction : array_like, shape (n,)
        The planted point v, on the sphere ``|v|^2 = n``.
    strength : float
        Strength r of the signal, an energy per spin.
    H : int, optional
        Order of the signal. The default is the highest order of ``glass``; an order that ``glass`` lacks is added.

    Returns
    -------
    SphericalSpinGlass
        The planted model.

    Raises
    ------
    ValueError
        If the direction is off the sphere ``|v|^2 = n`` or not of shape (n,), or the strength is not finite.

    References
    ----------
    Montanari and Richard, NIPS 27 (2014), for the model; Ros, Ben Arous, Biroli and Cammarota, Phys. Rev. X 9 (2019)
    011003, for its landscape.

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
    # A form multiplies its couplings by a n^{-(H-1)/2}; a form of weight a = 0 gets a = 1 and new couplings.
    factor = -real_number("strength", strength) * glass.n ** (-(order - 1) / 2) / weights[order]
    size = couplings.size(glass.n, order)
    kept = glass.weights.get(order, 0.0) != 0
    packed = glass.couplings[order].copy() if kept else np.zeros(size, glass.dtype)
    _add_spike(packed, v, order, factor)
    return SphericalSpinGlass(glass.n, weights, {**glass.couplings, order: packed})


def _add_spike(packed: FloatArray, v: Array, H: int, factor: float) -> None:
    """Add ``factor`` times the packed form of ``(x.v)^H``: per multiset, its multiplicity times the product of v_i."""
    n, every = v.size, couplings.multiplicities(v.size, H)
    for first in range(0, packed.size, _BLOCK):
        block = slice(first, min(first + _BLOCK, packed.size))
        indices = couplings.indices(np.arange(block.start, block.stop), n, H)
        packed[block] += factor * every[block] * v[indices].prod(axis=1)
