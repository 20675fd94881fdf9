import numpy as np
import pytest

from spinglass import SphericalSpinGlass, sphere
from spinglass.derivatives import check_derivatives


class Spoiled:
    """A glass with derivatives that are off by a factor."""

    def __init__(self, glass, gradient=1.0, hessian=1.0):
        self.glass, self.n, self.gradient_factor, self.hessian_factor = glass, glass.n, gradient, hessian

    def energy_and_gradient(self, x):
        energy, gradient = self.glass.energy_and_gradient(x)
        return energy, self.gradient_factor * gradient

    def hessian(self, x):
        return self.hessian_factor * self.glass.hessian(x)


@pytest.mark.parametrize("where", ["sphere", "space"])
@pytest.mark.parametrize("weights", [{2: 1.0}, {3: 1.0}, {1: 0.5, 3: 1.0, 4: 0.2}])
@pytest.mark.parametrize("n", [2, 30])
def test_right_derivatives_pass(weights, n, where):
    check = check_derivatives(SphericalSpinGlass.mixed(n, weights, seed=n), where=where)
    assert check.passed
    # The next Taylor term is of relative size t <= 1e-2 over the fitted decade.
    assert np.allclose(np.median(check.gradient_slopes), 2, atol=0.05)
    if weights != {2: 1.0} or where == "sphere":
        assert np.allclose(np.median(check.hessian_slopes), 3, atol=0.05)
    assert "correct" in str(check)


@pytest.mark.parametrize("where", ["sphere", "space"])
@pytest.mark.parametrize(
    ("factors", "gradient", "hessian"),
    [({"gradient": 1 + 1e-5}, 1, 1), ({"hessian": 1 + 1e-3}, 2, 2), ({"hessian": 0.0}, 2, 2)],
)
def test_wrong_derivatives_lose_a_power(factors, gradient, hessian, where):
    check = check_derivatives(Spoiled(SphericalSpinGlass.pure(20, 3, seed=0), **factors), where=where)
    assert not check.passed
    assert "WRONG" in str(check)
    # An error of 1e-5 in the gradient competes with the true t^2 over the fitted decade.
    assert np.median(check.gradient_slopes) == pytest.approx(gradient, abs=0.25)
    assert np.median(check.hessian_slopes) == pytest.approx(hessian, abs=0.25)


def test_an_exact_expansion_is_told_from_a_wrong_one():
    glass = SphericalSpinGlass.pure(10, 2, seed=0)
    check = check_derivatives(glass, where="space")
    assert np.isinf(check.hessian_slopes).all()
    assert "Hessian   exact to rounding" in str(check)
    assert not check_derivatives(Spoiled(glass, hessian=0.9), where="space").passed


def test_forgetting_the_curvature_of_the_sphere_shows():
    # At an eigenvector the Euclidean and Riemannian Hessians differ by x.grad/n; so does the second order.
    glass = SphericalSpinGlass.pure(10, 3, seed=0)

    class Flat(Spoiled):
        def hessian(self, x):
            radial = (x * self.glass.gradient(x)).sum(axis=1) / self.n
            return self.glass.hessian(x) + radial[:, None, None] * np.eye(self.n)

    assert not check_derivatives(Flat(glass)).passed


def test_a_landscape_without_hessian_is_checked_in_its_gradient():
    class Gradient:
        n = 4

        def energy_and_gradient(self, x):
            return np.cos(x).sum(axis=1), -np.sin(x)

    check = check_derivatives(Gradient())
    assert check.passed
    assert check.hessian_slopes is None
    assert "not available" in str(check)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"where": "torus"}, "where must be"),
        ({"x": np.ones((2, 5))}, "one point"),
        ({"x": 2 * np.ones(5)}, "sphere.project"),
        ({"x": np.ones(4)}, "5 coordinates"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_derivatives(SphericalSpinGlass.pure(5, 3, seed=0), **arguments)


def test_it_can_be_asked_about_a_point():
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    assert check_derivatives(glass, x=sphere.random_points(5, 1, seed=1)[0], directions=3).gradient_slopes.shape == (3,)


def test_a_wrong_hessian_is_found_beside_right_products():
    glass = SphericalSpinGlass.pure(8, 3, seed=0)
    spoiled = Spoiled(glass, hessian=0.0)
    spoiled.hessian_vector = glass.hessian_vector
    assert check_derivatives(glass).passed
    assert not check_derivatives(spoiled).passed
