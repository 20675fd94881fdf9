"""Pages as a browser shows them; skipped where there is none, unless ``make test-browser`` asks for them."""

import dataclasses
import json
import os

import pytest

from spinglass import SphericalSpinGlass, basin_volumes, enumerate_critical_points, landscape_graph
from tests.browser import CHROMIUM, in_browser
from validation import verify
from validation.report.one_landscape import landscape_page

if CHROMIUM is None and not os.environ.get("SPINGLASS_REQUIRES_BROWSER"):
    pytest.skip("no Chromium here; install Debian's chromium to test the report in it", allow_module_level=True)

SHOWN = "[...document.querySelectorAll('section.claim-of')].filter(s => s.offsetHeight > 0).map(s => s.id)"
ROWS = "[...document.querySelectorAll('tr.claim-of')].filter(r => r.offsetHeight > 0).length"
BROKEN = "[...document.querySelectorAll('a')].filter(a => !document.querySelector(a.getAttribute('href'))).length"
SMALLEST_FIGURE = "Math.min(...[...document.querySelectorAll('figure svg')].map(s => s.getBoundingClientRect().height))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def page(tmp_path_factory, dice):
    """A report with two families and all three verdicts."""
    out = tmp_path_factory.mktemp("report")
    claims = dice.select([f"die/{name}" for name in ("true", "false", "hard", "curve", "exact", "raises")])
    coin = dataclasses.replace(dice["die/true"], id="coin/true")
    verify(claims=[*claims, coin], mutants=True, out=out)
    return (out / "report.html").as_uri()


@pytest.mark.slow
def test_nothing_is_requested_and_nothing_complained_of(page):
    async def look(tab):
        await tab.show(page)
        assert tab.requests == [page]
        assert tab.complaints == []
        assert await tab.value(BROKEN) == 0
        assert await tab.value(SMALLEST_FIGURE) > 30
        assert await tab.value("document.querySelectorAll('figure svg').length") == 6
        assert await tab.value("document.querySelectorAll('math').length") == 7

    in_browser(look)


@pytest.mark.slow
def test_the_contents_filter_by_verdict_and_family(page):
    async def look(tab):
        await tab.show(page)
        everything = await tab.value(SHOWN)
        assert len(everything) == await tab.value(ROWS) == 7
        await tab.value("document.querySelector('#only-agrees').click()")
        assert await tab.value(SHOWN) == ["die-false", "die-hard", "die-raises"]
        await tab.value("document.querySelector('#only-agrees').click()")
        await tab.value(
            "[...document.querySelectorAll('.filter label')].find(l => l.textContent.trim() == 'coin').click()"
        )
        assert await tab.value(SHOWN) == ["coin-true"]
        assert await tab.value(ROWS) == 1

    in_browser(look)


@pytest.mark.slow
def test_the_filter_is_reached_and_worked_by_keyboard(page):
    async def look(tab):
        await tab.show(page)
        await tab.value("document.querySelector('#only-agrees').focus()")
        for kind in ("keyDown", "keyUp"):
            await tab.call(
                "Input.dispatchKeyEvent", type=kind, key=" ", code="Space", text=" ", windowsVirtualKeyCode=32
            )
        assert await tab.value("document.querySelector('#only-agrees').checked") is False
        assert len(await tab.value(SHOWN)) == 3

    in_browser(look)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_light_and_dark(page, scheme):
    async def look(tab):
        await tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await tab.show(page, width=360)
        assert await tab.value(OVERFLOW) <= 0
        shade = await tab.value("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (sum(shade) / 3 < 128) == (scheme == "dark")

    in_browser(look)


@pytest.mark.slow
def test_print_shows_every_claim_and_no_filter(page):
    async def look(tab):
        await tab.show(page)
        await tab.call("Emulation.setEmulatedMedia", media="print")
        assert await tab.value("document.querySelector('.filter').offsetHeight") == 0
        assert len(await tab.value(SHOWN)) == 7

    in_browser(look)


CHOSEN = "[...document.querySelectorAll('[aria-checked=true]')].map(mark => Number(mark.dataset.saddle))"
MARKED = "[...document.querySelectorAll('.minimum.chosen')].map(minimum => minimum.id)"
PROFILE = "document.querySelector('#profile').getAttribute('aria-label')"
CENTRE = """(() => {{ const box = document.querySelector('[data-saddle="{}"]').getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2] }})()"""


def shown(value):
    return f"{round(value, 6):.4f}".replace("-", "−")


@pytest.mark.slow
def test_a_saddle_is_chosen_by_mouse_and_keyboard_and_its_minima_are_marked(tmp_path):
    """Also: the page asks for nothing, fits a phone, and says what it shows."""
    graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(6, 3, 2)))
    file = tmp_path / "landscape.html"
    file.write_text(landscape_page(basin_volumes(graph, 50, 0), 3, "n = 6, H = 3", "spinglass graph"), encoding="utf-8")
    energies = graph.every.energy_per_spin

    async def check(tab, saddle):
        assert await tab.value(CHOSEN) == [saddle]
        ends = graph.joins[saddle].tolist()
        assert sorted(await tab.value(MARKED)) == sorted({f"minimum-{end}" for end in ends})
        told = await tab.value(PROFILE)
        assert f"up to {shown(energies[graph.saddles[saddle]])} at the saddle" in told
        assert all(f"{shown(energies[graph.minima[end]])} at minimum {end}" in told for end in ends)
        assert f"Saddle {saddle}:" in await tab.value("document.querySelector('#chosen').textContent")

    async def look(tab):
        await tab.show(file.as_uri())
        assert (tab.requests, tab.complaints) == ([file.as_uri()], [])
        assert await tab.value("document.querySelectorAll('#saddles path').length") == len(graph.saddles)
        await check(tab, int(graph.merges.saddle[graph.merges.deeper == 0][0]))
        x, y = await tab.value(CENTRE.format(len(graph.saddles) - 1))
        for kind in ("mousePressed", "mouseReleased"):
            await tab.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        await check(tab, len(graph.saddles) - 1)
        for key, saddle in (("ArrowRight", 0), ("ArrowUp", 1), ("ArrowLeft", 0), ("End", len(graph.saddles) - 1)):
            for kind in ("keyDown", "keyUp"):
                await tab.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)
            await check(tab, saddle)
        assert await tab.value("document.querySelectorAll('#saddles [tabindex=\"0\"]').length") == 1
        await tab.show(file.as_uri(), width=360)
        assert await tab.value(OVERFLOW) <= 0
        assert json.loads(await tab.value("document.querySelector('#landscape').textContent"))["minima"] == [
            round(value, 6) for value in energies[graph.minima].tolist()
        ]

    in_browser(look)
