"""The gallery: data and drawing agree, the same seed gives the same bytes, and bad names are answered."""

import numpy as np
import pandas as pd
import pytest

import theory
from validation import experiments, figures, gallery


def test_table_of_descents():
    table = experiments.descent_energies([6, 8], samples=3, starts=4, seed=5)
    assert table.groupby("n").size().to_dict() == {6: 12, 8: 12}
    again = experiments.descent_energies([8], samples=3, starts=4, seed=5)
    # A size's rows do not depend on which others are asked for.
    assert np.array_equal(again["energy_per_spin"], table.loc[table["n"] == 8, "energy_per_spin"])


def test_density_of_minima_integrates_to_one():
    u = np.linspace(-2.5, 0.5, 3001)
    table = experiments.densities_of_minima([10], 3, u)
    # The trapezoidal rule on a smooth density that vanishes at both ends.
    assert np.trapezoid(table["density"], u) == pytest.approx(1, abs=1e-6)
    below = np.trapezoid(table["density"][u <= -1.4], u[u <= -1.4])
    counts = [theory.mean_critical_points(10, 3, index=0, below=b) for b in (-1.4, np.inf)]
    assert below == pytest.approx(counts[0] / counts[1], abs=1e-6)


def test_figure_shows_its_data():
    ends = pd.DataFrame({"n": [10] * 4 + [20] * 4, "energy_per_spin": [-1.5, -1.5, -1.4, -1.3] * 2})
    minima = pd.DataFrame({"n": [10, 10, 20, 20], "energy_per_spin": [-1.7, -1.2] * 2, "density": [1.0, 2.0, 3.0, 4.0]})
    figure = figures.descent_energies(ends, minima, 1.63, 1.66, 3)
    for axis, heights in zip(figure.axes, ([1.0, 2.0], [3.0, 4.0]), strict=True):
        assert axis.lines[0].get_ydata().tolist() == heights
        area = sum(bar.get_width() * bar.get_height() for bar in axis.patches[1:])
        assert area == pytest.approx(1)


def test_saved_files_are_the_same_for_the_same_seed(tmp_path, monkeypatch):
    def small(seed):
        ends = experiments.descent_energies([6], samples=2, starts=2, seed=seed)
        minima = experiments.densities_of_minima([6], 3, np.linspace(-1.7, -1.0, 5))
        return {"ends": ends, "minima": minima}, figures.descent_energies(ends, minima, 1.63, 1.66, 3)

    monkeypatch.setitem(gallery.GALLERY, "small", gallery.Entry("A caption.", small))
    first, second = (gallery.save("small", tmp_path / name, gallery.FORMATS, seed=1) for name in "ab")
    assert [path.name for path in first] == [
        *(f"small.{kind}" for kind in gallery.FORMATS),
        "small-ends.csv",
        "small-minima.csv",
        "small.txt",
    ]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    other_seed = gallery.save("small", tmp_path / "c", ["png"], seed=2)
    assert other_seed[0].read_bytes() != first[1].read_bytes()


def test_bad_input(tmp_path):
    with pytest.raises(ValueError, match="did you mean 'descent-energies'"):
        gallery.save("descent-energy", tmp_path)
    with pytest.raises(ValueError, match="given 'bmp'"):
        gallery.save("descent-energies", tmp_path, ["bmp"])
