"""The experiment on digits: its tables, its summaries beside SciPy's, its figures beside their data."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from spinglass.networks.curvature import curvature
from validation.experiments.networks import digits, digits_summary, glass_descents
from validation.experiments.networks.digits_efforts import EFFORTS, Sizes
from validation.figures import gallery
from validation.figures.networks import digit_networks, loss_distributions
from validation.figures.networks.choromanska import ENTRIES, entries

TINY = Sizes(
    networks=6, epochs=3, images=60, indexed=2, exact_up_to=500, sizes=(4, 8), glasses=8, starts=8
)  # fmt: skip


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setitem(EFFORTS, "quick", TINY)
    monkeypatch.setitem(glass_descents.GLASS_SIZES, "quick", (6, 9))
    _forget()
    yield
    _forget()


def _forget():
    digits.losses.cache_clear()
    glass_descents._ends.cache_clear()


def test_losses_are_those_of_the_networks_trained_alone():
    table = digits.losses("quick", 3)
    assert table.groupby("hidden").size().to_dict() == {4: 6, 8: 6}
    data = digits.digit_data(3, 60)
    alone = digits.trained(data, 8, 2, 3, epochs=3)
    assert table.loc[table["hidden"] == 8, "test_loss"].tolist()[:2] == alone.test_loss.tolist()
    assert alone.evaluate(*data.test)[0].tolist() == alone.test_loss.tolist()


def test_indices_are_those_of_the_whole_spectrum():
    table = digits.indices("quick", 5)
    data = digits.digit_data(5, 60)
    for hidden, exact in ((4, True), (8, False)):  # 296 and 592 parameters: the second beyond the limit of 500
        found = digits.trained(data, hidden, 2, 5, epochs=3, initial="uniform")
        for k, row in table[table["hidden"] == hidden].reset_index(drop=True).iterrows():
            eigenvalues = curvature(found.network(k), *data.train, "cross_entropy").spectrum()
            count = (eigenvalues < -1e-3).sum()
            assert row["low"] <= count <= row["high"]
            assert not exact or row["low"] == row["high"]
            assert row["largest"] == pytest.approx(eigenvalues[-1], rel=1e-5)


@pytest.mark.slow
def test_glasses_end_lower_than_they_start_and_are_counted():
    table = glass_descents.glasses("quick", 2)
    assert table.groupby(["n", "sample", "method"]).size().eq(8).all()
    assert len(table) == 8 * 2 * 2 * 8
    assert (table["energy_per_spin"] < 0).all()
    again = glass_descents.glass_ends(9, 3, 8, "sgd", np.random.SeedSequence(2, spawn_key=(1,)))
    one = table.query("n == 9 and sample == 1 and method == 'sgd'")
    assert again["energy_per_spin"].tolist() == one["energy_per_spin"].tolist()


def test_every_optimiser_lowers_the_loss():
    paths = digits_summary.paths(digits.optimisers("quick", 1, hidden=5, networks=2))
    assert paths["optimiser"].nunique() == 6
    train = paths[paths["data"] == "train"].groupby("optimiser")["mean"]
    assert (train.last() < train.first()).all()


def test_intervals_are_those_of_scipy():
    rng = np.random.default_rng(0)
    losses = pd.DataFrame({"starts": "fan-in", "hidden": 5, "train_loss": rng.normal(size=30), "status": "finished"})
    losses["test_loss"] = losses["train_loss"] + rng.normal(size=30)
    losses.loc[30] = {"starts": "fan-in", "hidden": 5, "train_loss": np.nan, "status": "diverged", "test_loss": np.nan}
    row = digits_summary.by_size(losses).iloc[0]
    assert (row["networks"], row["diverged"]) == (30, 1)
    test = losses["test_loss"][:30]
    mean = stats.t.interval(0.98, 29, test.mean(), stats.sem(test))
    assert (row["mean_low"], row["mean_high"]) == pytest.approx(mean)
    pearson = stats.pearsonr(losses["train_loss"][:30], test)
    assert row["correlation"] == pytest.approx(pearson.statistic)
    assert (row["correlation_low"], row["correlation_high"]) == pytest.approx(pearson.confidence_interval(0.98))
    # 29 s^2/sigma^2 is chi squared with 29 degrees of freedom.
    shares = stats.chi2.cdf(29 * test.var() / row[["deviation_high", "deviation_low"]].astype(float) ** 2, 29)
    assert shares == pytest.approx([0.01, 0.99])


@pytest.mark.slow
def test_figures_show_their_data():
    tables = ENTRIES["choromanska-by-size"].tables(1)
    losses, summary = tables["losses"], tables["summary"]
    axes = digit_networks.losses_by_size(summary).axes
    assert axes[0].lines[0].get_ydata().tolist() == summary.loc[summary["starts"] == "fan-in", "mean"].tolist()
    scatter = ENTRIES["choromanska-train-test"].draw(tables).axes
    chosen = losses[(losses["starts"] == "fan-in") & (losses["hidden"] == 8)]
    assert scatter[1].lines[0].get_xydata().tolist() == chosen[["train_loss", "test_loss"]].to_numpy().tolist()


@pytest.mark.slow
def test_histograms_show_all_networks_and_the_shape_of_the_fitted_glass():
    tables = ENTRIES["choromanska-test-losses"].tables(1)
    histograms = loss_distributions.test_loss_distributions(**tables).axes
    assert len(histograms) == 6
    # The last column's 98th percentile leaves out one network of six at most.
    assert sum(bar.get_height() for bar in histograms[0].patches) in (5, 6)
    networks, glass = histograms[2].patches[:-1], histograms[2].patches[-1]
    assert sum(bar.get_height() for bar in networks) == 6
    steps = glass.get_xy()
    assert abs(np.sum(np.diff(steps[:, 0]) * steps[:-1, 1])) == pytest.approx(6 * 0.25)  # 6 networks, bins of 1/4
    fit = tables["fits"].query("starts == 'fan-in' and hidden == 4").iloc[0]
    assert f"= {fit['size']}$" in histograms[2].get_title(loc="left")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["glass", "index", "optimisers"])
def test_other_figures_are_drawn_from_their_tables(name, tmp_path):
    entry = ENTRIES[f"choromanska-{name}"]
    tables = entry.tables(0)
    figure = entry.draw(tables)
    figure.savefig(tmp_path / "figure.png")
    if name == "index":
        drawn = np.concatenate([line.get_ydata() for line in figure.axes[0].lines if line.get_marker() == "_"])
        table = tables["indices"]
        both = np.concatenate([table[end] / table["parameters"] for end in ("low", "high")])
        assert set(np.round(both, 12)) <= set(np.round(drawn, 12))


def test_captions_name_the_effort():
    assert "1000 networks per size" in entries("paper")["choromanska-test-losses"].caption
    assert "single landscape" not in entries("quick")["choromanska-test-losses"].caption  # fits need eight
    assert (
        gallery.entry("choromanska-test-losses", "paper").caption == entries("paper")["choromanska-test-losses"].caption
    )
    assert gallery.entry("disconnectivity", "paper") is gallery.entry("disconnectivity")
    assert all("{" not in entry.caption for entry in entries("paper").values())


def test_means_over_networks_end_where_one_diverges():
    history = pd.DataFrame(
        {"optimiser": "sgd", "data": "train", "epoch": [1, 1, 2, 2], "loss": [1.0, 2.0, 1.0, np.nan]}
    )
    table = digits_summary.paths(history)
    assert table["mean"].tolist()[:1] == [1.5]
    assert table[["mean", "lowest", "highest"]].isna().all(axis=1).tolist() == [False, True]
