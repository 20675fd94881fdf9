"""Every figure of the gallery is legible at its printed size, drawn from small tables."""

import pytest
from figure_faults import faults
from gallery_tables import TABLES
from matplotlib.figure import Figure

from validation.figures import gallery

# One column of Physical Review leaves the least space of all styles. Of full pages a thesis does, for its large font,
# and these figures have the most panels or the longest labels side by side.
MANY_MARKS = ("choromanska-test-losses", "generalisation-curve-fits")
COLUMN = [
    pytest.param(name, "aps", "column", marks=[pytest.mark.slow] if name in MANY_MARKS else [])
    for name in gallery.GALLERY
]
PAGE = [
    pytest.param(name, "thesis", "full", marks=pytest.mark.slow)
    for name in (
        "counts-to-complexity",
        "choromanska-train-test",
        "choromanska-by-size",
        "temperature-overlaps",
        "generalisation-curve-fits",
        "generalisation-boundaries",
        "hard-networks-neuron",
    )
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "style", "width"), [*COLUMN, *PAGE])
def test_a_printed_figure_is_legible(name, style, width):
    assert faults(gallery.draw(name, TABLES[name](), style, width)) == []


def test_faults_are_found():
    figure = Figure(figsize=(4, 2))
    left, right = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], "o", color="#0072B2", label="one")
    left.plot([0, 1], [1, 0], "o", color="#D55E00", label="other")
    left.set(xlim=(0, 1), xlabel="x", ylabel="y", title="a title")
    left.legend()
    left.text(0.5, 0.5, "here", fontsize=5)
    left.text(0.5, 0.5, "here too")
    right.plot([0, 1], [0, 3])
    right.set(ylim=(0, 2), xlabel="x")
    figure.text(0.99, 0.5, "beyond the page")
    expected = ("has only 5.0 points", "overlaps", "leaves the page", "a mark is clipped", "a curve leaves the frame")
    expected += ("has no label", "no letters", "look alike in grey")
    found = faults(figure)
    assert [fault for fault in expected if not any(fault in sentence for sentence in found)] == []
