"""The vectorised exponential function against NumPy's."""

import numpy as np

from spinglass._common.jit import jit
from spinglass.kernels.exponential import exponential


@jit
def exponentials(x, out):
    for i in range(x.size):
        out[i] = exponential(x[i])


def test_exponentials_of_numbers_that_are_not_positive():
    half_powers = -np.log(2) * (np.arange(1000) + 0.5)  # the nearest power of two changes here
    others = -np.random.default_rng(0).exponential(100, 20000)
    x = np.concatenate([[0.0, -0.0, -1e-300, -708.0], half_powers, np.nextafter(half_powers, 0), others[others > -708]])
    found = np.empty_like(x)
    exponentials(x, found)
    # One rounding of the result and less than one of the polynomial; NumPy's own error is below one.
    assert np.abs(found / np.exp(x) - 1).max() <= 2 * np.finfo(float).eps
    assert found[:3].tolist() == [1.0, 1.0, 1.0]


def test_very_negative_numbers_give_almost_zero_and_nan_stays():
    x, found = np.array([-709.0, -1e9, -np.inf, np.nan]), np.empty(4)
    exponentials(x, found)
    assert (found[:3] > 0).all()
    assert found[:3].max() < 1e-307
    assert np.isnan(found[3])
