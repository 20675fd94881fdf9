"""The page of one landscape: its drawings show the numbers, and its paths are those of gradient flow."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest

import theory
from spinglass import SphericalSpinGlass, basin_volumes, enumerate_critical_points, landscape_graph, sphere
from validation.cli.main import main
from validation.experiments.descent_paths import descent_paths
from validation.figures.disconnectivity import arrange
from validation.report.one_landscape import landscape_page
from validation.report.one_landscape.densities import draw_densities
from validation.report.one_landscape.scale import Scale
from validation.report.one_landscape.tree import draw_tree_of

CORNER = re.compile(r"([-\d.]+) ([-\d.]+)")


@pytest.fixture(scope="module")
def graph():
    return landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(6, 3, 2)))


def corners(path):
    return [(float(x), float(y)) for x, y in CORNER.findall(path)]


def test_paths_rise_from_the_minima_to_the_saddle_and_are_at_least_as_long_as_the_geodesics(graph):
    energies, x = graph.every.energy_per_spin, graph.every.x
    paths = descent_paths(graph)
    assert list(paths) == np.flatnonzero(graph.settled).tolist()
    for saddle, path in paths.items():
        top = int(np.flatnonzero(path.position == 0)[0])
        ends = graph.minima[graph.joins[saddle]]
        assert path.energy_per_spin[[0, top, -1]] == pytest.approx(energies[[ends[0], graph.saddles[saddle], ends[1]]])
        assert (np.diff(path.energy_per_spin[: top + 1]) > 0).all()
        assert (np.diff(path.energy_per_spin[top:]) < 0).all()
        straight = np.arccos(sphere.overlap(x[[graph.saddles[saddle]]], x[ends]))
        # A polygon of chords is shorter than the path, by less than a thousandth here.
        assert (np.abs(path.position[[0, -1]]) > 0.999 * straight).all()


@pytest.mark.slow
def test_a_path_is_that_of_small_euler_steps(graph):
    saddle = 0
    path = descent_paths(graph)[saddle]
    landscape, minima = graph.every.landscape, graph.every.x[graph.minima]
    start = graph.every.x[[graph.saddles[saddle]]]
    normal = np.linalg.eigh(sphere.riemannian_hessian(landscape, start))[1][:, :, 0]
    x = sphere.exponential(start, 1e-3 * sphere.from_coordinates(start, normal))
    length = 0.0
    for _ in range(1000):
        step = -0.04 * sphere.riemannian_gradient(landscape, x)
        length += float(np.linalg.norm(step)) / np.sqrt(6)
        x = sphere.project(x + step)
    end = int((x @ minima.T).argmax())
    side = path.position[-1] if path.minima[1] == end else -path.position[0]
    # The Euler steps have an error of about 2%; starting 1e-3 from the saddle loses 1e-3/sqrt(6).
    assert length == pytest.approx(side, rel=0.03)


def test_routes_of_the_tree_lead_from_both_minima_to_the_saddle(graph):
    drawing = draw_tree_of(basin_volumes(graph, 50, 0))
    energies = graph.every.energy_per_spin
    for minimum, (_, y) in enumerate(drawing.minima):
        assert y == drawing.energies(energies[graph.minima[minimum]])
    for saddle, routes in drawing.routes.items():
        assert drawing.saddles[saddle][1] == drawing.energies(energies[graph.saddles[saddle]])
        for minimum, route in zip(graph.joins[saddle], routes, strict=True):
            found = corners(route)
            assert found[0] == drawing.minima[minimum]
            assert found[-1] == drawing.saddles[saddle]
            # Lines are vertical or horizontal and never fall (pixels are counted from the top).
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(found))
            assert all(b[1] <= a[1] for a, b in pairwise(found))


def test_forks_of_three_minima():
    # Minima 0 and 2 meet first, at -0.6, and their valley meets minimum 1 at -0.2.
    found = arrange(np.array([-1.0, -0.9, -0.8]), np.array([[0, 2], [0, 1]]), np.array([-0.6, -0.2]))
    assert [fork.reach for fork in found.forks] == [(-1.0, -0.8), (-0.6, -0.9)]
    middle = (found.place[0] + found.place[2]) / 2
    assert found.forks[1].sides == (middle, found.place[1])
    assert abs(found.place[0] - found.place[2]) == 1


def test_rows_of_densities_show_the_points_and_the_exact_means(graph):
    drawing = draw_densities(graph.every, 3)
    assert [row.index for row in drawing.rows] == [5, 4, 3, 2, 1, 0]
    for row in drawing.rows:
        chosen = graph.every.energy_per_spin[graph.every.index == row.index]
        assert [x for x, _ in corners(row.ticks)] == [drawing.energies(u) for u in chosen]
        assert row.mean == pytest.approx(theory.mean_critical_points(6, 3, index=row.index))
        outline = np.array(corners(row.curve))
        peak = outline[outline[:, 1].argmin(), 0]
        u = np.linspace(drawing.energies.low, drawing.energies.high, 2001)
        density = theory.mean_critical_point_density(u, 6, 3, index=row.index, unknown="nan")
        # The curve has a place every 4 pixels.
        assert peak == pytest.approx(drawing.energies(u[np.nanargmax(density)]), abs=4)


@pytest.mark.parametrize(("low", "high"), [(-1.7, -0.3), (0.0, 1e-3), (-5.0, 1200.0)])
def test_ticks_are_round_and_inside(low, high):
    scale = Scale(low, high, 400.0, 10.0)
    ticks = scale.ticks()
    assert 3 <= len(ticks) <= 13
    for text, pixel in ticks:
        assert pixel == pytest.approx(scale(float(text.replace("−", "-"))), abs=0.1)
        assert 10 <= pixel <= 400


@pytest.mark.slow
def test_a_landscape_without_saddles_has_a_page():
    graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.mixed(4, {1: 9.0, 3: 1.0}, 0)))
    page = landscape_page(basin_volumes(graph, 5, 0), {1: 9.0, 3: 1.0}, "a <field>", "spinglass graph")
    assert "no saddle of index 1 to choose" in page
    assert "a &lt;field&gt;" in page
    assert 'id="profile"' not in page


@pytest.mark.slow
def test_the_command_writes_the_page(tmp_path, capsys):
    file = tmp_path / "new" / "landscape.html"
    assert main(["graph", "--n", "4", "--starts", "20", "--html", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    page = file.read_text(encoding="utf-8")
    assert "spinglass graph --n 4 --H 3 --seed 0 --starts 20 --html landscape.html" in page
    data = json.loads(re.search(r'id="landscape">(.*?)</script>', page)[1])
    every = enumerate_critical_points(SphericalSpinGlass.pure(4, 3, 0))
    assert data["minima"] == [round(u, 6) for u in every.energy_per_spin[every.index == 0].tolist()]
    # Nothing from another host, and no other file.
    assert not re.search(r'<[^>]*\b(src|href)=|url\(|https?://(?!www\.w3\.org/2000/svg")', page)


def test_a_folder_is_no_page(tmp_path, capsys):
    (tmp_path / "page.html").mkdir()
    assert main(["graph", "--n", "4", "--html", str(tmp_path / "page.html")]) == 2
    assert "it is a folder; choose another file" in capsys.readouterr().err
