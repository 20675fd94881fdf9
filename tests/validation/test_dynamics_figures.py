"""Tables and figures of dynamics: small, beside the theory that they show."""

import numpy as np
import pandas as pd
import pytest

import theory
from validation.experiments import gradient_flow
from validation.figures import dynamics


def test_the_table_of_flows_has_a_row_a_size_and_time_and_repeats():
    table = gradient_flow.flow_in_time([8, 10], 3, (0.1, 0.4), samples=3, starts=2, seed=1)
    again = gradient_flow.flow_in_time([10], 3, (0.1, 0.4), samples=3, starts=2, seed=1)
    assert len(table) == 4
    # A size's rows do not depend on which others are asked for.
    assert np.array_equal(table.loc[table["n"] == 10, "energy"], again["energy"])
    assert (table["overlap"] < 1).all()


def test_lines_of_a_mixture_end_at_its_pure_models():
    lines = gradient_flow.mixture_lines((3, 5), (0.0, 0.5, 1.0))
    for row, H in ((lines.iloc[0], 3), (lines.iloc[-1], 5)):
        assert row["static"] == pytest.approx(theory.static_temperature(H), rel=1e-10)
        assert row["ground_state"] == pytest.approx(theory.ground_state_energy(H), rel=1e-9)
        assert row["ascent"] == pytest.approx(row["threshold"], rel=1e-9)


def test_correlations_start_at_one_and_fall():
    table = gradient_flow.ageing(3, (0.5, 2.0), 6.0)
    for _, rows in table.groupby("waiting"):
        assert rows["correlation"].iloc[0] > 0.99  # 0.05 after the waiting time
        assert (np.diff(rows["correlation"]) < 1e-9).all()
    figure = dynamics.ageing(table, 3)
    assert len(figure.axes[0].lines) == 2


def test_the_figure_of_relaxation_shows_its_data():
    flow = pd.DataFrame(
        {
            "n": [10, 10],
            "time": [0.1, 1.0],
            "energy": [-0.3, -1.1],
            "energy_error": [0.01] * 2,
            "overlap": [0.9, 0.6],
            "overlap_error": [0.02] * 2,
        }
    )
    equations = pd.DataFrame({"time": [0.1, 1.0], "energy": [-0.31, -1.2], "overlap": [0.95, 0.62]})
    figure = dynamics.relaxation(flow, equations, 1.633, 3)
    assert figure.axes[0].lines[0].get_ydata().tolist() == [-0.31, -1.2]
    assert figure.axes[1].lines[1].get_ydata().tolist() == [0.9, 0.6]
