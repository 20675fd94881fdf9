import math

import mpmath
import numpy as np
import pytest
import sympy
from scipy.optimize import brentq, minimize_scalar

import theory
from theory.large_n.semicircle import derive_E_inf


def test_E_inf_is_exact_for_integers_and_symbols():
    assert theory.E_inf(3) == 2 * sympy.sqrt(6) / 3
    assert theory.E_inf(2) == sympy.sqrt(2)
    H = sympy.Symbol("H", positive=True)
    assert sympy.simplify(theory.E_inf(H) ** 2 - 4 * (H - 1) / H) == 0


def test_E_inf_of_an_array_and_to_many_digits():
    H = np.arange(2, 50)
    # Two roundings: the quotient's and the root's.
    np.testing.assert_allclose(theory.E_inf(H), [float(theory.E_inf(int(h))) for h in H], rtol=4e-16)
    with mpmath.workdps(60):
        assert abs(theory.E_inf(3, digits=50) - mpmath.sqrt(mpmath.mpf(8) / 3)) < mpmath.mpf(10) ** -49


def test_E_inf_follows_from_the_edge_of_the_shifted_semicircle():
    steps = derive_E_inf()
    derived = steps[-1][1].rhs
    (H,) = derived.free_symbols
    assert sympy.simplify(derived - theory.E_inf(H)) == 0
    assert all(isinstance(words, str) and isinstance(equation, sympy.Eq) for words, equation in steps)


@pytest.mark.parametrize("H", [3, 4, 5, 6, 10, 20, 1000])
def test_E_0_is_the_ground_state_of_one_step_replica_symmetry_breaking(H):
    # Crisanti and Sommers at zero temperature: an expression that knows nothing of eigenvalues.
    def energy(log_chi: float) -> float:
        chi = math.exp(log_chi)
        m = 1 / (H * chi) - chi
        return 0.5 * (H * chi + m + math.log1p(m / chi) / m)

    # m > 0 means chi < 1/sqrt(H).
    best = minimize_scalar(energy, bounds=(-12.0, -0.5 * math.log(H) - 1e-9), method="bounded")
    # At a minimum the value is accurate to the square of the place's error, 1e-5 for this method.
    assert theory.E_0(H) == pytest.approx(best.fun, abs=1e-9)


@pytest.mark.parametrize("H", [3, 4, 20, 10**6])
@pytest.mark.parametrize("k", [0, 1, 5, 10**4])
def test_E_k_is_the_zero_of_the_index_complexity(H, k):
    with mpmath.workdps(60):
        u = -theory.E_k(H, k, digits=50)
        E = 2 * mpmath.sqrt(mpmath.mpf(H - 1) / H)
        root = mpmath.sqrt(u**2 - E**2)
        rate = -u * root / E**2 - mpmath.log(-u + root) + mpmath.log(E)
        theta = mpmath.log(H - 1) / 2 - (H - 2) * u**2 / (4 * mpmath.mpf(H - 1)) - (k + 1) * rate
        # A zero good to 50 digits leaves a residual of that size times the slope, at most 2(k+1).
        assert abs(theta) < mpmath.mpf(10) ** -48 * (k + 1)
        assert theory.E_k(H, k) == pytest.approx(float(-u), rel=1e-15)


def test_E_k_against_a_bracketing_root_finder():
    for k in range(4):
        zero = brentq(lambda u, k=k: theory.index_complexity(u, 3, k), -2.0, -float(theory.E_inf(3)))
        # brentq stops within 2e-12 of the zero.
        assert theory.E_k(3, k) == pytest.approx(-zero, abs=4e-12)


def test_thresholds_fall_towards_E_inf():
    values = theory.E_k(3, np.arange(2000))
    assert np.all(np.diff(values) < 0)
    assert np.all(values > float(theory.E_inf(3)))


def test_H_two_has_one_threshold():
    for k in (0, 1, 7):
        assert theory.E_k(2, k) == sympy.sqrt(2)
    assert theory.E_0(2) == theory.E_inf(2)
    np.testing.assert_allclose(theory.E_k(2, [0, 5]), math.sqrt(2), rtol=4e-16)
    np.testing.assert_allclose(theory.E_0([2, 3]), [math.sqrt(2), theory.E_0(3)], rtol=4e-16)
    assert float(theory.E_0(2, digits=30)) == math.sqrt(2)


@pytest.mark.parametrize("H", [1, 0, -3, 2.5, math.nan, math.inf, True, "3", None, [2, 1], [2.5], sympy.Rational(5, 2)])
def test_wrong_orders_are_refused(H):
    for function in (theory.E_inf, theory.E_0, lambda H: theory.E_k(H, 0)):
        with pytest.raises(ValueError, match=r"^H must"):
            function(H)


@pytest.mark.parametrize("k", [-1, 0.5, math.nan, True, [0, -1]])
def test_wrong_indices_are_refused(k):
    with pytest.raises(ValueError, match=r"^index must"):
        theory.E_k(3, k)


def test_what_has_no_closed_form_refuses_symbols():
    with pytest.raises(ValueError, match="no closed form"):
        theory.E_0(sympy.Symbol("H"))
    with pytest.raises(ValueError, match="digits"):
        theory.E_inf([3, 4], digits=20)
    with pytest.raises(ValueError, match="digits must"):
        theory.E_0(3, digits=0)


def test_whole_floats_and_sympy_integers_count_as_integers():
    assert theory.E_inf(3.0) == theory.E_inf(sympy.Integer(3)) == theory.E_inf(np.int64(3)) == theory.E_inf(3)
