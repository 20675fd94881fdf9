"""Shapes of distributions beside SciPy's statistics, and the fit of a spin glass to losses of known distributions."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from validation.experiments.networks import digits_summary, shapes
from validation.figures import gallery


def test_moments_are_those_of_scipy_and_ignore_shift_and_scale():
    values = np.random.default_rng(0).gamma(2.0, size=40)
    assert shapes.skewness(values) == pytest.approx(stats.skew(values))
    assert shapes.excess_kurtosis(values) == pytest.approx(stats.kurtosis(values))
    for number in (shapes.skewness, shapes.excess_kurtosis, shapes.coincidences):
        assert number(3 + 0.01 * values) == pytest.approx(number(values))


def test_rows_are_standardised_one_by_one():
    rows = np.random.default_rng(1).normal(size=(3, 20))
    assert shapes.standardised(rows) == pytest.approx(stats.zscore(rows, axis=1))


def test_coincidences_are_counted_pair_by_pair():
    values = np.random.default_rng(2).integers(0, 4, size=30) * 1.0
    pairs = [values[i] == values[k] for i in range(30) for k in range(i)]  # integers differ by more than 1%
    assert shapes.coincidences(values) == pytest.approx(np.mean(pairs))
    normal = np.random.default_rng(3).standard_normal(2000)
    # The density of the difference of two normal numbers at 0 is 1/(2 sqrt pi).
    assert shapes.coincidences(normal) == pytest.approx(0.02 / (2 * np.sqrt(np.pi)), rel=0.05)


def test_the_distance_is_that_of_scipy():
    rng = np.random.default_rng(4)
    first, second = rng.integers(0, 9, 17) * 1.0, rng.integers(0, 9, 30) * 1.0  # with ties
    assert shapes.largest_distance(first, second) == pytest.approx(stats.ks_2samp(first, second).statistic)


def _landscapes(rng, landscapes=8, starts=300):
    """Three sizes of glass: normal, exponential and uniform energies, each landscape with its own shift and scale."""
    shift, scale = rng.normal(size=(landscapes, 1)), rng.uniform(0.5, 2, size=(landscapes, 1))
    shape = (landscapes, starts)
    laws = {25: rng.normal(size=shape), 50: rng.exponential(size=shape), 100: rng.uniform(size=shape)}
    return {n: shift + scale * law for n, law in laws.items()}


def test_the_glass_of_the_same_shape_is_fitted_and_others_are_rejected():
    rng = np.random.default_rng(5)
    energies = _landscapes(rng)
    found = shapes.fitted_glass(7 + 3 * rng.exponential(size=150), energies, seed=0)
    assert found.size == 50
    assert found.p_value > 0.05
    assert found.distance < found.critical < 0.3
    two_values = np.repeat([0.0, 1.0], 75) + 1e-3 * rng.normal(size=150)
    rng.shuffle(two_values)
    assert shapes.fitted_glass(two_values, energies, seed=0).p_value < 0.01


def test_p_values_of_the_right_shape_are_not_too_small():
    rng = np.random.default_rng(6)
    p = [shapes.fitted_glass(rng.normal(size=24), {25: rng.normal(size=(8, 48))}, seed).p_value for seed in range(6)]
    # The standard deviation of the mean of 6 uniform numbers is 1/sqrt(72) = 0.12.
    assert np.mean(p) > 0.15


@pytest.mark.slow
def test_energies_of_another_landscape_are_seldom_rejected():
    rng = np.random.default_rng(7)
    # Landscapes of different shapes: their points are correlated.
    ends = np.array([rng.gamma(shape, size=48) for shape in rng.uniform(1, 20, size=60)])
    p = [shapes.fitted_glass(own, {25: ends[:40][k % 4 :: 4]}, k).p_value for k, own in enumerate(ends[40:])]
    # At most a binomial number of 20 with probability 0.05: more than 4 have probability 0.003.
    assert sum(value <= 0.05 for value in p) <= 4


@pytest.mark.parametrize(("losses", "landscapes", "starts"), [(3, 8, 9), (20, 8, 3), (20, 7, 9)])
def test_too_few_numbers_are_refused(losses, landscapes, starts):
    with pytest.raises(ValueError, match=rf"needs at least 4 losses .*given {losses} losses and {landscapes} landsc"):
        shapes.fitted_glass(np.arange(losses * 1.0), {25: np.zeros((landscapes, starts))}, 0)


def test_fits_leave_out_diverged_networks():
    rng = np.random.default_rng(8)
    losses = pd.DataFrame({"starts": "fan-in", "hidden": 5, "test_loss": rng.normal(size=20), "status": "finished"})
    losses.loc[20] = {"starts": "fan-in", "hidden": 5, "test_loss": np.nan, "status": "diverged"}
    ends = pd.DataFrame({"n": np.repeat([25, 50], 160), "sample": np.tile(np.arange(8), 40)})
    ends["energy_per_spin"] = rng.normal(size=320)
    table = digits_summary.fitted_glasses(losses, ends, seed=1)
    assert table[["starts", "hidden"]].to_numpy().tolist() == [["fan-in", 5]]
    assert table["size"][0] in (25, 50)
    assert digits_summary.by_landscape(ends)[50].shape == (8, 20)
    assert np.isfinite(table["distance"]).all()


@pytest.mark.slow
def test_a_large_p_value_beside_landscapes_of_few_energies_is_no_evidence():
    rng = np.random.default_rng(2)
    losses, ends = rng.uniform(size=48), rng.exponential(size=(8, 48))
    few = np.take_along_axis(rng.exponential(size=(8, 3)), rng.integers(3, size=(8, 48)), axis=1)
    # Uniform losses beside exponential energies: noticed unless every landscape has only three energies.
    assert shapes.fitted_glass(losses, {25: ends}, 0).p_value < 0.01
    assert shapes.fitted_glass(losses, {25: few}, 0).p_value > 0.8
    assert "a large p is no evidence" in gallery.entry("choromanska-test-losses").caption
