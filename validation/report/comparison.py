"""Comparison of two runs of claims."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validation.report.files import CLAIMS
from validation.report.formatting import outcome

CIRCUMSTANCES = ("effort", "seed", "versions")
Key = tuple[str, str | None]  # a claim's id and its mutant's name


@dataclass(frozen=True)
class Estimate:
    """One measured number of a claim.

    Attributes
    ----------
    identity : str
        All parameters of the number, which identify it in every run.
    label : str
        The parameters that distinguish it from the other numbers of its claim.
    value : float or None
        The measured value; None if it is not finite.
    error : float or None
        Its standard error; None if it is not finite.
    """

    identity: str
    label: str
    value: float | None
    error: float | None


@dataclass(frozen=True)
class RecordedVerdict:
    """The verdict of one run on a claim or on one of its mutants.

    Attributes
    ----------
    status : str
        ``"agrees"``, ``"disagrees"`` or ``"undecided"``.
    p_value : float or None
        Of the test of the prediction; None if there was no test.
    points : tuple of Estimate
        The measured numbers.
    resolution : float or None
        The largest relative deviation from theory that is not ruled out; None if there was no test.
    """

    status: str
    p_value: float | None
    points: tuple[Estimate, ...]
    resolution: float | None


@dataclass(frozen=True)
class Change:
    """One claim, or one of its mutants, in two runs.

    Attributes
    ----------
    claim_id : str
        The claim.
    mutant : str or None
        Name of the mutant; None for the correct code.
    before, after : RecordedVerdict or None
        The verdicts of the two runs; None if the run did not include the claim.
    """

    claim_id: str
    mutant: str | None
    before: RecordedVerdict | None
    after: RecordedVerdict | None

    @property
    def name(self) -> str:
        """The claim's id, with the mutant's name if there is one."""
        return self.claim_id if self.mutant is None else f"{self.claim_id}, mutant {self.mutant}"

    @property
    def statuses(self) -> tuple[str, str]:
        """The verdicts of both runs, or ``"not run"``."""
        first, second = (entry.status if entry else "not run" for entry in (self.before, self.after))
        return first, second

    @property
    def outcomes(self) -> tuple[str, str]:
        """The verdicts of both runs with the deviation that each leaves possible, or ``"not run"``."""
        first, second = (
            outcome(entry.status, entry.resolution) if entry else "not run" for entry in (self.before, self.after)
        )
        return first, second

    @property
    def shifts(self) -> list[tuple[str, float]]:
        """Label and change of each number that both runs measured, in standard errors for independent runs.

        Runs with the same seed are not independent: the error of their difference is smaller. Numbers without a
        standard error are omitted.
        """
        if self.before is None or self.after is None:
            return []
        earlier = _by_identity(self.before.points)
        found = []
        for key, point in _by_identity(self.after.points).items():
            shift = _shift(earlier[key], point) if key in earlier else None
            if shift is not None:
                found.append((point.label, shift))
        return found

    @property
    def largest_shift(self) -> tuple[str, float] | None:
        """Label and change of the number that changed most; None if there is no number with a standard error."""
        return max(self.shifts, key=lambda pair: abs(pair[1]), default=None)

    @property
    def same(self) -> bool:
        """Whether verdict, p-value and all estimates are equal to the last bit."""
        return self.before is not None and self.before == self.after


def compare(before: str | Path, after: str | Path) -> tuple[dict[str, tuple[Any, Any]], list[Change]]:
    """Compare two runs of claims.

    Measured numbers are matched by claim, mutant, the parameters of the series and the component.

    Parameters
    ----------
    before, after
        Folders written by ``verify(out=...)``.

    Returns
    -------
    differences : dict
        The values before and after, by name, of effort, seed and versions if they differ.
    changes : list of Change
        Every claim and mutant of either run.

    Raises
    ------
    ValueError
        If a folder does not contain a run, or its verdicts cannot be read.
    """
    runs = [_read(Path(folder)) for folder in (before, after)]
    differ = {name: (runs[0][name], runs[1][name]) for name in CIRCUMSTANCES if runs[0][name] != runs[1][name]}
    entries: list[dict[Key, RecordedVerdict]] = [run["entries"] for run in runs]
    keys = dict.fromkeys([*entries[0], *entries[1]])
    return differ, [Change(*key, entries[0].get(key), entries[1].get(key)) for key in keys]


def _by_identity(points: Iterable[Estimate]) -> dict[tuple[str, int], Estimate]:
    """Return points by identity and order; two equal series have points with the same identity."""
    seen: Counter[str] = Counter()
    found = {}
    for point in points:
        found[point.identity, seen[point.identity]] = point
        seen[point.identity] += 1
    return found


def _shift(before: Estimate, after: Estimate) -> float | None:
    if before.value is None or after.value is None or before.error is None or after.error is None:
        return None
    error = math.hypot(before.error, after.error)
    return (after.value - before.value) / error if error > 0 else None


def _read(folder: Path) -> dict[str, Any]:
    """Return effort, seed and versions of a run, and its verdicts by claim and mutant."""
    file = folder / CLAIMS
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there is no {CLAIMS} in {folder}; give a folder that verify --out wrote") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from None
    except RecursionError:
        raise ValueError(f"{file} is nested too deeply to contain the verdicts of a run") from None
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}") from None
    try:
        entries = {(e["claim_id"], e["mutant"]): _entry(e) for e in (*content["claims"], *content["mutants"])}
        return {name: content[name] for name in CIRCUMSTANCES} | {"entries": entries}
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"{file} does not contain verdicts in the format of this version; give a folder that verify --out wrote"
        ) from None


def _entry(entry: Mapping[str, Any]) -> RecordedVerdict:
    points = [
        Estimate(str(p["identity"]), str(p["label"]), _number(p["estimate"]), _number(p["standard_error"]))
        for p in entry["points"]
    ]
    return RecordedVerdict(str(entry["status"]), _number(entry["p_value"]), tuple(points), _number(entry["resolution"]))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
