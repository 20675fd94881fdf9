"""The claims on Choromanska et al.: numbers read from repetitions of known exponents, correlations and shapes."""

import numpy as np
import pytest
from scipy import stats

import theory
from validation.claims.choromanska import mutants, readings
from validation.claims.choromanska.repetitions import Repetition, repeated
from validation.experiments.networks import digits, glass_descents

RNG = np.random.default_rng(0)
NORMAL = stats.zscore(RNG.normal(size=16), ddof=1)


def _repetition(train=None, test=None, energies=None):
    return Repetition(train or {}, test or {}, energies or {})


@pytest.mark.slow
def test_a_repetition_is_that_of_networks_and_glasses_alone():
    seed = np.random.SeedSequence(4)
    found = repeated(seed, (4, 8), (6,), (5,), 5, 60, 2, "fan-in")
    alone = digits.trained(digits.digit_data(seed, 60), 8, 5, seed, epochs=2)
    assert found.test[8].tolist() == alone.test_loss.tolist()
    assert found.train[8].tolist() == alone.train_loss.tolist()
    child = np.random.SeedSequence(4, spawn_key=(6,))
    ends = glass_descents.glass_ends(6, 3, 5, "sgd", child)
    assert found.energies[6].tolist() == ends["energy_per_spin"].tolist()


def test_exponents_of_losses_are_those_put_in():
    test = {m: 2 * m**-0.3 * (1 + 0.1 * m**-0.5 * NORMAL) for m in (10, 30, 100)}
    assert readings.loss_exponents(_repetition(test=test)) == pytest.approx([-0.3, -0.5])


def test_narrowing_uses_published_sizes():
    test = {m: 2 * m**-0.3 * (1 + 0.1 * m**-0.2 * NORMAL) for m in (25, 50, 100)} | {10: NORMAL + 9}
    assert readings.narrowing_exponent(_repetition(test=test)) == pytest.approx(-0.2)


def test_the_published_correlations_fall_as_fitted_by_numpy():
    table = readings.PUBLISHED_CORRELATIONS
    slope = np.polyfit(np.log(list(table)), np.arctanh(list(table.values())), 1)[0]
    assert readings.falling_correlation().high == pytest.approx([slope, np.arctanh(0.4081)])


def test_correlations_are_those_of_scipy():
    train = {m: RNG.normal(size=20) for m in (10, 40)}
    test = {m: losses + RNG.normal(size=20) for m, losses in train.items()}
    z = [np.arctanh(stats.pearsonr(train[m], test[m]).statistic) for m in (10, 40)]
    found = readings.correlation_by_size(_repetition(train, test))
    assert found == pytest.approx([(z[1] - z[0]) / np.log(4), z[1]])


def test_concentration_of_energies_is_that_put_in():
    sizes = (12, 25, 50, 100)
    energies = {n: -1.63 + 0.8 * n**-0.5 + 0.3 * n**-0.6 * NORMAL for n in sizes}
    energies[12] += 1  # smaller than the systems of the paper: not used
    energies[25] = np.append(
        energies[25], energies[25].mean() + np.array([0.5, -0.5])
    )  # more starts: for the mean only
    at = np.array([25, 50, 100])
    slope = np.polyfit(np.log(at), np.log(0.09 * at**-1.2 + 0.01 / at), 1)[0]
    assert readings.glass_concentration(_repetition(energies=energies)) == pytest.approx([slope, -1.63])
    energies[25] = np.full(16, -1.5)  # all descents end in the same minimum
    assert np.isfinite(readings.glass_concentration(_repetition(energies=energies))).all()


def test_crossings_of_the_barrier_and_their_bound():
    energies = {25: np.array([-1.5, -1.634]), 100: np.array([-1.5, -1.632])}
    assert readings.crossed_barrier(_repetition(energies=energies), (25, 100)).tolist() == [1, 0]
    # Route: the density of minima, integrated below the barrier by the trapezoidal rule.
    u = np.linspace(-2.6, readings.barrier(), 4001)
    density = theory.mean_critical_point_density(u, 25, 3, index=0)
    assert readings.most_crossings((25,)).high == pytest.approx([np.trapezoid(density, u)], rel=1e-4)


def test_losses_shifted_and_scaled_from_energies_have_their_shape():
    energies = {25: np.round(RNG.exponential(size=16), 1), 100: RNG.normal(size=16)}
    test = {10: 3 + 0.1 * energies[25], 50: 5 + 2 * energies[100] ** 2}
    same = readings.shape_and_coincidences(_repetition(test=test, energies=energies), 10, 25)
    assert same == pytest.approx(np.zeros(3), abs=1e-12)
    squares, normal = energies[100] ** 2, energies[100]
    moments = [number(squares) - number(normal) for number in (stats.skew, stats.kurtosis)]
    found = readings.shape_difference(_repetition(test=test, energies=energies), 50, 100)
    assert found == pytest.approx(moments)


def test_the_mutant_of_shapes_has_its_stated_skewness():
    normal = np.random.default_rng(1).normal(size=(800, 8))
    losses = dict(enumerate(normal))
    _, skewed = mutants.exponentials(lambda *_: (losses, losses))()
    assert np.mean([stats.skew(row) for row in skewed.values()]) == pytest.approx(1.16, abs=0.1)
    assert stats.skew(normal, axis=1).mean() == pytest.approx(0, abs=0.1)


@pytest.mark.slow
def test_the_control_has_the_energies_of_other_landscapes():
    seed = np.random.SeedSequence(2)
    losses, same = mutants.of_other_landscapes()(None)(seed, (5,), 4)
    assert losses is same
    assert (losses[5] < 0).all()
    few, _ = mutants.of_other_landscapes(5)(None)(seed, (6,), 4)
    assert len(few[6]) == 4
    assert not set(few[6]) & set(losses[5])
