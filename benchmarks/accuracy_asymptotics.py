"""Measured accuracy of the large-n theory over its whole domain, compared with the accuracy that its docstrings state.

Every function is compared with its defining formula, evaluated literally by mpmath with many digits, or with an
exact solution.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import mpmath
import numpy as np
from scipy.special import ive

import theory
from benchmarks.timing import Result
from theory.networks import linear_resnets, path_model, regression, sign_correlations

# More digits than the difference of two terms loses at an excess of 1e-18, or at an energy of 1e300.
DIGITS = 700
ORDERS = [*range(2, 21), 100, 10**6, 10**15]
INDICES = [0, 1, 10, 1000, 2000, 10**9]


@dataclass(frozen=True)
class Row:
    """The largest error of a function over a domain, in the named measure, and the error that its docstring states."""

    function: str
    domain: str
    measure: str
    points: int
    error: float
    promised: float


def rate(u: Any, H: int, derivative: int = 0) -> Any:
    """``I_1`` by the formula of its docstring, which cancels; the digits make up for it."""
    square = mpmath.mpf(4 * (H - 1)) / H
    root = mpmath.sqrt(u**2 - square)
    formulas = (
        lambda: -u * root / square - mpmath.log(-u + root) + mpmath.log(square) / 2,
        lambda: -2 * root / square,
        lambda: -2 * u / (square * root),
    )
    return formulas[derivative]()


def index_complexity(u: Any, H: int, k: int, derivative: int = 0) -> Any:
    """``Theta_k`` by the formula of its docstring."""
    plateau = mpmath.log(H - 1) / 2 - mpmath.mpf(H - 2) / H
    if u > -2 * mpmath.sqrt(mpmath.mpf(H - 1) / H):
        return plateau if derivative == 0 else mpmath.mpf(0)
    return parabola(u, H, derivative) - (k + 1) * rate(u, H, derivative)


def complexity(u: Any, H: int, derivative: int = 0) -> Any:
    """``Theta`` as its docstring has it."""
    if u <= -2 * mpmath.sqrt(mpmath.mpf(H - 1) / H):
        return index_complexity(u, H, 0, derivative)
    return parabola(u, H, derivative) if u <= 0 else (mpmath.log(H - 1) / 2 if derivative == 0 else mpmath.mpf(0))


def parabola(u: Any, H: int, derivative: int) -> Any:
    bend = mpmath.mpf(H - 2) / (4 * (H - 1))
    return (mpmath.log(H - 1) / 2 - bend * u**2, -2 * bend * u, -2 * bend)[derivative]


def energies(H: int) -> list[float]:
    """Energies about every branch point, in both tails, and the extremes at which the answer is still a float."""
    edge = 2 * math.sqrt((H - 1) / H)
    excesses = [1e-15, 1e-12, 1e-6, 1e-3, 0.01, 0.1, 1.0, 10.0, 1e8, 1e100, 1e140]
    deep = [-edge * (1 + excess) for excess in excesses]
    shallow = [-edge * (1 - excess) for excess in (1e-15, 1e-9, 0.01, 0.5, 1 - 1e-9)]
    return [*deep, *shallow, -1e-300, 0.0, 1e-300, edge, 1e300]


def backward_error(found: float, exact: Any, slope: Any, extra: Any) -> float:
    """Error relative to the value and to what a relative change of u brings."""
    off = abs(mpmath.mpf(found) - exact)
    return float(off / (abs(exact) + abs(slope) + extra)) if off else 0.0


def of_complexities() -> list[Row]:
    domain = f"H = 2 .. 20, 100, 1e6, 1e15; k to 1e9; {len(energies(3))} energies"
    measure = "against |f| + |u f'| + log(H-1)/2"
    rows = []
    for derivative in (0, 1, 2):
        errors: dict[str, list[float]] = {}
        for H in ORDERS:
            for u in energies(H):
                for name, error in complexity_errors(H, u, derivative):
                    errors.setdefault(name, []).append(error)
        for name, found in errors.items():
            title = f"{name}, derivative {derivative}" if derivative else name
            rows.append(Row(title, domain, measure, len(found), max(found), 5e-16))
    return rows


def complexity_errors(H: int, u: float, derivative: int) -> Iterator[tuple[str, float]]:
    """Yield the errors of the three functions at one energy, for each index."""
    exact_u, size = mpmath.mpf(u), mpmath.log(H - 1) / 2 if derivative == 0 else 0
    excess = exact_u**2 * H / (4 * (H - 1)) - 1
    if derivative and abs(excess) < 1e-14:  # slopes are of order sqrt(excess), which the rounding of u decides
        return

    def error(found: float, exact: Callable[[int], Any]) -> float:
        if derivative < 2:
            slope = exact(derivative + 1) if excess else 0
        else:  # the third derivative beyond the edge, where there is one
            slope = exact(2) * exact_u / abs(exact_u**2 - mpmath.mpf(4 * (H - 1)) / H)
        return backward_error(found, exact(derivative), exact_u * slope, size)

    yield "complexity", error(theory.complexity(u, H, derivative), partial(complexity, exact_u, H))
    for k in INDICES:
        if k * abs(u) < 1e150:
            found = theory.index_complexity(u, H, k, derivative)
            yield "index_complexity", error(found, partial(index_complexity, exact_u, H, k))
    if excess >= 0 and u < 0:
        yield "I_1", error(theory.I_1(u, H, derivative), partial(rate, exact_u, H))


def of_digits() -> list[Row]:
    worst, points = mpmath.mpf(0), 0
    for H, k, excess in product((2, 3, 7, 10**6), (0, 5), ("1e-200", "1e-30", "0.01", "3", "1e300")):
        u = -2 * mpmath.sqrt(mpmath.mpf(H - 1) / H) * (1 + mpmath.mpf(excess))
        for found, exact in (
            (theory.I_1(u, H, digits=50), rate(u, H)),
            (theory.index_complexity(u, H, k, digits=50), index_complexity(u, H, k)),
            (theory.complexity(-u / 7, H, digits=50), complexity(-u / 7, H)),
        ):
            points += 1
            worst = max(worst, abs(found - exact) / (abs(exact) or 1))
    return [Row("digits=50", "H to 1e6; excess 1e-200 .. 1e300", "relative", points, float(worst), 1e-49)]


def of_thresholds() -> list[Row]:
    """The zero lies where the complexity changes sign; its error is that of a bracket."""
    floats, digits, points = 0.0, mpmath.mpf(0), 0
    for H, k in product([H for H in ORDERS if H > 2], [*INDICES, 10**15]):
        points += 1
        low = 2 * mpmath.sqrt(mpmath.mpf(H - 1) / H)
        s = bisected(H, k)
        zero = low * mpmath.cosh(s)
        floats = max(floats, float(abs(theory.E_k(H, k) / zero - 1)))
        digits = max(digits, abs(theory.E_k(H, k, digits=50) / zero - 1))
    edges = max(
        float(abs(theory.E_inf(np.array([H]))[0] / (2 * mpmath.sqrt(1 - mpmath.mpf(1) / H)) - 1)) for H in ORDERS
    )
    domain = "H = 3 .. 20, 100, 1e6, 1e15; k to 1e15"
    return [
        Row("E_inf, arrays", "H = 2 .. 1e15", "relative", len(ORDERS), edges, 4e-16),
        Row("E_k", domain, "relative", points, floats, 1e-15),
        Row("E_k, digits=50", domain, "relative", points, float(digits), 1e-49),
    ]


def bisected(H: int, k: int) -> Any:
    """Return arcosh(E_k/E_inf) by the sign of the complexity, written out, to 60 digits."""
    with mpmath.workdps(120):
        edge = 2 * mpmath.sqrt(mpmath.mpf(H - 1) / H)
        low, high = mpmath.mpf("1e-12"), mpmath.mpf(40)
        while high - low > low * mpmath.mpf(10) ** -55:
            middle = (low + high) / 2
            if index_complexity(-edge * mpmath.cosh(middle), H, k) > 0:
                low = middle
            else:
                high = middle
        return +low


def of_semicircle() -> list[Row]:
    places = [-1 + 10.0**-j for j in range(1, 17)] + [1 - 10.0**-j for j in range(1, 17)]
    places += [*np.linspace(-1, 1, 2001).tolist(), 1e-300, -1e-300]

    def area(y: float) -> Any:
        exact = mpmath.mpf(y)
        return mpmath.mpf(1) / 2 + (exact * mpmath.sqrt(1 - exact**2) + mpmath.asin(exact)) / mpmath.pi

    inside = [y for y in places if abs(y) < 1]
    found = theory.semicircle_fraction(inside)
    worst = max(float(abs(value / area(y) - 1)) for y, value in zip(inside, found, strict=True))
    rows = [Row("semicircle_fraction", "-1 < y < 1, to 1e-16 from the ends", "relative", len(inside), worst, 1e-15)]
    shares = 0.0
    for H, y in product(ORDERS, places[:40]):
        u = y * float(theory.E_inf(np.array([H]))[0])
        exact_y = mpmath.mpf(u) / (2 * mpmath.sqrt(mpmath.mpf(H - 1) / H))
        if abs(exact_y) < 1:
            slope = 2 / mpmath.pi * mpmath.sqrt(1 - exact_y**2)
            exact = mpmath.mpf(1) / 2 + (exact_y * mpmath.sqrt(1 - exact_y**2) + mpmath.asin(exact_y)) / mpmath.pi
            shares = max(shares, backward_error(theory.index_fraction(u, H), exact, slope + 1e-8, 0))
    return [*rows, Row("index_fraction", "H = 2 .. 1e15", "against f + |u f'| + 1e-8", 880, shares, 1e-15)]


def of_deepest_minima() -> list[Row]:
    worst = [0.0, 0.0, 0.0]
    orders = [H for H in ORDERS if H > 2]
    for H in orders:
        s = bisected(H, 0)
        edge = 2 * mpmath.sqrt(mpmath.mpf(H - 1) / H)
        slope = index_complexity(-edge * mpmath.cosh(s), H, 0, 1)
        bound = 2 / (mpmath.sqrt(2 * mpmath.pi * H) * slope * edge * mpmath.sqrt(mpmath.exp(s) * mpmath.sinh(s)))
        for n in (2, 100, 2000, 10**9):
            law = theory.deepest_minimum(n, H)
            center = -edge * mpmath.cosh(s) + (mpmath.log(n) / 2 - mpmath.log(bound / (2 - H % 2))) / (slope * n)
            errors = (law.rate / slope - 1, law.constant / bound - 1, (law.center - center) / edge)
            worst = [max(old, float(abs(new))) for old, new in zip(worst, errors, strict=True)]
    names = ("rate", "constant", "center")
    domain = "H = 3 .. 1e15; n = 2 .. 1e9"
    return [
        Row(f"deepest_minimum.{name}", domain, "relative", 4 * len(orders), error, 4e-15)
        for name, error in zip(names, worst, strict=True)
    ]


def of_networks() -> list[Row]:
    rows = []
    e = [*(10.0**-j for j in range(1, 301, 13)), *np.linspace(0.001, 0.499, 200).tolist()]
    exact = [mpmath.mpf(x) for x in e]
    ratios = [(1 - 2 * x) / (1 + 2 * x) for x in exact]
    imbalance = [mpmath.sqrt(((1 - 2 * x) ** 2 - b**2) / (1 - b**2)) for x, b in zip(exact, ratios, strict=True)]
    for name, function, truth in (
        ("sign_correlation_bound", sign_correlations.sign_correlation_bound, ratios),
        ("largest_imbalance", sign_correlations.largest_imbalance, imbalance),
    ):
        worst = max(float(abs(a / b - 1)) for a, b in zip(function(e), truth, strict=True))
        rows.append(Row(name, "epsilon = 1e-300 .. 0.499", "relative", len(e), worst, 1e-15))
    return [*rows, of_least_correlations(e[::7]), *of_scales(), of_gradient_constants()]


def of_least_correlations(epsilons: Sequence[float]) -> Row:
    worst, means = 0.0, (0.0, 0.1, 0.5, 0.9, 1 - 1e-6, 1 - 1e-12, 1 - 2e-16)
    for epsilon, m in product(epsilons, means):
        c, mean = 1 - 2 * mpmath.mpf(epsilon), mpmath.mpf(m)
        if mean <= c:
            least = mpmath.sqrt((c**2 - mean**2) / (1 - mean**2))
        else:
            least = -mpmath.sqrt((mean - c) * (1 - mean) / ((1 + mean) * (2 - mean + c)))
        # Below 1/2 the rounding of c counts, next to the zero at m = c.
        condition = 1 + 1e-16 / float(abs(c - mean) + mpmath.mpf("1e-40")) if m < 0.5 else 1.0
        worst = max(worst, float(abs(sign_correlations.least_sign_correlation(epsilon, m) / least - 1)) / condition)
    domain = "epsilon = 1e-300 .. 0.499; mean = 0 .. 1 - 2e-16"
    return Row("least_sign_correlation", domain, "relative", len(epsilons) * len(means), worst, 1e-14)


def of_scales() -> list[Row]:
    shapes: list[tuple[int, ...]] = [(1, 1), (10, 6, 4, 1), (784, 500, 300, 10, 1), (10**200, 10**200, 1)]
    shapes += [(10,) * 300 + (1,), (10,) * 600 + (1,)]
    scale = middle = 0.0
    for widths in shapes:
        H, Psi = len(widths) - 1, mpmath.mpf(math.prod(widths))
        exact = Psi ** (-mpmath.mpf(H - 1) / (2 * H))
        scale = max(scale, float(abs(path_model.output_scale(widths) / exact - 1)))
        exact = H * (Psi**2 / widths[0]) ** (mpmath.mpf(1) / H)
        middle = max(middle, float(abs(path_model.size_bounds(widths).middle / exact - 1)))
    domain = "up to 600 layers, widths to 1e200"
    return [
        Row("output_scale", domain, "relative", len(shapes), scale, 4e-13),
        Row("size_bounds.middle", domain, "relative", len(shapes), middle, 4e-13),
    ]


def of_gradient_constants() -> Row:
    worst, points = 0.0, 0
    for count, tau in product([1, 2, 5, 100, 10**6, 10**12], [0.0, 1e-300, 1e-17, 1e-5, 0.5]):
        constant = 4 * count * (1 - mpmath.mpf(tau)) ** (2 * count - 2)
        if constant > 1e-300:
            points += 1
            worst = max(worst, float(abs(linear_resnets.gradient_constant(count, tau, 1.0) / constant - 1)))
    return Row("gradient_constant", "1 .. 1e12 layers; results above 1e-300", "relative", points, worst, 4e-13)


def of_regression() -> list[Row]:
    """Against the normal equations, solved with 80 digits, and exact integrals of powers."""
    rows = []
    for ridge, degrees in ((None, (0, 1, 3, 9, 15)), (-18.0, (1, 9)), (-2.0, (3,)), (-30.0, (9,)), (None, (19,))):
        worst = 0.0
        for degree in degrees:
            found = regression.expected_errors(np.linspace(0, 1, 20), lambda x: x**3 - x / 2, 0.5, degree, ridge)
            with mpmath.workdps(80):
                exact = exact_errors([mpmath.mpf(x) for x in np.linspace(0, 1, 20)], degree, ridge)
            # A polynomial through all points has no training error; there the scale is the variance of the noise.
            scales = (exact[0] if degree < 19 else 0.25, exact[1])
            for a, b, scale in zip((found.train, found.test_variance), exact, scales, strict=True):
                worst = max(worst, float(abs(a - b) / scale))
        domain = "20 points in [0, 1]; degree " + ", ".join(map(str, degrees)) + f"; log_ridge {ridge}"
        rows.append(Row("expected_errors", domain, "relative", len(degrees), worst, 1e-7))
    return rows


def exact_errors(x: Sequence[Any], degree: int, log_ridge: float | None) -> tuple[Any, Any]:
    """Return train and test variance for the curve ``x^3 - x/2`` and noise 1/2."""
    N, M = len(x), degree + 1
    V = mpmath.matrix([[place**j for j in range(M)] for place in x])
    ridge = mpmath.mpf(0) if log_ridge is None else mpmath.exp(mpmath.mpf(log_ridge))
    weights = mpmath.inverse(V.T * V + ridge * mpmath.eye(M)) * V.T
    rest = V * weights - mpmath.eye(N)
    missed = rest * mpmath.matrix([place**3 - place / 2 for place in x])
    train = (sum(v**2 for v in missed) + sum(v**2 for v in rest) / 4) / N
    spread = weights * weights.T
    variance = sum(spread[i, j] / (i + j + 1) for i in range(M) for j in range(M)) / 4
    return train, variance


def of_dynamics() -> list[Row]:
    """Order 2 has an exact solution; elsewhere equilibrium, and the threshold that descent tends to."""
    times = np.concatenate([[1e-6, 1e-3], np.geomspace(0.01, 1.7e5, 200)])
    s = 4 * math.sqrt(2) * times
    found = theory.relaxation(times, 2)
    error = np.abs(found.energy + math.sqrt(2) * ive(2, s) / ive(1, s))
    rows = [
        Row("relaxation, H = 2", "t = 0 .. 1.7e5", "absolute", times.size, float(error.max()), 1e-4),
        Row(
            "relaxation, H = 2",
            "t = 0 .. 1.7e5",
            "of energy_error",
            times.size,
            float((error / found.energy_error).max()),
            1,
        ),
    ]
    for H in (3, 4, 7, 20):
        T = 1.2 * float(theory.static_temperature(H))
        equal = theory.relaxation([0.0, 0.1, 1.0, 10.0], H, T, start=T)
        off = float(np.abs(equal.energy * T + 1).max())
        rows.append(Row(f"relaxation, H = {H}, equilibrium", "t = 0 .. 10, T = 1.2 T_s", "relative", 4, off, 1e-4))
    for H in (3, 4, 7, 10, 20):
        end = theory.long_time_energy(H)
        off = abs(end.energy + float(theory.E_inf(H))) / end.error
        rows.append(Row(f"long_time_energy, H = {H}", "default until", "of error", 1, float(off), 1))
    return rows


SECTIONS: tuple[Callable[[], list[Row]], ...] = (
    of_complexities,
    of_digits,
    of_thresholds,
    of_semicircle,
    of_deepest_minima,
    of_networks,
    of_regression,
    of_dynamics,
)


def large_n() -> list[Result]:
    """Measure everything: a minute and a half. The ratio is the stated error over the largest measured one."""
    with mpmath.workdps(DIGITS):
        rows = [row for section in SECTIONS for row in section()]
    return [
        Result(
            f"{row.function}; {row.domain}",
            f"error {row.error:.1e}",
            row.measure,
            f"stated {row.promised:.0e}",
            row.promised / max(row.error, 1e-60),
            1.0,
        )
        for row in rows
    ]
