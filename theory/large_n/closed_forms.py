"""The closed forms as SymPy expressions: arguments may be numbers or symbols."""

from typing import Any

# Above this order the powers of the order have thousands of digits and are left as powers.
_WRITTEN_OUT = 1000


def edge(H: Any) -> Any:
    """``E_inf = 2 sqrt((H-1)/H)``."""
    import sympy

    H = sympy.sympify(H)
    return 2 * sympy.sqrt((H - 1) / H)


def dynamical_temperature(H: Any) -> Any:
    """``T_d = sqrt(H (H-2)^(H-2) / (H-1)^(H-1))``."""
    import sympy

    H = sympy.sympify(H)
    if H.is_number and H > _WRITTEN_OUT:
        power = sympy.Pow((H - 2) / (H - 1), H - 2, evaluate=False)
        return sympy.Pow(sympy.Mul(H / (H - 1), power, evaluate=False), sympy.Rational(1, 2), evaluate=False)
    return sympy.sqrt(H * (H - 2) ** (H - 2) / (H - 1) ** (H - 1))


def rate(u: Any, H: Any, derivative: int = 0) -> Any:
    """``I_1(u)`` or its derivative in ``u``."""
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
    """Whether it is known that ``u > -E_inf``; exactly for rational numbers, however close to it they are."""
    import sympy

    square = sympy.expand(u**2 * H / (4 * (sympy.sympify(H) - 1)) - 1)
    return bool(square.is_negative or u.is_positive) if square.is_Rational else bool((u + edge(H)).is_positive)


def bowl(u: Any, H: Any, derivative: int = 0) -> Any:
    """``log(H-1)/2 - (H-2) u^2/(4(H-1))`` or its derivative: complexity before any eigenvalue is forced out."""
    import sympy

    u, H = sympy.sympify(u), sympy.sympify(H)
    bend = (H - 2) / (2 * (H - 1))
    return (sympy.log(H - 1) / 2 - bend * u**2 / 2, -bend * u, -bend)[derivative]


def index_complexity(u: Any, H: Any, k: Any, derivative: int = 0) -> Any:
    """``Theta_k(u)`` or its derivative, as a ``Piecewise`` unless the branch is known."""
    import sympy

    u, H, k, e = sympy.sympify(u), sympy.sympify(H), sympy.sympify(k), edge(H)
    plateau = sympy.log(H - 1) / 2 - (H - 2) / H if derivative == 0 else sympy.Integer(0)
    if _above_edge(u, H):
        return plateau
    deep = bowl(u, H, derivative) - (k + 1) * rate(u, H, derivative)
    return sympy.Piecewise((deep, u <= -e), (plateau, True))


def complexity(u: Any, H: Any, derivative: int = 0) -> Any:
    """``Theta(u)`` or its derivative, as a ``Piecewise`` unless the branch is known."""
    import sympy

    u, H, e = sympy.sympify(u), sympy.sympify(H), edge(H)
    plateau = sympy.log(H - 1) / 2 if derivative == 0 else sympy.Integer(0)
    shallow = bowl(u, H, derivative)
    if _above_edge(u, H):
        return sympy.Piecewise((shallow, u <= 0), (plateau, True))
    deep = shallow - rate(u, H, derivative)
    return sympy.Piecewise((deep, u <= -e), (shallow, u <= 0), (plateau, True))


def to_mpf(expression: Any, digits: int) -> Any:
    """Return the value of a number-valued expression without cancellation as an mpmath number of so many digits."""
    import mpmath
    import sympy

    if expression.free_symbols:
        raise ValueError("digits asks for one number; substitute numbers for the symbols, or leave digits out")
    value = expression.evalf(digits + 2, maxn=2 * digits + 100)
    with mpmath.workdps(digits):
        return mpmath.mpf(sympy.Float(value, digits + 2)._mpf_)
