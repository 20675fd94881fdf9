"""Minima at large n by energy and stability, which is the smallest eigenvalue of the Hessian."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array, BoolArray
from theory.arguments import Model, real_numbers, scalar_or_array
from theory.float_range import refuse_huge
from theory.large_n.radial_law import RadialLaw, edge_rate

# z - 1 is found to 2^-110, and the square root of z^2 - 1 to rounding.
_HALVINGS = 110


def stability_complexity(u: ArrayLike, stability: ArrayLike, H: Model) -> Any:
    r"""Return the growth rate of the mean number of minima at energy per spin u whose smallest eigenvalue is given.

    .. math:: \Sigma(u, \mu) = \lim_n \tfrac1n \log \frac{\partial^2 E N_0}{\partial u\,\partial\mu}
              = \sup_{z \ge 1 + \mu'} \left[ S(u, z) - J(z - \mu') \right], \qquad \mu' = \frac{\mu}{2\sqrt{\nu''}}

    .. math:: S(u, z) = \tfrac12 \log\frac{\nu''}{\nu'} - \frac{\nu''-\nu'}{\nu''+\nu'} z^2 - J(z)
              - \frac{(u + m z)^2}{2V}, \qquad J(z) = z\sqrt{z^2-1} - \log(z + \sqrt{z^2-1})

    with :math:`m = 2\nu'\sqrt{\nu''}/(\nu'+\nu'')` and :math:`V = \nu - \nu'^2/(\nu'+\nu'')`, all at 1. The bulk of the
    Hessian's spectrum begins at :math:`2\sqrt{\nu''}(z - 1)`, and the second J is the cost of a single eigenvalue below
    it. In a pure model the energy determines z, as :math:`u = -m z`.

    Parameters
    ----------
    u : float or array
        Energy per spin.
    stability : float or array
        Smallest eigenvalue of the Riemannian Hessian, at least 0; broadcasts against ``u``.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    float or array
        The growth rate. It is -inf in a pure model above the edge of the spectrum, ``-2 sqrt(nu'') - H u``. At
        stability 0 it is the growth rate of saddles of index 1.

    Raises
    ------
    ValueError
        If ``u`` or ``stability`` is not finite, ``stability`` is negative, or ``H`` is neither an order of at least 2
        nor a mixture.

    Notes
    -----
    It is the growth rate of a mean (annealed), an upper bound on that of the typical number.

    References
    ----------
    The large-n limit of :func:`theory.stability_density`, with the large deviations of Auffinger, Ben Arous and Černý
    (2013), Theorem A.1.

    Examples
    --------
    >>> round(stability_complexity(-1.645, 0.01, 3), 9)
    0.006399833
    """
    law = RadialLaw.of(H)
    energies, stabilities = np.broadcast_arrays(real_numbers("u", u), real_numbers("stability", stability))
    if np.any(stabilities < 0.0):
        raise ValueError(
            f"stability must be at least 0, the smallest Hessian eigenvalue of a minimum; given {stabilities.min():g}"
        )
    refuse_huge("u", energies, law.scale)
    refuse_huge("stability", stabilities, law.scale)
    scaled, gap = energies / law.scale, stabilities / law.radius
    if law.variance == 0.0:
        return scalar_or_array(_pure(law, scaled, gap))
    return scalar_or_array(_largest(law, scaled, gap))


def most_numerous_stability(u: ArrayLike, H: Model) -> Any:
    r"""Return the smallest Hessian eigenvalue of the most numerous minima at energy per spin u, at large n.

    .. math:: \mu(u) = 2\sqrt{\nu''}\,(z(u) - 1), \qquad z(u) = \arg\max_{z \ge 1} S(u, z)

    with S of :func:`stability_complexity`; in a pure model it is :math:`-H u - 2\sqrt{\nu''}`.

    Parameters
    ----------
    u : float or array
        Energy per spin.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    float or array
        The eigenvalue, in the shape of ``u``; 0 at energies above the threshold ``-E_th``, where the most numerous
        minima are marginal.

    Raises
    ------
    ValueError
        If ``u`` is not finite, or ``H`` is neither an order of at least 2 nor a mixture.

    References
    ----------
    As for :func:`stability_complexity`.

    Examples
    --------
    >>> round(most_numerous_stability(-1.65, 3), 9)
    0.051020514
    """
    law = RadialLaw.of(H)
    energies = real_numbers("u", u)
    refuse_huge("u", energies, law.scale)
    z = law.most_numerous(energies / law.scale)
    return scalar_or_array(law.radius * (z - 1.0))


def marginal_complexity(u: ArrayLike, H: Model) -> Any:
    r"""Return the growth rate of the mean number of marginal minima of a mixture at energy per spin u.

    The bulk of the Hessian's spectrum begins at 0 at these minima: they have many nearly flat directions.

    .. math:: S(u, 1) = \tfrac12 \log\frac{\nu''}{\nu'} - \frac{\nu''-\nu'}{\nu''+\nu'} - \frac{(u + m)^2}{2V}

    with m and V of :func:`stability_complexity`. Minima with a single eigenvalue near 0 below the bulk are not
    counted: ``stability_complexity(u, 0, H)`` is the rate with those. The two are equal at energies above
    the threshold ``-E_th``.

    Parameters
    ----------
    u : float or array
        Energy per spin.
    H : mapping
        Mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    float or array
        The growth rate, in the shape of ``u``.

    Raises
    ------
    ValueError
        If ``u`` is not finite, or ``H`` is not a mixture. In a pure model all marginal minima have the energy
        ``-E_inf``.

    Notes
    -----
    It is the growth rate of a mean (annealed), an upper bound on that of the typical number.

    References
    ----------
    Kent-Dobias (2024), Phys. Rev. E 110, 064148, for marginal minima of mixtures; derived here from the exact counts.

    Examples
    --------
    >>> round(marginal_complexity(-1.69, {3: 0.5**0.5, 4: 0.5**0.5}), 9)
    0.029730804
    """
    law = RadialLaw.of(H)
    energies = real_numbers("u", u)
    if law.variance == 0.0:
        raise ValueError(
            f"H = {H!r} is a pure model, whose marginal minima all have the energy -E_inf; theory.marginal_minima "
            "gives their growth rate"
        )
    refuse_huge("u", energies, law.scale)
    scaled = energies / law.scale
    return scalar_or_array(law.growth(scaled, np.ones_like(scaled)))


@dataclass(frozen=True)
class MarginalMinima:
    """Energies per spin of marginal minima at large n.

    Attributes
    ----------
    most_numerous : float
        Energy of the most numerous marginal minima, ``-2 nu' sqrt(nu'')/(nu'+nu'')``. It is not the threshold
        ``-E_th`` unless the model is pure: at the threshold the most numerous points of that energy are marginal.
    complexity : float
        Their growth rate.
    lowest, highest : float
        Energies between which the growth rate is not negative.
    """

    most_numerous: float
    complexity: float
    lowest: float
    highest: float


def marginal_minima(H: Model) -> MarginalMinima:
    r"""Return the energies per spin at which there are marginal minima at large n, and that of most of them.

    .. math:: u = -\frac{2\nu'\sqrt{\nu''}}{\nu'+\nu''} \pm \sqrt{2 V \Sigma}, \qquad
              \Sigma = \tfrac12\log\frac{\nu''}{\nu'} - \frac{\nu''-\nu'}{\nu''+\nu'}

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    MarginalMinima
        The energies and the growth rate; in a pure model all energies are ``-E_inf``.

    Raises
    ------
    ValueError
        If ``H`` is neither an order of at least 2 nor a mixture, or if the external field is so strong that no minima
        are marginal: ``nu''(1) < nu'(1)``.

    References
    ----------
    As for :func:`marginal_complexity`.

    Examples
    --------
    >>> found = marginal_minima({3: 0.5**0.5, 4: 0.5**0.5})
    >>> round(found.most_numerous, 6), round(found.lowest, 4), round(found.highest, 4)
    (-1.68, -1.7159, -1.6441)
    """
    law = RadialLaw.of(H)
    if law.second < 1.0 - 1e-14:
        raise ValueError(
            f"the external field of {H!r} is so strong that no minima are marginal, nu''(1) < nu'(1); "
            "theory.ground_state gives the energy of the only minimum"
        )
    rate = max(0.0, 0.5 * math.log(law.second) - law.bend)
    energy, reach = -law.slope * law.scale, math.sqrt(2.0 * law.variance * rate) * law.scale
    return MarginalMinima(energy, rate, energy - reach, energy + reach)


def _pure(law: RadialLaw, u: Array, gap: Array) -> Array:
    z = -u / law.slope
    # Energies that exceed the edge by rounding count as the edge itself.
    possible = z - gap >= 1.0 - 1e-15
    level = 0.5 * math.log(law.second) - law.bend * z * z
    return np.asarray(np.where(possible, level - edge_rate(z) - edge_rate(z - gap), -np.inf))


def _largest(law: RadialLaw, u: Array, gap: Array) -> Array:
    """Return the maximum of the concave ``S(u, z) - J(z - gap)`` over ``z >= 1 + gap``, found by bisection.

    The variable is ``y = z - 1 - gap``, which resolves z near the bound. At a maximum above the bound ``-(u + m z)/V``
    follows from the vanishing derivative: in a nearly pure mixture u + m z is lost in rounding.
    """

    def slope(y: Array) -> Array:
        roots = _root(y + gap) + _root(y)
        return np.asarray(2.0 * (law.bend * (1.0 + gap + y) + roots) / law.slope)

    def mean_distance(y: Array) -> Array:
        return np.asarray(-(u + law.slope * (1.0 + gap + y)))

    def rising(y: Array) -> BoolArray:
        return np.asarray(mean_distance(y) > slope(y) * law.variance)

    low = np.zeros_like(u)
    high = low + 1.0
    while np.any(further := rising(high)):
        low, high = np.where(further, high, low), np.where(further, 2.0 * high, high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        above = rising(middle)
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    z = 1.0 + gap + low
    exponent = np.where(low > 0.0, law.variance * slope(low) ** 2, mean_distance(low) ** 2 / law.variance)
    return np.asarray(0.5 * (math.log(law.second) - exponent) - law.bend * z * z - edge_rate(z) - edge_rate(1.0 + low))


def _root(excess: Array) -> Array:
    """Return ``sqrt(z^2 - 1)`` at ``z = 1 + excess``."""
    return np.asarray(np.sqrt(excess) * np.sqrt(2.0 + excess))
