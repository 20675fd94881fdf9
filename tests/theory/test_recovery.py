"""Recovery of a planted signal beside statics, closed forms, published thresholds and the derivative of information."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

import theory


@pytest.mark.parametrize(("H", "weights"), [(3, {3: 1.0}), (5, {5: 1.0}), ({2: 1.0, 3: 1.0}, {2: 1.0, 3: 1.0})])
def test_thresholds_are_transition_temperatures_of_the_glass(H, weights):
    # The posterior of strength t is a glass at temperature 1/t with a configuration planted at equilibrium.
    found = theory.recovery_thresholds(weights, H)
    assert found.bayes == pytest.approx(1 / theory.static_temperature(H), rel=1e-9)
    if isinstance(H, int):
        assert found.informative == pytest.approx(1 / theory.dynamical_temperature(H), rel=1e-9)
        assert found.spectral == found.algorithmic == np.inf


def test_published_thresholds():
    # Delta_2 = 1 for the matrix and for the matrix with a tensor (Sarao Mannelli et al. 2020); of a pure tensor of
    # order 3, m (1 - m) = Delta_3 has solutions up to Delta_3 = 1/4.
    for H in (2, {2: 1.0, 3: 1.0}, {2: 0.5, 3: 2.0}):
        weights = {2: 1.0} if H == 2 else H
        found = theory.recovery_thresholds({k: a for k, a in weights.items() if k == 2}, H)
        at = {2: found.algorithmic * weights[2]}
        assert theory.noise_levels(at, H)[2] == pytest.approx(1.0, rel=1e-9)
        assert found.spectral == pytest.approx(found.bayes, rel=1e-9)
    found = theory.recovery_thresholds({3: 1.0}, 3)
    assert theory.noise_levels({3: found.informative}, 3)[3] == pytest.approx(0.25, rel=1e-9)


def test_scale_of_energies_does_not_matter():
    one = theory.recovery({2: 0.6, 3: 0.9}, {2: 1.0, 3: 1.0})
    other = theory.recovery({2: 0.3, 3: 1.8}, {2: 0.5, 3: 2.0})
    assert (one.overlap, one.information) == pytest.approx((other.overlap, other.information), rel=1e-12)


def test_the_matrix_has_closed_forms():
    # Delta_2 = 1/(2 lambda^2) and m = 1 - Delta_2.
    strengths = np.array([0.5, 0.71, 1.0, 3.0, 300.0])
    found = [theory.recovery({2: r}, 2) for r in strengths]
    exact = np.maximum(1 - 1 / (2 * strengths**2), 0)
    np.testing.assert_allclose([one.overlap for one in found], exact, atol=1e-12)
    np.testing.assert_allclose([one.message_passing for one in found], exact, atol=1e-12)
    free = (strengths**2 * exact**2 + exact + np.log1p(-exact)) / 2
    np.testing.assert_allclose([one.information for one in found], strengths**2 / 2 - free, rtol=1e-12)


def test_information_increases_by_half_of_what_is_unknown():
    """``dI / d(t^2) = (xi(1) - xi(m)) / 2``: the theorem on information and mean squared errors."""
    weights = {2: 1.0, 4: 2.0}

    def at(square):
        return theory.recovery({k: a * square**0.5 for k, a in weights.items()}, {2: 1.0, 4: 1.0})

    for square in (0.2, 0.5, 0.9):  # below the Bayes threshold, in the hard phase, above the algorithmic threshold
        slope = (at(square + 1e-5).information - at(square - 1e-5).information) / 2e-5
        m = at(square).overlap
        assert slope == pytest.approx((5 - m**2 - 4 * m**4) / 2, abs=1e-7)


def test_the_phases_between_the_thresholds():
    weights, H = {2: 1.0, 4: 2.0}, {2: 1.0, 4: 1.0}
    found = theory.recovery_thresholds(weights, H)
    assert found.informative < found.bayes < found.spectral < found.algorithmic

    def at(factor):
        return theory.recovery({k: a * factor for k, a in weights.items()}, H)

    assert [at(found.bayes * x).phase for x in (0.999, 1.001)] == ["impossible", "hard"]
    assert [at(found.spectral * x).message_passing > 0 for x in (0.999, 1.001)] == [False, True]
    assert [at(found.algorithmic * x).phase for x in (0.999, 1.001)] == ["hard", "easy"]


@pytest.mark.parametrize("weights", [{1: 0.1, 3: 1.0}, {2: 0.6, 4: 0.5, 40: 1.0}])
def test_recovery_may_be_easy_above_the_bayes_threshold(weights):
    # Where message passing leaves the start as soon as anything is known, recovery is hard only at larger factors.
    H = dict.fromkeys(weights, 1.0)
    found = theory.recovery_thresholds(weights, H)
    assert found.bayes == pytest.approx(found.spectral, rel=1e-12)
    assert found.bayes < 0.6 * found.algorithmic

    def phase(factor):
        return theory.recovery({k: a * factor for k, a in weights.items()}, H).phase

    assert phase(0.6 * found.algorithmic) == "easy"
    assert [phase(found.algorithmic * x) for x in (0.999, 1.001)] == ["hard", "easy"]


def test_state_evolution_ends_at_the_stationary_points_of_the_free_energy():
    signal, H = {2: 0.9, 3: 0.4}, {2: 1.0, 3: 1.0}
    found = theory.recovery(signal, H)
    steps = theory.state_evolution(signal, H, 400, 1e-4)
    assert steps.overlap[-1] == pytest.approx(found.message_passing, abs=1e-9)
    # From a start that is not Bayes-optimal the end is the same.
    assert theory.state_evolution(signal, H, 400, 0.05, 1.0).self_overlap[-1] == pytest.approx(found.overlap, abs=1e-6)
    xi = theory.covariance.Covariance(((2, 0.81), (3, 0.16)))
    top = minimize_scalar(lambda m: -(xi(m) + m + np.log1p(-m)), bounds=(0.1, 0.95), method="bounded")
    assert found.overlap == pytest.approx(top.x, abs=1e-5)
    assert brentq(lambda m: xi(m, 1) * (1 - m) - m, 0.1, 0.95) == pytest.approx(found.overlap, abs=1e-10)


def test_a_field_informs_at_any_strength():
    found = theory.recovery_thresholds({1: 1.0, 3: 1.0}, {1: 1.0, 3: 1.0})
    assert found.bayes == found.spectral == found.informative == found.algorithmic == 0
    assert theory.recovery({1: 0.1}, {1: 1.0, 3: 1.0}).overlap == pytest.approx(0.01 / 1.01, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.recovery({2: 1.0}, 3), "no noise"),
        (lambda: theory.recovery({3: "much"}, 3), "strength of order 3"),
        (lambda: theory.recovery({2: 1e200}, 2), "times as strong as the noise"),
        (lambda: theory.state_evolution({3: 1.0}, 3, 5, 1e200, 1e300), "at most 1e"),
        (lambda: theory.recovery_thresholds({3: 0.0}, 3), "no thresholds"),
        (lambda: theory.state_evolution({3: 1.0}, 3, -1, 0.1), "at least 0"),
        (lambda: theory.state_evolution({3: 1.0}, 3, 5, 0.5, 0.1), "at least overlap"),
        (lambda: theory.state_evolution({3: 1.0}, 3, 5, 2.0), "at least overlap"),
    ],
)
def test_what_cannot_be_computed_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("k", [3, 40, 200])
def test_thresholds_of_high_orders_are_inverse_temperatures(k):
    # Powers m^k of the smallest overlaps underflow.
    found = theory.recovery_thresholds({k: 1.0}, k)
    assert found.informative == pytest.approx(1 / theory.dynamical_temperature(k), rel=1e-9)
    assert found.bayes == pytest.approx(1 / theory.static_temperature(k), rel=1e-9)


def test_a_signal_of_high_order_is_recovered_at_a_fixed_point():
    found = theory.recovery({40: 3.0}, 40)
    push = 40 * 9.0 * found.overlap**39
    assert found.phase == "hard"
    assert 0.9 < found.overlap == pytest.approx(push / (1 + push), rel=1e-12)
