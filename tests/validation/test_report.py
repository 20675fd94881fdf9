import dataclasses
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import numpy as np
import pytest

import validation
from validation import verify
from validation.claims import catalogue
from validation.cli.main import main
from validation.report.html import html, markdown
from validation.report.markup import mathml
from validation.statistics.verdict import Fate

VOID = {"meta", "link", "br", "img", "wbr", "hr", "input", "path", "use", "line"}


class Page(HTMLParser):
    """Checks nesting and collects what the tests look at."""

    def __init__(self, text):
        super().__init__()
        self.text, self.open, self.ids, self.links, self.tags = text, [], [], [], []
        self.labels, self.sources = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        self.labels += [given.get("aria-label")] if tag == "svg" else []
        self.sources += [given[k] for k in ("src", "href", "xlink:href") if k in given and tag != "a"]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(synthetic_file):
    names = ["true", "false", "hard", "curve", "exact", "raises", "six"]
    return verify([f"die/{name}" for name in names], claims=synthetic_file, workers=1, mutants=True)


@pytest.fixture(scope="module")
def page(report):
    return Page(html(report))


@pytest.mark.slow
def test_the_page_is_well_formed_and_needs_nothing_else(page):
    assert not page.open
    assert len(page.ids) == len(set(page.ids))
    assert all(source.startswith("#") for source in page.sources)
    assert all(link[1:] in page.ids for link in page.links)
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", page.text))
    # Names of XML namespaces are no addresses that a browser fetches.
    assert addresses <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
        "http://www.w3.org/1998/Math/MathML",
    }


def test_every_claim_has_its_section_formula_and_figure(report, page):
    assert page.tags.count("math") == len(report.verdicts)
    measured = [v for v in report.verdicts if v.points]
    assert page.tags.count("svg") == len(measured) == len(report.verdicts) - 1
    assert all(label and v.claim_id in label for label, v in zip(page.labels, measured, strict=True))


def test_the_page_says_what_happened(page):
    text = page.text
    assert "spinglass verify die/true --effort quick --seed 0 --claims " in text
    assert "the die fell off the table" in text
    assert "The prediction is rejected: p = " in text
    assert "The data do not decide the claim. About" in text
    assert "killed: measured" in text
    assert re.search(r'Disagree: <a href="#[^"]*">die/false</a> \(<b class="disagrees">theorem</b>\)', text)
    assert "not run" in text  # the mutant that asks for a larger effort


def test_what_a_user_writes_is_shown_and_not_executed(dice):
    claim = dataclasses.replace(
        dice["die/true"], statement="<script>alert('&')</script>", source='"><img src=x>', formula=r"a < b \text{<i>}"
    )
    text = html(verify(claims=[claim]))
    assert "<script" not in text
    assert "<img" not in text
    assert "<i>" not in text
    assert "&lt;i&gt;" in text
    assert "&lt;script&gt;" in text


@pytest.mark.slow
def test_the_same_run_gives_the_same_page(synthetic_file):
    texts = [html(verify(["die/curve"], claims=synthetic_file, workers=1)) for _ in range(2)]
    stable = [re.sub(r"\d+ s", "", text) for text in texts]
    assert stable[0] == stable[1]


def test_markdown_has_the_same_numbers(report):
    text = markdown(report)
    for verdict in report.verdicts:
        assert f"## {verdict.claim_id}: {verdict.status}" in text
    assert report.summary in text
    assert "$$ \\mathbb{E} X = \\frac{d+1}{2} $$" in text


def test_every_formula_of_the_catalogue_becomes_mathml():
    for claim in catalogue().values():
        # A command that the converter does not know is left as text with its backslash.
        text = mathml(claim.formula)
        assert "\\" not in text, claim.id
        assert ElementTree.fromstring(text).tag.endswith("math")


SPAWNED = np.random.SeedSequence(3).spawn(2)[1]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, np.random.SeedSequence(2**100), np.random.default_rng(0), SPAWNED])
def test_a_verdict_is_repeated_by_what_the_report_says(seed, synthetic_file, tmp_path):
    found = verify(["die/true"], seed=seed, claims=synthetic_file, workers=1, mutants=True)
    command = re.search("repeat with: `(.*)`", markdown(found))[1]
    if command.startswith("spinglass "):
        main([*shlex.split(command)[1:], "--workers", "1", "--out", str(tmp_path)])
        frame = validation.load(tmp_path)
    else:
        again = eval(command, {"validation": validation, "numpy": np})
        frame = again.to_frame()
    assert command.startswith("validation.") == isinstance(seed, np.random.Generator) | (seed is SPAWNED)
    assert frame.equals(found.to_frame())


def test_claims_made_in_python_are_repeated_there():
    claims = [catalogue()["covariance/packed"]]
    command = re.search("repeat with: `(.*)`", markdown(verify(claims=claims)))[1]
    assert command == "validation.verify(['covariance/packed'], 'quick', 0, claims=claims)"


@pytest.mark.slow
def test_a_seed_of_several_numbers_is_kept_with_its_run(synthetic_file, tmp_path):
    common = {"claims": synthetic_file, "workers": 1, "out": tmp_path}
    verify(["die/true"], seed=np.random.SeedSequence(np.array([1, 2])), **common)
    verify(["die/true"], seed=np.random.SeedSequence([1, 2]), resume=True, **common)
    with pytest.raises(ValueError, match=r"seed was 'SeedSequence\(\[1, 2\]\)' and is 'SeedSequence\(\[3, 2\]\)'"):
        verify(["die/true"], seed=np.random.SeedSequence([3, 2]), **common)


@pytest.mark.slow
def test_a_mutant_that_proves_nothing_is_not_called_killed(synthetic_file):
    found = verify(["die/controlled"], claims=synthetic_file, workers=1, mutants=True)
    text = markdown(found)
    assert "| loaded die | the die has one more side | proves nothing: the correct code disagrees as well |" in text
    assert "| heavier die | control: the die has 1.3 times the mean it has | holds: measured 4.5" in text
    assert "| lighter die | control: the die has half the mean it has | fails: measured 1.7" in text
    page = html(found)
    assert 'class="proves nothing"' in page
    assert "mutants killed" not in found.summary
    assert "of 0 mutants" not in page
    assert '<b class="hold">1</b> hold of 2 controls' in page
    # The failed control alone makes the exit status 1: assumptions do not.
    assert found.exit_status == 1
    assert 'die/controlled</a>, lighter die (<b class="fails">fails</b>)' in page
    assert "The exit status is 1: 1 if an identity, a theorem or a bound disagrees, a mutant survives" in page


def test_every_fate_has_a_colour():
    style = (Path(validation.__file__).parent / "report/templates/report.css").read_text()
    coloured = set(re.findall(r"\.(\w+)(?=[^{}]*\{ color: var\(--(?:good|bad|open)\))", style))
    assert {fate.split()[0] for fate in get_args(Fate)} <= coloured
