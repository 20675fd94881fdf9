"""The equations that the benchmark of enumeration gives to other programs."""

import re

import numpy as np
import pytest

from benchmarks import polynomial_solvers
from benchmarks.polynomial_solvers import complex_equations, rounded_glass, solvers, whole_equations
from spinglass import enumerate_critical_points

N = 4


def value(equation, x, L):
    """Evaluate the text of an equation."""
    names = {f"x{i}": number for i, number in enumerate(x)} | {"L": L, "ii": 1j}
    return eval(equation.replace("^", "**"), names)


def points():
    return enumerate_critical_points(rounded_glass(N)).x


@pytest.mark.parametrize("style", ["complex", "whole"])
def test_critical_points_solve_the_equations(style):
    if style == "complex":
        equations, unit = complex_equations(N, "ii"), 1.0
    else:
        equations, unit = whole_equations(N).split("\n", 2)[2].split(",\n"), 2.0**20
    assert len(equations) == N + 1
    glass = rounded_glass(N)
    for x in points():
        chart = value(equations[-1], x, 0.0) + 1.0  # a.x, so that x/chart has a.x = 1
        # Euler: x.grad = 3 energy = 3 L |x|^2, with the factor n^{-1} of the energy at H = 3 and |x|^2 = n.
        L = glass.energy(x) * unit / chart
        residual = [value(equation, x / chart, L) for equation in equations]
        assert np.abs(residual).max() < 1e-9 * unit


def test_msolve_finds_as_many_pairs_of_real_solutions():
    real = [solver for solver in solvers() if solver.real]
    if not real:
        pytest.skip("msolve is not installed")
    assert real[0].solve(N).found == len(points()) // 2
    assert re.fullmatch(r"msolve \d+\.\d+.*", real[0].name)


def test_a_program_that_fails_or_takes_too_long_is_told_apart(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="failed with status 3: no licence"):
        polynomial_solvers.run_program(["sh", "-c", "echo no licence; exit 3"], tmp_path)
    monkeypatch.setattr(polynomial_solvers, "run_program", lambda *_: ("", 120.0, False))
    assert polynomial_solvers._msolve("true").solve(3) == (120.0, None)
