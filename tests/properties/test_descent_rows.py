"""A start knows nothing of the starts beside it, nor of the number of threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinglass import SphericalSpinGlass, descend, sphere

METHODS = ["lbfgs", "cg", "gradient", "sgd", "newton"]
# Where Hypothesis draws many batches.
DRAWN = ["lbfgs", "cg", "gradient", *(pytest.param(method, marks=pytest.mark.slow) for method in ("sgd", "newton"))]
GLASS = SphericalSpinGlass.mixed(12, {2: 0.4, 3: 1.0}, seed=0)
STARTS = sphere.random_points(12, 60, seed=1)


def run(method, x0, landscape=GLASS):
    return descend(landscape, x0, method, tol=1e-7, max_iterations=60)


@pytest.fixture(scope="module")
def whole():
    return {method: run(method, STARTS) for method in METHODS}


def same(part, whole, rows):
    return all(
        np.array_equal(getattr(part, name), getattr(whole, name)[rows])
        for name in ("x", "energy", "gradient_norm", "status", "iterations", "evaluations")
    )


@pytest.mark.slow
@pytest.mark.bits
@pytest.mark.parametrize("method", DRAWN)
@given(data=st.data())
@settings(max_examples=8)
def test_bits_do_not_depend_on_the_batch(whole, method, data):
    # Any selection, in any order, of at least as many rows as the glass evaluates in chunks.
    rows = data.draw(st.lists(st.integers(0, 59), min_size=5, max_size=60))
    assert same(run(method, STARTS[rows]), whole[method], rows)


@pytest.mark.bits
@pytest.mark.parametrize("method", METHODS)
def test_bits_do_not_depend_on_threads(whole, method, monkeypatch):
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    assert same(run(method, STARTS), whole[method], slice(None))


@pytest.mark.parametrize("method", METHODS)
def test_a_single_start_agrees_closely(whole, method):
    # One point alone goes through another kernel; rounding of 1e-15 grows along the way, hence the short way.
    alone, among = (descend(GLASS, x0, method, max_iterations=5) for x0 in (STARTS[:1], STARTS))
    assert np.allclose(alone.x, among.x[:1], atol=1e-9)


class Holes:
    """The glass, not defined where the first coordinate lies in a window, and never asked about NaN."""

    n = GLASS.n
    chunk, hessian = staticmethod(GLASS.chunk), staticmethod(GLASS.hessian)

    def __init__(self, low, high):
        self.low, self.high = low, high

    def _spoil(self, x, values):
        assert np.isfinite(x).all()
        hole = (x[:, 0] > self.low) & (x[:, 0] < self.high)
        return np.where(hole[(...,) + (None,) * (values.ndim - 1)], np.nan, values)

    def energy_and_gradient(self, x):
        energy, gradient = GLASS.energy_and_gradient(x)
        return self._spoil(x, energy), gradient

    def stochastic_gradient(self, x, part, parts):
        return self._spoil(x, GLASS.stochastic_gradient(x, part, parts))


@pytest.mark.slow
@pytest.mark.parametrize("method", DRAWN)
@given(low=st.floats(-2, 2), width=st.floats(0.0, 1.0))
@settings(max_examples=5)
def test_a_failed_row_spoils_no_other(whole, method, low, width):
    found = run(method, STARTS, Holes(low, low + width))
    sound = found.status != "not finite"
    assert same_rows(found, whole[method], sound)
    assert np.isfinite(found.x).all()


def same_rows(found, whole, rows):
    return np.array_equal(found.x[rows], whole.x[rows]) and np.array_equal(found.status[rows], whole.status[rows])
