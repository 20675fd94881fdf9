"""The figure of the deepest minimum: its numbers by another route, and its drawing."""

import numpy as np
import pandas as pd
import pytest

from spinglass import SphericalSpinGlass, enumerate_critical_points, landscape_graph
from spinglass._common.seeds import child, seed_sequence
from validation.experiments.deepest_minima import deepest_minima
from validation.figures import gallery
from validation.figures.deepest_minimum import deepest_minimum


def lowest_pass(graph):
    """Height of the lowest pass out of minimum 0: the lowest energy at which minimum 0 is connected with another."""
    energies = graph.every.energy_per_spin
    for saddle in np.argsort(energies[graph.saddles]):
        reached = {0}
        lower = graph.joins[energies[graph.saddles] <= energies[graph.saddles[saddle]]]
        for _ in lower:
            reached |= {end for pair in lower.tolist() if reached & set(pair) for end in pair}
        if len(reached) > 1:
            return energies[graph.saddles[saddle]] - energies[graph.minima[0]]
    return np.nan


@pytest.mark.slow
def test_barriers_are_those_of_a_search_over_all_saddles():
    table = deepest_minima({4: 3, 5: 2}, 3, starts=5, seed=3)
    assert table.groupby("n").size().to_dict() == {4: 3, 5: 2}
    for row in table.itertuples():
        glass = SphericalSpinGlass.pure(row.n, 3, child(seed_sequence(3), row.n, row.sample, 0))
        graph = landscape_graph(enumerate_critical_points(glass))
        assert row.minima == len(graph.minima)
        assert row.barrier == pytest.approx(lowest_pass(graph), rel=1e-9, nan_ok=True)
        assert row.share in np.arange(6) / 5


def test_a_size_does_not_depend_on_the_others():
    both, alone = deepest_minima({2: 2, 3: 2}, 3, 5, seed=1), deepest_minima({3: 2}, 3, 5, seed=1)
    pd.testing.assert_frame_equal(both[both["n"] == 3].reset_index(drop=True), alone)


def test_the_figure_shows_the_table():
    columns = {"n": [4, 4, 4, 6, 6], "minima": [1, 2, 4, 2, 2], "barrier": [np.nan, 0.2, 0.1, 0.3, 0.5]}
    figure = deepest_minimum(pd.DataFrame(columns | {"share": [1.0, 0.5, 0.3, 0.2, 0.4]}), 3)
    steps, shares = figure.axes
    x, y = steps.lines[0].get_data()
    assert np.allclose(x[1:3], [0.1, 0.2])
    assert np.allclose(y[:4], [0, 0.5, 1, 1])
    found, equal = shares.lines[0].get_ydata(), shares.lines[-1].get_ydata()
    assert np.allclose(found, [0.6, 0.3])
    assert np.allclose(equal, [(1 + 1 / 2 + 1 / 4) / 3, 1 / 2])


def test_efforts_differ_in_their_samples():
    captions = {effort: gallery.entry("deepest-minimum", effort).caption for effort in ("quick", "standard", "paper")}
    assert "15 at n = 10." in captions["quick"].replace(";", ".")
    assert "60 at n = 12" in captions["standard"]
    assert "6 at n = 20" in captions["paper"]
