"""``validation.plot``: results drawn into given axes, with the numbers of the results."""

import dataclasses

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

import theory
import validation
from spinglass import SphericalSpinGlass, descend, enumerate_critical_points, landscape_graph, plant, sphere
from spinglass.critical_points.basins import Basins
from spinglass.networks import LayeredNetwork, train
from spinglass.networks.curvature import curvature
from spinglass.networks.planes import loss_plane
from spinglass.sampling import sample, temper
from validation.experiments.survey import survey

GLASS = SphericalSpinGlass.pure(4, 3, seed=0)


@pytest.fixture
def ax():
    return Figure().subplots()


def starts(size):
    return sphere.random_points(4, size, seed=1)


def test_the_ends_of_descents_and_the_band(ax):
    found = descend(GLASS, starts(30))
    assert validation.plot(found, ax) is ax
    bars = ax.patches[:-1]
    assert sum(bar.get_width() * bar.get_height() for bar in bars) == pytest.approx(1)
    assert bars[0].get_x() == pytest.approx(found.energy_per_spin.min())
    band = ax.patches[-1]
    assert band.get_x() == pytest.approx(-theory.E_0(3))
    assert band.get_x() + band.get_width() == pytest.approx(-float(theory.E_inf(3)))
    ax.figure.draw_without_rendering()


def test_no_band_where_its_ends_are_not_those_of_a_pure_model(ax):
    mixed = SphericalSpinGlass.mixed(4, {3: 2.0}, seed=0)
    validation.plot(descend(mixed, starts(10)), ax)
    assert ax.get_legend() is None


def test_energies_along_the_flow(ax):
    found = descend(GLASS, starts(3), method="gradient", times=[0.0, 0.1, 10.0])
    validation.plot(found, ax)
    assert [line.get_ydata().tolist() for line in ax.lines[:3]] == found.energies.tolist()
    assert ax.lines[3].get_ydata().tolist() == found.energies.mean(axis=0).tolist()
    assert ax.get_xscale() == "symlog"


def test_means_leave_out_rows_that_are_not_finite(ax):
    found = descend(GLASS, starts(3), method="gradient", times=[0.0, 0.1])
    energies = found.energies.copy()
    energies[1, 1] = np.nan
    validation.plot(dataclasses.replace(found, energies=energies), ax)
    assert ax.lines[-1].get_ydata() == pytest.approx((found.energies[0] + found.energies[2]) / 2)
    validation.plot(dataclasses.replace(found, energies=np.full((3, 2), np.nan)), ax)
    assert np.isnan(ax.lines[-1].get_ydata()).all()
    ladder = temper([GLASS, GLASS], [0.8, 1.2], sweeps=8, seed=0)
    energies = ladder.energies.copy()
    energies[0, 0, 0, 0] = np.inf
    validation.plot(dataclasses.replace(ladder, energies=energies), ax)
    assert ax.lines[-1].get_ydata() == pytest.approx(ladder.energy_per_spin[1])
    assert ax.lines[-1].get_label() == "mean of 1"


def test_every_critical_point_and_the_graph(ax):
    every = enumerate_critical_points(GLASS)
    validation.plot(every, ax)
    assert ax.lines[0].get_xydata().tolist() == np.column_stack([every.energy_per_spin, every.index]).tolist()
    graph = landscape_graph(every)
    basins = Basins(graph=graph, starts=1, ends=np.ones(len(graph.minima), np.int64), unsettled=0)
    for result in (graph, basins):
        tree = validation.plot(result, Figure().subplots())
        assert tree.lines[0].get_ydata().tolist() == every.energy_per_spin[graph.minima].tolist()
        assert len(tree.lines) == 1 + 2 * (len(graph.minima) - 1)


def test_counts_with_exact_means(ax):
    found = survey(3, 3, samples=3, seed=0)
    validation.plot(found, ax)
    exact = next(line for line in ax.lines if line.get_label() == "exact mean")
    assert exact.get_ydata().tolist() == [theory.mean_critical_points(3, 3, index=k) for k in range(3)]


def test_chains_and_ladders(ax):
    chains = sample(GLASS, 1.5, sweeps=8, chains=2, seed=0)
    validation.plot(chains, ax)
    assert ax.lines[0].get_ydata().tolist() == chains.energies[0].tolist()
    ladder = temper([GLASS], [0.7, 1.4], sweeps=8, adapt=False, seed=0)
    panel = validation.plot(ladder, Figure().subplots())
    assert panel.lines[-1].get_xydata().tolist() == np.column_stack([[0.7, 1.4], ladder.energy_per_spin[0]]).tolist()


def test_losses_of_networks(ax):
    found = train([[0.0], [1.0]], [0, 1], hidden=2, networks=3, epochs=4, seed=0, test=([[0.5]], [1]))
    validation.plot(found, ax)
    assert [line.get_label() for line in ax.lines] == ["training", "test"]
    assert np.allclose(ax.lines[0].get_ydata(), found.train.loss.mean(axis=0))


def test_without_axes_there_is_a_new_figure():
    before = pyplot.get_fignums()
    drawn = validation.plot(descend(GLASS, starts(4)))
    try:
        assert len(pyplot.get_fignums()) == len(before) + 1
        assert drawn.figure.axes == [drawn]
    finally:
        pyplot.close(drawn.figure)


def test_other_objects_are_refused(ax):
    with pytest.raises(
        TypeError, match=r"an object of type SphericalSpinGlass; give one of Enumeration, CriticalPoints"
    ):
        validation.plot(GLASS, ax)


def test_a_plane_shows_its_losses_kinks_and_points(ax):
    net = LayeredNetwork([[[1.0, -1.0]], [[1.0], [1.0]]], activation="relu")
    found = loss_plane(net, [[1.0], [-2.0]], [[1.0], [3.0]], directions=np.eye(4)[:2], steps=9, starts=5)
    validation.plot(found, ax)
    assert ax.lines[0].get_xydata().tolist() == found.kinks.tolist()
    shown = sum(len(line.get_xdata()) for line in ax.lines[1:])
    assert shown == len(found.kind)
    assert f"resolution error {found.resolution_error:.1g}" in ax.get_title()
    ax.figure.draw_without_rendering()


def test_a_spectral_density(ax):
    net = LayeredNetwork([[[1.0, -1.0]], [[1.0], [1.0]]], activation="tanh")
    density = curvature(net, [[1.0], [-2.0]], [[1.0], [3.0]]).spectral_density()
    validation.plot(density, ax)
    x, y = ax.lines[0].get_data()
    assert np.trapezoid(y, x) == pytest.approx(1, abs=1e-3)
    assert "4 eigenvalues" in ax.get_title()


@pytest.mark.slow
def test_the_band_of_minima_is_drawn_for_random_couplings_only():
    glass, x = SphericalSpinGlass.pure(10, 3, seed=0), sphere.random_points(10, 4, seed=0)
    others = (
        SphericalSpinGlass.from_tensor(10 * glass.to_tensor()),
        plant(glass, x[0], {3: 3.0}),
        SphericalSpinGlass.mixed(10, {1: 1.0}, seed=0),
    )
    for model, patches in ((glass, 1), *((other, 0) for other in others)):
        axes = validation.plot(descend(model, x))
        assert sum(patch.get_label().startswith(r"$[-E_0") for patch in axes.patches) == patches
        pyplot.close(axes.figure)


@pytest.mark.slow
def test_networks_that_ended_early_keep_their_last_loss():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 2)), np.arange(40) % 2
    found = train(X, y, hidden=3, networks=6, epochs=60, validation=(X[::2], y[::2]), patience=2, seed=0)
    last = [row[np.isfinite(row)][-1] for row in found.train.loss]
    assert np.isnan(found.train.loss).any()
    axes = validation.plot(found)
    assert axes.lines[0].get_ydata()[-1] == pytest.approx(np.mean(last), rel=1e-12)
    assert "keep their last loss" in axes.get_title()
    pyplot.close(axes.figure)
