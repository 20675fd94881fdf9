"""Complexities at one energy to any number of digits, by mpmath.

With ``z = u^2/E_inf^2 - 1`` and ``sinh s = sqrt(z)`` the rate is ``I_1 = sqrt(z (1+z)) - s``. If the energy is
rational, so is z, and the branch is decided exactly. The working precision is increased until all requested digits are
correct despite cancellation.
"""

from collections.abc import Callable
from typing import Any

from theory.arguments import precision

MOST_DIGITS = 10_000
# Largest working precision; if cancellation still loses digits there, an error is raised.
_MOST_WORKING_DIGITS = 100_000
_SPARE = 15

# Functions that return the terms of the result; cancellation is measured relative to the largest term.
Terms = Callable[[Any, Any], list[Any]]


def checked_digits(digits: object) -> int:
    """Return the number of digits; more than can be computed within seconds raise ``ValueError``."""
    wanted = precision(digits)
    if wanted > MOST_DIGITS:
        raise ValueError(f"digits must be at most {MOST_DIGITS}, not {wanted}; more digits take too long")
    return wanted


def exact_number(name: str, value: Any) -> Any:
    """Return a real number as the SymPy number that equals it exactly; SymPy numbers are returned unchanged."""
    import mpmath
    import numpy as np
    import sympy

    if isinstance(value, sympy.Basic):
        if not value.is_real:
            raise ValueError(f"{name} must be a finite real number, not {value}")
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    try:
        if isinstance(value, mpmath.mpf):
            # mpmath's integers are those of gmpy2 where it is installed, which SymPy does not take.
            return sympy.Rational(*map(int, mpmath.libmp.to_rational(value._mpf_)))
        return sympy.Rational(*value.as_integer_ratio())
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be a finite real number, not {value!r}") from error


def rate(u: Any, H: int, derivative: int, digits: int) -> Any:
    """Return ``I_1(u)`` or a derivative."""
    z = _excess(u, H)
    if u > 0 or z < 0:
        raise ValueError(f"u must be at most -E_inf = -2 sqrt({H - 1}/{H}), not {_short(u)}")
    return _summed(lambda _u, z: _rate_terms(z, H, derivative), u, z, digits)


def index_complexity(u: Any, H: int, index: int, derivative: int, digits: int) -> Any:
    """Return ``Theta_k(u)``, k the index, or a derivative."""
    z = _excess(u, H)

    def deep(u: Any, z: Any) -> list[Any]:
        return [*_bowl_terms(u, z, H, derivative), *(-(index + 1) * term for term in _rate_terms(z, H, derivative))]

    def plateau(u: Any, _z: Any) -> list[Any]:
        return _bowl_terms(u, 0, H, 0) if derivative == 0 else [0 * u]

    return _summed(deep if u < 0 and z >= 0 else plateau, u, z, digits)


def complexity(u: Any, H: int, derivative: int, digits: int) -> Any:
    """Return ``Theta(u)`` or a derivative."""
    z = _excess(u, H)
    if u < 0 and z >= 0:
        return index_complexity(u, H, 0, derivative, digits)
    if u <= 0:
        return _summed(lambda u, z: _bowl_terms(u, z, H, derivative), u, z, digits)
    return _summed(lambda u, _z: _bowl_terms(u, -1, H, 0)[:1] if derivative == 0 else [0 * u], u, z, digits)


def _excess(u: Any, H: int) -> Any:
    import sympy

    return sympy.expand(u**2 * sympy.Rational(H, 4 * (H - 1)) - 1)


def _rate_terms(z: Any, H: int, derivative: int) -> list[Any]:
    import mpmath

    root, edge_squared = mpmath.sqrt(z), mpmath.mpf(4 * (H - 1)) / H
    if derivative == 0:
        return [root * mpmath.sqrt(1 + z), -mpmath.asinh(root)]
    if derivative == 1:
        return [-2 * root / mpmath.sqrt(edge_squared)]
    return [2 * mpmath.sqrt(1 + z) / (edge_squared * root) if root else mpmath.inf]


def _bowl_terms(u: Any, z: Any, H: int, derivative: int) -> list[Any]:
    """Return the terms of ``log(H-1)/2 - (H-2)/H (1+z)``, a parabola in u, or a derivative in u."""
    import mpmath

    bend = mpmath.mpf(H - 2) / (2 * (H - 1))
    if derivative == 0:
        return [mpmath.log(H - 1) / 2, -mpmath.mpf(H - 2) / H * (1 + z)]
    return [-bend * u if derivative == 1 else -bend]


def _summed(terms: Terms, u: Any, z: Any, digits: int) -> Any:
    """Add the terms with enough working digits that ``digits`` digits of the sum are correct."""
    import mpmath

    working = digits + _SPARE
    while working <= _MOST_WORKING_DIGITS:
        with mpmath.workdps(working):
            parts = terms(_value(u, working), _value(z, working))
            largest, total = max(abs(part) for part in parts), mpmath.fsum(parts)
            enough = abs(total) >= largest * mpmath.mpf(10) ** (digits + _SPARE // 2 - working)
        if enough:
            with mpmath.workdps(digits):
                return +total
        working *= 2
    raise ValueError(f"the value at u = {_short(u)} is too close to zero for {digits} digits; give fewer, or another u")


def _value(number: Any, digits: int) -> Any:
    """Return a SymPy number as an mpmath number at the current precision."""
    import mpmath
    import sympy

    if isinstance(number, sympy.Rational):
        return mpmath.mpf(int(number.p)) / int(number.q)
    return mpmath.mpf(number.evalf(digits, maxn=2 * digits)._to_mpmath(mpmath.mp.prec))


def _short(u: Any) -> str:
    return str(u.evalf(20))
