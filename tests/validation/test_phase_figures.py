"""Tables and figures of theory at T > 0: small, beside the theory that they show."""

import numpy as np
import pytest

import theory
from validation.experiments import thermal_theory
from validation.figures import phases


def test_responses_start_with_the_fluctuation_dissipation_theorem():
    curves = thermal_theory.fluctuation_curves(3, 0.5, (1.0, 4.0), points=80)
    late = curves[curves["time"] == 4.0]
    near = late[late["correlation"] > 0.9]
    # Close to C = 1 times are short, and the slope is -1 up to corrections of the young age.
    assert np.polyfit(near["correlation"], near["susceptibility"], 1)[0] == pytest.approx(-1, abs=0.06)
    # The whole response is the sum of the rest: by the trapezoidal rule along t', which starts at 1.
    assert late["susceptibility"].iloc[-1] == 0.0
    assert late["correlation"].iloc[-1] == 1.0
    energies = theory.relaxation([4.0], 3, 0.5, step=0.02).energy
    pieces = np.interp(
        np.linspace(0.0, 4.0, 4001), late["waiting"], late["correlation"] ** 2
    )  # energy = -3 int C^2 R, and T R is the slope of the susceptibility
    slope = np.gradient(np.interp(np.linspace(0.0, 4.0, 4001), late["waiting"], late["susceptibility"]), 0.001)
    assert 3 * np.sum(pieces * slope) * 0.001 / 0.5 == pytest.approx(energies[0], rel=0.01)


def test_distributions_are_those_of_theory():
    table = thermal_theory.distributions({"a": ({1: 0.3, 3: 1.0}, 0.5), "b": ({2: 1.0, 4: 0.5}, 0.8)})
    assert table.groupby("case")["phase"].first().tolist() == ["one step", "continuous"]
    left, right = phases.distributions(table).axes
    assert left.get_title(loc="left") == "(a) one step"
    # x jumps to 1 at the largest overlap.
    assert right.lines[0].get_xdata()[-2] == pytest.approx(theory.equilibrium(0.8, {2: 1.0, 4: 0.5}).overlap)


def test_potentials_vanish_at_overlap_zero():
    table = thermal_theory.potentials(3, [1.0, 0.85], [0.0, 0.4])
    assert table["potential"].tolist()[::2] == pytest.approx([0.0, 0.0], abs=1e-14)
    assert np.all(table["potential"].to_numpy()[1::2] > 0.005)
    assert phases.potential(table, 3).axes
