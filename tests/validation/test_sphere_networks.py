"""Networks on the sphere and the comparison of shapes, which must accept its own law and reject others."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from spinglass import SphericalSpinGlass, enumerate_critical_points
from spinglass.networks.architecture import Architecture
from validation.experiments.networks.sphere_networks import (
    compare_shapes,
    end_losses,
    expected_share_above_middle,
    law_of_minima,
    share_above_middle,
    standardised_shapes,
)

LAW = law_of_minima(6, 3)


def drawn(size, seed):
    x, density = LAW["energy_per_spin"].to_numpy(), LAW["density"].to_numpy()
    cumulative = np.cumsum(density)
    return np.interp(np.random.default_rng(seed).random(size) * cumulative[-1], cumulative, x)


@pytest.mark.slow
def test_samples_of_the_law_are_accepted_at_the_stated_rate():
    p = [compare_shapes(3 - 7 * -drawn(40, seed), LAW, seed, samples=200).p_value for seed in range(40)]
    # Uniform p-values have a Kolmogorov distance above 0.35 with a chance of 5e-5.
    assert stats.kstest(p, "uniform").statistic < 0.35


def test_other_shapes_are_rejected():
    rng = np.random.default_rng(0)
    for values in (rng.exponential(size=150), -rng.exponential(size=150), rng.integers(2, size=150).astype(float)):
        assert compare_shapes(values, LAW, 0, samples=500).p_value < 0.01


@pytest.mark.slow
def test_minima_of_enumerated_glasses_have_the_shape_of_the_law():
    energies = []
    for seed in range(40):
        every = enumerate_critical_points(SphericalSpinGlass.pure(6, 3, seed=seed), certify=None)
        minima = every.energy_per_spin[every.index == 0]
        energies.append(np.random.default_rng(seed).choice(minima))
    found = compare_shapes(np.array(energies), LAW, 0, samples=500)
    # One minimum per sample is nearly a draw of the law; its shape is accepted except with a chance of about 1e-3.
    assert found.p_value > 1e-3


def test_moments_are_those_of_the_values_and_of_the_law():
    values = np.random.default_rng(1).gamma(3.0, size=200)
    found = compare_shapes(values, LAW, 0, samples=10)
    assert found.skewness == pytest.approx(stats.skew(values))
    assert found.kurtosis == pytest.approx(stats.kurtosis(values))
    large = drawn(400_000, 2)
    assert found.law_skewness == pytest.approx(stats.skew(large), abs=0.02)
    assert found.law_kurtosis == pytest.approx(stats.kurtosis(large), abs=0.05)
    with pytest.raises(ValueError, match="at least 10 finite values"):
        compare_shapes(np.ones(50), LAW, 0)


@pytest.mark.slow
def test_networks_end_below_the_loss_of_a_random_start_on_the_sphere():
    found = end_losses([3], 4, 0, images=20)
    assert found["loss"].between(0, 0.5).all()  # outputs of 0 have the loss 1/2
    assert Architecture.of((64, 4, 1)).Lambda == 16
    again = end_losses([3], 4, 0, images=20)
    assert found.equals(again)


def test_the_share_above_the_middle_has_no_shift_and_no_scale():
    values = np.random.default_rng(0).gamma(1.0, size=(5,))
    assert share_above_middle(values) == pytest.approx(share_above_middle(3 + 7 * values))
    assert share_above_middle(-values) == pytest.approx(1 - share_above_middle(values))
    assert share_above_middle(np.array([1.0, 1.0, 1.0])) == 0.5
    assert share_above_middle(np.array([0.0, 0.0, 1.0])) == 1


def test_the_expected_share_in_closed_form_and_by_draws():
    x = np.linspace(0, 40, 8001)
    exponential = pd.DataFrame({"energy_per_spin": x, "density": np.exp(-x)})
    # Gaps of three exponential numbers are independent, one of twice the rate: E E1/(E1 + E2/2) = 2 - 2 ln 2.
    assert expected_share_above_middle(exponential) == pytest.approx(2 - 2 * np.log(2), abs=1e-3)
    triples = np.sort(drawn(300_000, 3).reshape(-1, 3), axis=1)
    shares = (triples[:, 2] - triples[:, 1]) / (triples[:, 2] - triples[:, 0])
    assert expected_share_above_middle(LAW) == pytest.approx(shares.mean(), abs=4.5 * shares.std() / np.sqrt(1e5))


def test_standardised_tables_and_the_largest_distances_of_samples():
    values = 5 - 3 * drawn(150, 4)
    sample, law = standardised_shapes(values, LAW)
    assert sample["z"].mean() == pytest.approx(0, abs=1e-12)
    assert sample["z"].std(ddof=0) == pytest.approx(1)
    assert np.trapezoid(law["density"], law["z"]) == pytest.approx(1, abs=1e-3)
    assert np.trapezoid(law["density"] * law["z"] ** 2, law["z"]) == pytest.approx(1, abs=1e-2)
    found = compare_shapes(-values, LAW, 0, samples=500)
    # For an estimated mean and variance the limit is near that of Lilliefors, 1.03/sqrt(N).
    assert found.limit == pytest.approx(1.03 / np.sqrt(150), rel=0.1)
