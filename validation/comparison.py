"""What changed between two runs of claims."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validation.archive import CLAIMS

CIRCUMSTANCES = ("effort", "seed", "versions")
_ENTRY = {"claim_id", "mutant", "status", "p_value", "estimate", "standard_error"}


@dataclass(frozen=True)
class Change:
    """One claim, or one of its mutants, in two runs; a verdict is None where the run does not have it."""

    name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def statuses(self) -> tuple[str, str]:
        """How it ended in both."""
        first, second = (entry["status"] if entry else "not run" for entry in (self.before, self.after))
        return first, second

    @property
    def shift(self) -> float | None:
        """How far the estimate moved, in standard errors of the difference; None where that has no meaning."""
        if self.before is None or self.after is None:
            return None
        ends = [(entry["estimate"], entry["standard_error"]) for entry in (self.before, self.after)]
        if any(value is None for end in ends for value in end):
            return None
        (a, error), (b, other) = ends
        size = float((error**2 + other**2) ** 0.5)
        return float((b - a) / size) if size > 0 else None

    @property
    def same(self) -> bool:
        """Whether nothing that counts differs: the verdict, and to the last bit the p-value and the estimate."""
        if self.before is None or self.after is None:
            return False
        return all(self.before[name] == self.after[name] for name in ("status", "p_value", "estimate"))


def compare(before: str | Path, after: str | Path) -> tuple[dict[str, tuple[Any, Any]], list[Change]]:
    """Return which circumstances of two runs differ, and every claim and mutant of either.

    Raises
    ------
    ValueError
        If a folder holds no run.
    """
    runs = [_read(Path(folder)) for folder in (before, after)]
    differ = {name: (runs[0][name], runs[1][name]) for name in CIRCUMSTANCES if runs[0][name] != runs[1][name]}
    entries = [{_name(entry): entry for entry in run["claims"] + run["mutants"]} for run in runs]
    names = dict.fromkeys([*entries[0], *entries[1]])
    return differ, [Change(name, entries[0].get(name), entries[1].get(name)) for name in names]


def _read(folder: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / CLAIMS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there is no {CLAIMS} in {folder}; give a folder that verify --out wrote") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{folder / CLAIMS} is not JSON: {error}") from None
    if not _is_run(content):
        raise ValueError(f"{folder / CLAIMS} does not hold a run's verdicts; give a folder that verify --out wrote")
    return content


def _is_run(content: Any) -> bool:
    if not isinstance(content, dict) or not {*CIRCUMSTANCES, "claims", "mutants"} <= content.keys():
        return False
    groups = (content["claims"], content["mutants"])
    return all(
        isinstance(group, list) and all(isinstance(entry, dict) and entry.keys() >= _ENTRY for entry in group)
        for group in groups
    )


def _name(entry: dict[str, Any]) -> str:
    return entry["claim_id"] if entry["mutant"] is None else f"{entry['claim_id']}, mutant {entry['mutant']}"
