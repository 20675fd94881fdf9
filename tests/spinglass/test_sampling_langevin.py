"""Langevin dynamics: weak orders without sampling noise, equilibrium against quadrature, and bits."""

import numpy as np
import pytest
import scipy.linalg
import scipy.special

from spinglass import SphericalSpinGlass, sphere
from spinglass.descent.evaluation import Evaluator
from spinglass.sampling import Langevin
from spinglass.sampling.moves import diffuse_rows

ANGLES = 2 * np.pi * np.arange(32) / 32
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def circle(angles):
    return np.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def expectation(move):
    """Matrix of u -> E u(after the move) on trigonometric polynomials, the Gaussian noise being integrated out."""
    x = np.repeat(circle(ANGLES), len(NODES), axis=0)
    along = np.stack([-x[:, 1], x[:, 0]], axis=1) / np.sqrt(2)
    after = move(x, np.tile(NODES, len(ANGLES))[:, None] * along)
    waves = np.fft.fftfreq(32, 1 / 32)
    at = np.exp(1j * np.outer(np.arctan2(after[:, 1], after[:, 0]), waves))
    values = (WEIGHTS @ at.reshape(len(ANGLES), len(NODES), -1).swapaxes(0, 1).reshape(len(NODES), -1)).reshape(32, 32)
    return values @ np.conj(np.exp(1j * np.outer(ANGLES, waves))).T / 32


def exact_semigroup(glass, temperature, time):
    """exp(t L), L = -E'(phi)/2 d/dphi + (T/2) d^2/dphi^2: a point's angle moves at 1/sqrt(2) of its speed."""
    waves = np.fft.fftfreq(32, 1 / 32)
    basis = np.exp(1j * np.outer(ANGLES, waves))
    derivative = (basis * (1j * waves)) @ np.conj(basis.T) / 32
    second = (basis * -(waves**2)) @ np.conj(basis.T) / 32
    slope = (derivative @ glass.energy(circle(ANGLES))).real
    return scipy.linalg.expm(time * (-0.5 * slope[:, None] * derivative + temperature / 2 * second))


@pytest.mark.parametrize(("scheme", "order"), [("euler", 1), ("splitting", 2)])
@pytest.mark.parametrize("weights", [{2: 0.4}, {3: 0.4}])
def test_weak_order_without_sampling_noise(scheme, order, weights):
    glass = SphericalSpinGlass.mixed(2, weights, seed=1)
    evaluate, time, temperature = Evaluator(glass, 64), 0.8, 0.5
    exact = exact_semigroup(glass, temperature, time)
    observable = np.cos(ANGLES) + np.sin(2 * ANGLES)
    errors = []
    for steps in (8, 16, 32):
        chain = Langevin(glass, temperature, dt=time / steps, scheme=scheme)

        def whole(x, xi, chain=chain):
            y = x.copy()
            chain.euler(y, evaluate(x)[1], xi)
            return y

        def diffuse(x, xi, chain=chain):
            y = x.copy()
            chain.diffuse(y, xi.copy())
            return y

        if scheme == "euler":
            one = expectation(whole)
        else:
            half = expectation(diffuse)
            one = half @ expectation(lambda x, _, chain=chain: chain.drift(evaluate, x)) @ half
        errors.append(np.abs(np.linalg.matrix_power(one, steps) @ observable - exact @ observable).max())
    slopes = -np.diff(np.log2(errors))
    # Next order's term: at these steps it shifts the slope by less than 0.3.
    assert np.allclose(slopes, order, atol=0.3), (errors, slopes)


@pytest.mark.parametrize("n", [3, 8, 40])
def test_diffusive_steps_match_harmonics_to_second_order(n):
    d = n - 1
    radii, weights = scipy.special.roots_genlaguerre(60, d / 2 - 1)
    lengths, weights = np.sqrt(2 * radii), weights / weights.sum()
    x = np.tile(sphere.random_points(n, 1, seed=0), (60, 1))
    along = sphere.project(sphere.tangent(x[:1], np.arange(n) + 1.0)) / np.sqrt(n)
    for degree in (1, 2, 3):
        errors = []
        for s in (0.04 / n, 0.02 / n):
            y = x.copy()
            diffuse_rows(y, lengths[:, None] * along, np.full(60, 1.0), s * n)
            cosine = sphere.overlap(x, y)
            harmonic = scipy.special.eval_gegenbauer(degree, n / 2 - 1, cosine)
            harmonic /= scipy.special.eval_gegenbauer(degree, n / 2 - 1, 1.0)
            errors.append(abs(weights @ harmonic - np.exp(-degree * (degree + d - 1) * s)))
        # Third order in s locally, so second order in time: halving gives 8, less a little at these s.
        assert 6.5 < errors[0] / errors[1] < 9.5, (degree, errors)


@pytest.mark.bits
def test_resumed_chain_equals_the_uninterrupted_one():
    glass = SphericalSpinGlass.pure(12, 3, seed=0)
    for scheme in ("euler", "splitting"):
        chain = Langevin(glass, 0.7, dt=0.02, scheme=scheme)
        start = chain.init(sphere.random_points(12, 7, seed=1), seed=2)
        whole, _ = chain.step(start, 9)
        half, _ = chain.step(start, 4)
        resumed, info = chain.step(half, 5)
        assert all(np.array_equal(a, b) for a, b in zip(whole, resumed, strict=True))
        assert info.time == pytest.approx(0.18)


@pytest.mark.bits
def test_bits_do_not_depend_on_batch_or_threads(monkeypatch):
    chain = Langevin(SphericalSpinGlass.pure(12, 3, seed=0), 0.7, dt=0.02)
    x = sphere.random_points(12, 70, seed=1)
    whole, _ = chain.step(chain.init(x, seed=2), 5)
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    part, _ = chain.step(chain.init(x[:9], seed=2), 5)
    assert np.array_equal(whole.x[:9], part.x)


def test_points_stay_on_the_sphere():
    chain = Langevin(SphericalSpinGlass.pure(30, 3, seed=0), 2.0, dt=0.05)
    state, _ = chain.step(chain.init(sphere.random_points(30, 5, seed=1), seed=2), 400)
    assert np.allclose((state.x**2).sum(axis=1) / 30, 1, atol=1e-13)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"temperature": 0}, "positive"),
        ({"temperature": -1.0}, "positive"),
        ({"temperature": np.nan}, "finite"),
        ({"temperature": 1.0, "dt": 0.0}, "time step"),
        ({"temperature": 1.0, "dt": -0.1}, "time step"),
        ({"temperature": 1.0, "scheme": "milstein"}, "scheme must be one of"),
    ],
)
def test_hostile_options_are_refused(options, text):
    with pytest.raises(ValueError, match=text):
        Langevin(SphericalSpinGlass.pure(5, 3, seed=0), **options)


def test_hostile_points_are_refused():
    chain = Langevin(SphericalSpinGlass.pure(5, 3, seed=0), 1.0)
    with pytest.raises(ValueError, match="on the sphere"):
        chain.init(np.ones(5) * 2, seed=0)
    with pytest.raises(ValueError, match="whole number"):
        chain.step(chain.init(np.ones(5), seed=0), steps=0)
