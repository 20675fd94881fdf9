"""What users write enters the report as text: in the page, in its drawings, and in Markdown."""

import dataclasses
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from validation import verify
from validation.report.html import html, markdown
from validation.report.markup import markdown_block, markdown_code, markdown_formula, markdown_text, mathml

ALARM = "javascript:alert(1)"
FORMULAS = [
    rf"\href{{{ALARM}}}{{x}}",
    r"\href{https://example.org}{x}",
    r"\style{background:url(https://example.org)}{x}",
    r"\class{counts}{x}",
    rf"\frac{{1}}{{\href{{{ALARM}}}{{\sqrt{{x}}}}}}",
    r"\color{url(https://example.org)}x",
    r"\color{red\" onclick=\"alert(1)}x",
    "\\text{\x00}",
]
HARMLESS = [
    r"\hspace{1em\" onclick=\"alert(1)}x",
    rf"\text{{\href{{{ALARM}}}{{x}}}}",
    r"\text{&lt;b onclick=alert(1)&gt;}",
]
# Everything that means something in Markdown or in HTML.
TEXTS = [
    f"a | b <img src=x onerror=alert(1)> [x]({ALARM}) ![x]({ALARM}) <{ALARM}> --> ]]>",
    "`a` ``b`` *c* **d** _e_ __f__ ~~g~~ $h$ $$i$$ \\ \\| &lt; &#106; &amp; &",
    "# heading", "###### heading", "> quoted", "- item", "+ item", "* item", "1. item", "2) item", "---", "===", "***",
    "| a | b |", "|---|", "```", "~~~", "    code", "two\n\nparagraphs", "a\r\nb\tc", "E_inf of x_1_y <b>", "-1.5",
    "^1 [^1]",
    "[a]: http://b", "\\", "a\\", "<!-- a", "<script>alert(1)</script>", "a  \nb", "1.5 and - more", "=", "#", "1.",
    "-",
]  # fmt: skip


class Text(HTMLParser):
    """The text of a page, the tags it has, and what is in their attributes."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags, self.attributes = "", set(), {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value)

    def handle_data(self, data):
        self.text += data


def rendered(text):
    return Text(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


def plain(text):
    return " ".join(text.split())


@pytest.mark.parametrize("text", TEXTS)
def test_markdown_shows_a_text_as_it_is(text):
    # The parser is one of its own, with HTML, tables and strikethrough as on GitHub.
    alone = rendered(markdown_text(text))
    assert plain(alone.text) == plain(text)
    assert alone.tags == {"p"}
    cells = rendered(f"| a | b |\n|---|---|\n| {markdown_text(text)} | last |\n")
    assert plain(cells.text) == f"a b {plain(text)} last"
    assert cells.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    item = rendered(f"- source: {markdown_text(text)}")
    assert plain(item.text) == f"source: {plain(text)}"
    assert item.tags == {"ul", "li"}


@pytest.mark.parametrize("text", [*TEXTS, "`", "a`", "`a", "a ``` b ```` c"])
def test_code_is_shown_as_it_is(text):
    assert plain(rendered(f"x {markdown_code(text)}").text) == plain(f"x {text}")
    block = rendered(markdown_block(text))
    assert block.text.strip() == text.replace("\r\n", "\n").strip()
    assert block.tags == {"pre", "code"}


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_that_is_more_than_one_is_shown_as_text(formula):
    page = Text(mathml(formula))
    assert page.tags == {"code"}
    assert page.text == formula
    assert not page.attributes
    assert "$$" not in markdown_formula(formula)


@pytest.mark.parametrize("formula", HARMLESS)
def test_a_formula_that_only_looks_like_more_has_no_attribute_that_acts(formula):
    assert Text(mathml(formula)).attributes.keys() <= {"xmlns", "display", "width"}


@pytest.mark.parametrize("formula", ["a $$ b", "a\n\nb", r"a <img src=x> b", r"a < b > c"])
def test_a_formula_stays_within_its_dollars(formula):
    text = markdown_formula(formula)
    assert text.count("$$") in (0, 2) or text.startswith("`")
    assert "\n" not in text
    assert rendered(text).tags <= {"p", "code"}


@pytest.mark.slow
def test_no_text_of_a_claim_becomes_markup(dice):
    bad = f'<i>x</i> "q" \' | [x]({ALARM}) <script>alert(1)</script> --> ]]> &lt;'
    short = '<i>"q" --> ]]>'  # fits the figure
    true = dice["die/true"]
    claim = dataclasses.replace(
        true,
        statement=bad,
        formula=FORMULAS[0],
        source=bad,
        measured=bad,
        bias=0.001,
        bias_reason=bad,
        components=(short,),
        mutants=[dataclasses.replace(mutant, name=bad + mutant.name, statement=bad) for mutant in true.mutants],
    )
    raising = dataclasses.replace(dice["die/raises"], id='die/"><script>alert(1)</script>')
    report = verify(claims=[claim, raising], mutants=True, workers=1)
    for found in (Text(html(report)), rendered(markdown(report))):
        assert found.text.count(bad) >= 4 + 2 * len(true.mutants)
        assert short in found.text
        assert not found.tags & {"script", "i", "img"}
        assert not any(name.startswith("on") for name in found.attributes)
        assert all(link.startswith("#") for link in found.attributes.get("href", ()))
