"""Energy thresholds of the pure spherical spin glass, below which critical points of a given index are absent."""

from typing import Any

import numpy as np

from spinglass._common.types import Array
from theory.arguments import INDEX_HINT, ORDER_HINT, is_many, is_symbolic, parameter, refuse_digits, scalar_or_array
from theory.float_range import as_floats
from theory.large_n import closed_forms
from theory.large_n.many_digits import checked_digits


def E_inf(H: Any, digits: int | None = None) -> Any:
    r"""Return minus the energy per spin above which the Hessian's spectrum extends below zero.

    .. math:: E_\infty(H) = 2\sqrt{\frac{H-1}{H}}

    Parameters
    ----------
    H : int, array or SymPy symbol
        Interaction order.
    digits : int, optional
        Significant digits of an mpmath result, at most 10 000.

    Returns
    -------
    SymPy expression, array or ``mpmath.mpf``
        The threshold, a positive number. It is exact for an int or a symbol, and float64 for an array (relative error
        below 4e-16 for every ``H``); with ``digits`` it is an mpmath number whose digits are all correct.

    Raises
    ------
    ValueError
        If ``H`` is not a whole number of at least 2, if ``digits`` is above 10 000, or if ``digits`` is given for a
        symbol.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), section 2; derived in :func:`theory.large_n.semicircle.derive_E_inf`.

    Examples
    --------
    >>> E_inf(3), E_inf(2)
    (2*sqrt(6)/3, sqrt(2))
    """
    H = parameter("H", H, 2, ORDER_HINT)
    if is_many(H):
        refuse_digits(digits)
        return np.asarray(2.0 * np.sqrt((H - 1) / H))
    exact = closed_forms.edge(H)
    return exact if digits is None else closed_forms.to_mpf(exact, checked_digits(digits))


def E_k(H: Any, index: Any, digits: int | None = None) -> Any:
    r"""Return minus the energy per spin below which points of index k or more are exponentially rare.

    .. math:: \Theta_k(-E_k) = 0 , \qquad E_0 > E_1 > \dots \to E_\infty

    Parameters
    ----------
    H : int or array
        Interaction order.
    index : int or array
        Index k, the number of negative eigenvalues of the Hessian; broadcasts against ``H``.
    digits : int, optional
        Significant digits of an mpmath result, at most 10 000.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        The threshold, a positive number. The zero has no closed form, so a single ``H >= 3`` gives a float; ``H = 2``
        gives ``sqrt(2)``. Floats have a relative error below 1e-15 (measured for H = 3 .. 1e15, k = 0 .. 1e15); with
        ``digits`` all digits are correct.

    Raises
    ------
    ValueError
        If ``H`` is not a whole number of at least 2 or ``index`` not one of at least 0, if either is a symbol, if
        either is beyond the largest float while ``digits`` is not given, or if ``digits`` is above 10 000.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), section 2 (after Theorem 2.5).

    Examples
    --------
    >>> round(E_k(3, 1), 9)
    1.652873198
    """
    H, k = parameter("H", H, 2, ORDER_HINT), parameter("index", index, 0, INDEX_HINT)
    if is_symbolic(H) or is_symbolic(k):
        raise ValueError(f"E_k has no closed form, so H and index must be numbers; given H={H}, index={k}")
    if is_many(H) or is_many(k):
        refuse_digits(digits)
        return _zero_of_complexity(as_floats("H", H), as_floats("index", k))
    if H == 2:
        return E_inf(2, digits)
    if digits is not None:
        return _zero_to_digits(H, k, checked_digits(digits))
    return scalar_or_array(_zero_of_complexity(as_floats("H", H), as_floats("index", k)))


def E_0(H: Any, digits: int | None = None) -> Any:
    r"""Return minus the ground-state energy per spin in the limit of large n.

    .. math:: \Theta_0(-E_0) = 0

    Parameters
    ----------
    H : int or array
        Interaction order.
    digits : int, optional
        Significant digits of an mpmath result, at most 10 000.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        The threshold, a positive number, exactly as for :func:`E_k` at index 0.

    Raises
    ------
    ValueError
        As for :func:`E_k`.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), section 2; Subag (2017), Ann. Probab. 45, 3385, for every H >= 3.

    Examples
    --------
    >>> round(E_0(3), 9), E_0(2)
    (1.656998364, sqrt(2))
    """
    return E_k(H, 0, digits)


def _zero_of_complexity(H: Array, k: Array) -> Array:
    """Solve ``Theta_k(-E_inf cosh s) = 0`` for s >= 0 by Newton's method and return ``E_inf cosh s``.

    In s the function is ``log(H-1)/2 - (H-2)/H cosh^2 s - (k+1) (sinh 2s - 2s)/2``, decreasing and concave,
    so Newton's method, started to the right of the zero, converges to it without overshooting.
    """
    H, k = np.broadcast_arrays(H, k)
    height, bend = 0.5 * np.log(H - 1) - (H - 2) / H, (H - 2) / H
    # Two upper bounds of the zero, as the subtracted terms are at least bend s^2 and (k+1) 2 s^3 / 3.
    start = np.cbrt(1.5 * np.maximum(height, 0.0) / (k + 1))
    s = np.where(H == 2, 0.0, np.minimum(start, np.sqrt(height / np.maximum(bend, 1e-300))))
    solving = H > 2
    for _ in range(60):
        lost = bend * np.sinh(s) ** 2 + (k + 1) * _half_sinh_excess(s)
        slope = bend * np.sinh(2 * s) + 2 * (k + 1) * np.sinh(s) ** 2
        step = np.where(solving, (lost - height) / np.where(solving, slope, 1.0), 0.0)
        s = s - step
        if np.all(np.abs(step) <= 1e-15 * s):
            break
    return np.asarray(2.0 * np.sqrt((H - 1) / H) * np.cosh(s))


def _half_sinh_excess(s: Array) -> Array:
    """Return ``(sinh 2s - 2s)/2``; below 0.05 by its series, because the difference would cancel."""
    square = s * s
    series = 2 / 3 * s * square * (1 + square / 5 * (1 + square * 2 / 21 * (1 + square / 18)))
    return np.asarray(np.where(s < 0.05, series, (np.sinh(2 * s) - 2 * s) / 2))


def _zero_to_digits(H: int, k: int, digits: int) -> Any:
    """Solve the same equation with mpmath, also by Newton's method from the right of the zero."""
    import mpmath

    # Near s = 0 the difference sinh 2s - 2s, of order s^3, loses a factor s^2 to cancellation; s > 0.1 / cbrt(k+1).
    spare = 20 + len(str(k)) if k < 10**4000 else 20 + k.bit_length()
    with mpmath.workdps(digits + spare):
        bend = mpmath.mpf(H - 2) / H
        height = mpmath.log(H - 1) / 2 - bend
        s = min(mpmath.cbrt(1.5 * height / (k + 1)), mpmath.sqrt(height / bend))
        while True:
            lost = bend * mpmath.sinh(s) ** 2 + (k + 1) * (mpmath.sinh(2 * s) / 2 - s)
            slope = bend * mpmath.sinh(2 * s) + 2 * (k + 1) * mpmath.sinh(s) ** 2
            step = (lost - height) / slope
            s -= step
            # Newton's method squares the error in each step, so the error left is below the digits asked for.
            if abs(step) < s * mpmath.mpf(10) ** (-(digits + 10) // 2):
                break
        zero = 2 * mpmath.sqrt(mpmath.mpf(H - 1) / H) * mpmath.cosh(s)
    with mpmath.workdps(digits):
        return +zero
