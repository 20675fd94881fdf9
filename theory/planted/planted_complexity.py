"""Complexity of a spherical spin glass with a planted signal: growth rates of mean numbers of critical points."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import INDEX_HINT, Model, Signal, real_numbers, scalar_or_array, whole_number
from theory.float_range import refuse_huge
from theory.large_n.pairs.rates import best_radial, determinant_slope, log_determinant
from theory.large_n.pairs.refined_maximum import refined_maximum
from theory.large_n.radial_law import edge_rate
from theory.planted.outlier import is_outside, outlier_rate
from theory.planted.planted_model import PlantedModel

# Below this variance of z given the energy, a search for the best z would resolve it worse than its mean does.
_NARROW = 1e-11


def planted_complexity(
    overlap: ArrayLike, u: ArrayLike | None, H: Model, signal: Signal, index: int | None = None
) -> Any:
    r"""Return the growth rate of the mean number of critical points at an overlap with the signal, and at an energy.

    .. math:: \Sigma(m, u) = \tfrac12 \log\frac{(1-m^2)\,\nu''}{\nu'} - \frac{(1-m^2)\, s'(m)^2}{2\nu'} + \sup_z \left[
              z^2 - J(|z|) - \frac{\zeta^2}{2(\nu'+\nu'')}
              - \frac{(u + s(m) - \frac{\nu'}{\nu'+\nu''}\zeta)^2}{2V} - c_k(z) \right]

    with :math:`\zeta = m s'(m) - 2\sqrt{\nu''}\, z`, the radial derivative of the glass, V and J as for
    :func:`theory.stability_complexity`, and derivatives of nu at 1. The Hessian has a spectrum of radius
    :math:`2\sqrt{\nu''}` around :math:`2\sqrt{\nu''}\, z` and a rank-one term
    :math:`-\theta\sqrt{\nu''}\, e e^T`, :math:`\theta = s''(m)(1-m^2)/\sqrt{\nu''}`. The cost :math:`c_k` is 0 for all
    indices together. For one index :math:`z \ge 1`, and with the rate K of the lowest eigenvalue of
    :mod:`theory.planted.outlier`,

    .. math:: c_0 = K(z)\, 1[2z < \theta + 1/\theta,\ \theta > 1], \qquad
              c_k = (k-1) J(z) + K(z)\, 1[\text{otherwise}], \quad k \ge 1

    Parameters
    ----------
    overlap : float or array
        Overlaps ``m = x.v/n`` between -1 and 1, exclusive.
    u : float, array or None
        Energy per spin, signal included; broadcasts against ``overlap``. None is for all energies.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field of random direction.
    signal : mapping
        Orders and strengths ``{k: lambda_k}`` of the signal, ``s(m) = sum_k lambda_k m^k``.
    index : int, optional
        Index k, the number of negative eigenvalues of the Hessian. Default: critical points of all indices.

    Returns
    -------
    float or array
        The growth rate of the density in m, or in m and u. It is 0 at the signal's minimum
        (:func:`theory.signal_minimum`), and -inf where a pure model has no points of the index at energy u.

    Raises
    ------
    ValueError
        If ``overlap`` is not between -1 and 1, ``u`` is not finite, ``index`` is negative, or ``H`` or ``signal`` is
        not as described.

    Notes
    -----
    It is the growth rate of a mean (annealed), an upper bound on that of the typical number, and the limit of
    :func:`theory.planted_point_density`.

    References
    ----------
    Ben Arous, Mei, Montanari and Nica (2019), Comm. Pure Appl. Math. 72, 2282, for all critical points; Ros, Ben Arous,
    Biroli and Cammarota (2019), Phys. Rev. X 9, 011003. Rates of the index: Maida (2007), and derived here.

    Examples
    --------
    >>> round(planted_complexity(0.0, None, 3, {3: 1.5}), 9)  # half of log 2
    0.34657359
    >>> from theory import signal_minimum
    >>> found = signal_minimum(3, {3: 1.5})
    >>> abs(round(planted_complexity(found.overlap, found.energy_per_spin, 3, {3: 1.5}, index=0), 9))
    0.0
    """
    model = PlantedModel.of(H, signal)
    m = real_numbers("overlap", overlap)
    if np.any(np.abs(m) >= 1.0):
        worst = m.ravel()[np.abs(m).argmax()]
        raise ValueError(f"overlaps must lie between -1 and 1, exclusive, not {worst:g}; m is x.v/n")
    k = None if index is None else whole_number("index", index, 0, INDEX_HINT)
    if u is None:
        return scalar_or_array(growth(model, m, None, k))
    overlaps, energies = np.broadcast_arrays(m, real_numbers("u", u))
    refuse_huge("u", energies, model.scale)
    return scalar_or_array(growth(model, overlaps, energies / model.scale, k))


def growth(model: PlantedModel, m: Array, u: Array | None, index: int | None) -> Array:
    """Return the growth rate at overlaps m and energies u, in the model's unit; None is for all of them."""
    m = np.asarray(m, dtype=np.float64)
    rest = (1.0 - m) * (1.0 + m)
    level = 0.5 * np.log(rest * model.second) - 0.5 * rest * model.signal(m, 1) ** 2
    shift = m * model.signal(m, 1) / model.radius
    theta = 2.0 * model.rank_one(m, rest) / model.radius
    if u is None:
        mean, variance, exponent = shift, (1.0 + model.second) / model.radius**2, 0.0
    else:
        glass = u + model.signal(m)
        mean = shift - glass / model.value / model.radius
        # Variance of z given the energy; it vanishes for a pure model.
        variance = model.free * (1.0 + model.second) / model.value / model.radius**2
        exponent = 0.5 * glass**2 / model.value
    return np.asarray(level - exponent + 0.5 + _best(mean, variance, theta, index))


def _best(mean: Array, variance: float, theta: Array, index: int | None) -> Array:
    """Return the supremum of ``L(z) - (z - mean)^2/(2 variance) - cost``, at z = mean if the variance is 0.

    At a variance below ``_NARROW`` the supremum for one index is approximated by the value at the mean or, if no points
    of the index are there, at z = 1. The error is of the order of the variance.
    """
    if variance < _NARROW:
        if index is None:
            # At the maximum (z - mean)/variance is the derivative of L, without the rounding of z - mean.
            z = best_radial(mean, np.asarray(variance))
            return np.asarray(log_determinant(z) - 0.5 * variance * determinant_slope(z) ** 2)
        # Energies that exceed the edge of a pure model by rounding count as the edge itself.
        z = np.maximum(mean, 1.0)
        beyond = np.where(mean < 1.0 - 1e-14, z - mean, 0.0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            exponent = np.where(beyond > 0.0, 0.5 * beyond * (beyond / variance), 0.0)
        return np.asarray(log_determinant(z) - _cost(z, theta, index) - exponent)

    def rate(z: Array) -> Array:
        return np.asarray(log_determinant(z) - 0.5 * (z - mean) ** 2 / variance)

    if index is None:
        return rate(best_radial(mean, np.asarray(variance)))
    # The function is concave, and its slope is negative beyond this place.
    high = np.maximum(1.0, mean + variance * (2.0 + np.maximum(theta, 0.0))) + 1e-3
    box = np.ones((1, *mean.shape)), high[None]
    return refined_maximum(lambda places: rate(places[0]) - _cost(places[0], theta, index), *box)[0]


def _cost(z: Array, theta: Array, index: int) -> Array:
    """Return the rate at which ``index`` eigenvalues lie below -2z, for z >= 1."""
    outside, rate = is_outside(z, theta), outlier_rate(z, theta)
    if index == 0:
        return np.asarray(np.where(outside, rate, 0.0))
    return np.asarray((index - 1) * edge_rate(z) + np.where(outside, 0.0, rate))
