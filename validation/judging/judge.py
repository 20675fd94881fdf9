"""Judge a subject: measure on it every claim that its parts allow."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from types import ModuleType

import numpy as np

from validation.catalogue import Catalogue
from validation.claim import Claim
from validation.engine.trial import Trial
from validation.judging.explanation import Explanation, explain
from validation.judging.gradient_witness import gradient_witness
from validation.judging.offers import NEEDS_FUNCTION, divided, offer
from validation.report.formatting import prediction, with_error
from validation.report.report import Report
from validation.series import EFFORTS, Effort, one_of
from validation.statistics.verdict import Verdict
from validation.subjects.current import judged
from validation.subjects.subject import AnswerError, Subject
from validation.subjects.time_limit import TimeLimited
from validation.verification import Watch, verify

FAMILIES = ("landscape", "relax", "equilibrium_samples", "critical_points", "theory_code", "network_code")
_GRADIENT, _PATH_SUM = "landscape/gradient", "network-code/path-sum"
_FIRST = ("landscape/great-circles", _GRADIENT, "landscape/hessian", _PATH_SUM)
# Claims that are not measured if another one disagrees: what this claim finds would explain everything else.
_POINTLESS = {
    _GRADIENT: (
        "the gradient contradicts the energies",
        ("landscape", "relax", "equilibrium-samples", "critical-points"),
    ),
    _PATH_SUM: ("the output is not the sum over paths", ("network-code",)),
}
_QUICK_MINUTES = 10.0
_MOST_IDS = 3
_LEAST_OF_THEORY = 3  # at order 2 there are no thresholds


@dataclass(frozen=True, repr=False)
class Judgement:
    """The verdicts on a subject.

    ``judgement.report[claim_id]`` is the verdict on a claim.

    Attributes
    ----------
    subject : str
        What the subject is called.
    report : Report or None
        Verdicts and measurements; None if no claim could be measured.
    not_judged : tuple of (str, str)
        Claims that were not measured, with the reason.
    explanations : dict
        For each claim that disagrees, the known mistakes that give the same numbers.
    witness : str
        A point and direction at which the gradient contradicts the energies; may be empty.
    notes : tuple of str
        What was ignored.
    problems : tuple of str
        Laws that the first answers break: a landscape must be determined by its seed.
    seconds : float
        Duration.
    """

    subject: str
    report: Report | None
    not_judged: tuple[tuple[str, str], ...]
    explanations: dict[str, tuple[Explanation, ...]] = field(default_factory=dict)
    witness: str = ""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts, in the order of the claims."""
        return () if self.report is None else self.report.verdicts

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """The verdicts that disagree with an identity, a theorem or a bound."""
        return () if self.report is None else self.report.refuted

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the measurements or the comparison with known mistakes."""
        return self.report is not None and self.report.interrupted

    @property
    def exit_status(self) -> int:
        """1 if a deciding claim disagrees, 3 if nothing could be judged, 130 after Ctrl-C, otherwise 0.

        It is 3 also if a claim could not be measured because the subject failed while it was measured.
        """
        if self.refuted or self.problems:
            return 1
        if self.interrupted:
            return 130
        measured = [verdict for verdict in self.verdicts if verdict.points]
        return 0 if measured and not (self.report and self.report.failed) else 3

    @property
    def findings(self) -> tuple[str, ...]:
        """What is wrong, one sentence per problem, claim that disagrees, or claim that could not be measured."""
        lines = list(self.problems)
        lines += [self._finding(verdict) for verdict in self.refuted]
        if self.witness:
            lines.append(self.witness)
        lines += [f"{v.claim_id} could not be measured: {_without_type(v.reason)}" for v in self.verdicts if v.errors]
        return tuple(lines)

    def _finding(self, verdict: Verdict) -> str:
        """Return which claim disagrees, by how much, and the mistakes that give its numbers."""
        where, point = verdict.worst or ("", None)
        numbers = ""
        if point is not None:
            measured = with_error(point.estimate, point.standard_error)
            numbers = f" (measured {measured}, predicted {prediction(point)})"
        known = self.explanations.get(verdict.claim_id)
        if known is None:
            mistakes = "not compared with known mistakes"
        else:
            mistakes = "; or ".join(self._with_objections(one, verdict.claim_id) for one in known)
        place = f" at {where}" if where else ""
        return f"{verdict.claim_id} disagrees{place}{numbers}: {mistakes or 'no known mistake gives these numbers'}"

    def _with_objections(self, one: Explanation, claim_id: str) -> str:
        """Return a mistake with the claims whose numbers it would have changed in another way."""
        against = [
            verdict.claim_id
            for verdict in self.verdicts
            if verdict.claim_id != claim_id
            and verdict.status != "undecided"
            and self._would_kill(verdict.claim_id, one.name)
            and one.name not in [other.name for other in self.explanations.get(verdict.claim_id, ())]
        ]
        objection = f", although {' and '.join(against)} would then give other numbers" if against else ""
        return f"{one.statement} [{one.name}]{objection}"

    def _would_kill(self, claim_id: str, name: str) -> bool:
        """Whether a mistake is a mutant of a claim, which therefore detects it."""
        return self.report is not None and name in [one.name for one in self.report.catalogue[claim_id].mutants]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The claims that were not judged, one line per reason."""
        groups: dict[str, list[str]] = {}
        for claim_id, reason in self.not_judged:
            groups.setdefault(reason, []).append(claim_id)
        lacking = {reason: groups.pop(reason) for reason in list(groups) if reason.startswith(NEEDS_FUNCTION)}
        lines = [f"not judged: {_listed(ids)}: {reason}" for reason, ids in groups.items()]
        if lacking:
            names = ", ".join(reason.removeprefix(NEEDS_FUNCTION) for reason in lacking)
            lines.append(f"not judged: {sum(map(len, lacking.values()))} claims: {NEEDS_FUNCTION}{names}")
        return tuple(lines)

    @property
    def summary(self) -> str:
        """One line with the numbers of claims."""
        counts = "no claim was measured" if self.report is None else self.report.summary
        return f"{self.subject}: {counts}, {len(self.not_judged)} not judged"

    def __repr__(self) -> str:
        return f"Judgement({self.summary})"

    def __str__(self) -> str:
        return "\n".join([*self.findings, self.summary])


def _listed(ids: Sequence[str]) -> str:
    """Return the ids of claims; of many, how many and of which families."""
    if len(ids) <= _MOST_IDS:
        return ", ".join(ids)
    return f"{len(ids)} claims of {', '.join(dict.fromkeys(name.split('/')[0] for name in ids))}"


def _without_type(reason: str) -> str:
    """Return the reason for which samples were lost without the name of the exception's class."""
    return reason.replace(f"{AnswerError.__module__}.{AnswerError.__qualname__}: ", "")


def claims_for(H: int) -> list[Claim]:
    """Return all claims that can be measured on a subject, for landscapes of order H.

    Parameters
    ----------
    H
        The order.

    Returns
    -------
    list of Claim
        The claims.
    """
    modules = {family: import_module(f"validation.claims.{family}.claims") for family in FAMILIES}
    if H < _LEAST_OF_THEORY:
        del modules["theory_code"]
    return [claim for module in modules.values() for claim in _of_order(module, H)]


def _of_order(module: ModuleType, H: int) -> tuple[Claim, ...]:
    """Return a family's claims for landscapes of an order; networks have none."""
    claims: tuple[Claim, ...] = module.claims_of_order(H) if hasattr(module, "claims_of_order") else module.CLAIMS
    return claims


def judge(
    subject: Subject,
    H: int = 3,
    effort: Effort = "quick",
    seed: int | np.random.SeedSequence | np.random.Generator = 0,
    *,
    claims: Iterable[Claim] | None = None,
    minutes: float | None = None,
    watch: Watch | None = None,
    tell: Callable[[str], object] | None = None,
) -> Judgement:
    """Judge a subject by every claim that its parts allow.

    Identities come first. If the gradient contradicts the energy, no other claim is measured.

    Parameters
    ----------
    subject
        The subject, from :func:`validation.testing.code_checks.as_subject`, or from
        :func:`~validation.subjects.program.from_file`.
    H
        The order of its landscapes. Default 3.
    effort
        ``"quick"`` (default, less than a minute for most subjects), ``"standard"`` or ``"paper"``.
    seed
        An int, ``SeedSequence`` or ``Generator``. Default 0.
    claims
        The claims to measure. Default: all that :func:`claims_for` returns.
    minutes
        Time after which the subject is asked nothing more. Default: 10 at quick, no limit otherwise.
    watch
        Called as ``watch(trial, verdict)``, as by :func:`validation.verify`.
    tell
        Called with one line before a step that may take long. Default None.

    Returns
    -------
    Judgement
        The verdicts, and for each claim that disagrees the mistakes that explain it.

    Raises
    ------
    ValueError
        If H, the effort or the number of minutes is invalid.
    """
    from spinglass._common.arguments import whole_number

    start = time.perf_counter()
    whole_number("H", H, 2)
    one_of("effort", effort, EFFORTS)
    if minutes is not None and not minutes > 0:
        raise ValueError(f"minutes must be positive; given {minutes!r}")
    if minutes is not None or effort == "quick":
        subject = replace(subject, roles=TimeLimited(subject.roles, minutes or _QUICK_MINUTES))
    found = offer(subject, H)
    possible, missing = divided(list(claims) if claims is not None else claims_for(H), found)
    if not possible:
        return Judgement(
            subject.name, None, tuple(missing), problems=found.problems, notes=found.notes, seconds=_since(start)
        )
    catalogue = Catalogue(possible)
    with judged(subject):
        report, skipped = _measured(catalogue, effort, seed, watch)
    missing += skipped
    explanations: dict[str, tuple[Explanation, ...]] = {}
    witness = ""
    try:
        for trial in _disagreeing(report):
            if tell is not None:
                tell(f"{trial.claim.id} disagrees: comparing with known mistakes")
            explanations[trial.claim.id] = explain(trial, report.root)
        witness = _witness(subject, H) if _GRADIENT in explanations else ""
    except KeyboardInterrupt:  # what was measured is kept
        report = replace(report, interrupted=True)
    return Judgement(
        subject.name, report, tuple(missing), explanations, witness, found.problems, found.notes, _since(start)
    )


def _measured(
    catalogue: Catalogue, effort: Effort, seed: int | np.random.SeedSequence | np.random.Generator, watch: Watch | None
) -> tuple[Report, list[tuple[str, str]]]:
    """Measure the most basic identities first, and the other claims only if these do not explain what they find."""
    from spinglass._common.seeds import seed_sequence

    root = seed_sequence(seed)
    first = [name for name in catalogue if name in _FIRST]
    reports = [verify(first, effort, root, workers=1, claims=catalogue, watch=watch)] if first else []
    refuted = {verdict.claim_id for report in reports for verdict in report.refuted}
    skipped = {
        claim.id: reason
        for name, (reason, families) in _POINTLESS.items()
        for claim in catalogue.values()
        if name in refuted and claim.id not in first and claim.family in families
    }
    rest = [name for name in catalogue if name not in first and name not in skipped]
    if rest and not any(report.interrupted for report in reports):
        reports.append(verify(rest, effort, root, workers=1, claims=catalogue, watch=watch))
    whole = replace(
        reports[0],
        trials=tuple(trial for report in reports for trial in report.trials),
        all_verdicts=tuple(verdict for report in reports for verdict in report.all_verdicts),
        seconds=sum(report.seconds for report in reports),
        interrupted=any(report.interrupted for report in reports),
    )
    return whole, list(skipped.items())


def _disagreeing(report: Report) -> list[Trial]:
    ids = {verdict.claim_id for verdict in report.refuted}
    return [trial for trial in report.trials if trial.claim.id in ids]


def _witness(subject: Subject, H: int) -> str:
    try:
        return gradient_witness(subject, H)
    except AnswerError as error:
        return str(error)


def _since(start: float) -> float:
    return time.perf_counter() - start
