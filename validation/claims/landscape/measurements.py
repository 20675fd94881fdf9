"""What the values of an energy on the sphere tell about it: its degree, its derivatives and its couplings.

On a great circle ``x(t) = x cos t + sqrt(n) v sin t`` the energy of order H is a trigonometric polynomial of degree H,
so that its values at 2H + 1 angles give all its derivatives exactly. Its values at as many random points as there are
couplings give these, by solving linear equations.
"""

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from spinglass import couplings, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.claims._shared.rounding import UNIT_ROUNDOFF, in_declared_precision
from validation.subjects.current import subject
from validation.subjects.subject import whole_seed

_CIRCLES = 6


def angles(H: int) -> Array:
    """Return 2H + 3 equidistant angles: two more than a trigonometric polynomial of degree H needs."""
    return 2 * np.pi * np.arange(2 * H + 3) / (2 * H + 3)


def great_circles(seed: np.random.SeedSequence, n: int, number: int = _CIRCLES) -> tuple[Array, Array]:
    """Return random points x, and unit tangent vectors v at them, both of shape (number, n)."""
    x = sphere.random_points(n, number, child(seed, 0))
    v = sphere.tangent(x, sphere.random_points(n, number, child(seed, 1)))
    return x, v / np.linalg.norm(v, axis=1, keepdims=True)


def along(x: Array, v: Array, H: int) -> Array:
    """Return the points of the great circles at :func:`angles`, shape (number * angles, n)."""
    t = angles(H)[:, None]
    n = x.shape[1]
    return np.concatenate([a * np.cos(t) + math.sqrt(n) * b * np.sin(t) for a, b in zip(x, v, strict=True)])


def coefficients(energy: Array, H: int) -> NDArray[np.complex128]:
    """Return the complex Fourier coefficients of degree 0 to H + 1 of energies on great circles."""
    found = np.fft.rfft(energy.reshape(-1, 2 * H + 3), axis=1) / (2 * H + 3)
    return np.asarray(found, dtype=complex)


def great_circle_error(seed: np.random.SeedSequence, n: int, H: int) -> float:
    """Return the share of a landscape's energy on great circles that is not of degree and parity H.

    It is the root of the sum of the squares of all coefficients that must be zero, relative to the root mean square of
    the energy.
    """
    one = subject()
    x, v = great_circles(child(seed, 1), n)
    found = coefficients(one.landscape(n, H, whole_seed(seed), along(x, v, H))["energy"], H)
    degree = np.arange(H + 2)
    wrong = (degree > H) | ((degree - H) % 2 == 1)
    weight = np.where(degree == 0, 1, 2)  # negative degrees have conjugate coefficients
    power = weight * np.abs(found) ** 2
    return in_declared_precision(one, math.sqrt(power[:, wrong].sum() / power.sum()))


def gradient_errors(seed: np.random.SeedSequence, n: int, H: int) -> Array:
    """Return three errors of the gradients of a landscape.

    They are compared with the exact derivatives of the energy along great circles (which are tangents of the sphere)
    and with Euler's relation ``x.g = H E`` (along the radius): the factor by which gradients are too large along
    tangents, minus 1; the same along the radius; and the part of the tangential derivatives that this factor leaves
    unexplained, relative to their size. The radial part of a Riemannian gradient is compared with 0.
    """
    one = subject()
    x, v = great_circles(child(seed, 1), n)
    number = whole_seed(seed)
    energy = one.landscape(n, H, number, along(x, v, H))["energy"]
    slope = math.sqrt(n) ** -1 * np.einsum("k,bk->b", np.arange(H + 2), -2 * coefficients(energy, H).imag)
    answer = one.landscape(n, H, number, x, ("energy", "gradient"))
    tangential, radial = _dot(v, answer["gradient"]), _dot(x, answer["gradient"])
    factor = (tangential @ slope) / (slope @ slope)
    rest = np.linalg.norm(tangential - factor * slope) / np.linalg.norm(slope)
    euler = H * answer["energy"]
    outward = (radial @ euler) / (euler @ euler) - (one.declaration.gradient == "euclidean")
    return in_declared_precision(one, np.array([factor - 1, outward, rest]))


def hessian_errors(seed: np.random.SeedSequence, n: int, H: int) -> Array:
    """Return three errors of the Hessians of a landscape, from exact second derivatives along great circles.

    ``d^2 E/dt^2 = n v.Hess v - x.grad E``, and ``x.grad E = H E``. A fit of ``n v.Hess v`` by these two terms gives
    their factors, minus 1 (for a Riemannian Hessian, the second is 0), and the relative size of what is left.
    """
    one = subject()
    x, v = great_circles(child(seed, 1), n)
    number = whole_seed(seed)
    found = coefficients(one.landscape(n, H, number, along(x, v, H))["energy"], H)
    second = np.einsum("k,bk->b", np.arange(H + 2) ** 2, -2 * found.real)
    answer = one.landscape(n, H, number, x, ("energy", "hessian"))
    terms = np.stack([second, H * answer["energy"]], axis=1)
    bent = n * np.einsum("bi,bij,bj->b", v, answer["hessian"], v)
    factors = np.linalg.lstsq(terms, bent, rcond=None)[0]
    rest = np.linalg.norm(bent - terms @ factors) / np.linalg.norm(second)
    expected = (1.0, float(one.declaration.hessian == "euclidean"))
    return in_declared_precision(one, np.array([*(factors - expected), rest]))


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("bi,bi->b", a, b))


def rounding_bound(n: int, H: int) -> float:
    """Bound the relative rounding errors: terms of a sum, products of a term, and a factor 100 for cancellation.

    Where the terms of a landscape cancel, the error relative to the energy grows. In a pilot of 2000 landscapes of each
    size at quick, and of H = 2 (seeds (77, n, H, sample)), no error was above a fiftieth of this bound.
    """
    return 100 * (couplings.size(n, H) + 2 * n + 2 * H) * UNIT_ROUNDOFF


@lru_cache(maxsize=16)
def _points_and_inverse(n: int, H: int) -> tuple[Array, Array]:
    """Return points whose energies determine a form of order H, and the matrix from these to its normal numbers.

    The coupling of a multiset of indices is the sum of its H!/prod(counts!) tensor entries, and divided by the root of
    their number.
    """
    tuples = couplings.indices(range(couplings.size(n, H)), n, H)
    x = sphere.random_points(n, len(tuples) + len(tuples) // 3 + 2, np.random.SeedSequence((n, H)))
    entries = [math.factorial(H) / math.prod(map(math.factorial, counts)) for counts in map(equal_indices, tuples)]
    return x, np.linalg.pinv(x[:, tuples].prod(axis=2) * np.sqrt(entries) / n ** ((H - 1) / 2))


def equal_indices(indices: Iterable[int]) -> tuple[int, ...]:
    """Return how often each index occurs in a tuple, in decreasing order."""
    return tuple(sorted(Counter(map(int, indices)).values(), reverse=True))


def normals_of(number: int, n: int, H: int) -> Array:
    """Return the couplings of the subject's landscape of this seed, divided by their standard deviations."""
    x, inverse = _points_and_inverse(n, H)
    return np.asarray(inverse @ subject().landscape(n, H, number, x)["energy"])


def two_landscapes(seed: np.random.SeedSequence, n: int, H: int) -> Array:
    """Return the normal numbers of the landscapes of a seed and of the next whole number, shape (2, couplings)."""
    number = whole_seed(seed)
    return np.array([normals_of(number, n, H), normals_of(number + 1, n, H)])


def patterns(H: int) -> list[tuple[int, ...]]:
    """Return the patterns of H indices by how many are equal: (1, 1, 1), (2, 1) and (3,) for H = 3.

    Examples
    --------
    >>> [pattern_name(pattern) for pattern in patterns(3)]
    ['ijk', 'iij', 'iii']
    """
    return sorted({equal_indices(row) for row in combinations_with_replacement(range(H), H)})


def pattern_name(pattern: tuple[int, ...]) -> str:
    """Return a pattern as text, such as ``iij``."""
    return "".join(letter * count for letter, count in zip("ijklmnopqrst", pattern, strict=False))


def pattern_names(H: int) -> tuple[str, ...]:
    """Return the names of the components of :func:`variances`."""
    names = [pattern_name(pattern) for pattern in patterns(H)]
    return tuple(", ".join(names[: k + 1]) for k in range(len(names)))


@lru_cache(maxsize=16)
def _up_to_pattern(n: int, H: int) -> list[NDArray[np.bool_]]:
    rows = [equal_indices(row) for row in couplings.indices(range(couplings.size(n, H)), n, H)]
    rank = np.array([patterns(H).index(row) for row in rows])
    return [rank <= k for k in range(len(patterns(H)))]


def variances(both: Array, n: int, H: int) -> Array:
    """Return the mean squares of the couplings of the first pattern, of the first two, and so on.

    Patterns are added one by one because a number that is always zero, as where couplings of repeated indices are
    missing, has no standard error.
    """
    return np.array([float((both[:, among] ** 2).mean()) for among in _up_to_pattern(n, H)])


def distinct_variance(both: Array, n: int, H: int) -> float:
    """Return the mean square of the couplings of different indices, in units of their variance."""
    return float(variances(both, n, H)[0])


def moments(both: Array) -> Array:
    """Return moments of the couplings of two landscapes that show whether they are independent normal numbers.

    They are the mean; the fourth moment of the sum of two neighbours over sqrt 2; the mean product of neighbours in
    storage; the mean absolute value of the two sums, divided by its value for normal numbers; and the mean product of
    the same coupling of the two landscapes. All are relative to the mean square, so that the scale of the couplings
    does not matter.
    """
    both = both / math.sqrt((both**2).mean())
    return np.array(
        [
            both.mean(),
            ((both[:, :-1] + both[:, 1:]) ** 4).mean() / 4,
            (both[:, :-1] * both[:, 1:]).mean(),
            np.abs(both.sum(axis=1)).mean() / math.sqrt(2 * both.shape[1] / math.pi),
            (both[0] * both[1]).mean(),
        ]
    )


MIXTURE = {2: 1.0, 3: 1.0, 4: 1.0}
_PAIRS = ((0, 0), (2, 2), (0, 1), (0, 2))


def mixture_products(seed: np.random.SeedSequence, n: int) -> Array:
    """Return the products ``E(x) E(y) / (n nu(1))`` of a mixture at pairs of three fixed points."""
    energy = subject().landscape(n, MIXTURE, whole_seed(seed), _fixed(n))["energy"]
    variance = n * sum(a**2 for a in MIXTURE.values())
    return np.array([energy[a] * energy[b] / variance for a, b in _PAIRS])


def mixture_covariances(n: int) -> Array:
    """Return the means ``nu(q)/nu(1)`` of :func:`mixture_products`."""
    x = _fixed(n)
    q = np.array([x[a] @ x[b] / n for a, b in _PAIRS])
    total: Array = np.sum([a**2 * q**H for H, a in MIXTURE.items()], axis=0)
    return total / sum(a**2 for a in MIXTURE.values())


def _fixed(n: int) -> Array:
    """Return (1, ..., 1), its negative, and another point."""
    one = np.ones(n)
    return np.array([one, -one, sphere.random_points(n, 1, np.random.SeedSequence(n))[0]])
