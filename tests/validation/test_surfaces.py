"""Planes of a network's parameters: tables by another route, and the figure drawn from them."""

import numpy as np
import pandas as pd
import pytest

from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.planes.loss_plane import on_grid
from validation.experiments.networks import loss_planes
from validation.figures.networks import loss_surfaces

PLANES = loss_planes.random_planes(0)


def on(plane, steps, starts=0):
    return on_grid(plane, np.linspace(-3, 3, steps), np.linspace(-3, 3, steps), starts)


@pytest.mark.parametrize("name", loss_planes.PLANES)
def test_a_plane_moves_the_weights_it_says(name):
    plane = PLANES[name]
    here, there = (
        plane.network.with_parameters(plane.origin + u * plane.first + v * plane.second) for u, v in ((1, 0), (0, 1))
    )
    kept = plane.network
    moved = [not np.array_equal(a, b) for a, b in zip(here.weights, there.weights, strict=True)]
    assert moved == {"W1 = uU + vV": [True, False, False], "W2 = uU + vV": [False, True, False]}.get(
        name, [True, True, False]
    )
    assert all(np.array_equal(a, b) for a, b in zip(here.biases, kept.biases, strict=True))
    if name == loss_planes.PLANES[2]:
        assert not here.weights[1].any()
        assert not there.weights[0].any()


@pytest.mark.parametrize("name", loss_planes.PLANES)
def test_derivatives_and_losses_of_a_plane(name):
    plane, step = PLANES[name], 1e-5
    u, v = 0.7, -1.1
    assert plane.passed(u, v)[0] == pytest.approx(plane.at(u, v).loss, rel=1e-14)
    gradient, hessian = plane.derivatives(u, v)
    loss = lambda a, b: plane.at(u + a * step, v + b * step).loss  # noqa: E731
    expected = [(loss(1, 0) - loss(-1, 0)) / (2 * step), (loss(0, 1) - loss(0, -1)) / (2 * step)]
    assert np.allclose(gradient, expected, atol=1e-8)
    mixed = (loss(1, 1) - loss(1, -1) - loss(-1, 1) + loss(-1, -1)) / (4 * step**2)
    assert hessian[0, 1] == pytest.approx(mixed, abs=1e-4)  # rounding 1e-16/1e-10


@pytest.mark.slow
def test_critical_points_are_critical_and_well_named():
    for name, plane in PLANES.items():
        found = on(plane, 2, 9).critical_frame()
        for row in found.itertuples():
            losses = [
                plane.at(row.u + 1e-3 * np.cos(t), row.v + 1e-3 * np.sin(t)).loss for t in np.linspace(0, 6.2, 40)
            ]
            if row.kind.startswith("minimum"):
                assert min(losses) > row.loss - 1e-12
            else:
                assert row.kind == "saddle"
                assert min(losses) < row.loss < max(losses)
                assert name == loss_planes.PLANES[2]  # within one layer there are no smooth saddles
            if row.kind == "minimum at a kink":
                assert plane.at(row.u, row.v).kink_distance < 1e-6


def test_kinks_lie_where_a_unit_changes_sides():
    plane = PLANES[loss_planes.PLANES[0]]
    found = on(plane, 13).kinks
    # First-layer preactivations are linear in u and v, so interpolation is exact; others come near.
    nearest = [np.abs(plane.passed(u, v)[1]).min() for u, v in found]
    assert np.median(nearest) < 1e-12
    assert max(nearest) < 0.2
    smooth = loss_planes.random_planes(0, "linear")[loss_planes.PLANES[0]]
    assert smooth.network.activation is ACTIVATIONS["linear"]


def test_the_figure_shows_its_tables():
    grid = pd.DataFrame(
        [(u, v, 1 + u * u + v * v) for u in (-1.0, 0.0, 1.0) for v in (-1.0, 0.0, 1.0)], columns=["u", "v", "loss"]
    )
    points = pd.DataFrame({"u": [0.0, 0.5], "v": [0.0, 0.5], "loss": [1.0, 1.5], "kind": ["minimum", "saddle"]})
    kinks = pd.DataFrame({"u": [0.1, 0.2], "v": [0.3, 0.4]})
    figure = loss_surfaces.network_surfaces(*(table.assign(plane="A") for table in (grid, kinks, points)), ["A"])
    below = next(axis for axis in figure.axes if axis.name != "3d")
    shown = {tuple(line.get_xdata()) for line in below.lines}
    assert shown == {(0.1, 0.2), (0.0,), (0.5,)}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["minimum", "saddle", "kink (white)"]
