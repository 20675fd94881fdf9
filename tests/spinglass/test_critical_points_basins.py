"""Basin volumes against arcs of the circle, where they are exact."""

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.basins import Basins, basin_volumes
from spinglass.critical_points.graph import landscape_graph


def graph_of(n, H, seed):
    return landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(n, H, seed), certify=None))


def exact_volumes(graph):
    """On the circle a basin is the arc between the maxima on both sides."""
    angle = np.arctan2(*graph.every.x.T[::-1])
    tops = np.sort(angle[graph.saddles])
    arcs = np.diff(np.append(tops, tops[0] + 2 * np.pi)) / (2 * np.pi)
    return arcs[(np.searchsorted(tops, angle[graph.minima]) - 1) % len(tops)]


@pytest.mark.slow
@pytest.mark.parametrize(("H", "seed"), [(3, 0), (3, 1), (4, 2), (5, 3)])
def test_volumes_on_the_circle(H, seed):
    graph = graph_of(2, H, seed)
    basins = basin_volumes(graph, starts=2000, seed=seed)
    expected = 2000 * exact_volumes(graph)
    assert basins.unsettled == 0
    # Pearson's statistic, false alarms 1e-6 a case.
    assert ((basins.ends - expected) ** 2 / expected).sum() < chi2.isf(1e-6, len(expected) - 1)


@pytest.mark.slow
def test_two_seeds_measure_the_same_volumes():
    graph = graph_of(6, 3, 1)
    first, second = (basin_volumes(graph, starts=1000, seed=seed).ends for seed in (1, 2))
    assert not np.array_equal(first, second)
    # Each difference is about normal with variance 2000 p (1-p), false alarms 6e-7 a minimum (5 standard errors).
    p = (first + second) / 2000
    assert (np.abs(first - second) < 5 * np.sqrt(2000 * p * (1 - p)) + 1).all()


def test_intervals_and_means():
    graph = graph_of(4, 3, 0)
    ends = np.zeros(len(graph.minima), int)
    ends[0], ends[-1] = 30, 50
    basins = Basins(graph=graph, starts=100, ends=ends, unsettled=20)
    for interval, number in zip(basins.interval, ends, strict=True):
        theirs = binomtest(int(number), 100).proportion_ci(method="wilson")
        assert interval == pytest.approx([theirs.low, theirs.high], abs=1e-12)
    energies = np.repeat(graph.every.energy_per_spin[graph.minima], ends)
    mean, error = basins.mean_energy_per_spin
    assert mean == pytest.approx(energies.mean())
    assert error == pytest.approx(energies.std(ddof=1) / np.sqrt(80))
    assert "20 did not settle" in repr(basins)


def test_what_does_not_settle_is_counted(monkeypatch):
    graph = graph_of(4, 3, 0)
    monkeypatch.setattr("spinglass.critical_points.graph._STEPS", 1)
    basins = basin_volumes(graph, starts=7)
    assert basins.unsettled == 7
    assert np.isnan(basins.mean_energy_per_spin).all()


def test_bad_input():
    graph = graph_of(3, 3, 0)
    for starts in (0, 2.5, True):
        with pytest.raises(ValueError, match=f"starts must be a whole number of at least 1, not {starts}"):
            basin_volumes(graph, starts=starts)
    with pytest.raises(ValueError, match=r"1000000000000 flows among 3 minima of n = 3 needs .* try fewer starts"):
        basin_volumes(graph, starts=10**12)
    with pytest.raises(ValueError, match="accuracy must lie between 0 and 1, not 2"):
        basin_volumes(graph, accuracy=2)
    with pytest.raises(TypeError, match="LandscapeGraph, not Enumeration"):
        basin_volumes(graph.every)


def test_the_error_of_the_mean_energy_is_that_of_independent_flows():
    graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(4, 3, seed=1)))
    own = graph.every.energy_per_spin[graph.minima]
    ends = np.zeros(len(own), np.int64)
    ends[:2] = 2, 1
    ended = np.repeat(own[:2], ends[:2])
    mean, error = Basins(graph=graph, ends=ends, starts=4, unsettled=1).mean_energy_per_spin
    assert (mean, error) == pytest.approx((ended.mean(), ended.std(ddof=1) / np.sqrt(3)), rel=1e-12)
    ends[:2] = 1, 0
    assert np.isnan(Basins(graph=graph, ends=ends, starts=1, unsettled=0).mean_energy_per_spin[1])
