"""Every figure of the gallery is legible at its printed size, drawn from small tables."""

import pytest

from tests.validation.figure_faults import faults
from tests.validation.gallery_tables import TABLES
from validation.figures import gallery


@pytest.mark.parametrize("name", gallery.GALLERY)
@pytest.mark.parametrize(("style", "width"), [("aps", "column"), ("thesis", "full")])
def test_a_printed_figure_is_legible(name, style, width):
    # Of all styles these leave the least space for text of one column and of a full page.
    assert faults(gallery.draw(name, TABLES[name](), style, width)) == []
