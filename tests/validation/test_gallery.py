"""The gallery: data and drawing agree, the same seed gives the same bytes, and bad names are answered."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from cycler import cycler
from matplotlib import rc_context, rcParams
from matplotlib.colors import to_rgb

import theory
from validation import verify
from validation.experiments import critical_points
from validation.figures import gallery, landscapes
from validation.figures.style import ordered, panels
from validation.report.html import html


def test_table_of_descents():
    table = critical_points.descent_energies([6, 8], samples=3, starts=4, seed=5)
    assert table.groupby("n").size().to_dict() == {6: 12, 8: 12}
    again = critical_points.descent_energies([8], samples=3, starts=4, seed=5)
    # A size's rows do not depend on which others are asked for.
    assert np.array_equal(again["energy_per_spin"], table.loc[table["n"] == 8, "energy_per_spin"])


def test_density_of_minima_integrates_to_one():
    u = np.linspace(-2.5, 0.5, 3001)
    table = critical_points.densities_of_minima([10], 3, u)
    # The trapezoidal rule on a smooth density that vanishes at both ends.
    assert np.trapezoid(table["density"], u) == pytest.approx(1, abs=1e-6)
    below = np.trapezoid(table["density"][u <= -1.4], u[u <= -1.4])
    counts = [theory.mean_critical_points(10, 3, index=0, below=b) for b in (-1.4, np.inf)]
    assert below == pytest.approx(counts[0] / counts[1], abs=1e-6)


def test_figure_shows_its_data():
    ends = pd.DataFrame({"n": [10] * 4 + [20] * 4, "energy_per_spin": [-1.5, -1.5, -1.4, -1.3] * 2})
    minima = pd.DataFrame({"n": [10, 10, 20, 20], "energy_per_spin": [-1.7, -1.2] * 2, "density": [1.0, 2.0, 3.0, 4.0]})
    figure = landscapes.descent_energies(ends, minima, 1.63, 1.66, 3)
    for axis, heights in zip(figure.axes, ([1.0, 2.0], [3.0, 4.0]), strict=True):
        assert axis.lines[0].get_ydata().tolist() == heights
        area = sum(bar.get_width() * bar.get_height() for bar in axis.patches[1:])
        assert area == pytest.approx(1)


def small_tables(seed):
    ends = critical_points.descent_energies([6], samples=2, starts=2, seed=seed)
    return {"ends": ends, "minima": critical_points.densities_of_minima([6], 3, np.linspace(-1.7, -1.0, 5))}


def draw_small(tables):
    return landscapes.descent_energies(tables["ends"], tables["minima"], 1.63, 1.66, 3)


SMALL = gallery.Entry("A caption.", small_tables, draw_small)


@pytest.mark.slow
def test_saved_files_are_the_same_for_the_same_seed(tmp_path, monkeypatch):
    monkeypatch.setitem(gallery.GALLERY, "small", SMALL)
    first, second = (gallery.save("small", tmp_path / name, gallery.FORMATS, seed=1) for name in "ab")
    assert [path.name for path in first] == [
        *(f"small.{kind}" for kind in gallery.FORMATS),
        "small.ends.csv",
        "small.minima.csv",
        "small.txt",
    ]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    other_seed = gallery.save("small", tmp_path / "c", ["png"], seed=2)
    assert other_seed[0].read_bytes() != first[1].read_bytes()


OF_A_USER = {
    "text.usetex": True,  # needs LaTeX, which is not there
    "savefig.bbox": "tight",
    "savefig.dpi": 30,
    "savefig.facecolor": "red",
    "font.size": 20,
    "font.family": "monospace",
    "axes.grid": True,
    "axes.spines.top": False,
    "lines.linewidth": 7,
    "figure.dpi": 37,
    "svg.fonttype": "none",
    "pdf.compression": 0,
    "pdf.use14corefonts": True,
    "path.simplify": False,
    "axes.prop_cycle": cycler(color=["black"]),
}


@pytest.mark.slow
def test_settings_of_a_user_change_nothing(tmp_path, monkeypatch):
    # What a matplotlibrc holds is in rcParams from the import on, as it is here.
    monkeypatch.setitem(gallery.GALLERY, "small", SMALL)
    minima = pd.DataFrame({name: np.zeros(3) for name in ("energy_per_spin", "volume", "volume_low", "volume_high")})
    merges = pd.DataFrame({"deeper": [1, 0], "shallower": [2, 1], "energy_per_spin": [0.5, 1.0]})
    monkeypatch.setattr(critical_points, "disconnectivity", lambda basins: {"minima": minima, "merges": merges})
    basins = SimpleNamespace(graph=SimpleNamespace(every=SimpleNamespace(x=np.zeros((1, 4)))))

    def saved(folder):
        paths = gallery.save("small", folder, gallery.FORMATS)
        return [path.read_bytes() for path in [*paths, *gallery.save_graph(basins, "H = 3", folder)]]

    plain = saved(tmp_path / "plain")
    with rc_context(OF_A_USER):
        assert saved(tmp_path / "user") == plain
        assert {name: rcParams[name] for name in ("text.usetex", "font.size")} == {"text.usetex": True, "font.size": 20}


def test_settings_of_a_user_do_not_reach_the_report(synthetic_file):
    run = verify(["die/curve"], claims=synthetic_file, workers=1)
    plain = html(run)
    with rc_context(OF_A_USER):
        assert html(run) == plain


@pytest.mark.slow
def test_saved_tables_are_drawn_again_to_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setitem(gallery.GALLERY, "small", SMALL)
    gallery.save("small", tmp_path / "whole", ["svg"], seed=3)
    tables = gallery.save("small", tmp_path / "data", seed=3, data_only=True)
    assert [path.name for path in tables] == ["small.ends.csv", "small.minima.csv", "small.txt"]
    again = gallery.save("small", tmp_path / "again", ["svg"], source=tmp_path / "data")
    for path in again:
        assert path.read_bytes() == (tmp_path / "whole" / path.name).read_bytes()
    with pytest.raises(ValueError, match="has no tables of descent-energies"):
        gallery.save("descent-energies", tmp_path / "none", source=tmp_path / "data")


@pytest.mark.parametrize(("style", "column", "full"), [("aps", 8.6, 17.8), ("neurips", 13.97, 13.97)])
def test_styles_give_a_figure_the_width_of_the_page(monkeypatch, style, column, full):
    for wide, centimetres in ((False, column), (True, full)):
        shape = gallery.Entry(
            "", small_tables, lambda tables, wide=wide: panels(1, 2, 2.0, wide=wide, narrow=(2, 1))[0]
        )
        monkeypatch.setitem(gallery.GALLERY, "small", shape)
        widths = {"own": centimetres, "column": column, "full": full}
        for width, expected in widths.items():
            figure = gallery.draw("small", {}, style, width)
            assert figure.get_size_inches()[0] * 2.54 == pytest.approx(expected, abs=0.01)
            rows = 2 if expected < 12.7 else 1  # two panels side by side do not fit one column of two
            assert figure.axes[0].get_gridspec().nrows == rows


@pytest.mark.slow
@pytest.mark.parametrize(("style", "dpi"), [("screen", 150), ("aps", 300)])
def test_pictures_for_journals_have_300_dots_per_inch(tmp_path, monkeypatch, style, dpi):
    monkeypatch.setitem(gallery.GALLERY, "small", SMALL)
    (path,) = (path for path in gallery.save("small", tmp_path, ["png"], style=style) if path.suffix == ".png")
    width = int.from_bytes(path.read_bytes()[16:20], "big")  # in the header of a PNG
    assert width == pytest.approx(dpi * gallery.STYLES[style].full, abs=1)


def test_looks_of_ordered_curves_differ_without_colour():
    for count in range(1, 7):
        looks = ordered(count)
        greys = [np.dot(to_rgb(look.colour), (0.299, 0.587, 0.114)) for look in looks]
        assert greys == sorted(greys, reverse=True)
        assert len({str(look.dashes) for look in looks}) == len({look.marker for look in looks}) == count
        assert looks[-1].dashes == "-"


@pytest.mark.slow
def test_a_style_reaches_the_fonts(tmp_path, monkeypatch):
    monkeypatch.setitem(gallery.GALLERY, "small", SMALL)
    paths = [gallery.save("small", tmp_path / style, ["pdf"], style=style)[0] for style in ("screen", "thesis")]
    # Type 42 fonts are embedded under their own names.
    assert b"DejaVuSans" in paths[0].read_bytes()
    assert b"STIXGeneral" in paths[1].read_bytes()
    assert b"DejaVuSans" not in paths[1].read_bytes()


def test_names_and_first_words():
    assert gallery.select(["disconnectivity", "counts"]) == [
        "disconnectivity",
        "counts-to-complexity",
        "counts-by-energy",
    ]
    assert gallery.select() == list(gallery.GALLERY)


def test_bad_input(tmp_path):
    with pytest.raises(ValueError, match="did you mean 'descent-energies'"):
        gallery.save("descent-energy", tmp_path)
    with pytest.raises(ValueError, match="unknown format 'bmp'"):
        gallery.save("descent-energies", tmp_path, ["bmp"])
    with pytest.raises(ValueError, match="unknown style 'nips'; did you mean 'neurips'"):
        gallery.save("descent-energies", tmp_path, style="nips")
    with pytest.raises(ValueError, match="width"):
        gallery.save("descent-energies", tmp_path, width="page")
    with pytest.raises(ValueError, match="unknown figure 'descents'; did you mean 'descent-energies'"):
        gallery.select(["descents"])
