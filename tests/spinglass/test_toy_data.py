import numpy as np
import pytest

from spinglass.toy_data import GaussianMixture, noisy_sine


def test_noise_has_its_size():
    x, t = noisy_sine(20_000, seed=3, noise=0.3)
    # 20 000 draws: relative standard error 0.5%, so 5 of them; false alarms 6e-7.
    assert np.std(t - np.sin(2 * np.pi * x)) == pytest.approx(0.3, rel=0.025)


def test_log_odds_are_those_of_the_densities():
    mixture = GaussianMixture.drawn(3, seed=0)
    X = np.random.default_rng(1).standard_normal((5, 2))
    density = np.exp(-((X[:, None, None] - mixture.means) ** 2).sum(-1) / (2 * mixture.spread**2)).sum(-1)
    assert np.allclose(mixture.log_odds(X), np.log(density[:, 1] / density[:, 0]), rtol=1e-12)


def test_classes_are_drawn_as_their_odds_say():
    mixture = GaussianMixture.drawn(4, seed=2)
    X, labels = mixture.draw(40_000, seed=5)
    chance = 1 / (1 + np.exp(-mixture.log_odds(X)))
    # Means of 40 000 residuals of variance p (1 - p) <= 1/4: five standard errors are 0.0125.
    assert np.mean(labels - chance) == pytest.approx(0, abs=0.0125)
    assert np.mean((labels - chance) * np.sign(chance - 0.5)) == pytest.approx(0, abs=0.0125)


def test_far_away_the_odds_stay_finite():
    mixture = GaussianMixture.drawn(2, seed=0)
    assert np.isfinite(mixture.log_odds([[1e6, -1e6]])).all()


def test_same_seed_same_points():
    mixture = GaussianMixture.drawn(2, seed=0)
    assert np.array_equal(mixture.draw(5, seed=1)[0], mixture.draw(5, seed=1)[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: noisy_sine(1, seed=0), "at least 2"),
        (lambda: noisy_sine(5, seed=0, noise=-1.0), "cannot be negative"),
        (lambda: GaussianMixture(np.zeros((3, 1, 2)), 1.0), "shape"),
        (lambda: GaussianMixture(np.full((2, 1, 2), np.nan), 1.0), "finite"),
        (lambda: GaussianMixture(np.zeros((2, 1, 2)), 0.0), "positive"),
        (lambda: GaussianMixture.drawn(1, seed=0).log_odds([1.0, 2.0, 3.0]), "points of the plane"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
