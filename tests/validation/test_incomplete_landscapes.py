"""Landscapes whose enumeration is incomplete do not enter measured densities, nor their errors."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import theory
from spinglass import critical_points
from spinglass.critical_points import enumerate_critical_points
from validation.experiments import pairs_of_points, planted_landscapes
from validation.experiments.landscape_means import mean_and_error


@pytest.fixture
def without(monkeypatch):
    """Return a function after which the enumerations with the given numbers are incomplete."""

    def change(*incomplete):
        numbers = count()

        def enumerated(*arguments, **options):
            every = enumerate_critical_points(*arguments, **options)
            return replace(every, complete=False, reason="lost") if next(numbers) in incomplete else every

        monkeypatch.setattr(critical_points, "enumerate_critical_points", enumerated)
        monkeypatch.setattr(planted_landscapes, "enumerate_critical_points", enumerated)
        # The exact density beside the measured one takes seconds, and is not under test.
        monkeypatch.setattr(theory, "mean_pairs", lambda n, H, q, **_: SimpleNamespace(value=np.zeros(len(q))))

    return change


def of_pairs(samples):
    indices = (None, (0, 1))
    return pairs_of_points.density_by_overlap(3, 3, samples, seed=0, bins=4, indices=indices)["measured"]


def with_signal(samples):
    return planted_landscapes.densities_by_overlap(3, 3, {3: 1.0}, samples, 4, [None, 0], 0)


@pytest.mark.slow
@pytest.mark.parametrize("measured", [of_pairs, with_signal])
def test_only_complete_landscapes_are_measured(without, measured):
    without()
    expected = measured(3)
    assert (expected["landscapes"] == 3).all()
    without(3, 4)
    pd.testing.assert_frame_equal(measured(5), expected)
    without(0)
    alone = measured(2)
    assert (alone["landscapes"] == 1).all()
    assert alone["density"].notna().all()
    assert alone["standard_error"].isna().all()
    without(0)
    nothing = measured(1)
    assert (nothing["landscapes"] == 0).all()
    assert nothing["density"].isna().all()


def test_means_and_errors_of_any_number_of_landscapes():
    values = np.array([[1.0, 2.0], [3.0, 2.0], [8.0, 2.0]])
    mean, error = mean_and_error(values)
    # The sum of squares around the mean 4 is 26.
    np.testing.assert_allclose([mean, error], [[4.0, 2.0], [(26 / 2 / 3) ** 0.5, 0.0]])
    assert np.isnan(mean_and_error(values[:1])[1]).all()
    assert np.isnan(mean_and_error(values[:0])).all()
