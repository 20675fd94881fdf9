"""What changed between two runs of claims."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validation.report.files import CLAIMS

CIRCUMSTANCES = ("effort", "seed", "versions")
Key = tuple[str, str | None]  # a claim's id and its mutant's name


@dataclass(frozen=True)
class Estimate:
    """One compared number of a claim: what it is, and the value measured with its standard error, None if not finite.

    ``identity`` holds all parameters of the point, so that it names the same number in every run; the ``label`` has
    only those that tell it from the other points of its claim.
    """

    identity: str
    label: str
    value: float | None
    error: float | None


@dataclass(frozen=True)
class Entry:
    """What one run says of a claim or of one of its mutants."""

    status: str
    p_value: float | None
    points: tuple[Estimate, ...]


@dataclass(frozen=True)
class Change:
    """One claim, or one of its mutants, in two runs; an entry is None where the run does not have it."""

    claim_id: str
    mutant: str | None
    before: Entry | None
    after: Entry | None

    @property
    def name(self) -> str:
        """The claim's id, with the mutant's name where it is one."""
        return self.claim_id if self.mutant is None else f"{self.claim_id}, mutant {self.mutant}"

    @property
    def statuses(self) -> tuple[str, str]:
        """How it ended in both."""
        first, second = (entry.status if entry else "not run" for entry in (self.before, self.after))
        return first, second

    @property
    def shifts(self) -> list[tuple[str, float]]:
        """How far each estimate that both runs have moved, beside its label, in standard errors of the difference.

        Left out are numbers without an error, of which this has no meaning.
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
        """Label and shift of the estimate that moved most; None where no shift has a meaning."""
        return max(self.shifts, key=lambda pair: abs(pair[1]), default=None)

    @property
    def same(self) -> bool:
        """Whether nothing that counts differs: the verdict, and to the last bit the p-value and every estimate."""
        return self.before is not None and self.before == self.after


def compare(before: str | Path, after: str | Path) -> tuple[dict[str, tuple[Any, Any]], list[Change]]:
    """Return which circumstances of two runs differ, and every claim and mutant of either.

    Estimates are matched by claim, mutant and point: the parameters of its series and the name of its component.

    Raises
    ------
    ValueError
        If a folder holds no run, or its file of verdicts cannot be read.
    """
    runs = [_read(Path(folder)) for folder in (before, after)]
    differ = {name: (runs[0][name], runs[1][name]) for name in CIRCUMSTANCES if runs[0][name] != runs[1][name]}
    entries: list[dict[Key, Entry]] = [run["entries"] for run in runs]
    keys = dict.fromkeys([*entries[0], *entries[1]])
    return differ, [Change(*key, entries[0].get(key), entries[1].get(key)) for key in keys]


def _by_identity(points: Iterable[Estimate]) -> dict[tuple[str, int], Estimate]:
    """Return points by what they are; those that are the same, as of two like series, by their order."""
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
    """Return the circumstances of a run, and its entries by claim and mutant."""
    file = folder / CLAIMS
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there is no {CLAIMS} in {folder}; give a folder that verify --out wrote") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from None
    except RecursionError:
        raise ValueError(f"{file} is nested too deeply for a run's verdicts") from None
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}") from None
    try:
        entries = {(e["claim_id"], e["mutant"]): _entry(e) for e in (*content["claims"], *content["mutants"])}
        return {name: content[name] for name in CIRCUMSTANCES} | {"entries": entries}
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"{file} does not hold a run's verdicts as this version writes them; give a folder that verify --out wrote"
        ) from None


def _entry(entry: Mapping[str, Any]) -> Entry:
    points = [
        Estimate(str(p["identity"]), str(p["label"]), _number(p["estimate"]), _number(p["standard_error"]))
        for p in entry["points"]
    ]
    return Entry(str(entry["status"]), _number(entry["p_value"]), tuple(points))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
