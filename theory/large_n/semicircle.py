"""The spectrum of the Hessian at a given energy in the limit of large n: a shifted semicircle."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import ORDER_HINT, real_numbers, scalar_or_array, whole_numbers


def semicircle_fraction(y: ArrayLike) -> Any:
    r"""Return the fraction of the semicircle law on [-1, 1] that lies below ``y``.

    .. math:: \tfrac12 + \frac1\pi \left( y\sqrt{1-y^2} + \arcsin y \right)

    Parameters
    ----------
    y : float or array
        Position in units of the radius; below -1 the fraction is 0, above 1 it is 1.

    Returns
    -------
    float or array
        The fraction, with a relative error below 1e-15 up to the ends.

    Raises
    ------
    ValueError
        If ``y`` holds NaN.

    References
    ----------
    Wigner (1955); the integral of :math:`2\sqrt{1-y^2}/\pi`.

    Examples
    --------
    >>> semicircle_fraction([-1.0, 0.0, 2.0])
    array([0. , 0.5, 1. ])
    """
    x = np.clip(real_numbers("y", y, infinite=True), -1.0, 1.0)
    middle = 0.5 + (x * np.sqrt((1.0 - x) * (1.0 + x)) + np.arcsin(x)) / math.pi
    # Near the ends the two terms cancel; a circular cap that subtends the angle v has the share (v - sin v)/(2 pi).
    angle = 4.0 * np.arcsin(np.sqrt(0.5 * (1.0 - np.abs(x))))
    tail = _sine_shortfall(angle) / (2.0 * math.pi)
    return scalar_or_array(np.where(np.abs(x) < 0.5, middle, np.where(x < 0.0, tail, 1.0 - tail)))


def _sine_shortfall(v: Array) -> Array:
    """Return ``v - sin v`` for ``v >= 0``; below 1 by its series, because the difference would cancel."""
    square = np.minimum(v, 1.0) ** 2
    term = np.minimum(v, 1.0) * square / 6.0
    total = np.array(term)
    for j in range(2, 9):
        term = -term * square / (2 * j * (2 * j + 1))
        total += term
    return np.asarray(np.where(v < 1.0, total, v - np.sin(v)))


def index_fraction(u: ArrayLike, H: Any) -> Any:
    r"""Return the fraction of negative Hessian eigenvalues at energy per spin ``u`` in the limit of large n.

    .. math:: \lim_n \frac{k}{n}(u) = \tfrac12 + \frac1\pi\left(y\sqrt{1-y^2} + \arcsin y\right), \qquad
              y = \frac{u}{E_\infty(H)}

    Parameters
    ----------
    u : float or array
        Energy per spin.
    H : int or array
        Interaction order; broadcasts against ``u``.

    Returns
    -------
    float or array
        The fraction: 0 below ``-E_inf``, 1/2 at 0, 1 above ``E_inf``. Its error is that of a relative error of 1e-15 in
        ``u``.

    Raises
    ------
    ValueError
        If ``u`` is not finite or ``H`` is not a whole number of at least 2.

    References
    ----------
    Kurchan and Laloux (1996), J. Phys. A 29, 1929; the shifted semicircle of :func:`derive_E_inf`.

    Examples
    --------
    >>> index_fraction([-2.0, 0.0], 3)
    array([0. , 0.5])
    """
    orders = whole_numbers("H", H, 2, ORDER_HINT)
    edge = 2.0 * np.sqrt((orders - 1) / orders)
    return semicircle_fraction(real_numbers("u", u) / edge)


def derive_E_inf() -> tuple[tuple[str, Any], ...]:
    r"""Return the derivation of :math:`E_\infty` from the lower edge of the shifted semicircle, step by step.

    Returns
    -------
    tuple of (str, SymPy equation)
        Each step in words, with its equation; the right side of the last equation is :math:`E_\infty(H)`.

    Raises
    ------
    ValueError
        If SymPy does not find exactly one solution in a step.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), section 3, for the law of the Hessian.

    Examples
    --------
    >>> derive_E_inf()[-1][1]
    Eq(E_inf, 2*sqrt(H - 1)/sqrt(H))
    """
    import sympy

    H = sympy.Symbol("H", integer=True, positive=True)
    t, z, g, u = sympy.symbols("t z g u")
    E = sympy.Symbol("E_inf", positive=True)
    nu = t**H
    variance = sympy.simplify(sympy.diff(nu, t, 2).subs(t, 1))
    radial = sympy.simplify(sympy.diff(nu, t).subs(t, 1)) * u
    # g solves a quadratic equation. In the spectrum its roots are not real; at the edges they coincide.
    spectrum = sympy.discriminant(variance * g**2 - z * g + 1, g)
    (edge,) = (root for root in sympy.solve(spectrum, z) if root.is_nonpositive)
    lower = edge - radial
    (zero,) = sympy.solve(lower.subs(u, -E), E)
    return (
        (
            "The energy has covariance n nu(x.y/n); the tangential second derivatives form a GOE matrix whose "
            "off-diagonal entries have variance nu''(1)/n.",
            sympy.Eq(sympy.Function("nu")(t), nu),
        ),
        (
            "Its resolvent g(z) solves the self-consistency equation of the semicircle.",
            sympy.Eq(g, 1 / (z - variance * g), evaluate=False),
        ),
        ("At the edges of the spectrum the two solutions coincide.", sympy.Eq(spectrum, 0)),
        ("Its lower edge:", sympy.Eq(z, edge)),
        (
            "The sphere's curvature shifts the spectrum by minus the radial derivative x.grad/n, which is H u "
            "by Euler's identity; the lower edge of the Hessian's spectrum is",
            sympy.Eq(sympy.Symbol("lambda_min"), lower),
        ),
        ("It reaches zero at u = -E_inf.", sympy.Eq(E, zero)),
    )
