"""The closed forms as SymPy expressions: arguments may be numbers or symbols."""

from typing import Any


def edge(H: Any) -> Any:
    """``E_inf = 2 sqrt((H-1)/H)``."""
    import sympy

    H = sympy.sympify(H)
    return 2 * sympy.sqrt((H - 1) / H)


def dynamical_temperature(H: Any) -> Any:
    """``T_d = sqrt(H (H-2)^(H-2) / (H-1)^(H-1))``."""
    import sympy

    H = sympy.sympify(H)
    return sympy.sqrt(H * (H - 2) ** (H - 2) / (H - 1) ** (H - 1))


def rate(u: Any, H: Any, derivative: int = 0) -> Any:
    """``I_1(u)`` or its derivative in ``u``."""
    import sympy

    u, e = sympy.sympify(u), edge(H)
    if (u + e).is_positive:
        raise ValueError(f"u must be at most -E_inf, that is {-e}; given {u}")
    root = sympy.sqrt(u**2 - e**2)
    return (
        -u * root / e**2 - sympy.log(-u + root) + sympy.log(e),
        -2 * root / e**2,
        -2 * u / (e**2 * root),
    )[derivative]


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
    if (u + e).is_positive:
        return plateau
    deep = bowl(u, H, derivative) - (k + 1) * rate(u, H, derivative)
    return sympy.Piecewise((deep, u <= -e), (plateau, True))


def complexity(u: Any, H: Any, derivative: int = 0) -> Any:
    """``Theta(u)`` or its derivative, as a ``Piecewise`` unless the branch is known."""
    import sympy

    u, H, e = sympy.sympify(u), sympy.sympify(H), edge(H)
    plateau = sympy.log(H - 1) / 2 if derivative == 0 else sympy.Integer(0)
    shallow = bowl(u, H, derivative)
    if (u + e).is_positive:
        return sympy.Piecewise((shallow, u <= 0), (plateau, True))
    deep = shallow - rate(u, H, derivative)
    return sympy.Piecewise((deep, u <= -e), (shallow, u <= 0), (plateau, True))


def to_mpf(expression: Any, digits: int) -> Any:
    """Return the value of a number-valued expression as an mpmath number of so many digits."""
    import mpmath
    import sympy

    value = expression.evalf(digits + 2)
    if not value.is_finite:
        raise ValueError(f"the value is {value}, which has no digits")
    with mpmath.workdps(digits):
        return mpmath.mpf(sympy.Float(value, digits + 2)._mpf_)
