"""The report as a browser shows it; skipped where there is none, unless ``make test-browser`` asks for it."""

import dataclasses
import os

import pytest

from tests.browser import CHROMIUM, in_browser
from validation import verify

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
