"""Kernel: the known eigenpairs of the start form ``sum_i c_i x_i^d``.

The equation ``c_i x_i^(d-1) = lambda x_i`` with lambda = 1 has the solutions x_i = 0 and the d-2 roots of
``x_i^(d-2) = 1/c_i``. Up to a common root of unity, this gives ``((d-1)^n - 1)/(d-2)`` points: the first nonzero
coordinate is its principal root, and each later coordinate is any of the d-1 values.
"""

import numpy as np

from spinglass._common.jit import jit_without_references
from spinglass._common.types import ComplexArray


def number_of_classes(n: int, degree: int) -> int:
    """Return the number of complex critical points up to a factor, ``((d-1)^n - 1)/(d-2) = sum_{k<n} (d-1)^k``.

    Reference: Cartwright and Sturmfels (2013), Theorem 1.2.

    >>> number_of_classes(12, 3), number_of_classes(5, 2)
    (4095, 5)
    """
    return sum((degree - 1) ** k for k in range(n))


def principal_roots(coefficients: ComplexArray, degree: int) -> ComplexArray:
    """Return the principal roots ``c_i^(-1/(d-2))``."""
    return coefficients ** (-1.0 / (degree - 2))


@jit_without_references
def start_point(path: int, degree: int, roots: ComplexArray, sheets: int, out: ComplexArray) -> None:
    """Write the start point of ``path`` into ``out``, scaled to length one.

    If ``out`` has one more entry than ``roots``, the last entry is x_0 = +-sqrt(x.x), with the sign of sheet
    ``path % sheets``.
    """
    n = roots.size
    sheet = path % sheets
    code = path // sheets
    first = n - 1
    count = 1
    while code >= count:
        code -= count
        count *= degree - 1
        first -= 1
    out[:] = 0.0
    out[first] = roots[first]
    for i in range(first + 1, n):
        digit = code % (degree - 1)
        code //= degree - 1
        if digit > 0:
            out[i] = roots[i] * np.exp(2j * np.pi * (digit - 1) / (degree - 2))
    if out.size > n:
        square = 0j
        for i in range(n):
            square += out[i] * out[i]
        out[n] = np.sqrt(square) * (1 - 2 * sheet)
    length = 0.0
    for i in range(out.size):
        length += out[i].real ** 2 + out[i].imag ** 2
    for i in range(out.size):
        out[i] /= np.sqrt(length)
