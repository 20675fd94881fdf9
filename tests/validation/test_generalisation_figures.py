"""The tables of over- and underfitting and of hard landscapes, and that the figures show them."""

import numpy as np
import pandas as pd
import pytest

from theory.networks.regression import expected_errors
from validation.experiments.networks import curve_fitting, small_networks, trained_networks
from validation.figures.networks import generalisation, hard_networks, polynomial_fits


def test_errors_by_model_are_means_beside_their_expectation():
    table = curve_fitting.errors_by_model(10, [(3, None), (9, -10.0)], samples=200, seed=1)
    assert table["data"].tolist() == ["train", "test"] * 2
    exact = expected_errors(np.linspace(0, 1, 10), lambda x: np.sin(2 * np.pi * x), 0.3, 3)
    assert table["expected"][1] == pytest.approx(np.sqrt(exact.test))
    # Five standard errors, four numbers: a false alarm in 4e5.
    assert (np.abs(table["rms"] - table["expected"]) < 5 * table["error"]).all()
    axis = polynomial_fits.fit_errors(table[table["log_ridge"].isna()], table[table["log_ridge"].notna()], 0.3).axes[0]
    drawn = {line.get_label(): line.get_ydata() for line in axis.lines}
    assert drawn["test, expected"].tolist() == [table["expected"][1]]


def test_curves_go_through_all_points_at_full_degree():
    x, t = np.linspace(0, 1, 6), np.array([0.1, -1.0, 0.5, 0.3, 1.0, -0.4])
    data, fits = curve_fitting.curves([("whole", x, t, 5, None), ("ridge", x, t, 5, -2.0)])
    whole = fits[fits["panel"] == "whole"]
    # The grid of 201 points holds the six points of the data.
    assert np.allclose(whole["t"].to_numpy()[::40], t, atol=1e-12)
    figure = polynomial_fits.curve_fits(data, fits)
    assert np.array_equal(figure.axes[0].lines[1].get_ydata(), whole["t"])
    assert len(figure.axes) == 2
    data.loc[0, "t"] = -1.9  # a rare value of the noise
    assert polynomial_fits.curve_fits(data, fits).axes[0].get_ylim()[0] < -1.9


@pytest.fixture(scope="module")
def classes():
    return trained_networks.TwoClasses(40, seed=1)


def test_boundaries_are_those_of_the_networks(classes):
    grids = trained_networks.boundaries(classes, {"short": {"epochs": 5}, "long": {"epochs": 50}}, side=12)
    assert grids.groupby("panel").size().to_dict() == {"long": 144, "short": 144}
    network = classes.train(epochs=5, measure_every=100)
    short = grids[grids["panel"] == "short"]
    labels = network.predict(short[["x1", "x2"]].to_numpy())[0]
    assert np.array_equal(labels == 1, short["log_odds"] > 0)
    # Nothing does better than Bayes but by chance: 1000 test points, five standard errors.
    assert network.test_error[0] > trained_networks.bayes_error(classes) - 5 * np.sqrt(0.25 / 1000)
    figure = generalisation.decision_boundaries(grids, classes.points(), 0.1)
    assert f"{network.test_error[0]:.3f}" in figure.axes[0].get_title("left")


def test_losses_and_choices_are_means_over_networks(classes):
    networks = classes.train(networks=4, epochs=6, measure_every=3)
    losses = trained_networks.losses_in_time({"a": networks})
    test = losses[losses["data"] == "test"]
    assert np.allclose(test["loss"], networks.test.loss.mean(axis=0))
    assert np.allclose(test["error"], networks.test.loss.std(axis=0, ddof=1) / 2)
    assert test["epoch"].tolist() == [0, 3, 6]
    table = trained_networks.by_choice("units", (20,), [networks])
    assert table.loc[table["data"] == "train", "loss"].item() == pytest.approx(networks.train_loss.mean())
    curve = generalisation.losses_in_time(losses).axes[0].lines[1]
    assert np.array_equal(curve.get_ydata(), test["loss"])
    assert generalisation.choices(table).axes[0].get_xlabel() == "units"
    shapes = pd.DataFrame({"activation": "a", "h": [0.0, 1.0], "value": [0.0, 1.0]})
    left, right = generalisation.activations(shapes, losses).axes
    assert left.lines[0].get_ydata().tolist() == [0.0, 1.0]
    assert np.array_equal(right.lines[0].get_ydata(), losses.loc[losses["data"] == "train", "loss"])


def test_early_epochs_are_all_measured_in_one_and_the_same_training(classes):
    settings = {"a": {"epochs": 9, "batch": 10}}
    table = trained_networks.losses_on_a_log_axis(classes, settings, networks=3, every=3)
    whole = trained_networks.losses_in_time({"a": classes.train(networks=3, measure_every=1, **settings["a"])})
    kept = whole[whole["epoch"].isin([0, 1, 2, 3, 4, 5, 6, 9])].sort_values(["data", "epoch"]).to_numpy().tolist()
    assert table.sort_values(["data", "epoch"]).to_numpy().tolist() == kept


def test_augmentation_is_tried_in_four_ways():
    table = trained_networks.digits_with_augmentation(images=40, networks=2, epochs=2, seed=0)
    assert table["value"].tolist() == [way for way in ("as they are", "shifted", "rotated", "both") for _ in range(2)]
    assert table["loss"].is_unique


def test_flow_keeps_what_is_conserved_and_ends_on_the_hyperbola():
    surface = small_networks.noisy_line(30, seed=2)
    starts = np.array([[0.1, -0.05], [3.0, 17.0]])
    paths = small_networks.descents(surface, starts, steps=50)
    ends = paths.groupby("descent").last().to_numpy()
    product = (surface.x @ surface.y) / (surface.x @ surface.x)
    assert np.allclose(ends.prod(axis=1), product, rtol=1e-6)
    # The flow's relative tolerance is 1e-8, some hundred steps.
    assert np.allclose(ends[:, 0] ** 2 - ends[:, 1] ** 2, starts[:, 0] ** 2 - starts[:, 1] ** 2, atol=1e-4)
    grid = small_networks.surface_grid(surface, 20, 21)
    axes = hard_networks.two_parameter_surface(grid, paths, product).axes
    flat = next(axis for axis in axes if axis.name != "3d")
    line = next(line for line in flat.lines if line.get_linewidth() == 2.5)
    assert np.allclose(line.get_xdata() * line.get_ydata(), product)


def test_the_neuron_and_the_spread_are_drawn_from_their_tables():
    line, plane, minima = small_networks.neuron_on_a_plane(per_axis=2, count=31)
    assert len(minima) == 4
    counts = small_networks.counted_minima([(1, 2), (2, 2)], seed=0)
    assert counts["found"].tolist() == counts["predicted"].tolist() == [2, 4]
    axes = hard_networks.neuron_landscape(line, plane, minima, counts).axes
    assert np.array_equal(axes[0].lines[0].get_ydata(), line["loss"])
    ends = small_networks.ends_by_size((2, 4), networks=3, epochs=5, seed=0)
    axis = hard_networks.spread_of_minima(ends).axes[0]
    assert axis.lines[0].get_ydata().tolist() == ends.loc[ends["units"] == 2, "train_loss"].tolist()
