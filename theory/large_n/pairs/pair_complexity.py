"""Complexity of pairs of critical points at given overlap, and of the points around a given minimum."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import Model, real_numbers, scalar_or_array
from theory.float_range import refuse_huge
from theory.large_n.pairs.rates import PairRates
from theory.large_n.pairs.refined_maximum import refined_maximum

# Minima of a mixture are sought at z up to this number beyond the most numerous points.
_REACH = 2.0
# Nearer to overlap 1 or -1, rounding of energies would change the rates.
_NEAREST = 1e-10


def pair_complexity(q: ArrayLike, u1: ArrayLike, u2: ArrayLike, H: Model) -> Any:
    r"""Return the growth rate of the mean number of pairs of critical points at overlap q with two energies.

    .. math:: \lim_n \tfrac1n \log \frac{\partial^3 E[\#\text{pairs}]}{\partial q\,\partial u_1\,\partial u_2}
              = \sup_{z_1, z_2} \Big[ 1 + \log\nu'' + \tfrac12\log\frac{1-q^2}{\nu'^2 - \nu'(q)^2}
              + L(z_1) + L(z_2) - \tfrac12 v^T C^{-1} v \Big]

    with :math:`\nu', \nu''` at 1, :math:`L(z) = z^2 - \tfrac12 - J(|z|)`,
    :math:`J(z) = z\sqrt{z^2-1} - \log(z + \sqrt{z^2-1})` for z above 1 and 0 below, and C the covariance, times n, of
    the energies per spin and radial derivatives :math:`v = (u_1, u_2, \zeta_1, \zeta_2)` given that both gradients
    vanish, :math:`\zeta_i = -2\sqrt{\nu''}\,z_i`. In a pure model :math:`\zeta = H u`, and there is no supremum.

    Parameters
    ----------
    q : float or array
        Overlap ``x.y/n``, between -1 and 1, exclusive.
    u1, u2 : float or array
        Energies per spin; ``q``, ``u1`` and ``u2`` broadcast.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    float or array
        The growth rate, for critical points of all indices. At q = 0 without a field it is the sum of the growth rates
        of the two densities of single points. The measured relative error is below 1e-9.

    Raises
    ------
    ValueError
        If an argument is not finite, ``q`` is not between -1 and 1, or ``H`` is neither an order of at least 3 nor a
        mixture with one.

    Notes
    -----
    It is the growth rate of a mean (annealed). Up to overlaps at which the isolated eigenvalue of one of the Hessians
    (:func:`theory.isolated_eigenvalue`) is negative, pairs at energies of minima are pairs of minima.

    References
    ----------
    Subag (2017), Ann. Probab. 45, 3385, for pure models; Ros, Biroli and Cammarota (2019), EPL 126, 20003;
    Kent-Dobias (2024), SciPost Phys. 16, 001, for mixtures.

    Examples
    --------
    >>> round(pair_complexity(0.0, -1.65, -1.64, 3), 9), round(pair_complexity(0.3, -1.65, -1.64, 3), 9)
    (0.014097162, 0.004262002)
    """
    rates, x, y = _rates(q, u1, u2, H)
    z_x, z_y = rates.best_both(x, y)
    return scalar_or_array(rates.of_all(x, z_x, y, z_y))


def neighbour_complexity(
    q: ArrayLike,
    u1: ArrayLike,
    u2: ArrayLike,
    H: Model,
    kind: Literal["all", "minima"] = "all",
    stability: float | None = None,
) -> Any:
    r"""Return the growth rate of the mean number of critical points of energy u2 at overlap q with a minimum of u1.

    .. math:: \sup_{z_2} \left[ \Psi(q; u_1, z_1, u_2, z_2) - S(u_1, z_1) \right]

    with the growth rates :math:`\Psi` of pairs and S of single points at given z. The spectrum of the minimum's Hessian
    begins at :math:`2\sqrt{\nu''}(z_1 - 1)`.

    Parameters
    ----------
    q : float or array
        Overlap with the minimum, between -1 and 1, exclusive.
    u1 : float or array
        Energy per spin of the minimum.
    u2 : float or array
        Energy per spin of the other points; ``q``, ``u1`` and ``u2`` broadcast.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.
    kind : {"all", "minima"}
        Count all critical points (default) or minima only. Minima need a positive bulk and a positive isolated
        eigenvalue. Where the typical isolated eigenvalue is negative, they are rarer than saddles of index 1 by a
        factor ``exp(-n R)``, with R by Cramér's theorem.
    stability : float, optional
        Beginning of the spectrum's bulk at the minimum of a mixture, at least 0. Default: that of the most numerous
        minima of energy u1, :func:`theory.most_numerous_stability`.

    Returns
    -------
    float or array
        The growth rate; -inf where there can be no minima. At q = 0 without a field it is that of all points or minima
        of energy u2.

    Raises
    ------
    ValueError
        If an argument is not as described, if a pure model has no minima at ``u1``, which is so above ``-E_inf``, or if
        ``stability`` is given for a pure model, whose energy determines it; also for nearly pure ones, see Notes.

    Notes
    -----
    Mixtures in which the variance V of the energy given z (:func:`theory.stability_complexity`) is below
    ``1e-16 nu'(1)`` are treated as pure models, whose rates are the same up to terms of order V.

    The mean is over the landscape given the minimum. The second point may push an eigenvalue of the minimum's Hessian
    below 0, so that it is no minimum. Where the growth rate is not negative, this does not happen in any of nine models
    tried.

    References
    ----------
    Ros, Biroli and Cammarota (2019), EPL 126, 20003; Kent-Dobias (2024), SciPost Phys. 16, 001, for mixtures.

    Examples
    --------
    >>> round(neighbour_complexity(0.7, -1.655, -1.634, 3), 6), round(neighbour_complexity(0.3, -1.655, -1.634, 3), 6)
    (0.000817, 0.002938)
    """
    if kind not in ("all", "minima"):
        raise ValueError(f'kind must be "all" or "minima", not {kind!r}')
    rates, x, y = _rates(q, u1, u2, H)
    z_x = z_of_minimum(rates, x, stability)
    rate = of_minima(rates, x, z_x, y)[0] if kind == "minima" else _of_all(rates, x, z_x, y)
    return scalar_or_array(rate - rates.of_one(x, z_x))


def isolated_eigenvalue(q: ArrayLike, u1: ArrayLike, u2: ArrayLike, H: Model, stability: float | None = None) -> Any:
    r"""Return the typical Hessian eigenvalue below the bulk at a point of energy u2 at overlap q with a minimum of u1.

    .. math:: \lambda = 2\sqrt{\nu''} \left( z_2 - \tfrac12 (g + 1/g) \right), \qquad
              1 + \frac{\kappa}{\sqrt{\nu''}}\, g + \left(1 - \frac{\delta^2}{\nu''}\right) g^2 = 0, \quad 0 < g < 1

    Given both gradients and energies, the second derivative towards the minimum has mean :math:`\kappa`, and those
    between this direction and each of the others have variance :math:`\delta^2/n`, whereas all others are those of a
    GOE matrix. If the eigenvalue is negative and ``z_2 > 1``, the points are saddles of index 1.

    Parameters
    ----------
    q : float or array
        Overlap with the minimum, between -1 and 1, exclusive.
    u1 : float or array
        Energy per spin of the minimum.
    u2 : float or array
        Energy per spin of the other points; ``q``, ``u1`` and ``u2`` broadcast.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.
    stability : float, optional
        As for :func:`theory.neighbour_complexity`.

    Returns
    -------
    float or array
        The eigenvalue; NaN where all eigenvalues are in the bulk.

    Raises
    ------
    ValueError
        As for :func:`theory.neighbour_complexity`.

    References
    ----------
    Ros, Biroli and Cammarota (2019), EPL 126, 20003, for pure models; derived here for any covariance.

    Examples
    --------
    >>> round(isolated_eigenvalue(0.7, -1.655, -1.634, 3), 5), isolated_eigenvalue(0.3, -1.655, -1.634, 3)
    (-0.04109, nan)
    """
    rates, x, y = _rates(q, u1, u2, H)
    z_x = z_of_minimum(rates, x, stability)
    z_y = rates.best_second(x, z_x, y)
    return scalar_or_array(rates.law.radius * rates.isolated(x, z_x, y, z_y))


def z_of_minimum(rates: PairRates, u: Array, stability: float | None) -> Array:
    """Return z at minima of these energies, in units of ``law.scale``; energies without minima raise ``ValueError``."""
    if stability is None:
        if rates.pure and np.any(-u / rates.law.slope < 1.0 - 1e-15):
            edge, given = rates.law.slope * rates.law.scale, float(np.max(u)) * rates.law.scale
            raise ValueError(
                f"a pure or nearly pure model has no minima above -E_inf = {-edge:.10g} at large n; give u1 below it, "
                f"not {given:.10g}"
            )
        return rates.law.most_numerous(u)
    bound = float(real_numbers("stability", stability))
    if rates.pure:
        raise ValueError("stability is determined by the energy in a pure or nearly pure model; omit it")
    if bound < 0.0:
        raise ValueError(f"stability must be at least 0, as the first point is a minimum; given {bound:g}")
    return np.full_like(u, 1.0 + bound / rates.law.radius)


def of_minima(rates: PairRates, u_x: Array, z_x: Array, u_y: Array) -> tuple[Array, Array]:
    """Return the growth rate of pairs whose second point is a minimum, and its z."""

    def rate(places: Array) -> Array:
        (z_y,) = places
        values = rates.of_all(u_x, z_x, u_y, z_y) - rates.cost_of_minimum(u_x, z_x, u_y, np.maximum(z_y, 1.0))
        return np.where(z_y < 1.0 - 1e-15, -np.inf, values)

    z_y = rates.best_second(u_x, z_x, u_y)
    if rates.pure:
        return rate(z_y[None]), z_y
    low = np.ones((1, *z_y.shape))
    best, place = refined_maximum(rate, low, np.maximum(z_y, 1.0) + _REACH * low)
    return best, place[0]


def _of_all(rates: PairRates, u_x: Array, z_x: Array, u_y: Array) -> Array:
    return rates.of_all(u_x, z_x, u_y, rates.best_second(u_x, z_x, u_y))


def _rates(q: ArrayLike, u1: ArrayLike, u2: ArrayLike, H: Model) -> tuple[PairRates, Array, Array]:
    """Check the arguments; return the rates at the overlaps, and the energies in their unit."""
    overlap, first, second = np.broadcast_arrays(real_numbers("q", q), real_numbers("u1", u1), real_numbers("u2", u2))
    if np.any(1.0 - np.abs(overlap) < _NEAREST):
        worst = overlap.ravel()[np.argmax(np.abs(overlap))]
        raise ValueError(
            f"q must be between -1 and 1, and at least {_NEAREST:g} from both, not {worst:.12g}; it is the overlap "
            "x.y/n of two points"
        )
    rates = PairRates.at(overlap, H)
    refuse_huge("u1", first, rates.law.scale)
    refuse_huge("u2", second, rates.law.scale)
    return rates, first / rates.law.scale, second / rates.law.scale
