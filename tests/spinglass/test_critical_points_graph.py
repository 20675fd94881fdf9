"""The graph of a landscape against circles, grids, quadratic and diagonal forms, where joins are known."""

import itertools

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull

from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.graph import landscape_graph, merges, minimum_of_flow, passes


def graph_of(glass, **options):
    return landscape_graph(enumerate_critical_points(glass, certify=None), **options)


def angles(x):
    return np.arctan2(x[:, 1], x[:, 0])


@pytest.mark.parametrize(("H", "seed"), [*itertools.product((3, 4, 5), range(4))])
def test_a_maximum_on_the_circle_joins_its_two_neighbours(H, seed):
    graph = graph_of(SphericalSpinGlass.pure(2, H, seed))
    x = graph.every.x
    around = np.argsort(angles(x))
    for saddle, joined in zip(graph.saddles, graph.joins, strict=True):
        place = int(np.flatnonzero(around == saddle)[0])
        neighbours = [around[place - 1], around[(place + 1) % len(around)]]
        assert sorted(graph.minima[joined]) == sorted(neighbours)


def test_quadratic_form():
    glass = SphericalSpinGlass.pure(6, 2, seed=2)
    eigenvalues = np.linalg.eigvalsh(glass.to_tensor()) / np.sqrt(6)
    graph = graph_of(glass)
    assert graph.joins.tolist() == [[0, 1], [0, 1]]
    # To rounding, of numbers of order 1.
    assert np.allclose(graph.pass_energy_per_spin, np.where(np.eye(2), *eigenvalues[:2]), atol=1e-12)
    assert np.allclose(graph.overlaps, [[1, -1], [-1, 1]], atol=1e-12)


def test_diagonal_form():
    c = np.array([1.3, 1.0, 0.8, 0.6])
    n = len(c)
    J = np.zeros((n,) * 3)
    J[(np.arange(n),) * 3] = c
    graph = graph_of(SphericalSpinGlass.from_tensor(J))

    # f = sum c_i x_i^3 on the unit sphere is critical where x_i = -+a/c_i on a set S, a^-2 = sum_S c_i^-2, and f = -+a.
    # Minima: - with one coordinate, + with all. Saddles of index 1: - with two, between their coordinates' minima;
    # + with all but one, from whose minimum the way leads to the one with all.
    def size(*coordinates):
        return np.sum(c[list(coordinates)] ** -2.0) ** -0.5 / np.sqrt(n)

    own = np.append(-c / np.sqrt(n), size(*range(n)))
    assert np.allclose(graph.every.energy_per_spin[graph.minima], own, atol=1e-12)
    pairs = {(i, j): -size(i, j) for i, j in itertools.combinations(range(n), 2)}
    pairs |= {(j, n): size(*set(range(n)) - {j}) for j in range(n)}
    found = dict(zip(map(tuple, graph.joins), graph.every.energy_per_spin[graph.saddles], strict=True))
    assert found == pytest.approx(pairs, abs=1e-12)
    # Each shallower minimum is left most cheaply over the pass to the deepest.
    assert np.allclose(graph.escape_height[1:], [pairs[0, j] - own[j] for j in range(1, n + 1)], atol=1e-12)
    assert np.isinf(graph.escape_height[0])
    frame = graph.to_frame()
    assert frame.loc[frame["merges_valleys"], "deeper"].tolist() == [0, 0, 0, 0]
    below = frame["energy_per_spin"] - frame["height_above_shallower"]
    assert np.allclose(below, own[frame["shallower"]], atol=1e-12)


@pytest.fixture(scope="module")
def triangulated():
    """Return the points of a Fibonacci grid of 40 000 points on the sphere, and the edges of its triangulation."""
    size = 40_000
    z = 1 - (2 * np.arange(size) + 1) / size
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(size)
    grid = np.sqrt(3) * np.stack([np.sqrt(1 - z * z) * np.cos(turn), np.sqrt(1 - z * z) * np.sin(turn), z], axis=1)
    triangles = ConvexHull(grid).simplices
    edges = np.concatenate([triangles[:, sides] for sides in ([0, 1], [1, 2], [2, 0])])
    return grid, np.unique(np.sort(edges, axis=1), axis=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_passes_on_a_grid_of_the_sphere(triangulated, seed):
    glass = SphericalSpinGlass.pure(3, 4, seed)
    graph = graph_of(glass)
    grid, edges = triangulated
    size = len(grid)
    energy = glass.energy(grid) / 3
    at = np.linalg.norm(graph.every.x[graph.minima, None] - grid, axis=2).argmin(axis=1)
    # The energy is quadratic at a pass, and grid points are 0.03 apart: it is seen 1e-3 off at most.
    for i, j in itertools.combinations(range(len(at)), 2):
        for height, joined in ((-2e-3, False), (2e-3, True)):
            below = (energy[edges] < graph.pass_energy_per_spin[i, j] + height).all(axis=1)
            ends = edges[below].T
            groups = connected_components(coo_array((np.ones(ends.shape[1]), ends), (size, size)))[1]
            assert (groups[at[i]] == groups[at[j]]) == joined


@pytest.mark.slow
@pytest.mark.parametrize(("n", "H", "samples"), [(3, 3, 5), (5, 3, 5), (8, 3, 2), (4, 4, 3)])
def test_saddles_of_index_1_join_all_minima(n, H, samples):
    for seed in range(samples):
        graph = graph_of(SphericalSpinGlass.pure(n, H, seed))
        assert graph.connected
        assert graph.settled.all()
        saddle = graph.every.energy_per_spin[graph.saddles]
        assert (saddle[:, None] > graph.every.energy_per_spin[graph.minima][graph.joins]).all()


@pytest.mark.slow
def test_joins_depend_neither_on_accuracy_nor_on_the_frame():
    glass = SphericalSpinGlass.pure(7, 3, seed=4)
    graph = graph_of(glass)
    assert np.array_equal(graph_of(glass, accuracy=1e-6).joins, graph.joins)
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((7, 7)))[0]
    turned = np.einsum("abc,ia,jb,kc->ijk", glass.to_tensor(), turn, turn, turn)
    assert np.array_equal(graph_of(SphericalSpinGlass.from_tensor(turned)).joins, graph.joins)


def test_merging_agrees_with_the_minimax_path():
    rng = np.random.default_rng(0)
    for _ in range(50):
        own = np.sort(rng.standard_normal(6))
        joins = np.sort(rng.integers(0, 6, (8, 2)), axis=1)
        heights = own.max() + rng.random(8)
        best = np.where(np.eye(6), own, np.inf)
        for (i, j), height in zip(joins, heights, strict=True):
            if i != j:
                best[i, j] = best[j, i] = min(best[i, j], height)
        for k in range(6):  # Floyd and Warshall
            best = np.minimum(best, np.maximum(best[:, k, None], best[None, k]))
        assert np.array_equal(passes(own, merges(6, joins, heights), heights), best)


def test_what_does_not_settle_is_counted(monkeypatch):
    monkeypatch.setattr("spinglass.critical_points.graph._STEPS", 1)
    graph = graph_of(SphericalSpinGlass.pure(5, 3, seed=0))
    assert not graph.settled.any()
    assert not graph.connected
    assert np.isnan(graph.to_frame()["height_above_deeper"]).all()
    assert f"{len(graph.saddles)} did not settle" in repr(graph)


def test_a_flow_that_rests_on_a_saddle_is_at_no_minimum():
    every = enumerate_critical_points(SphericalSpinGlass.pure(5, 3, seed=0), certify=None)
    minima = np.flatnonzero(every.index == 0)
    ends = minimum_of_flow(every, minima, every.x[every.index <= 1], accuracy=1e-4)
    # Of rows in order of energy; a point known to 1e-12 is left at once as converged.
    assert np.array_equal(ends >= 0, every.index[every.index <= 1] == 0)
    assert ends[ends >= 0].tolist() == list(range(len(minima)))


def test_one_spin_has_two_minima_and_no_way_between():
    graph = graph_of(SphericalSpinGlass.pure(1, 3, seed=0))
    assert len(graph.minima) == 2
    assert len(graph.saddles) == 0
    assert not graph.connected


def test_bad_input():
    nothing = enumerate_critical_points(SphericalSpinGlass.from_tensor(np.zeros((3, 3, 3))))
    with pytest.raises(ValueError, match="every point is critical"):
        landscape_graph(nothing)
    with pytest.raises(TypeError, match="Enumeration, not SphericalSpinGlass; use enumerate_critical_points"):
        landscape_graph(SphericalSpinGlass.pure(3, 3, 0))
    with pytest.raises(ValueError, match="accuracy must lie between 0 and 1, not 2"):
        graph_of(SphericalSpinGlass.pure(3, 3, seed=0), accuracy=2)
