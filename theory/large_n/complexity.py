"""Complexity of the pure spherical spin glass: the exponential growth rate of the mean number of critical points."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spinglass._common.types import Array
from theory.arguments import (
    INDEX_HINT,
    ORDER_HINT,
    is_many,
    is_symbolic,
    parameter,
    real_numbers,
    refuse_digits,
    scalar_or_array,
    whole_number,
)
from theory.float_range import as_floats, refuse_overflow
from theory.large_n import closed_forms, many_digits


def I_1(u: Any, H: Any, derivative: int = 0, digits: int | None = None) -> Any:
    r"""Return the large-deviation rate function of the smallest GOE eigenvalue, in units of the energy per spin.

    .. math:: I_1(u) = -\frac{u}{E_\infty^2}\sqrt{u^2 - E_\infty^2}
              - \log\left(-u + \sqrt{u^2 - E_\infty^2}\right) + \log E_\infty , \qquad u \le -E_\infty

    Parameters
    ----------
    u : float, array or SymPy expression
        Energy per spin, at most ``-E_inf(H)``.
    H : int, array or SymPy expression
        Interaction order; broadcasts against ``u``.
    derivative : {0, 1, 2}
        Order of the derivative in ``u``; default 0. The second derivative is infinite at ``-E_inf``.
    digits : int, optional
        Significant digits of an mpmath result, for one ``u`` and one ``H``; at most 10 000.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        The rate or its derivative: an expression for a SymPy ``u`` or ``H``, an array for an array. The error of
        floats is at most 5e-16 of ``|I_1| + |u I_1'|``, the effect of such a relative error in ``u`` (measured for
        H = 2 .. 1e15 and distances from ``-E_inf`` of 1e-15 .. 1e140); with ``digits`` all digits are correct.

    Raises
    ------
    ValueError
        If ``u`` lies above ``-E_inf`` or is not finite, if ``H`` is not an order of at least 2, if the value is beyond
        the largest float (for ``|u|`` above 1e154; there is no such limit with ``digits``), or if ``digits`` is above
        10 000.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Comm. Pure Appl. Math. 66, 165, section 2 (before Theorem 2.5).

    Examples
    --------
    >>> round(I_1(-1.7, 3), 10)
    0.015769252
    """
    return _answer("rate", _rate, u, H, None, derivative, digits)


def index_complexity(u: Any, H: Any, index: Any, derivative: int = 0, digits: int | None = None) -> Any:
    r"""Return the growth rate of the mean number of critical points of index k with energy per spin below ``u``.

    .. math:: \Theta_k(u) = \lim_n \tfrac1n \log E\, N_k(\le u) = \tfrac12\log(H-1)
              - \frac{(H-2)\,u^2}{4(H-1)} - (k+1) I_1(u), \qquad u \le -E_\infty

    Above :math:`-E_\infty` it is the constant :math:`\tfrac12\log(H-1) - (H-2)/H`.

    Parameters
    ----------
    u : float, array or SymPy expression
        Energy per spin.
    H : int, array or SymPy expression
        Interaction order.
    index : int, array or SymPy expression
        Index k, the number of negative eigenvalues of the Hessian; ``u``, ``H`` and ``index`` broadcast.
    derivative : {0, 1, 2}
        Order of the derivative in ``u``; default 0. At ``-E_inf`` it is the derivative from below.
    digits : int, optional
        Significant digits of an mpmath result, for scalars; at most 10 000.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        The growth rate or its derivative, of a type as for :func:`I_1`. The error of floats is at most 5e-16 of the sum
        of the value, ``u`` times the slope, and ``log(H-1)/2`` (measured also for indices up to 1e9); with ``digits``
        all digits are correct, also next to a zero.

    Raises
    ------
    ValueError
        If ``u`` is not finite, ``H`` is not an order of at least 2, ``index`` is negative, the value is beyond the
        largest float (there is no such limit with ``digits``), or ``digits`` is above 10 000.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Theorem 2.5.

    Examples
    --------
    >>> abs(round(index_complexity(-1.6569983635, 3, 0), 9))
    0.0
    """
    return _answer("index_complexity", _index_complexity, u, H, index, derivative, digits)


def complexity(u: Any, H: Any, derivative: int = 0, digits: int | None = None) -> Any:
    r"""Return the growth rate of the mean number of all critical points with energy per spin below ``u``.

    .. math:: \Theta(u) = \lim_n \tfrac1n \log E\, N(\le u)
              = \begin{cases} \Theta_0(u) & u \le -E_\infty \\
              \tfrac12\log(H-1) - \frac{(H-2)u^2}{4(H-1)} & -E_\infty \le u \le 0 \\
              \tfrac12\log(H-1) & 0 \le u \end{cases}

    Parameters
    ----------
    u : float, array or SymPy expression
        Energy per spin.
    H : int, array or SymPy expression
        Interaction order; broadcasts against ``u``.
    derivative : {0, 1, 2}
        Order of the derivative in ``u``; default 0. Where two branches meet it is the derivative from below.
    digits : int, optional
        Significant digits of an mpmath result, for scalars; at most 10 000.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        The growth rate or its derivative, of a type as for :func:`I_1`. The error of floats is at most 5e-16 of the sum
        of the value, ``u`` times the slope, and ``log(H-1)/2`` (measured also for indices up to 1e9); with ``digits``
        all digits are correct, also next to a zero.

    Raises
    ------
    ValueError
        If ``u`` is not finite, ``H`` is not an order of at least 2, the value is beyond the largest float (there is no
        such limit with ``digits``), or ``digits`` is above 10 000.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Theorem 2.8.

    Examples
    --------
    >>> round(complexity(0.0, 3), 12), round(complexity(-1.0, 3, derivative=1), 12)
    (0.34657359028, 0.25)
    """
    return _answer("complexity", _complexity, u, H, None, derivative, digits)


def _answer(
    name: str, numeric: Callable[..., Array], u: Any, H: Any, index: Any, derivative: int, digits: int | None
) -> Any:
    """Check the arguments, then answer by SymPy, by mpmath or by NumPy."""
    order = whole_number("derivative", derivative, 0, "it can be 0, 1 or 2")
    if order > 2:
        raise ValueError(f"derivative must be 0, 1 or 2, not {order}; differentiate the SymPy expression further")
    extra = () if index is None else (parameter("index", index, 0, INDEX_HINT),)
    H = parameter("H", H, 2, ORDER_HINT)
    given = (u, H, *extra)
    if digits is not None:
        if any(is_many(value) for value in given):
            refuse_digits(digits)
        if any(is_symbolic(value) and value.free_symbols for value in given):
            raise ValueError("digits is available for numbers only; substitute numbers for the symbols, or omit digits")
        wanted = many_digits.checked_digits(digits)
        return getattr(many_digits, name)(many_digits.exact_number("u", u), H, *extra, order, wanted)
    if any(is_symbolic(value) for value in given):
        if any(is_many(value) for value in given):
            raise ValueError("symbols and arrays cannot be combined; give one of them, or substitute afterwards")
        if is_symbolic(u) and u.is_number:
            many_digits.exact_number("u", u)
        return getattr(closed_forms, name)(u, H, *extra, order)
    energies = real_numbers("u", u)
    orders, *indices = (as_floats(*pair) for pair in zip(("H", "index"), (H, *extra), strict=False))
    values = numeric(energies, orders, *indices, order)
    # The second derivative is infinite at the edge; any other infinity is an overflow.
    at_edge = (order == 2) & (_excess(energies, orders) <= 0.0)
    refuse_overflow(values, at_edge, f"the value at u = {u!r}", "give digits for an mpmath number")
    return scalar_or_array(values)


def _edge(H: Array) -> Array:
    return np.asarray(2.0 * np.sqrt((H - 1) / H))


def _excess(u: Array, H: Array) -> Array:
    return np.asarray(-u / _edge(H) - 1.0)


def _rate(u: Array, H: Array, derivative: int) -> Array:
    edge, excess = _edge(H), _excess(u, H)
    # Values that exceed the edge by rounding count as the edge itself, as in I_1(-float(E_inf(H)), H).
    if np.any(excess < -1e-15):
        raise ValueError(f"u must be at most -E_inf, that is {-edge.min():.10g}; given {np.max(u):.10g}")
    excess = np.maximum(excess, 0.0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        root = np.sqrt(excess) * np.sqrt(2.0 + excess)  # the product could overflow although its root does not
        if derivative == 1:
            return np.asarray(-2.0 / edge * root)
        if derivative == 2:
            return np.asarray(2.0 / edge**2 * ((1.0 + excess) / root))
        angle = 2.0 * np.log1p(excess + root)
        return np.asarray(np.where(angle < 1.0, _sinh_excess(angle) / 2, (1.0 + excess) * root - angle / 2))


def _sinh_excess(v: Array) -> Array:
    """Return ``sinh(v) - v`` for ``0 <= v < 1`` by its series, because the difference would cancel."""
    square = np.minimum(v, 1.0) ** 2
    term = v * square / 6.0
    total = np.array(term)
    for j in range(2, 9):
        term = term * square / (2 * j * (2 * j + 1))
        total += term
    return total


def _quadratic(u: Array, H: Array, derivative: int) -> Array:
    """Return ``log(H-1)/2 - (H-2) u^2 / (4(H-1))`` or a derivative."""
    bend = (H - 2) / (2.0 * (H - 1))
    with np.errstate(over="ignore"):
        return np.asarray((0.5 * np.log(H - 1) - 0.5 * bend * u * u, -bend * u, -bend + 0.0 * u)[derivative])


def _index_complexity(u: Array, H: Array, k: Array, derivative: int) -> Array:
    edge = _edge(H)
    outside = np.minimum(u, -edge)
    with np.errstate(over="ignore", invalid="ignore"):
        deep = _quadratic(outside, H, derivative) - (k + 1) * _rate(outside, H, derivative)
    plateau = 0.5 * np.log(H - 1) - (H - 2) / H if derivative == 0 else 0.0
    return np.asarray(np.where(u <= -edge, deep, plateau))


def _complexity(u: Array, H: Array, derivative: int) -> Array:
    edge = _edge(H)
    outside = np.minimum(u, -edge)
    with np.errstate(over="ignore", invalid="ignore"):
        deep = _quadratic(outside, H, derivative) - _rate(outside, H, derivative)
    plateau = 0.5 * np.log(H - 1) if derivative == 0 else 0.0
    inside = np.where(u <= 0.0, _quadratic(u, H, derivative), plateau)
    return np.asarray(np.where(u <= -edge, deep, inside))
