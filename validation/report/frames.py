"""Verdicts, claims and changes as tables with one row each."""

from collections.abc import Iterable, Sequence

import pandas as pd

from validation.claim import Claim
from validation.report.comparison import Change
from validation.report.report import Report
from validation.resolutions import reached
from validation.series import EFFORTS


def verdicts(report: Report) -> pd.DataFrame:
    """Return the verdicts of a run; of several compared numbers, the one farthest from its prediction.

    Parameters
    ----------
    report
        The run.

    Returns
    -------
    pandas.DataFrame
        One row per claim and mutant: claim_id, mutant (None for the claim itself), kind, status, fate (of mutants),
        at (parameters of the compared number), predicted_low, predicted_high, estimate, standard_error, resolution
        (the largest relative deviation from theory that is not ruled out), p_value, alpha (error level), samples,
        needed (samples per series that would decide), seconds, reason.
    """
    rows = []
    for verdict in report.all_verdicts:
        where, point = verdict.worst or ("", None)
        row = {name: getattr(verdict, name) for name in ("claim_id", "mutant", "kind", "status", "fate")}
        row |= {"at": where}
        row |= dict.fromkeys(("predicted_low", "predicted_high", "estimate", "standard_error"))
        if point is not None:
            low, high = point.predicted
            row |= {"predicted_low": low, "predicted_high": high}
            row |= {"estimate": point.estimate, "standard_error": point.standard_error}
        row |= {
            name: getattr(verdict, name)
            for name in ("resolution", "p_value", "alpha", "samples", "needed", "seconds", "reason")
        }
        rows.append(row)
    return pd.DataFrame(rows)


def claims(listed: Iterable[Claim], recorded: bool) -> pd.DataFrame:
    """Return the definitions of claims.

    Parameters
    ----------
    listed
        The claims.
    recorded
        Whether the project records what runs of these claims have reached.

    Returns
    -------
    pandas.DataFrame
        One row per claim: id, family, kind, statement, formula, source, measured, bias_reason, alpha (error
        level), delta (relative resolution), bias and samples at each effort, mutants (names separated by semicolons)
        and, if recorded, the resolution that a run at each effort has reached (None without a run).
    """
    names = ("id", "family", "kind", "statement", "formula", "source", "measured")
    levels = ("bias_reason", "alpha")
    return pd.DataFrame(
        {name: getattr(claim, name) for name in names + levels}
        | {f"delta_{effort}": claim.at(effort).delta for effort in EFFORTS}
        | {f"bias_{effort}": claim.at(effort).bias for effort in EFFORTS}
        | {f"samples_{effort}": sum(series.samples for series in claim.sizes[effort]) for effort in EFFORTS}
        | {"mutants": "; ".join(mutant.name for mutant in claim.mutants)}
        | (_reached(claim) if recorded else {})
        for claim in listed
    )


def _reached(claim: Claim) -> dict[str, float | None]:
    known = reached(claim)
    return {f"reached_{effort}": known[effort].resolution if effort in known else None for effort in EFFORTS}


def changes(found: Sequence[Change]) -> pd.DataFrame:
    """Return the claims and mutants whose results differ between two runs.

    Parameters
    ----------
    found
        The claims and mutants of both runs.

    Returns
    -------
    pandas.DataFrame
        One row per change: claim_id, mutant, before, after (verdicts), at (the number with the largest change), and
        change, in standard errors for independent runs.
    """
    columns = ["claim_id", "mutant", "before", "after", "at", "change"]
    rows = []
    for change in found:
        if not change.same:
            where, shift = change.largest_shift or ("", None)
            rows.append((change.claim_id, change.mutant, *change.statuses, where, shift))
    return pd.DataFrame(rows, columns=columns)
