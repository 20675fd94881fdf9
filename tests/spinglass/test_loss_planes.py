"""Planes in parameter space by other routes: closed forms, interpolation, dense Hessians."""

import copy
import pickle

import numpy as np
import pytest

from spinglass.networks import LayeredNetwork, Loss, train
from spinglass.networks.activations import leaky_relu
from spinglass.networks.curvature import curvature
from spinglass.networks.planes import connecting_curve, loss_plane
from spinglass.networks.planes.critical_on_plane import AT_KINK
from spinglass.networks.planes.directions import towards
from spinglass.networks.symmetries import rescale
from spinglass.networks.training.optimisers import Adam

RNG = np.random.default_rng(0)
X, LABELS = RNG.standard_normal((25, 3)), RNG.integers(2, size=25)
TRAINED = train(X, LABELS, hidden=[4], networks=2, optimiser=Adam(rate=0.05), epochs=60, measure_every=60, seed=1)
NET, OTHER = TRAINED.network(0), TRAINED.network(1)
SCALAR = LayeredNetwork([[[1.0]], [[1.0]]], activation="linear")  # (w1 w2 - y)^2/2
AXES = ([1.0, 0.0], [0.0, 1.0])


def test_values_are_those_of_networks_at_the_grid_points():
    found = loss_plane(NET, X, LABELS, "cross_entropy", steps=4, starts=0, seed=3)
    table = found.to_frame()
    assert len(table) == 16
    for u, v, loss in table.itertuples(index=False):
        net = NET.with_parameters(NET.parameters + u * found.plane.first + v * found.plane.second)
        assert loss == pytest.approx(curvature(net, X, LABELS, "cross_entropy").loss, rel=1e-13)
    assert found.loss[0, 1] == table["loss"][1]
    assert len(found.kind) == 0


def test_random_directions_have_the_norm_of_every_unit_and_leave_biases():
    found = loss_plane(NET, X, LABELS, "cross_entropy", steps=2, starts=0, seed=3)
    for direction in (found.plane.first, found.plane.second):
        weights, biases = NET.unpack(direction)
        for W, V, b in zip(weights, NET.weights, biases, strict=True):
            np.testing.assert_allclose(np.linalg.norm(W, axis=0), np.linalg.norm(V, axis=0), rtol=1e-12)
            assert not b.any()
    again = loss_plane(NET, X, LABELS, "cross_entropy", steps=2, starts=0, seed=4)
    assert not np.array_equal(again.plane.first, found.plane.first)


def test_rescaling_layers_does_not_change_the_picture():
    from spinglass.networks import ReLUNetwork

    bare = ReLUNetwork.random((3, 4, 1), seed=0, last_relu=False)
    pictures = [
        loss_plane(LayeredNetwork(net.weights), X, LABELS.astype(float), steps=5, starts=0).loss
        for net in (bare, rescale(bare, 1, 7.0))
    ]
    np.testing.assert_allclose(*pictures, rtol=1e-10)


@pytest.mark.slow
def test_the_eigenvectors_are_those_of_the_dense_hessian():
    here = curvature(NET, X, LABELS, "cross_entropy")
    values, vectors = np.linalg.eigh(here.hessian())
    found = loss_plane(NET, X, LABELS, "cross_entropy", "eigenvectors", u=(-1e-3, 1e-3), v=(-1e-3, 1e-3), steps=3)
    for direction, exact in ((found.plane.first, vectors[:, -1]), (found.plane.second, vectors[:, -2])):
        assert abs(direction @ exact) == pytest.approx(1, abs=1e-8)
    # At the origin E is E_0 + g.step + eigenvalue step^2 / 2, up to third order.
    bend = (found.loss[0, 1] + found.loss[2, 1] - 2 * found.loss[1, 1]) / 1e-6
    assert bend == pytest.approx(values[-1], rel=1e-3)
    large = train(X, LABELS, hidden=[20], epochs=1, seed=0).network(0)
    here = curvature(large, X, LABELS, "cross_entropy")
    exact = np.linalg.eigh(here.hessian())[1][:, -1]
    plane = loss_plane(large, X, LABELS, "cross_entropy", "eigenvectors", steps=2, starts=0).plane
    assert abs(plane.first @ exact) == pytest.approx(1, abs=1e-6)


def test_another_network_lies_at_one():
    found = loss_plane(NET, X, LABELS, "cross_entropy", (OTHER, "random"), steps=7, starts=0)
    assert (found.u[0], found.u[-1], found.v[0]) == (-0.25, 1.25, -1)
    there = curvature(OTHER, X, LABELS, "cross_entropy").loss
    assert found.plane.passed(1.0, 0.0)[0] == pytest.approx(there, rel=1e-12)


def test_critical_points_of_two_scalar_layers():
    # (w1 w2 - 4)^2/2: a saddle at the origin and a valley w1 w2 = 4, which is not isolated.
    found = loss_plane(SCALAR, [[1.0]], [[4.0]], directions=AXES, u=(-3, 1), v=(-3, 1), steps=9, starts=7)
    assert found.kind.tolist() == ["saddle"]
    np.testing.assert_allclose(found.critical, [[-1.0, -1.0]], atol=1e-9)
    assert found.gradient_norm[0] < 1e-8
    assert "1 saddle" in repr(found)


def test_a_point_that_is_critical_only_within_the_plane_says_so():
    # On the line w1 = 1 + u, with the second direction along the output bias, E has a minimum that moves no w2.
    net = LayeredNetwork([[[1.0]], [[2.0]]], [[0.0], [0.0]], "linear")
    x, y = [[1.0], [2.0]], [[1.0], [5.0]]
    along = np.eye(net.size)
    found = loss_plane(net, x, y, directions=(along[0], along[1]), u=(-3, 3), v=(-4, 4), steps=5, starts=5)
    assert found.kind.tolist() == ["minimum"]
    u, v = found.critical[0]
    fit = np.linalg.lstsq([[2.0, 2.0], [4.0, 2.0]], [1.0, 5.0], rcond=None)[0]
    assert (1 + u, v) == pytest.approx(tuple(fit))
    shifted = loss_plane(
        LayeredNetwork([[[1.0]], [[2.0]]], [[0.0], [0.7]], "linear"),
        x,
        [[1.0], [2.0]],
        directions=(along[0], along[2]),
        u=(-3, 3),
        v=(-4, 4),
        steps=5,
        starts=5,
    )
    assert shifted.gradient_norm[0] > 0.1


def test_kinks_and_minima_at_kinks():
    # |w| as a network is relu(w) + relu(-w).
    net = LayeredNetwork([[[0.5, -0.5]], [[1.0], [1.0]]])
    both = np.zeros(4)
    both[:2] = (1.0, -1.0)
    other = np.array([0.0, 0.0, 1.0, 1.0])
    found = loss_plane(net, [[1.0]], [[-3.0]], "absolute", (both, other), u=(-2, 1), v=(-0.5, 0.5), steps=4, starts=5)
    # The output is (1 + v) |0.5 + u|, so that E = 3 + (1 + v) |0.5 + u| has a valley at the kink u = -0.5.
    np.testing.assert_allclose(found.kinks[:, 0], -0.5, atol=1e-12)
    expected = 3 + (1 + found.v) * np.abs(0.5 + found.u[:, None])
    np.testing.assert_allclose(found.loss, expected, rtol=1e-12)
    # Four units give the output |0.5 + u| + |0.3 + v|, which has its minimum where both kinks cross.
    bowl = LayeredNetwork([[[0.5, -0.5, 0.3, -0.3]], np.ones((4, 1))])
    moves = np.array([[1.0, -1, 0, 0, 0, 0, 0, 0], [0.0, 0, 1, -1, 0, 0, 0, 0]])
    found = loss_plane(bowl, [[1.0]], [[-1.0]], "absolute", moves, u=(-2, 1), v=(-2, 1), steps=4, starts=9)
    assert found.kind.tolist() == [AT_KINK]
    np.testing.assert_allclose(found.critical, [[-0.5, -0.3]], atol=1e-6)
    assert found.critical_frame()["loss"][0] == pytest.approx(1, abs=1e-6)


def test_the_resolution_error_is_that_of_interpolation():
    found = loss_plane(SCALAR, [[1.0]], [[4.0]], directions=AXES, u=(-1, 1), v=(-1, 1), steps=3, starts=0)
    exact = lambda u, v: ((1 + u) * (1 + v) - 4) ** 2 / 2  # noqa: E731
    errors = []
    for a in (-1, 0):
        for b in (-1, 0):
            corners = np.mean([exact(a + i, b + j) for i in (0, 1) for j in (0, 1)])
            errors.append(abs(exact(a + 0.5, b + 0.5) - corners))
    assert found.resolution_error == pytest.approx(max(errors), rel=1e-12)
    finer = loss_plane(SCALAR, [[1.0]], [[4.0]], directions=AXES, u=(-1, 1), v=(-1, 1), steps=21, starts=0)
    assert finer.resolution_error < found.resolution_error / 50  # second order


def test_a_curve_between_two_networks_avoids_the_barrier():
    found = connecting_curve(NET, OTHER, X, LABELS, "cross_entropy", nodes=5, iterations=40)
    ends = [curvature(net, X, LABELS, "cross_entropy").loss for net in (NET, OTHER)]
    assert found.loss[[0, -1]] == pytest.approx(ends, rel=1e-12)
    assert found.line_loss[[0, -1]] == pytest.approx(ends, rel=1e-12)
    assert 0 <= found.barrier < 0.5 * found.line_barrier
    plane = loss_plane(NET, X, LABELS, "cross_entropy", found.directions, steps=2, starts=0).plane
    for t, loss in zip(found.t, found.loss, strict=True):
        assert plane.passed(t, 2 * t * (1 - t))[0] == pytest.approx(loss, rel=1e-9)


def test_a_curve_of_two_scalar_layers_follows_the_valley():
    # From (1, 4) to (4, 1) on the valley w1 w2 = 4; the line between them rises to (2.5^2 - 4)^2/2.
    ends = [LayeredNetwork([[[a]], [[4 / a]]], activation="linear") for a in (1.0, 4.0)]
    found = connecting_curve(*ends, [[1.0]], [[4.0]])
    assert found.line_barrier == pytest.approx((2.5**2 - 4) ** 2 / 2, rel=1e-12)
    assert found.converged
    assert found.barrier < 0.01


def test_planes_of_a_loss_of_ones_own():
    quartic = Loss(
        name="quartic",
        value=lambda y, t: ((y - t) ** 4).sum(axis=1) / 4,
        gradient=lambda y, t: (y - t) ** 3,
        hessian=lambda y, t: np.eye(y.shape[1]) * (3 * (y - t) ** 2)[:, None, :],
        convex=True,
    )
    found = loss_plane(SCALAR, [[1.0]], [[4.0]], quartic, AXES, steps=3, starts=0)
    expected = (np.outer(1 + found.u, 1 + found.v) - 4) ** 4 / 4
    np.testing.assert_allclose(found.loss, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"directions": "pca"}, "directions must be 'random', 'eigenvectors' or a pair, not 'pca'"),
        ({"directions": ([1.0, 0.0], [2.0, 0.0])}, "parallel, or one of them is zero"),
        ({"directions": ([1.0], [2.0, 0.0])}, r"a direction must hold 2 finite numbers, one per parameter, not"),
        ({"directions": ([1.0, 0.0],)}, "directions must be 'random', 'eigenvectors', or a pair"),
        ({"directions": ("best", "random")}, "a direction must be 'random', a vector or a network"),
        ({"directions": (NET, "random")}, "networks on one plane must have the same shape and activations"),
        ({"u": (1, -1)}, "u must go from a smaller to a larger number, not from 1 to -1"),
        ({"v": 3}, r"v must be a pair \(from, to\)"),
        ({"steps": 1}, "steps must be a whole number of at least 2"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        loss_plane(SCALAR, [[1.0]], [[4.0]], **options)


def test_networks_with_different_leaks_have_no_common_plane():
    one, other = (LayeredNetwork([[[1.0]], [[1.0]]], activation=leaky_relu(leak)) for leak in (0.1, 0.9))
    same = LayeredNetwork([[[2.0]], [[1.0]]], activation=leaky_relu(0.1))
    assert towards(one, same).tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match="same shape and activations"):
        connecting_curve(one, other, [[1.0]], [[1.0]])


@pytest.mark.parametrize("steps", [4, 5])
def test_kinks_on_grid_points_are_found(steps):
    net = LayeredNetwork([[[1.0]], [[1.0]]])  # has a kink at w1 = 1 + u = 0
    found = loss_plane(net, [[1.0]], [[4.0]], directions=AXES, u=(-2, 0), v=(-0.3, 0.3), steps=steps, starts=0)
    assert np.allclose(found.kinks[:, 0], -1.0, rtol=0, atol=1e-15)
    assert np.allclose(found.kinks[:, 1], np.linspace(-0.3, 0.3, steps), rtol=0, atol=1e-15)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda found: pickle.loads(pickle.dumps(found))])
def test_copies_can_be_evaluated(copied):
    found = loss_plane(NET, X, LABELS, "cross_entropy", steps=3, starts=0)
    for here, there in zip(found.plane.derivatives(0.2, 0.1), copied(found).plane.derivatives(0.2, 0.1), strict=True):
        assert np.array_equal(here, there)


def test_a_search_needs_two_starts_per_axis():
    with pytest.raises(ValueError, match="at least 2 per axis, not 1"):
        loss_plane(SCALAR, [[1.0]], [[4.0]], directions=AXES, steps=3, starts=1)
