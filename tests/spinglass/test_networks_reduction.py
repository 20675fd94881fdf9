"""From path model to glass, from many weights to few, and the smallest surface with a saddle."""

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, check_derivatives, descend, enumerate_critical_points, sphere
from spinglass.networks import DecoupledPathModel, ReLUNetwork, reduction
from spinglass.networks.small.chart import CentralProjection
from spinglass.networks.small.two_parameter import TwoParameterSurface


@pytest.mark.parametrize("rho", [1.0, 0.4, 0.02])
@pytest.mark.parametrize(
    ("widths", "size"), [((4, 4, 4, 1), 4), ((8, 4, 4, 1), 4), ((5, 5, 1), 5), ((2, 2, 2, 2, 1), 2)]
)
def test_the_glass_has_the_tensor_of_the_models_inputs(widths, size, rho):
    model = DecoupledPathModel(widths, rho, "unique", size, seed=0)
    H = len(widths) - 1
    J = (model.inputs * model.activity).reshape((-1, *(size,) * H)).sum(axis=0) / np.sqrt(model.multiplicity)
    dense, glass = SphericalSpinGlass.from_tensor(J), reduction.to_spin_glass(model)
    w = sphere.random_points(size, 20, 1)
    for quantity in ("energy", "gradient", "hessian"):
        a, b = getattr(dense, quantity)(w), getattr(glass, quantity)(w)
        assert np.allclose(a, b, rtol=1e-12, atol=1e-13)
    assert np.allclose(glass.energy(w), model.output(w), rtol=1e-12, atol=1e-14)


def test_a_layered_model_is_no_such_glass():
    with pytest.raises(ValueError, match='weights="unique"'):
        reduction.to_spin_glass(DecoupledPathModel((3, 2, 1), 0.5, seed=0))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_loss_is_the_glass_up_to_two_constants(sign):
    model = DecoupledPathModel((3, 3, 1), 0.4, "unique", seed=2)
    target = sign * 1.5 * model.largest_output()
    constants = reduction.loss_constants(model, target)
    glass = reduction.to_spin_glass(model.with_rho(1.0))
    w = sphere.random_points(3, 10, 0)
    enumerated = model.absolute_loss(w, target, method="enumerated")
    assert np.allclose(constants.loss(glass.energy(w)), enumerated, rtol=1e-12)
    assert (abs(target), -sign * 0.4) == (constants.C1, constants.C2)
    with pytest.raises(ValueError, match="bound on all outputs"):
        reduction.loss_constants(model, 0.1)


def test_the_averaged_loss_has_the_glass_own_critical_points():
    model = DecoupledPathModel((4, 4, 4, 1), 0.3, "unique", seed=5)
    averaged = enumerate_critical_points(model.averaged())
    own = enumerate_critical_points(reduction.to_spin_glass(model.with_rho(1.0)))
    assert averaged.complete
    assert len(averaged) == len(own)
    assert np.allclose(averaged.energy, 0.3 * own.energy, rtol=1e-12)
    assert np.allclose(averaged.x, own.x, atol=1e-10)
    assert np.array_equal(averaged.index, own.index)


@pytest.mark.parametrize("C", [0.25, 3.0])
def test_any_radius_is_the_unit_one_with_other_energies(C):
    for glass in (SphericalSpinGlass.pure(4, 3, 0), SphericalSpinGlass.mixed(4, {1: 0.4, 3: 1.0}, 0)):
        moved = reduction.at_radius(glass, C)
        w = sphere.random_points(4, 5, 0)
        assert np.allclose(moved.energy(w), glass.energy(np.sqrt(C) * w), rtol=1e-12)
        # Chain rule: the gradient by w is sqrt(C) times the one at sqrt(C) w.
        assert np.allclose(moved.gradient(w), np.sqrt(C) * glass.gradient(np.sqrt(C) * w), rtol=1e-12)
    with pytest.raises(ValueError, match="positive"):
        reduction.at_radius(glass, 0.0)


def test_reducing_weights_keeps_all_of_them_or_their_means():
    net = ReLUNetwork.random((6, 5, 1), seed=0, last_relu=False)
    X = np.random.default_rng(0).standard_normal((2000, 6))
    flat = np.concatenate([W.ravel() for W in net.weights])
    whole = reduction.reduce_weights(net, 35, X)
    assert np.array_equal(whole.values, np.sort(flat))
    assert (whole.epsilon, whole.correlation) == (0.0, pytest.approx(1.0))
    for s in (1, 4, 12):
        image = reduction.reduce_weights(net, s, X)
        carried = np.concatenate([W.ravel() for W in image.network.weights])
        assert np.array_equal(np.unique(carried), image.values)
        assert len(image.values) == s
        assert carried.mean() == pytest.approx(flat.mean())
        signs = np.where(net.forward(X) < 0, -1, 1), np.where(image.network.forward(X) < 0, -1, 1)
        assert image.epsilon == np.mean(signs[0] != signs[1])
        if len(np.unique(signs[1])) == 2:
            assert image.correlation == pytest.approx(np.corrcoef(*signs)[0, 1])
    # More values, fewer errors; these three lie far apart.
    errors = [reduction.reduce_weights(net, s, X).epsilon for s in (1, 4, 20)]
    assert errors == sorted(errors, reverse=True)
    with pytest.raises(ValueError, match="at most"):
        reduction.reduce_weights(net, 36, X)
    with pytest.raises(ValueError, match="last_relu=False"):
        reduction.reduce_weights(ReLUNetwork.random((6, 5, 1), seed=0), 3, X)


SURFACE = TwoParameterSurface(x=[1.0, 2.0, 0.5], y=[0.7, 1.1, 1.0])


def test_the_surface_is_the_sum_of_squares():
    w = np.random.default_rng(0).standard_normal((6, 2))
    direct = [sum((y - b * a * x) ** 2 for x, y in zip(SURFACE.x, SURFACE.y, strict=True)) for a, b in w]
    assert np.allclose(SURFACE.energy(w), direct, rtol=1e-13)
    step = 1e-5
    for i in range(2):
        move = step * np.eye(2)[i]
        slope = (SURFACE.energy(w + move) - SURFACE.energy(w - move)) / (2 * step)
        curve = (SURFACE.energy_and_gradient(w + move)[1] - SURFACE.energy_and_gradient(w - move)[1]) / (2 * step)
        # Central differences err by step^2 times a third derivative of some tens, and by rounding over the step.
        assert np.allclose(SURFACE.energy_and_gradient(w)[1][:, i], slope, atol=1e-7)
        assert np.allclose(SURFACE.hessian(w)[:, i], curve, atol=1e-7)


def test_the_saddle_at_the_origin_is_found_and_classified():
    landscape = CentralProjection(SURFACE)
    starts = landscape.to_sphere(np.random.default_rng(0).standard_normal((60, 2)))
    assert check_derivatives(landscape, starts[0]).passed
    found = descend(landscape, starts, method="newton", tol=1e-10)
    w = landscape.to_parameters(found.x[found.converged])
    index, energy = found.index[found.converged], found.energy[found.converged]
    saddle = np.linalg.norm(w, axis=1) < 1e-6
    assert saddle.sum() > 5
    assert (index[saddle] == 1).all()
    assert np.allclose(energy[saddle], (SURFACE.y**2).sum())
    # All others lie in the valleys w_1 w_2 = x.y/|x|^2, flat in one direction.
    slope = SURFACE.x @ SURFACE.y / (SURFACE.x @ SURFACE.x)
    assert np.allclose(w[~saddle].prod(axis=1), slope, atol=1e-8)
    valley = np.abs(found.eigenvalues[found.converged][~saddle])
    assert (valley.min(axis=1) < 1e-8 * valley.max(axis=1)).all()
    # The flat Hessian at the origin, in the chart where |x|^2 = 3 and the pole stands for the origin: divided by 3.
    pole = landscape.to_sphere([0.0, 0.0])
    xy = SURFACE.x @ SURFACE.y
    assert np.allclose(sphere.hessian_eigenvalues(landscape, pole), [-2 * xy / 3, 2 * xy / 3])
    lowest = descend(landscape, starts, tol=1e-8)
    assert lowest.converged.all()
    assert np.allclose(lowest.energy, SURFACE.energy([1.0, slope]))


def test_bad_surfaces_are_refused():
    for x, y in (([1.0], [1.0, 2.0]), ([], []), ([np.nan], [1.0]), ([0.0, 0.0], [1.0, 1.0])):
        with pytest.raises(ValueError, match="x"):
            TwoParameterSurface(x, y)


def test_the_two_parameter_surface_checks_its_points():
    assert np.array_equal(SURFACE.gradient([0.3, 2.0]), SURFACE.energy_and_gradient([0.3, 2.0])[1])
    for call in (SURFACE.energy, SURFACE.gradient, SURFACE.energy_and_gradient, SURFACE.hessian):
        with pytest.raises(ValueError, match="points must have 2 coordinates"):
            call([1.0, 2.0, 3.0])
        with pytest.raises(ValueError, match="points must be finite"):
            call([1.0, np.nan])
    with pytest.raises(ValueError, match="x and y must hold real numbers"):
        TwoParameterSurface(["a"], [1.0])


def test_points_without_parameters_end_as_not_finite():
    landscape = CentralProjection(SURFACE)
    x = sphere.random_points(landscape.n, 12, seed=0)
    outside = x[:, -1] <= 0
    assert 0 < outside.sum() < 12
    energy, gradient = landscape.energy_and_gradient(x)
    assert np.array_equal(np.isnan(energy), outside)
    assert np.array_equal(np.isnan(gradient).all(axis=1), outside)
    assert np.array_equal(np.isnan(landscape.hessian(x)).all(axis=(1, 2)), outside)
    found = descend(landscape, x, max_iterations=50)
    assert (found.status[outside] == "not finite").all()
    assert np.isfinite(found.energy[~outside]).any()
