"""Networks and regression over their whole domains: exact fractions, mpmath, and clear refusals."""

import math
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest

from theory.networks import path_activities, path_model, sign_correlations
from theory.networks.linear import critical_loss, singular_values, sphere_critical_values
from theory.networks.linear_resnets import gradient_constant, norm_bound, norm_floor
from theory.networks.linear_saddles import critical_kind, saddle_index
from theory.networks.regression import expected_errors


@pytest.mark.parametrize(
    ("shared", "H"), [(1, 1), (1, 60), (3, 1024), (60, 64), (2000, 2000), (1999, 2001), (980, 2000)]
)
def test_correlations_of_paths_of_any_length(shared, H):
    exact = Fraction(2**shared - 1, 2**H - 1)
    # Two roundings.
    assert path_activities.path_activity_correlation(shared, H) == pytest.approx(float(exact), rel=4e-16, abs=0)


@pytest.mark.parametrize("d", [2, 3, 32, 33, 10**4, 10**7, 10**12])
def test_gate_correlations_for_any_number_of_inputs(d):
    found = path_activities.gate_correlations(d, 10**400)
    with mpmath.workdps(40 + len(str(d))):
        # In the variable t = a sqrt(d) the density of the angle a has width 1 for any d.
        root = mpmath.sqrt(d)
        end = root * mpmath.pi / 2 * (1 - mpmath.mpf(10) ** -30)

        def moment(k):
            nodes = [0, end] if end < 15 else [0, 5, 15]
            return mpmath.quad(lambda t: t**k * mpmath.exp((d - 2) * mpmath.log(mpmath.cos(t / root))), nodes)

        exact = moment(2) / moment(0) / d * 4 / mpmath.pi**2
    # The sum of 200 nodes is exact to rounding.
    assert found.between_units == pytest.approx(float(exact), rel=1e-13)
    assert found.with_input == pytest.approx(2 / math.pi / float(d), rel=1e-15)
    # At the largest d the law is normal, of variance 1/d.
    assert path_activities.gate_correlations(10**300, 10**400).between_units == pytest.approx(4e-300 / math.pi**2)


@pytest.mark.parametrize("epsilon", [1e-300, 1e-17, 1e-12, 1e-6, 0.1, 0.4999999])
def test_signs_that_hardly_differ(epsilon):
    with mpmath.workdps(700):
        e = mpmath.mpf(epsilon)
        c, b = 1 - 2 * e, (1 - 2 * e) / (1 + 2 * e)
        largest = float(mpmath.sqrt((c**2 - b**2) / (1 - b**2)))
        assert sign_correlations.largest_imbalance(epsilon) == pytest.approx(largest, rel=1e-15)
        for mean in (0.1, 0.6, 1 - 1e-9, 1 - 2e-16):
            m = mpmath.mpf(mean)
            if m <= c:
                least = mpmath.sqrt((c**2 - m**2) / (1 - m**2))
            else:
                least = -mpmath.sqrt((m - c) * (1 - m) / ((1 + m) * (2 - m + c)))
            # A few roundings, and where m is below 1/2 that of c.
            found = sign_correlations.least_sign_correlation(epsilon, mean)
            assert found == pytest.approx(float(least), rel=1e-14, abs=0)


@pytest.mark.parametrize("widths", [(1,) * 150, (3, 2, 1), (10,) * 800 + (1,), (10**200, 10**200, 1)])
def test_moments_of_deep_and_of_wide_networks(widths):
    # The recursion over layers in floats with exponents without bound; N the weights, H the layers.
    with mpmath.workdps(60):
        H, N = len(widths) - 1, sum(a * b for a, b in pairwise(widths))
        same, other = mpmath.mpf(1) / widths[0], 1 - mpmath.mpf(1) / widths[0]
        for n in widths[1:]:
            same, other = (3 * same + other) / n, (same + other) * (1 - mpmath.mpf(1) / n)
        radial = lambda k: mpmath.fprod(1 + mpmath.mpf(2 * i) / N for i in range(k))  # noqa: E731
        square = (same + other) / radial(2 * H)
        found = path_model.layered_variance(widths)
        assert found.mean == pytest.approx(float(1 / radial(H)), rel=4e-16, abs=0)
        assert found.mean_square == pytest.approx(float(square), rel=4e-16, abs=0)


@pytest.mark.parametrize(("layers", "tau"), [(10**17, 1e-17), (10**10, 1e-12), (5, 0.3), (1, 0.9), (10**6, 1e-300)])
def test_the_gradient_constant_of_many_layers(layers, tau):
    with mpmath.workdps(400):
        exact = 4 * layers * (1 - mpmath.mpf(tau)) ** (2 * layers - 2)
    # The rounding of the exponent, at most 2 here.
    assert gradient_constant(layers, tau, 1.0) == pytest.approx(float(exact), rel=1e-14, abs=0)


def test_losses_do_not_cancel():
    # |Y|^2/2 less the chosen direction leaves the others, sixteen digits below.
    assert critical_loss(np.eye(2), np.diag([1.0, 1e-8]), [0]) == pytest.approx(5e-17, rel=1e-12, abs=0)
    np.testing.assert_allclose(sphere_critical_values([1.0], (1, 1, 1), 4.0), [-0.5] * 4 + [0.0] * 2 + [4.0] * 2)
    # rho^2/8 - s rho/2 where both are 2e16 times their difference
    s = 1.0
    rho = 4 * (1 + 2**-50)
    exact = Fraction(rho) ** 2 / 8 - Fraction(s) * Fraction(rho) / 2
    assert sphere_critical_values([s], (1, 1, 1), rho)[4] == pytest.approx(float(exact), rel=1e-15, abs=0)


def test_indices_of_wide_networks_and_of_tiny_singular_values():
    # W = 0 with two layers: each unit can take up each direction with s > 0, whatever its size.
    assert saddle_index([1.0, 1e-20], (2, 2, 2), []) == 4
    assert saddle_index([3.0, 2.0, 1.0], (3, 10**30, 3), [1]) == 1 + 2 * (10**30 - 1)


@pytest.mark.parametrize("log_ridge", [None, -18.0, -2.0])
@pytest.mark.parametrize("degree", [1, 9])
def test_expected_errors_by_the_normal_equations_with_many_digits(log_ridge, degree):
    x = np.linspace(0, 1, 12)
    found = expected_errors(x, lambda z: z**3, 0.5, degree, log_ridge)
    with mpmath.workdps(60):
        V = mpmath.matrix([[mpmath.mpf(place) ** j for j in range(degree + 1)] for place in x])
        ridge = mpmath.mpf(0) if log_ridge is None else mpmath.exp(log_ridge)
        W = mpmath.inverse(V.T * V + ridge * mpmath.eye(degree + 1)) * V.T
        spread = W * W.T
        variance = sum(spread[i, j] / (i + j + 1) for i in range(degree + 1) for j in range(degree + 1)) / 4
    # 1e-16 times the condition, 1e4 at most here.
    assert found.test_variance == pytest.approx(float(variance), rel=1e-11, abs=0)


def test_a_ridge_that_underflows_is_the_smallest_ridge():
    calls = [expected_errors([0, 0.5, 1], lambda z: 2 * z, 1.0, 5, strength) for strength in (-700, -746)]
    for call in calls[1:]:
        assert call.test == pytest.approx(calls[0].test, rel=1e-12)
    # The other end: the fit is zero, the training error that of the targets.
    stiff = expected_errors([0.0, 0.5, 1.0], lambda z: 2 * z, 1.0, 1, 1e4)
    assert stiff.train == pytest.approx(1 + (0 + 1 + 4) / 3)
    assert stiff.test_variance == 0.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: path_model.size_bounds((10**400, 1)), "too large for a float"),
        (lambda: path_activities.path_activity_rate(1023), "too small for a float"),
        (lambda: path_activities.path_activity_correlation(5, 2000), "too small for a float"),
        (lambda: path_activities.input_activity_correlation(10**400), "beyond the largest float"),
        (lambda: path_activities.gate_correlations(10**400, 2), "beyond the largest float"),
        (lambda: path_model.layered_variance((1,) * 1000), "too small for a float"),
        (lambda: path_model.layered_variance((2,) * 10_000 + (1,)), "at most 5000 layers"),
        (lambda: path_model.path_model_covariance(1e200, 8.0, 3), "beyond the largest float"),
        (lambda: path_model.path_model_covariance(0.5, 10**400, 3), "Lambda"),
        (lambda: path_model.path_model_covariance(0.5, math.nan, 3), "Lambda must be finite"),
        (lambda: path_model.path_model_covariance(0.5, -8.0, 3), "Lambda, .* must be positive"),
        (lambda: path_model.path_model_covariance(0.5, [1.0, 2.0], 3), "Lambda must be one number"),
        (lambda: path_model.path_model_covariance(0.5, 8.0, 3, [0.5, 1.0]), "rho must be one number"),
        (lambda: path_model.path_model_covariance(0.5, 8.0, 10**400), "at most 2"),
        (lambda: gradient_constant(10**6, 0.5, 1.0), "too small for a float"),
        (lambda: gradient_constant(10**300, 0.0, 1e300), "beyond the largest float"),
        (lambda: norm_bound(10**400, 1.0), "beyond the largest float"),
        (lambda: norm_floor(10**400, 1.0), "beyond the largest float"),
        (lambda: singular_values(np.eye(2), 1e200 * np.eye(2)), "largest entry of Y"),
        (lambda: critical_loss(1e-200 * np.eye(2), np.eye(2), [0]), "largest entry of X"),
        (lambda: critical_kind(np.eye(1), np.eye(1), [np.array([[1e200]])] * 2), "product of the weights"),
        (lambda: saddle_index([3.0, -1.0], (2, 2, 2), []), "none of them negative"),
        (lambda: saddle_index([[3.0, 1.0]], (2, 2, 2), []), "list of singular values"),
        (lambda: saddle_index([3.0, 2.0, 1.0], (3, 1, 3), [0, 1]), "do not fit"),
        (lambda: saddle_index([3.0, 2.0], (2, 3, 2), [0], [(5, 1)], [1, 2]), "below 2, not 5"),
        (lambda: saddle_index([3.0, 2.0], (2, 3, 2), [0], cut=[1.5, 2]), "whole number"),
        (lambda: sphere_critical_values([1.0], (1, 1, 1), 1e300), "beyond the largest float"),
        (lambda: sphere_critical_values([1.0], (1, 1, 1), [1.0, 2.0]), "norm"),
        (lambda: sphere_critical_values([1.0], (3, 1, 1), 4.0), r"widths must be \(1, 1, 1\)"),
        (lambda: sphere_critical_values([1.0], (1, 1, 1, 1), 4.0), r"widths must be \(1, 1, 1\)"),
        (lambda: sphere_critical_values([1.0, 0.5], (2, 2, 2), 4.0), r"widths must be \(2, 1, 2\)"),
        (lambda: sphere_critical_values([1.0, 1.0], (2, 1, 2), 4.0), "must differ"),
        (lambda: expected_errors(np.linspace(0, 1, 101), np.sin, 1.0, 100), "ill-conditioned"),
        (lambda: expected_errors([0.0, 1e-300, 1.0], np.sin, 1.0, 2), "ill-conditioned"),
        (lambda: expected_errors(np.linspace(0, 1, 40), np.sin, 1.0, 30, -60.0), "ill-conditioned"),
        (lambda: expected_errors(np.linspace(0, 1, 401), np.sin, 1.0, 400), "degree must be below 400"),
        (lambda: expected_errors([0.0, 0.5, 1.0], np.sin, 1e200, 1), "beyond the largest float"),
        (lambda: expected_errors([0.0, 0.5, 1.0], lambda z: 2.0, 1.0, 1), "one value for each x"),
        (lambda: expected_errors([0.0, 0.5, 1.0], lambda z: z * math.nan, 1.0, 1), "the curve must be finite"),
        (lambda: expected_errors([], np.sin, 1.0, 0, 1.0), "x must be one vector"),
    ],
)
def test_what_floats_do_not_hold_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
