"""The tables and figures of complete landscapes show what theory and the graph say."""

import numpy as np
import pandas as pd
import pytest
from gallery_tables import TABLES

import theory
from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.basins import basin_volumes
from spinglass.critical_points.graph import landscape_graph
from validation.experiments import critical_points
from validation.figures import disconnectivity, gallery, landscapes, stability_of_minima


@pytest.fixture(scope="module")
def basins():
    every = enumerate_critical_points(SphericalSpinGlass.pure(7, 3, seed=3), certify=None)
    return basin_volumes(landscape_graph(every), starts=100, seed=0)


@pytest.mark.slow
def test_counts_approach_their_limit():
    u = np.array([-1.7, -1.65])
    table = critical_points.counts_below((20, 200), 3, (0, 1), u)
    for k in (0, 1):
        limit = table[(table["n"] == 0) & (table["index"] == k)]
        assert np.allclose(limit["rate"], theory.index_complexity(u, 3, k), rtol=0, atol=0)
        off = [
            np.abs(table.loc[(table["n"] == n) & (table["index"] == k), "rate"].to_numpy() - limit["rate"].to_numpy())
            for n in (20, 200)
        ]
        assert (off[1] < off[0]).all()


def test_densities_are_the_slopes_of_counts():
    table = critical_points.densities_of_points(30, 3, (None, 1), np.array([-1.3]))
    for k, name in ((None, "all"), (1, "1")):
        ends = theory.mean_critical_points(30, 3, index=k, below=np.array([-1.3 - 1e-4, -1.3 + 1e-4]))
        density = 10 ** table.loc[table["index"] == name, "log10_density"].item()
        # A central difference: its error is 1e-8 times the third derivative, some 1e4 times the density here.
        assert density == pytest.approx(np.diff(ends)[0] / 2e-4, rel=1e-4)


def test_the_figure_of_counts_shows_its_table():
    table = critical_points.counts_below((10, 20), 3, (0, 1), np.linspace(-1.75, -1.3, 19))
    figure = landscapes.counts_to_complexity(table, {0: 1.657, 1: 1.6529}, 3)
    for k, axis in enumerate(figure.axes[:2]):
        drawn = {line.get_label(): line.get_ydata() for line in axis.lines}
        for n, label in ((10, "$n = 10$"), (20, "$n = 20$"), (0, r"limit $\Theta_k$")):
            rate = table[(table["index"] == k) & (table["n"] == n)]["rate"]
            assert np.array_equal(drawn[label], rate[rate >= -0.15])  # where curves are cut


def test_enlarged_panels_of_counts_are_centred_at_the_threshold():
    table = critical_points.counts_below((20,), 3, (0,), np.linspace(-1.75, -1.3, 91))
    axis = landscapes.counts_to_complexity(table, {0: 1.657}, 3).axes[1]
    limit = next(line for line in axis.lines if "Theta" in line.get_label())
    assert np.allclose(limit.get_ydata(), theory.index_complexity(limit.get_xdata() - 1.657, 3, 0), rtol=0, atol=1e-12)
    assert np.abs(limit.get_xdata()).max() <= 0.05


def test_the_figure_of_densities_shows_its_table():
    table = critical_points.densities_of_points(40, 3, (None, 0), np.linspace(-1.75, 1.75, 71))
    figure = landscapes.counts_by_energy(table, 1.633, 1.657, 40, 3)
    whole, bottom = ({line.get_label(): line for line in axis.lines} for axis in figure.axes)
    shown = table[table["log10_density"] > -2]
    assert np.array_equal(whole["all"].get_ydata(), shown.loc[shown["index"] == "all", "log10_density"])
    assert "minima" not in whole  # low indices would be slivers at the left edge
    near = shown[(shown["index"] == "0") & shown["energy_per_spin"].between(-1.657 - 0.7 * 0.024, -1.633 + 1.4 * 0.024)]
    assert np.array_equal(bottom["minima"].get_ydata(), near["log10_density"])


def test_the_tree_starts_at_minima_and_merges_at_saddles(basins):
    tables = critical_points.disconnectivity(basins)
    figure = disconnectivity.disconnectivity(tables["minima"], tables["merges"], "n = 7, H = 3")
    tree, bars = figure.axes
    assert np.array_equal(tree.lines[0].get_ydata(), tables["minima"]["energy_per_spin"])
    corners = [line for line in tree.lines if len(line.get_xdata()) == 4]
    energies = basins.graph.every.energy_per_spin[basins.graph.saddles][basins.graph.merges.saddle]
    assert [line.get_ydata()[1] for line in corners] == energies.tolist()
    assert [line.get_ydata()[2] for line in corners] == energies.tolist()
    drawn = {tuple(point) for line in tree.lines if len(line.get_xdata()) != 4 for point in line.get_xydata()}
    for line in corners:
        assert {tuple(line.get_xydata()[end]) for end in (0, -1)} <= drawn
    assert sum(bar.get_height() for bar in bars.patches) == pytest.approx(1)
    assert float(tables["minima"]["overlap_0"][0]) == pytest.approx(1)


def test_lines_of_the_tree_do_not_cross():
    minima = pd.DataFrame({name: np.zeros(6) for name in ("energy_per_spin", "volume", "volume_low", "volume_high")})
    merges = pd.DataFrame({"deeper": [1, 0, 0, 0, 0], "shallower": [4, 2, 3, 1, 5], "energy_per_spin": np.arange(5.0)})
    axis = disconnectivity.disconnectivity(minima, merges, "n = 7, H = 3").axes[0]
    place = axis.lines[0].get_xdata()
    assert sorted(place) == list(range(6))
    for valley in ([1, 4], [0, 2], [0, 2, 3], [0, 1, 2, 3, 4]):
        assert np.ptp(place[valley]) == len(valley) - 1


@pytest.mark.slow
def test_a_graph_is_saved_with_its_tables(basins, tmp_path):
    paths = gallery.save_graph(basins, "H = 3", tmp_path)
    assert [path.name for path in paths] == [
        "disconnectivity.pdf",
        "disconnectivity.png",
        "minima.csv",
        "saddles.csv",
        "merges.csv",
    ]
    assert all(path.stat().st_size for path in paths)
    assert len(pd.read_csv(paths[3])) == len(basins.graph.saddles)


def test_the_line_of_large_landscapes_has_minima_everywhere():
    edge = stability_of_minima._edge()
    u = edge["energy_per_spin"].to_numpy()
    # Below -E_0 the complexity is negative; above -E_inf the most numerous minima are marginal.
    assert (theory.index_complexity(u, 3, 0) > -1e-12).all()
    assert np.allclose(edge["stability"], -3 * u - 24**0.5, rtol=0, atol=1e-12)
    assert edge["stability"].iloc[-1] == pytest.approx(0.0, abs=1e-12)


def test_the_legend_of_sizes_covers_no_region():
    tables = TABLES["stability"]()
    axis = gallery.draw("stability", tables).axes[2]
    axis.figure.draw_without_rendering()
    box = axis.get_legend().get_window_extent()
    for contour in axis.collections:
        for path in contour.get_paths():
            assert not box.count_contains(axis.transData.transform(path.vertices))


@pytest.mark.parametrize("name", ["descent-energies", "choromanska-glass"])
def test_no_end_of_a_descent_is_left_out_of_the_histogram(name):
    tables = TABLES[name]()
    tables["ends"].loc[0, "energy_per_spin"] = -1.95  # below all exact densities
    axis = gallery.draw(name, tables).axes[0]
    assert axis.get_xlim()[0] == -1.95
    assert axis.patches[1].get_extents().x0 <= axis.transData.transform((-1.95, 0))[0] + 1
