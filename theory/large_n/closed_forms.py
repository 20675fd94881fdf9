"""The closed forms as SymPy expressions, for arguments that are numbers or symbols."""

from typing import Any

# Above this order, powers of the order have thousands of digits and are left unevaluated.
_WRITTEN_OUT = 1000


def edge(H: Any) -> Any:
    """Return ``E_inf = 2 sqrt((H-1)/H)``."""
    import sympy

    H = sympy.sympify(H)
    return 2 * sympy.sqrt((H - 1) / H)


def dynamical_temperature(H: Any) -> Any:
    """Return ``T_d = sqrt(H (H-2)^(H-2) / (H-1)^(H-1))``."""
    import sympy

    H = sympy.sympify(H)
    if H.is_number and H > _WRITTEN_OUT:
        power = sympy.Pow((H - 2) / (H - 1), H - 2, evaluate=False)
        return sympy.Pow(sympy.Mul(H / (H - 1), power, evaluate=False), sympy.Rational(1, 2), evaluate=False)
    return sympy.sqrt(H * (H - 2) ** (H - 2) / (H - 1) ** (H - 1))


def rate(u: Any, H: Any, derivative: int = 0) -> Any:
    """Return ``I_1(u)`` or a derivative in ``u``."""
    import sympy

    u, e = sympy.sympify(u), edge(H)
    if _above_edge(u, H):
        raise ValueError(f"u must be at most -E_inf, that is {-e}; given {u}")
    root = sympy.sqrt(u**2 - e**2)
    return (
        -u * root / e**2 - sympy.log(-u + root) + sympy.log(e),
        -2 * root / e**2,
        -2 * u / (e**2 * root) if root != 0 else sympy.oo,
    )[derivative]


def _above_edge(u: Any, H: Any) -> bool:
    """Return whether ``u > -E_inf`` is known to hold; exact for rational numbers, however close they are."""
    import sympy

    square = sympy.expand(u**2 * H / (4 * (sympy.sympify(H) - 1)) - 1)
    return bool(square.is_negative or u.is_positive) if square.is_Rational else bool((u + edge(H)).is_positive)


def bowl(u: Any, H: Any, derivative: int = 0) -> Any:
    """Return ``log(H-1)/2 - (H-2) u^2/(4(H-1))``, the complexity for ``-E_inf <= u <= 0``, or a derivative."""
    import sympy

    u, H = sympy.sympify(u), sympy.sympify(H)
    bend = (H - 2) / (2 * (H - 1))
    return (sympy.log(H - 1) / 2 - bend * u**2 / 2, -bend * u, -bend)[derivative]


def index_complexity(u: Any, H: Any, index: Any, derivative: int = 0) -> Any:
    """Return ``Theta_k(u)`` for k the index, or a derivative; a ``Piecewise`` unless the branch is known."""
    import sympy

    u, H, k, e = sympy.sympify(u), sympy.sympify(H), sympy.sympify(index), edge(H)
    plateau = sympy.log(H - 1) / 2 - (H - 2) / H if derivative == 0 else sympy.Integer(0)
    if _above_edge(u, H):
        return plateau
    deep = bowl(u, H, derivative) - (k + 1) * rate(u, H, derivative)
    return sympy.Piecewise((deep, u <= -e), (plateau, True))


def complexity(u: Any, H: Any, derivative: int = 0) -> Any:
    """Return ``Theta(u)`` or a derivative; a ``Piecewise`` unless the branch is known."""
    import sympy

    u, H, e = sympy.sympify(u), sympy.sympify(H), edge(H)
    plateau = sympy.log(H - 1) / 2 if derivative == 0 else sympy.Integer(0)
    shallow = bowl(u, H, derivative)
    if _above_edge(u, H):
        return sympy.Piecewise((shallow, u <= 0), (plateau, True))
    deep = shallow - rate(u, H, derivative)
    return sympy.Piecewise((deep, u <= -e), (shallow, u <= 0), (plateau, True))


def to_mpf(expression: Any, digits: int) -> Any:
    """Return the value of an expression without symbols as an mpmath number with so many correct digits."""
    import mpmath
    import sympy

    if expression.free_symbols:
        raise ValueError("digits is available for numbers only; substitute numbers for the symbols, or omit digits")
    value = expression.evalf(digits + 2, maxn=2 * digits + 100)
    with mpmath.workdps(digits):
        return mpmath.mpf(sympy.Float(value, digits + 2)._mpf_)
