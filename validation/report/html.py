"""The report of a run as a self-contained HTML page and as Markdown."""

import re
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup, escape

from validation.claim import Claim
from validation.engine.provenance import versions
from validation.report.formatting import number, outcome, percents, prediction, verb, with_error
from validation.report.markup import markdown_block, markdown_code, markdown_formula, markdown_text, mathml
from validation.report.progress import duration
from validation.report.report import Report
from validation.resolutions import described
from validation.series import by_effort
from validation.statistics.evidence import Point
from validation.statistics.extrapolation import Extrapolation
from validation.statistics.verdict import Verdict

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure

# Text and axes of this colour are given the text colour of the page, which may be light or dark.
_PAGE_COLOUR = "#010203"


@dataclass(frozen=True)
class ClaimSection:
    """The section of a report on one claim.

    Attributes
    ----------
    report : Report
        The run.
    claim : Claim
        The claim.
    verdict : Verdict
        The verdict on it.
    mutants : tuple of Verdict
        The verdicts on its mutants.
    """

    report: Report
    claim: Claim
    verdict: Verdict
    mutants: tuple[Verdict, ...]

    @property
    def anchor(self) -> str:
        """The target of links to this section."""
        return self.claim.id.replace("/", "-")

    @property
    def formula(self) -> Markup:
        """The formula as MathML."""
        return mathml(self.claim.formula)

    @property
    def command(self) -> str:
        """The command that repeats the verdict; a Python call if the seed or the claims came from Python."""
        report, source, mutants = self.report, self.report.catalogue.source, bool(self.mutants)
        if source is not None and report.seed.isdigit():
            words = ["spinglass", "verify", self.claim.id, "--effort", report.effort, "--seed", report.seed]
            return shlex.join([*words, *["--claims", source] * bool(source), *["--mutants"] * mutants])
        seed = report.seed if report.seed.isdigit() else f"numpy.random.{report.seed}"
        claims = "claims" if source is None else repr(source)
        given = [*[f"claims={claims}"] * (source != ""), *["mutants=True"] * mutants]
        return f"validation.verify({', '.join([repr([self.claim.id]), repr(report.effort), seed, *given])})"

    @property
    def grounds(self) -> str:
        """The reason for the verdict, in one or a few sentences."""
        verdict, claim = self.verdict, self.claim
        if claim.deterministic and verdict.status != "undecided":
            where = "below" if verdict.status == "agrees" else "above"
            return f"The largest relative error is {where} the bound on rounding errors."
        if verdict.status == "disagrees":
            return (
                f"The prediction is rejected: p = {verdict.p_value:.2g}, "
                f"below this claim's error level {verdict.alpha:.2g}."
            )
        if verdict.status == "agrees":
            return (
                f"Relative deviations of more than {verdict.resolution:.2g} are ruled out at level 0.01, and of "
                f"{claim.at(self.report.effort).delta:.3g} or more, as the claim requires, with "
                f"p = {verdict.p_equivalence:.2g}; the prediction is not rejected (p = {verdict.p_value:.2g})."
                f"{self.parts}"
            )
        needed = f" {self.more_work[0].upper()}{self.more_work[1:]} would decide it." if self.more_work else ""
        reason = f" {verdict.reason[0].upper()}{verdict.reason[1:]}." if verdict.reason else ""
        return f"The data do not decide the claim.{reason}{needed}"

    @property
    def parts(self) -> str:
        """Of a limit of large systems, a sentence on what its resolution is made of; otherwise empty."""
        parts = self.verdict.resolution_parts
        if "sizes" not in parts:
            return ""
        return (
            f" Of {self.verdict.resolution:.2g}, {parts['deviation']:.2g} is the deviation of the estimate, "
            f"{parts['statistics']:.2g} statistics, {parts['laws of approach']:.2g} half the spread of the laws of "
            f"approach, and {parts['sizes']:.2g} what fits without the smallest size add to it."
        )

    @property
    def required(self) -> str:
        """The resolution that the claim requires, by effort."""
        return percents(by_effort("delta", self.claim.delta))

    @property
    def reached(self) -> str:
        """The resolution that runs of the claim have reached, by effort; empty for claims of a user."""
        return described(self.claim) if self.report.catalogue.source == "" else ""

    @property
    def bias(self) -> str:
        """The bias bound at the run's effort; empty if theory is exact at these sizes."""
        bias = self.claim.at(self.report.effort).bias
        return f"{bias:.3g}" if bias else ""

    @property
    def delta(self) -> str:
        """The resolution that the claim requires at the run's effort."""
        return f"{self.claim.at(self.report.effort).delta:.3g}"

    @property
    def more_work(self) -> str:
        """What would decide an undecided claim: the number of samples, the factor of work, the time on one core."""
        needed = self.verdict.needed
        if not needed:
            return ""
        limit = isinstance(self.claim.estimator, Extrapolation)  # needs are those of the largest series
        most = max(series.samples for series in self.claim.sizes[self.report.effort])
        needs = [(point.needed, most if limit else point.samples) for _, point in self.verdict.points if point.needed]
        factor = max((more / samples for more, samples in needs), default=1.0)
        time = duration(self.verdict.seconds * factor)
        return f"about {needed} samples per series ({factor:.2g} times the work, {time} on one core)"

    @property
    def outcome(self) -> str:
        """The verdict with the deviation that it leaves possible."""
        return outcome(self.verdict.status, self.verdict.resolution)

    @property
    def worst(self) -> tuple[str, str]:
        """Predicted and measured value of the number that is farthest from its prediction."""
        if self.verdict.worst is None:
            return "–", "–"
        point = self.verdict.worst[1]
        return prediction(point), with_error(point.estimate, point.standard_error)

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """Label, prediction, measured value and 98% interval of every compared number."""
        return [
            (label, prediction(p), with_error(p.estimate, p.standard_error), _interval(p))
            for label, p in self.verdict.points
        ]

    @property
    def fates(self) -> list[tuple[str, str, str]]:
        """Name, statement and fate of every mutant."""
        found = {verdict.mutant: verdict for verdict in self.mutants}
        return [
            (m.name, f"{'control: ' * m.control}{m.statement}", _fate(found.get(m.name))) for m in self.claim.mutants
        ]

    @cached_property
    def points(self) -> pd.DataFrame:
        """The compared numbers as a table, for the figure."""
        columns = ("interval", "null", "tolerated")
        return pd.DataFrame(
            [
                {"label": label, "estimate": p.estimate}
                | {f"{name}_{end}": getattr(p, name)[i] for name in columns for i, end in enumerate(("low", "high"))}
                for label, p in self.verdict.points
            ]
        )

    @property
    def figure(self) -> Markup:
        """The figure as SVG; empty if nothing was measured."""
        if self.points.empty:
            return Markup("")
        from validation.figures.verdicts import deviations, rounding

        draw = rounding if self.claim.deterministic else deviations
        return _svg(draw, self.points, self.alternative, self.anchor)

    @property
    def alternative(self) -> str:
        """A description of the figure in words."""
        what = "Error and bound" if self.claim.deterministic else "Measured and predicted"
        parts = [f"{label or 'value'}: {measured}, {predicted}" for label, predicted, measured, _ in self.rows]
        return f"{what} for {self.claim.id}. {'; '.join(parts)}."


def _interval(point: Point) -> str:
    return "" if point.standard_error == 0 else f"{number(point.interval[0])} to {number(point.interval[1])}"


def _fate(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not run"
    if verdict.worst is None:
        return f"{verdict.fate}: {verdict.reason}"
    if verdict.fate == "proves nothing":
        return f"proves nothing: the correct code {verb(verdict.status)} as well"
    label, point = verdict.worst
    at = f" at {label}" if label else ""
    how = f"measured {with_error(point.estimate, point.standard_error)}, predicted {prediction(point)}{at}"
    chance = f", p = {verdict.p_value:.1g}" if point.standard_error > 0 else ""
    return f"{verdict.fate}: {how}{chance}"


def html(report: Report) -> str:
    """Return the report as an HTML page that needs no network and no other files.

    Parameters
    ----------
    report
        The run.

    Returns
    -------
    str
        The page.
    """
    templates = environment(autoescape=True)
    style = (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
    counts = [
        (status, sum(verdict.status == status for verdict in report.verdicts))
        for status in ("agrees", "disagrees", "undecided")
    ]
    if report.mutant_verdicts:
        fates = Counter(str(verdict.fate) for verdict in report.mutant_verdicts)
        if tested := fates["killed"] + fates["survived"]:
            counts.append((f"killed of {tested} mutants", fates["killed"]))
        if tested := fates["holds"] + fates["fails"]:
            counts.append((f"hold of {tested} controls", fates["holds"]))
        counts += [("mutants prove nothing", fates["proves nothing"])] * bool(fates["proves nothing"])
    template = templates.get_template("report.html.j2")
    circumstances = _circumstances(report)
    families = list(dict.fromkeys(entry.claim.family for entry in circumstances["entries"]))
    statuses = [status for status, count in counts[:3] if count]
    return template.render(**circumstances, style=Markup(style), counts=counts, families=families, statuses=statuses)


def markdown(report: Report) -> str:
    """Return the report as Markdown; text from users is escaped.

    Parameters
    ----------
    report
        The run.

    Returns
    -------
    str
        The page.
    """
    templates = environment(autoescape=False)
    templates.finalize = markdown_text  # escapes every value that the template shows
    templates.filters |= {"block": markdown_block, "code": markdown_code, "formula": markdown_formula}
    return templates.get_template("report.md.j2").render(**_circumstances(report))


def _circumstances(report: Report) -> dict[str, Any]:
    mutants = report.mutant_verdicts
    entries = [
        ClaimSection(report, report.catalogue[v.claim_id], v, tuple(m for m in mutants if m.claim_id == v.claim_id))
        for v in report.verdicts
    ]
    return {"report": report, "entries": entries, "versions": versions()}


@cache  # templates are compiled once
def environment(autoescape: bool) -> "Environment":
    """Return the environment that reads the templates of pages.

    Parameters
    ----------
    autoescape
        Whether text is escaped for HTML.

    Returns
    -------
    jinja2.Environment
        The environment; the same object for equal arguments.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("validation.report"), autoescape=autoescape, undefined=StrictUndefined, trim_blocks=False
    )


def _svg(draw: Callable[[pd.DataFrame], "Figure"], points: pd.DataFrame, alternative: str, salt: str) -> Markup:
    from validation.figures.style import drawing

    parts = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": salt, "font.size": 9}
    with drawing(settings | dict.fromkeys(parts, _PAGE_COLOUR)):
        picture = StringIO()
        draw(points).savefig(picture, format="svg", transparent=True, metadata={"Date": None})
    text = picture.getvalue()
    text = text[text.index("<svg") :].replace(_PAGE_COLOUR, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    # The page has several drawings: remove all ids to which nothing refers.
    used = set(re.findall(r'#([\w-]+)["\)]', text))
    text = re.sub(r' id="([\w.-]+)"', lambda match: match[0] if match[1] in used else "", text)
    title = f'<svg role="img" aria-label="{escape(alternative)}"'
    return Markup(text.replace("<svg", title, 1))
