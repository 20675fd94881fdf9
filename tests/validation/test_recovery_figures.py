"""Tables of recovered signals beside the closed forms of their lines."""

import numpy as np
import pytest

import theory
from validation.experiments import recovered_signals


def test_lines_have_their_closed_forms():
    lines = recovered_signals.recovery_boundaries([0.3, 0.8, 1.2, 1.57])
    bayes, passing, descent = (lines[lines["line"] == name] for name in ("bayes", "message passing", "descent"))
    # Delta_2 = 1, and s''(0)^2 = nu''(1) of the posterior energy.
    assert passing["matrix"].to_numpy() == pytest.approx(0.5**0.5)
    squares = descent["matrix"] ** 2
    assert descent["tensor"].to_numpy() ** 2 == pytest.approx((4 * squares**2 - 2 * squares) / 6)
    # With nearly no matrix the threshold is that of the tensor, 1/T_s.
    assert bayes["tensor"].iloc[-1] == pytest.approx(1 / theory.static_temperature(3), abs=1e-3)
    assert np.all(bayes["matrix"].to_numpy() < passing["matrix"].to_numpy() + 1e-9)


def test_strong_signals_are_recovered_and_weak_ones_are_not():
    found = recovered_signals.recovered([(0.1, 0.1), (3.0, 0.5)], n=60, starts=2, seed=0)
    weak, strong = (found[found["matrix"] == strength]["squared_cosine"] for strength in (0.1, 3.0))
    # Chance gives 1/n on average; the Bayes-optimal squared cosine is 0.95.
    assert weak.max() < 0.3
    assert strong.min() > 0.8
