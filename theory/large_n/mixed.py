"""Mixed spherical spin glasses at large n: their complexity, and the energy that polynomial-time ascent reaches."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad

from spinglass._common.types import Array
from theory.arguments import INDEX_HINT, Model, real_numbers, scalar_or_array, whole_number
from theory.covariance import Covariance
from theory.large_n.complexity import complexity, index_complexity


def mixed_complexity(u: ArrayLike, H: Model, index: int | None = None) -> Any:
    r"""Return the growth rate of the mean number of critical points of a mixture with energy per spin below ``u``.

    .. math:: \lim_n \tfrac1n \log E\, N_k(\le u) = \tfrac12 \log\frac{\nu''}{\nu'} + \sup_{v \le u,\; z \ge 1}
              \left[ -\frac{\nu''-\nu'}{\nu''+\nu'} z^2 - (k+1) J(z) - \frac{(v + m z)^2}{2V} \right]

    with :math:`J(z) = z\sqrt{z^2-1} - \log(z + \sqrt{z^2-1})`, :math:`m = 2\nu'\sqrt{\nu''}/(\nu'+\nu'')`,
    :math:`V = \nu - \nu'^2/(\nu'+\nu'')`, all at 1. For all indices together the supremum is over all real z, with
    k = 0 where :math:`|z| \ge 1` and without the term in J where :math:`|z| < 1`.

    Parameters
    ----------
    u : float or array
        Energy per spin.
    H : int or mapping
        Mixture ``{order: weight}``, or the order of a pure model; order 1 is an external field.
    index : int, optional
        Index k, the number of negative eigenvalues of the Hessian. Default: critical points of all indices.

    Returns
    -------
    float or array
        The growth rate, in the shape of ``u``; -inf where it is beyond the range of floats.

    Raises
    ------
    ValueError
        If ``u`` is not finite, ``H`` is neither an order of at least 2 nor a mixture, or ``index`` is negative.

    References
    ----------
    Auffinger and Ben Arous (2013), Ann. Probab. 41, 4214, Theorems 1.1 and 1.4, in this normalisation. It is the
    large-n limit of the exact mean counts of :func:`theory.mean_critical_points`.

    Examples
    --------
    >>> mixture = {3: 0.5**0.5, 4: 0.5**0.5}
    >>> abs(mixed_complexity(-1.7330695584, mixture, index=0)) < 1e-9  # zero at the ground state
    True
    """
    energies = real_numbers("u", u)
    k = None if index is None else whole_number("index", index, 0, INDEX_HINT)
    nu, scale = Covariance.with_scale(H)
    if nu.pure_order is not None:
        scaled = energies * math.sqrt(nu.pure_order) / scale
        return complexity(scaled, nu.pure_order) if k is None else index_complexity(scaled, nu.pure_order, k)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        growth = _growth(energies / scale, nu, k)
    # NaN comes only from a difference of two infinities, far below the ground state.
    return scalar_or_array(np.where(np.isnan(growth), -np.inf, growth))


def E_alg(H: Model) -> float:
    r"""Return minus the energy per spin that Hessian ascent from the centre of the ball reaches.

    .. math:: E_{alg} = \int_0^1 \sqrt{\nu''(q)}\, dq

    It is ``E_inf`` for pure models, and minus the ground-state energy if ``1/sqrt(nu'')`` is concave.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}`` without a term of order 1.

    Returns
    -------
    float
        The energy, a positive number.

    Raises
    ------
    ValueError
        If ``H`` is neither an order of at least 2 nor a mixture, or has a term of order 1.

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
    # The substitution q = s^2 makes the square root of a term of order 3 smooth.
    return scale * float(quad(lambda s: 2 * s * math.sqrt(nu(s * s, 2)), 0.0, 1.0, epsabs=1e-13, epsrel=1e-13)[0])


def is_pure_like(H: Model) -> bool:
    r"""Return whether critical points of low index lie in layers below the threshold, as in pure models.

    .. math:: \log\frac{\nu''}{\nu'} > \frac{(\nu''-\nu')(\nu''-\nu'+\nu'^2)}{\nu''\nu'^2}
              \qquad \text{for } \nu(1) = 1

    This inequality says that the complexity of minima is positive at the energy that the formula of :func:`theory.E_th`
    gives. A mixture for which it is negative is called a full mixture. For H = 2 the two sides are equal and the answer
    is False: there are 2n critical points, not exponentially many.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    bool
        Whether the inequality holds.

    Raises
    ------
    ValueError
        If ``H`` is neither an order of at least 2 nor a mixture.

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
    if second == 0.0:  # the squares of all other weights underflow next to a field
        return False
    squared = first**2 / value
    return math.log(second / first) > (second - first) * (second - first + squared) / (second * squared)


def _growth(u: Array, nu: Covariance, k: int | None) -> Array:
    first, second = float(nu(1.0, 1)), float(nu(1.0, 2))
    a, m = (second - first) / (second + first), 2 * first * math.sqrt(second) / (first + second)
    # nu (nu'+nu'') - nu'^2, written without cancellation.
    spread = sum(s * t * (p - q) ** 2 for p, s in nu.squares for q, t in nu.squares if p < q) / (first + second)
    pulled = 1 if k is None else k + 1
    edge = 1.0 if a >= 0 else pulled / math.sqrt(pulled**2 - a * a)
    # Counts are largest at this energy; the number below any higher energy grows at the same rate.
    v = np.minimum(u, 0.0 if k is None and a >= 0 else -m * edge)
    # The derivative in z vanishes where pull - stiffness z = push sqrt(z^2 - 1).
    narrow = spread / (m * m)
    stiffness, pull, push = 1 + 2 * a * narrow, -v / m, 2 * pulled * narrow
    outside = np.maximum(pull, stiffness)
    excess = (outside - stiffness) * (outside + stiffness)
    root = np.sqrt(excess + push**2)
    z = (outside**2 + push**2) / (stiffness * outside + push * root)
    far = excess / (stiffness * root + push * outside)  # sqrt(z^2 - 1), without cancellation
    inside = pull < stiffness
    if k is None:
        z = np.where(inside, pull / stiffness, z)
    rate = z * far - np.log(np.maximum(z, 1) + far)
    # At a maximum over z, -(v + m z) m/V is this slope. It is exact also in a nearly pure mixture, whose v + m z and V
    # are lost in rounding. A maximum at the bound z = 1 has no such slope.
    slope = 2 * a * z + 2 * pulled * far
    if k is not None:
        slope = np.where(inside, (pull - 1) / narrow, slope)
    growth = 0.5 * math.log(second / first) - a * z * z - pulled * rate - 0.5 * narrow * slope**2
    return np.asarray(growth)
