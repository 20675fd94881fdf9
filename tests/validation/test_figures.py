import numpy as np
import pandas as pd

from validation.figures.verdicts import deviations, rounding


def table(estimates, half=0.1, error=0.02, bias=0.0):
    estimates = np.asarray(estimates, dtype=float)
    one = np.ones_like(estimates)
    return pd.DataFrame(
        {
            "label": [f"n={k}" for k in range(len(estimates))],
            "estimate": estimates,
            "interval_low": estimates - error,
            "interval_high": estimates + error,
            "null_low": (2 - bias) * one,
            "null_high": (2 + bias) * one,
            "tolerated_low": (2 - half) * one,
            "tolerated_high": (2 + half) * one,
        }
    )


def drawn(axis, marker):
    return [line.get_xdata() for line in axis.lines if line.get_marker() == marker]


def test_deviations_are_in_units_of_delta_from_the_top_down():
    axis = deviations(table([2.0, 2.05, 1.9])).axes[0]
    (dots,) = drawn(axis, "o")
    assert np.allclose(dots, [0.0, 0.5, -1.0])
    assert [text.get_text() for text in axis.get_yticklabels()] == ["n=0", "n=1", "n=2"]
    assert list(axis.get_yticks()) == [2, 1, 0]
    assert axis.get_xlim()[1] >= 1.2


def test_what_lies_far_beyond_is_an_arrow_at_the_edge():
    axis = deviations(table([2.0, 2.9, 1.1])).axes[0]
    limit = axis.get_xlim()[1]
    assert np.allclose(drawn(axis, "o")[0], [0.0])
    assert 0.9 * limit < drawn(axis, ">")[0][0] < limit
    assert -limit < drawn(axis, "<")[0][0] < -0.9 * limit


def test_errors_and_bounds_of_identities_are_on_a_log_scale():
    points = pd.DataFrame({"label": ["a", "b"], "estimate": [1e-16, 0.0], "null_high": [1e-14, 1e-14]})
    axis = rounding(points).axes[0]
    (dots,) = drawn(axis, "o")
    assert dots[0] == 1e-16
    assert axis.get_xscale() == "log"
    assert axis.get_xlim()[0] < dots[1] < 1e-16  # an error of 0 sits at the left edge


def test_an_identity_of_counts_with_no_error_at_all_can_be_drawn():
    points = pd.DataFrame({"label": ["a"], "estimate": [0.0], "null_high": [0.0]})
    assert np.isfinite(rounding(points).axes[0].get_xlim()).all()


def test_the_axis_is_named_so_that_ranges_are_not_misread():
    # The prediction is the range from 1 to 3, and δ is 0.1: 3.05 is half of δ beyond it, and drawn near the edge.
    points = table([2.0, 3.05], half=1.1, bias=1.0)
    axis = deviations(points).axes[0]
    assert np.allclose(drawn(axis, "o"), [[0.0, 1.05 / 1.1]])
    assert "δ" not in axis.get_xlabel()
    assert "tolerated range" in axis.get_xlabel()
