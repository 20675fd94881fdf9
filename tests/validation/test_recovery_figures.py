"""Tables and figures of planted signals: closed forms of lines, and what is drawn beside what is measured."""

import numpy as np
import pandas as pd
import pytest
from gallery_tables import TABLES
from matplotlib.collections import LineCollection

import theory
from validation.experiments import planted_landscapes, recovered_signals
from validation.figures import gallery


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


def test_measured_densities_are_drawn_beside_exact_means_in_the_same_intervals():
    tables = TABLES["planted-overlaps"]()
    m = np.cos(np.linspace(np.pi, 0, 162)[1:-1])
    # A triangle of height 12, two thirds as wide as the interval: its mean there is 12 x 2/3 x 1/2 = 4.
    peak = np.maximum(12 * (1 - np.abs(m - 0.95) / 0.05 * 1.5), 0)
    assert planted_landscapes.means_in_intervals(
        pd.DataFrame({"overlap": m, "density": peak}), np.array([0.9]), np.array([1.0])
    ) == pytest.approx([4.0], rel=0.02)
    axis = gallery.draw("planted-overlaps", tables).axes[0]
    lines = [collection for collection in axis.collections if isinstance(collection, LineCollection)]
    spans = np.concatenate([np.array(one.get_segments()) for one in lines if len(one.get_segments())])
    flat = spans[(spans[:, 0, 1] == spans[:, 1, 1]) & (spans[:, 0, 0] < spans[:, 1, 0])]
    first = tables["measured"].iloc[0]
    assert np.allclose(np.diff(flat[:, :, 0], axis=1), first["high"] - first["low"])
    assert len(flat) >= 20
