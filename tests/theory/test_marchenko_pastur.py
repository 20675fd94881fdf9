"""Spectra of sample covariance matrices: integrals, closed forms, and random matrices."""

import numpy as np
import pytest
from scipy import integrate

from theory.networks.marchenko_pastur import (
    marchenko_pastur_density,
    marchenko_pastur_edges,
    sample_covariance_moments,
)


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0, 2.0, 5.0])
def test_moments_of_the_density_are_those_of_the_limit(ratio):
    low, high = marchenko_pastur_edges(ratio)
    # x = middle + half-width cos(angle) removes the square roots at both ends.
    middle, half = (low + high) / 2, (high - low) / 2
    exact = (min(1, 1 / ratio), 1, 1 + ratio, 1 + 3 * ratio + ratio**2)
    for power, moment in enumerate(exact):
        found = integrate.quad(
            lambda a, p=power: (
                (middle + half * np.cos(a)) ** p
                * half
                * np.sin(a)
                * float(marchenko_pastur_density(middle + half * np.cos(a), ratio))
            ),
            0,
            np.pi,
        )[0]
        assert found == pytest.approx(moment, rel=1e-6)
    d = 10**7
    limit = sample_covariance_moments(d, round(d / ratio))
    assert limit == pytest.approx(exact[1:], rel=1e-5)


def test_moments_at_finite_size():
    for points in (1, 2, 5):  # one input: moments of chi-squared
        squares = [points, points * (points + 2), points * (points + 2) * (points + 4)]
        expected = [moment / points**k for k, moment in enumerate(squares, 1)]
        assert sample_covariance_moments(1, points) == pytest.approx(expected)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20000, 3, 2))
    S = X.transpose(0, 2, 1) @ X / 3
    powers = [S, S @ S, S @ S @ S]
    for found, expected in zip(powers, sample_covariance_moments(2, 3), strict=True):
        traces = np.trace(found, axis1=1, axis2=2) / 2
        # 4.5 standard errors have a chance of 7e-6.
        assert abs(traces.mean() - expected) < 4.5 * traces.std() / np.sqrt(20000)


def test_the_density_of_large_matrices():
    X = np.random.default_rng(1).standard_normal((2000, 400))
    eigenvalues = np.linalg.eigvalsh(X.T @ X / 2000)
    low, high = marchenko_pastur_edges(0.2)
    # Ends fluctuate by about n^(-2/3), 0.02 here.
    assert eigenvalues[[0, -1]] == pytest.approx([low, high], abs=0.06)
    counts, edges = np.histogram(eigenvalues, bins=8, range=(low, high))
    for count, a, b in zip(counts, edges[:-1], edges[1:], strict=True):
        share = integrate.quad(lambda x: float(marchenko_pastur_density(x, 0.2)), a, b)[0]
        assert count / 400 == pytest.approx(share, abs=0.01)  # eigenvalues are rigid: errors of a few in 400


def test_outside_there_is_nothing_and_bad_ratios_are_named():
    assert marchenko_pastur_density([-1.0, 0.0, 10.0], 0.5).tolist() == [0, 0, 0]
    for ratio in (0.0, -1.0):
        with pytest.raises(ValueError, match="ratio must be positive"):
            marchenko_pastur_edges(ratio)
    with pytest.raises(ValueError, match="inputs"):
        sample_covariance_moments(0, 3)
