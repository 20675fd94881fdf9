"""Adding c (x.x/n)^{H/2}, a constant on the sphere, changes nothing but energies by c.

Its gradient is c H/n x, so that the tangent part of a computed gradient is off by about eps |c| H/n in each coordinate:
everything below is held to that unit of rounding, times the growth of errors along the way.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinglass import SphericalSpinGlass, couplings, descend, sphere
from spinglass.descent import gradient_scale, hessian_ascent
from spinglass.sampling import HMC, Langevin, ParallelTempering, anneal, ground_state, sample

N = 7
EPS = np.finfo(float).eps
GLASS = SphericalSpinGlass.mixed(N, {1: 0.2, 3: 1.0}, seed=3)
SHIFTS = st.tuples(st.sampled_from([-1.0, 1.0]), st.floats(0, 6)).map(lambda c: c[0] * 10.0 ** c[1])
ORDERS = st.sampled_from([1, 2, 3, 4])
FEW = settings(max_examples=6, deadline=None)


class Shifted:
    """A glass plus c (x.x/n)^{H/2}; its stochastic gradient has the whole of the constant's in every part."""

    def __init__(self, glass, c, H):
        self.glass, self.n, self.c, self.H = glass, glass.n, c, H

    def chunk(self, batch):
        return self.glass.chunk(batch)

    def _slope(self, x):
        square = (x * x).sum(axis=1, keepdims=True) / self.n
        # 0 at the centre for H > 2; the ascent begins there.
        return self.c * self.H / self.n * np.where(square > 0, square, float(self.H == 2)) ** (self.H / 2 - 1)

    def energy_and_gradient(self, x):
        energy, gradient = self.glass.energy_and_gradient(x)
        square = (x * x).sum(axis=1) / self.n
        return energy + self.c * square ** (self.H / 2), gradient + self._slope(x) * x

    def stochastic_gradient(self, x, part, parts):
        return self.glass.stochastic_gradient(x, part, parts) + self._slope(x) * x

    def hessian(self, x):
        square = np.maximum((x * x).sum(axis=1), 1e-300)[:, None, None]
        rest = (self.H - 2) * x[:, :, None] * x[:, None, :] / square
        return self.glass.hessian(x) + self._slope(x)[..., None] * (np.eye(self.n) + rest)


def rounding(c, growth):
    """The unit of rounding of a gradient of size |c| H/n <= |c| beside couplings of order 1, times its growth."""
    return growth * EPS * (1 + abs(c))


def with_constant(c, order, glass=GLASS):
    """A glass with the constant among its couplings, of order 2 or 4."""
    eye = np.eye(N)
    tensor = eye if order == 2 else np.einsum("ij,kl->ijkl", eye, eye)
    packed = couplings.pack(c * N ** ((order - 1) / 2 - order / 2) * tensor)
    return SphericalSpinGlass(N, {**glass.weights, order: 1.0}, {**glass.couplings, order: packed})


@pytest.mark.slow
@given(SHIFTS, st.sampled_from([2, 4]))
@FEW
def test_scale_of_gradients(c, order):
    assert gradient_scale(with_constant(c, order)) == gradient_scale(GLASS)


@pytest.mark.slow
@given(SHIFTS, ORDERS)
@FEW
def test_hamiltonian_monte_carlo(c, H):
    x0 = sphere.random_points(N, 6, seed=0)
    states = [
        chain.step(chain.init(x0, seed=1), 5, tune=True)[0]
        for chain in (HMC(GLASS, 1.0), HMC(Shifted(GLASS, c, H), 1.0))
    ]
    # Forty leaps, each of which multiplies errors by up to about 1.3.
    np.testing.assert_allclose(states[1].x, states[0].x, atol=rounding(c, 1e4))
    np.testing.assert_allclose(states[1].energy - c, states[0].energy, atol=rounding(c, 1e5))
    np.testing.assert_allclose((states[1].x ** 2).sum(axis=1), N, rtol=8 * EPS)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["splitting", "euler"])
@given(SHIFTS, ORDERS)
@FEW
def test_langevin(scheme, c, H):
    x0 = sphere.random_points(N, 6, seed=0)
    states = [
        chain.step(chain.init(x0, seed=1), 40)[0]
        for chain in (Langevin(GLASS, 1.0, 0.02, scheme), Langevin(Shifted(GLASS, c, H), 1.0, 0.02, scheme))
    ]
    np.testing.assert_allclose(states[1].x, states[0].x, atol=rounding(c, 1e3))
    np.testing.assert_allclose(states[1].energy - c, states[0].energy, atol=rounding(c, 1e4))


@pytest.mark.slow
@given(SHIFTS, st.sampled_from([2, 4]))
@FEW
def test_tempering_with_swaps(c, order):
    # A pure glass, as the kernel is compiled once for each number of orders.
    pure = SphericalSpinGlass.pure(N, 3, seed=3)
    # The same start and step sizes: those of init come from a descent, which is held to its own bound below.
    plain, shifted = (ParallelTempering([glass], [0.7, 1.0, 1.4]) for glass in (pure, with_constant(c, order, pure)))
    start = plain.init(seed=0)
    # Gradients and energies of the other glass come with a first sweep of steps too short to move.
    energy, gradient = shifted.glasses[0].energy_and_gradient(start.x)
    other = start._replace(energy=energy, gradient=gradient)
    (first, one), (second, two) = plain.step(start, 6), shifted.step(other, 6)
    np.testing.assert_allclose(second.x, first.x, atol=rounding(c, 1e4))
    np.testing.assert_allclose(two.energies - c / N, one.energies, atol=rounding(c, 1e5))
    np.testing.assert_allclose(two.swap_rates, one.swap_rates, atol=rounding(c, 1e5))
    np.testing.assert_allclose((second.x**2).sum(axis=-1), N, rtol=8 * EPS)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lbfgs", "cg", "gradient", "newton", "sgd"])
@given(SHIFTS, ORDERS)
@FEW
def test_descent(method, c, H):
    x0 = descend(GLASS, sphere.random_points(N, 6, seed=0), tol=0.1).x
    # What rounding allows of a gradient, and what is far above it.
    tol = 1e-3 if method == "sgd" else 1e-7
    options = {"parts": 1, "decay": 0.0, "rate": 0.05} if method == "sgd" else {}
    one, two = (descend(glass, x0, method, tol, **options) for glass in (GLASS, Shifted(GLASS, c, H)))
    assert one.converged.all()
    assert np.array_equal(one.status, two.status)
    # x is off by the gradient over the lowest eigenvalue; the energy by the square of that, and rounding.
    gap = descend(GLASS, x0).smallest_eigenvalue.min()
    np.testing.assert_allclose(two.x, one.x, atol=4 * math.sqrt(N) * tol / gap + rounding(c, 1e3) / gap)
    np.testing.assert_allclose(two.energy - c, one.energy, atol=rounding(c, 1e2) + 4 * N * tol**2 / gap)


@given(SHIFTS, ORDERS)
@FEW
def test_gradient_flow_in_time(c, H):
    x0 = sphere.random_points(N, 6, seed=0)
    one, two = (descend(g, x0, "gradient", times=[0.1, 0.3]) for g in (GLASS, Shifted(GLASS, c, H)))
    # The noise of gradients enters the choice of steps, so that the trajectories are equal to `accuracy`, 1e-4 of
    # their length, and to rounding only where the noise is small.
    np.testing.assert_allclose(two.x, one.x, atol=rounding(c, 1e3) + (1e-4 if abs(c) > 100 else 1e-7))
    np.testing.assert_allclose(two.energies - c / N, one.energies, atol=rounding(c, 1e4) + 1e-4)


@given(SHIFTS, st.sampled_from([2, 4]))
@FEW
def test_hessian_ascent(c, H):
    glass = SphericalSpinGlass.pure(N, 3, seed=5)
    one, two = (hessian_ascent(g, steps=10, starts=3, seed=1) for g in (glass, Shifted(glass, c, H)))
    np.testing.assert_allclose(two.x, one.x, atol=rounding(c, 1e4))
    # The constant is one on every sphere about the centre: c (k/K)^{H/2} at |x_k|^2 = n k/K.
    np.testing.assert_allclose(two.energies - c / N * one.radii**H, one.energies, atol=rounding(c, 1e4))


@pytest.mark.slow
@given(SHIFTS, ORDERS)
@settings(max_examples=3, deadline=None)
def test_annealing_and_ground_state(c, H):
    shifted = Shifted(GLASS, c, H)
    x0 = sphere.random_points(N, 6, seed=0)
    one, two = (anneal(glass, x0, [1.0, 0.5], tol=1e-7, seed=1) for glass in (GLASS, shifted))
    assert np.array_equal(one.status, two.status)
    np.testing.assert_allclose(two.energy - c, one.energy, atol=rounding(c, 1e2) + 1e-12)
    lowest, other = (ground_state(glass, hits=4, most=64, seed=1) for glass in (GLASS, shifted))
    assert lowest.status == other.status == "confirmed"
    assert other.energy - c == pytest.approx(lowest.energy, abs=rounding(c, 1e2) + 1e-12)


def test_identity_has_one_energy_everywhere():
    found = sample(SphericalSpinGlass.from_tensor(np.eye(2)), 0.7, sweeps=50, chains=4, seed=0)
    # 2^{-1/2} x.x/2 = 2^{-1/2} per spin on the sphere, to the rounding of x.
    np.testing.assert_allclose(found.energies, math.sqrt(0.5), rtol=8 * EPS)
    assert found.acceptance.min() > 1 - 1e-14


@pytest.mark.slow
def test_large_multiple_of_the_identity_at_temperature():
    """The mean energy of a 2-spin glass at n = 3, by quadrature over the sphere, with and without 1000 x.x/n."""
    S, T = np.array([-1.0, 0.3, 0.7]), 1.0
    z, weights = np.polynomial.legendre.leggauss(60)
    angle = np.arange(60) * 2 * np.pi / 60  # spectrally accurate on a periodic function
    x2 = np.stack(
        np.broadcast_arrays(*(np.cos(angle)[:, None] ** 2 * (1 - z**2), np.sin(angle)[:, None] ** 2 * (1 - z**2), z**2))
    )
    energy = 3 * np.einsum("i,iab->ab", S, x2)
    boltzmann = np.exp(-energy / T) * weights
    exact = (boltzmann * energy).sum() / boltzmann.sum()
    for c in (0.0, 1e3):
        glass = SphericalSpinGlass.from_tensor(math.sqrt(3) * (np.diag(S) + c / 3 * np.eye(3)))
        found = sample(glass, T, sweeps=400, seed=1)
        assert found.status == "equilibrated"
        # Fixed seed; four standard errors.
        assert abs(3 * found.energy_per_spin - c - exact) < 4 * 3 * found.standard_error
