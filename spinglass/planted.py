"""Planted (spiked tensor) models: a spin glass plus a rank-one signal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from spinglass import couplings
from spinglass._common.arguments import signal_strengths
from spinglass._common.types import Array, FloatArray
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import check_on_sphere

_BLOCK = 2**20  # number of couplings whose indices are held in memory at once


def plant(glass: SphericalSpinGlass, direction: npt.ArrayLike, signal: Mapping[int, float]) -> SphericalSpinGlass:
    r"""Return a spin glass with a planted signal, also called a spiked tensor.

    .. math:: E(x) = E_{\rm glass}(x) - n \sum_k \lambda_k \left( \frac{x \cdot v}{n} \right)^k

    With a glass drawn at random, energies have the covariance ``n nu(x.y/n)`` of the glass and the mean
    ``-n sum_k lambda_k (x.v/n)^k``. The signal is added to the couplings, so the result is an ordinary
    `SphericalSpinGlass` and its evaluation costs no more. At ``x = v`` the signal contributes ``-sum_k lambda_k`` to
    the energy per spin. Order 1 is an external field of direction v, order 2 a spiked matrix.

    Parameters
    ----------
    glass : SphericalSpinGlass
        The model without signal; it is not changed.
    direction : array_like, shape (n,)
        The planted point v, on the sphere ``|v|^2 = n``; for one drawn uniformly, use
        ``sphere.random_points(n, 1, seed)[0]`` with a seed of its own.
    signal : mapping
        Strength of each order of the signal, ``{k: lambda_k}``, an energy per spin; orders that ``glass`` lacks are
        added.

    Returns
    -------
    SphericalSpinGlass
        The planted model.

    Raises
    ------
    ValueError
        If the direction is off the sphere ``|v|^2 = n`` or not of shape (n,), the signal is not a mapping with at least
        one order, an order is below 1, or a strength is not finite.

    References
    ----------
    Montanari and Richard, NIPS 27 (2014), for the model; Ros, Ben Arous, Biroli and Cammarota, Phys. Rev. X 9 (2019)
    011003, for its landscape. Exact mean numbers of critical points: `theory.mean_planted_points`.

    Examples
    --------
    >>> glass = SphericalSpinGlass.pure(n=20, H=3, seed=0)
    >>> v = np.ones(20)
    >>> round(float(plant(glass, v, {2: 0.5, 3: 2.0}).energy(v) - glass.energy(v)) / 20, 12)
    -2.5
    """
    v = check_on_sphere(direction, glass.n)
    if v.ndim != 1:
        raise ValueError(f"the direction must be one point of shape ({glass.n},), not {v.shape}")
    weights, packed = dict(glass.weights), dict(glass.couplings)
    for order, strength in signal_strengths(signal).items():
        couplings.check_sizes(glass.n, order)
        # A form multiplies its couplings by a n^{-(H-1)/2}; a form of weight a = 0 gets a = 1 and new couplings.
        kept = weights.get(order, 0.0) != 0
        packed[order] = packed[order].copy() if kept else np.zeros(couplings.size(glass.n, order), glass.dtype)
        weights[order] = weights[order] if kept else 1.0
        _add_spike(packed[order], v, order, -strength * glass.n ** (-(order - 1) / 2) / weights[order])
    return SphericalSpinGlass(glass.n, weights, packed, {H: a for H, a in glass.noise.items() if a != 0})


def _add_spike(packed: FloatArray, v: Array, H: int, factor: float) -> None:
    """Add ``factor`` times the packed form of ``(x.v)^H``: per multiset, its multiplicity times the product of v_i."""
    n, every = v.size, couplings.multiplicities(v.size, H)
    for first in range(0, packed.size, _BLOCK):
        block = slice(first, min(first + _BLOCK, packed.size))
        indices = couplings.indices(np.arange(block.start, block.stop), n, H)
        packed[block] += factor * every[block] * v[indices].prod(axis=1)
