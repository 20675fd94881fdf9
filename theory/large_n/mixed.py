"""Mixed spherical glasses at large n: complexity, the threshold, and how deep polynomial-time ascent reaches."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.optimize import brentq

from theory.arguments import INDEX_HINT, Floats, real_numbers, scalar_or_array, whole_number
from theory.covariance import Covariance
from theory.large_n.complexity import complexity, index_complexity
from theory.statics.order_parameter import OrderParameter
from theory.statics.order_parameter_search import FEW, minimise

# Share by which the functional may still fall: rounding.
_TOLERANCE = 1e-12


def mixed_complexity(u: ArrayLike, H: Any, index: int | None = None) -> Any:
    r"""Growth rate of the mean number of critical points of a mixture with energy per spin below ``u``.

    .. math:: \lim_n \tfrac1n \log E\, N_k(\le u) = \tfrac12 \log\frac{\nu''}{\nu'} + \sup_{v \le u,\; z \ge 1}
              \left[ -\frac{\nu''-\nu'}{\nu''+\nu'} z^2 - (k+1) J(z) - \frac{(v + m z)^2}{2V} \right]

    with :math:`J(z) = z\sqrt{z^2-1} - \log(z + \sqrt{z^2-1})`, :math:`m = 2\nu'\sqrt{\nu''}/(\nu'+\nu'')`,
    :math:`V = \nu - \nu'^2/(\nu'+\nu'')`, all at 1. For all indices together z runs over all reals, with k = 0 where
    :math:`|z| \ge 1` and without J inside.

    Parameters
    ----------
    u : float or array
        Energy per spin.
    H : int or mapping
        Mixture ``{order: weight}``, or the order of a pure model; order 1 is an external field.
    index : int, optional
        Count only points of this index; otherwise all.

    Returns
    -------
    float or array
        In the shape of ``u``; -inf where the rate is beyond the range of floats.

    Raises
    ------
    ValueError
        If ``u`` is not finite, ``H`` not an order or a mixture, or ``index`` negative.

    References
    ----------
    Auffinger and Ben Arous (2013), Ann. Probab. 41, 4214, Theorems 1.1 and 1.4, in this normalisation; the limit of the
    exact mean counts of :func:`theory.mean_critical_points`.

    Examples
    --------
    >>> mixture = {3: 0.5**0.5, 4: 0.5**0.5}
    >>> abs(mixed_complexity(-1.7330695584, mixture, index=0)) < 1e-9  # the ground state, as replicas have it
    True
    """
    energies = real_numbers("u", u)
    k = None if index is None else whole_number("index", index, 0, INDEX_HINT)
    nu, scale = Covariance.with_scale(H)
    if nu.pure_order is not None:
        scaled = energies * math.sqrt(nu.pure_order) / scale
        return complexity(scaled, nu.pure_order) if k is None else index_complexity(scaled, nu.pure_order, k)
    with np.errstate(over="ignore", invalid="ignore"):
        growth = _growth(energies / scale, nu, k)
    # Only differences of two infinities are undefined, far below the ground state.
    return scalar_or_array(np.where(np.isnan(growth), -np.inf, growth))


def E_th(H: Any) -> float:
    r"""Threshold energy per spin (with a minus sign) of a pure or mixed model.

    The threshold is the energy at which the critical points that prevail are marginal: the radial derivative that
    dominates there makes the Hessian's spectrum touch zero. Where their mean number is the typical one,

    .. math:: E_{th} = \frac{\nu' - \nu}{\sqrt{\nu''}} + \frac{\nu \sqrt{\nu''}}{\nu'} \quad \text{at } 1

    which is ``E_inf`` for pure models. Elsewhere the typical number is that of replicas: with the functional J of
    :func:`theory.ground_state`, ``gamma`` bounded by m, the states of energy e number
    ``exp(n inf_m [m e + m min J / 2])`` and the threshold is at the m for which ``chi = nu''(1)^(-1/2)``. Where
    symmetry breaks continuously up to overlap 1 (2 + 4), ground states are marginal and the two energies are equal.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    float
        Exact to rounding where the formula holds; elsewhere within 1e-10, or 1e-7 where symmetry breaks
        continuously, and never beyond the ground state.

    Raises
    ------
    ValueError
        If ``H`` is not an order of at least 2 nor a mixture, or the external field is so strong that no points are
        marginal: ``nu''(1) < nu'(1)``.

    References
    ----------
    Auffinger and Ben Arous (2013), Ann. Probab. 41, 4214, section 1; Folena, Franz and Ricci-Tersenghi (2020), Phys.
    Rev. X 10, 031045; for several steps Kent-Dobias and Kurchan (2023), Phys. Rev. E 107, 064111, whose supersymmetric
    solution this is.

    Examples
    --------
    >>> round(E_th({3: 0.5**0.5, 4: 0.5**0.5}), 6), round(E_th(3), 9), round(E_th({3: 0.5**0.5, 16: 32**-0.5}), 8)
    (1.690476, 1.632993162, 1.2875751)
    """
    nu, scale = Covariance.with_scale(H)
    value, second = float(nu(1.0)), float(nu(1.0, 2))
    if second < 1.0 - 1e-14:
        raise ValueError(
            f"the external field of {dict(H)!r} is so strong that no critical points are marginal, nu''(1) < nu'(1), "
            "so there is no threshold; theory.ground_state gives the energy of the only minimum"
        )
    chi = second**-0.5
    annealed = OrderParameter(nu, np.ones(1), np.array([1 / chi - chi]), chi)
    price = -float(annealed.at(np.ones(1))[0][0])
    if nu.pure_order is None and (price < 0 or replace(annealed, price=price).violation(1e-13) > 1e-12):
        return _threshold_of_replicas(nu, chi) * scale
    return float((1 - value) * chi + value / chi) * scale


def _threshold_of_replicas(nu: Covariance, chi: float) -> float:
    """Return the threshold as the energy at which the minimum has this ``chi``, by the price of a unit of gamma.

    The price is the multiplier of the bound on gamma; it is 0 at the ground state, and at most 1/2 as nu'(1) = 1.
    """
    ground = minimise(nu, _TOLERANCE)
    few = ground.rests.size <= FEW
    # Of a continuous part the minimum has a staircase, and chi to 1e-7.
    if ground.chi >= chi * (1 - (1e-12 if few else 1e-6)):
        return ground.value / 2
    start = ground if few else replace(ground, rests=np.empty(0), jumps=np.empty(0), chi=1.0)

    def at(price: float) -> OrderParameter:
        return minimise(nu, _TOLERANCE, replace(start, price=price))

    price = float(brentq(lambda price: at(price).chi - chi, 0.0, 0.5, xtol=1e-15, rtol=1e-12 if few else 1e-8))
    order = at(price)
    return order.value / 2 - price * float(order.jumps.sum())


def E_alg(H: Any) -> float:
    r"""Energy per spin (with a minus sign) that Hessian ascent from the centre of the ball reaches.

    .. math:: E_{alg} = \int_0^1 \sqrt{\nu''(q)}\, dq

    It is ``E_inf`` for pure models, and the ground state's where ``1/sqrt(nu'')`` is concave.

    Raises
    ------
    ValueError
        If ``H`` is not an order of at least 2 nor a mixture, or has a term of order 1.

    References
    ----------
    Subag (2021), Comm. Pure Appl. Math. 74, 1021, Theorem 1.

    Examples
    --------
    >>> round(E_alg({3: 0.5**0.5, 4: 0.5**0.5}), 5)
    1.69952
    """
    nu, scale = Covariance.with_scale(H)
    nu.refuse_field("the energy of Hessian ascent")
    # q = s^2: the root of an order 3 is smooth in s.
    return scale * float(quad(lambda s: 2 * s * math.sqrt(nu(s * s, 2)), 0.0, 1.0, epsabs=1e-13, epsrel=1e-13)[0])


def is_pure_like(H: Any) -> bool:
    r"""Whether low-index critical points lie in layers below the threshold, as in pure models.

    A mixture is pure-like where the complexity of minima at the energy of the formula of :func:`E_th` is positive,
    :math:`\log\frac{\nu''}{\nu'} > \frac{(\nu''-\nu')(\nu''-\nu'+\nu'^2)}{\nu''\nu'^2}` for :math:`\nu(1) = 1`, and a
    full mixture where it is negative. At H = 2 it is 0, the two sides are equal, and the answer is False: there are 2n
    critical points, not exponentially many.

    Raises
    ------
    ValueError
        If ``H`` is not an order of at least 2 nor a mixture.

    References
    ----------
    Auffinger and Ben Arous (2013), Ann. Probab. 41, 4214, (1.7) and Definition 1.

    Examples
    --------
    >>> is_pure_like(3), is_pure_like({2: 1.0, 4: 0.3})
    (True, False)
    """
    nu, _ = Covariance.with_scale(H)
    value, first, second = (float(nu(1.0, d)) for d in range(3))
    if second == 0.0:  # a field beside which the squares of all other weights underflow
        return False
    squared = first**2 / value
    return math.log(second / first) > (second - first) * (second - first + squared) / (second * squared)


def _growth(u: Floats, nu: Covariance, k: int | None) -> Floats:
    first, second = float(nu(1.0, 1)), float(nu(1.0, 2))
    a, m = (second - first) / (second + first), 2 * first * math.sqrt(second) / (first + second)
    # nu (nu'+nu'') - nu'^2 without its cancellation.
    spread = sum(s * t * (p - q) ** 2 for p, s in nu.squares for q, t in nu.squares if p < q) / (first + second)
    pulled = 1 if k is None else k + 1
    edge = 1.0 if a >= 0 else pulled / math.sqrt(pulled**2 - a * a)
    # Where counts are largest; from there on upwards they stay as they are.
    v = np.minimum(u, 0.0 if k is None and a >= 0 else -m * edge)
    stiffness, pull = 2 * a + m * m / spread, -m * v / spread
    outside = np.maximum(pull, stiffness)
    root = np.sqrt(np.maximum(outside**2 - stiffness**2 + 4 * pulled**2, 0.0))
    z = (outside**2 + 4 * pulled**2) / (stiffness * outside + 2 * pulled * root)
    if k is None and stiffness > 0:
        z = np.where(pull < stiffness, pull / stiffness, z)
    far = np.sqrt(np.maximum(z * z - 1, 0.0))
    rate = np.where(z > 1, z * far - np.log(np.maximum(z, 1) + far), 0.0)
    growth = 0.5 * math.log(second / first) - a * z * z - pulled * rate - (v + m * z) ** 2 / (2 * spread)
    return np.asarray(growth)
