"""The posterior law of a planted signal, as a model whose Gibbs measure at temperature 1 it is."""

from __future__ import annotations

from collections.abc import Mapping

from spinglass._common.arguments import signal_strengths
from spinglass.hamiltonian import SphericalSpinGlass


def posterior(planted: SphericalSpinGlass, signal: Mapping[int, float]) -> SphericalSpinGlass:
    r"""Return the model whose Gibbs measure at temperature 1 is the posterior law of the planted point.

    If the planted model has the energies ``a_k E_k(x) - lambda_k n (x.v/n)^k``, each known by itself, and v is
    uniformly distributed on the sphere, then the posterior density of v at x is proportional to

    .. math:: \exp\left[-\sum_k \frac{\lambda_k}{a_k^2} \left(a_k E_k(x) - \lambda_k n (x.v/n)^k\right)\right]

    Its mean is the best estimate of v in mean square, and its maximum that of maximum likelihood. Two samples of it
    have the same law of their overlap as a sample and v (Nishimori's identity), at any n.

    Parameters
    ----------
    planted : SphericalSpinGlass
        The planted model, from :func:`spinglass.plant`.
    signal : mapping of int to float
        Orders and strengths ``{k: lambda_k}`` of the signal. Orders of the model without signal are left out, because
        they contain no information about v.

    Returns
    -------
    SphericalSpinGlass
        The model with weights ``lambda_k / a_k`` and the couplings of the planted model, which are not copied.

    Raises
    ------
    ValueError
        If the signal is not a mapping, has no strength other than 0, or an order without noise in the model.
    TypeError
        If the model is not a `SphericalSpinGlass`.

    References
    ----------
    Richard and Montanari (2014), NIPS 27; Lesieur, Miolane, Lelarge, Krzakala and Zdeborova (2017), ISIT.

    Examples
    --------
    >>> import numpy as np
    >>> from spinglass import plant
    >>> planted = plant(SphericalSpinGlass.mixed(n=20, weights={2: 1.0, 3: 0.5}, seed=0), np.ones(20), {3: 1.5})
    >>> posterior(planted, {3: 1.5}).weights
    {3: 3.0}
    """
    if not isinstance(planted, SphericalSpinGlass):
        raise TypeError(f"the planted model must be a SphericalSpinGlass, not {type(planted).__name__}; see plant")
    weights: dict[int, float] = {}
    for order, strength in signal_strengths(signal).items():
        if strength == 0.0:
            continue
        if not planted.noise.get(order):
            raise ValueError(
                f"the signal has order {order}, but the model has noise of the orders {tuple(planted.noise)} only; "
                "without noise the signal of this order would be known exactly"
            )
        weights[order] = strength / planted.noise[order]
    if not weights:
        raise ValueError(f"the signal {dict(signal)} has no strength other than 0, so that nothing is known about it")
    return SphericalSpinGlass(planted.n, weights, planted.couplings)
