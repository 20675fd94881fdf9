import math

import mpmath
import numpy as np
import pytest
import sympy
from scipy.integrate import quad

import theory

ORDERS = [2, 3, 4, 10, 1000]


@pytest.mark.parametrize("H", ORDERS)
def test_I_1_is_the_work_of_pulling_one_eigenvalue_out_of_the_semicircle(H):
    E = float(theory.E_inf(H))
    for u in (-E, -1.0001 * E, -1.1 * E, -3 * E):
        work, _ = quad(lambda z: 2 / E**2 * math.sqrt((z - E) * (z + E)), E, -u, epsabs=1e-13)
        assert theory.I_1(u, H) == pytest.approx(work, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("H", ORDERS)
@pytest.mark.parametrize("excess", [1e-12, 1e-6, 0.01, 0.5, 10.0, 1e8])
def test_floats_agree_with_fifty_digits(H, excess):
    u = -float(theory.E_inf(H)) * (1 + excess)
    for derivative in (0, 1, 2):
        exact = theory.I_1(u, H, derivative, digits=50)
        # u near the edge is itself rounded: the rate moves by (3/2) eps/excess, its slopes by less.
        tolerance = 8e-16 * (1 + 1 / excess)
        assert theory.I_1(u, H, derivative) == pytest.approx(float(exact), rel=tolerance)
        exact = theory.index_complexity(u, H, 2, derivative, digits=50)
        assert theory.index_complexity(u, H, 2, derivative) == pytest.approx(float(exact), rel=tolerance, abs=2e-15)


@pytest.mark.parametrize("H", ORDERS)
@pytest.mark.parametrize("factor", [-2.0, -1.05, -0.9, -0.1, 0.3, 2.0])
def test_derivatives_are_derivatives(H, factor):
    u = factor * float(theory.E_inf(H))
    with mpmath.workdps(40):
        for derivative in (1, 2):
            for function in (
                lambda v, d=0: theory.complexity(sympy.Float(v, 40), H, d, digits=40),
                lambda v, d=0: theory.index_complexity(sympy.Float(v, 40), H, 1, d, digits=40),
            ):
                slope = mpmath.diff(function, mpmath.mpf(u), derivative, h=mpmath.mpf(10) ** -10)
                # Forward differences: the error is h times the next derivative, below 1e3 here.
                assert float(function(mpmath.mpf(u), derivative)) == pytest.approx(float(slope), abs=1e-7)
        assert theory.complexity(u, H, 1) == pytest.approx(float(theory.complexity(u, H, 1, digits=30)), rel=1e-14)


def test_branches_meet():
    for H in ORDERS:
        E = float(theory.E_inf(H))
        for k in (0, 3):
            edge = theory.index_complexity(-E, H, k)
            assert theory.index_complexity(-E + 1e-9, H, k) == pytest.approx(edge, abs=1e-14)
            # The rate starts as excess^(3/2), the parabola with a slope of at most 1.
            assert theory.index_complexity(-E - 1e-9, H, k) == pytest.approx(edge, abs=2e-9)
        assert theory.complexity(-E - 1e-9, H) == pytest.approx(theory.complexity(-E + 1e-9, H), abs=4e-9)
        assert theory.complexity(1e-9, H) == pytest.approx(theory.complexity(-1e-9, H), abs=1e-15)


def test_H_two_has_no_complexity():
    assert theory.complexity(5.0, 2) == theory.complexity(-1.0, 2) == theory.index_complexity(0.0, 2, 4) == 0.0
    # An excess of e costs the rate (k+1) I_1 alone.
    assert theory.index_complexity(-2.0, 2, 1) == pytest.approx(-2 * theory.I_1(-2.0, 2), rel=1e-15)


@pytest.mark.slow
def test_symbols_give_closed_forms():
    u, H = sympy.symbols("u H", real=True)
    E = 2 * sympy.sqrt((H - 1) / H)
    slope = sympy.diff(theory.I_1(u, H), u)
    assert sympy.simplify((slope - theory.I_1(u, H, 1)).subs({H: 3})) == 0
    assert sympy.simplify(theory.I_1(-E, H, 1)) == 0
    theta = theory.index_complexity(u, 3, 0)
    assert float(theta.subs(u, -1.65)) == pytest.approx(theory.index_complexity(-1.65, 3, 0), rel=1e-12)
    assert theory.complexity(0, 3, digits=20) == pytest.approx(math.log(2) / 2)
    assert theory.index_complexity(-theory.E_inf(3), 3, 2) == sympy.log(2) / 2 - sympy.Rational(1, 3)
    for derivative in (1, 2):
        assert sympy.simplify(
            sympy.diff(theory.complexity(u, 3), u, derivative) - theory.complexity(u, 3, derivative)
        ).subs(u, -1.8).evalf() == pytest.approx(0, abs=1e-12)


def test_arrays_broadcast():
    u = np.linspace(-2.0, 1.0, 7)[:, None]
    H = np.array([2, 3, 10])
    values = theory.complexity(u, H)
    assert values.shape == (7, 3)
    for i, v in enumerate(u[:, 0]):
        for j, h in enumerate(H):
            assert values[i, j] == theory.complexity(float(v), int(h))
    assert theory.index_complexity(-1.7, 3, np.arange(4)).shape == (4,)


def test_second_derivative_at_the_edge_is_infinite_without_a_warning():
    E = float(theory.E_inf(3))
    assert theory.I_1(-E, 3, 2) == math.inf
    assert theory.index_complexity(-E, 3, 0, 2) == -math.inf


@pytest.mark.parametrize("u", [math.nan, math.inf, -math.inf, [0.0, math.nan], "deep", 1j])
def test_wrong_energies_are_refused(u):
    for function in (theory.complexity, theory.I_1, lambda u, H: theory.index_complexity(u, H, 0)):
        with pytest.raises(ValueError, match=r"^u must"):
            function(u, 3)


def test_other_wrong_input_is_refused():
    u = sympy.Symbol("u")
    with pytest.raises(ValueError, match="at most -E_inf"):
        theory.I_1(-1.6, 3)
    with pytest.raises(ValueError, match="at most -E_inf"):
        theory.I_1(sympy.Integer(-1), 3)
    with pytest.raises(ValueError, match=r"^H must"):
        theory.complexity(-1.0, 1)
    with pytest.raises(ValueError, match=r"^index must"):
        theory.index_complexity(-1.0, 3, -1)
    with pytest.raises(ValueError, match="derivative"):
        theory.complexity(-1.0, 3, 3)
    with pytest.raises(ValueError, match="digits"):
        theory.complexity([-1.0, 0.0], 3, digits=20)
    with pytest.raises(ValueError, match="cannot be combined"):
        theory.index_complexity(u, [3, 4], 0)
