import math

import numpy as np
import pytest
from scipy.integrate import quad

import theory


@pytest.mark.parametrize("y", [-1.0, -0.999, -0.3, 0.0, 0.5, 1.0])
def test_fraction_is_the_integral_of_the_semicircle(y):
    area, _ = quad(lambda s: 2 / math.pi * math.sqrt(1 - s * s), -1, y, epsabs=1e-13)
    assert theory.semicircle_fraction(y) == pytest.approx(area, abs=1e-11)


def test_index_fraction_counts_negative_eigenvalues_of_a_shifted_matrix():
    # H=4 at u=-1: G - H u I, off-diagonal variance H(H-1)/n. The number of negative eigenvalues of one
    # matrix fluctuates by sqrt(2 log n)/pi, the fraction by 0.0015; with corrections of 1/n, 0.01 fails one time in 1e4
    # or less.
    H, u, n = 4, -1.0, 800
    a = np.random.default_rng(5).standard_normal((n, n))
    g = (a + a.T) / math.sqrt(2) * math.sqrt(H * (H - 1) / n)
    measured = np.mean(np.linalg.eigvalsh(g) - H * u < 0)
    assert theory.index_fraction(u, H) == pytest.approx(measured, abs=0.01)
    assert 0.05 < measured < 0.2


def test_index_fraction_runs_from_minus_to_plus_E_inf():
    for H in (2, 3, 10):
        E = float(theory.E_inf(H))
        assert theory.index_fraction(-1.01 * E, H) == 0.0
        assert theory.index_fraction(-0.99 * E, H) > 0.0
        assert theory.index_fraction(0.0, H) == 0.5
        assert theory.index_fraction(1.01 * E, H) == 1.0
    assert theory.index_fraction([[-1.0], [0.5]], [2, 3]).shape == (2, 2)


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match=r"^y must"):
        theory.semicircle_fraction(math.nan)
    with pytest.raises(ValueError, match=r"^u must"):
        theory.index_fraction(math.nan, 3)
    for H in (1, 2.5, True):
        with pytest.raises(ValueError, match=r"^H must"):
            theory.index_fraction(0.0, H)
