"""What a run of claims returns: every verdict, and the data they rest on."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from validation.catalogue import Catalogue
from validation.engine.trial import Trial
from validation.series import Effort
from validation.statistics.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd


def seed_text(root: np.random.SeedSequence) -> str:
    """Write a seed as an int where it is one, as a ``SeedSequence`` where it was spawned or has several numbers.

    >>> seed_text(np.random.SeedSequence(7)), seed_text(np.random.SeedSequence([1, 2], spawn_key=(3,)))
    ('7', 'SeedSequence([1, 2], spawn_key=(3,))')
    """
    entropy = np.asarray(root.entropy).tolist()
    parts = [repr(entropy)]
    parts += [f"spawn_key={tuple(map(int, root.spawn_key))}"] * bool(root.spawn_key)
    parts += [f"pool_size={root.pool_size}"] * (root.pool_size != np.random.SeedSequence(0).pool_size)
    return f"SeedSequence({', '.join(parts)})" if len(parts) > 1 or isinstance(entropy, list) else parts[0]


@dataclass(frozen=True, repr=False)
class Report:
    """The verdicts of one run, in the catalogue's order, beside what was measured.

    ``report[claim_id]`` is a claim's verdict, ``report.verdicts`` are all of them, ``report.mutant_verdicts``
    those reached with wrong code on purpose.
    """

    catalogue: Catalogue
    effort: Effort
    root: np.random.SeedSequence
    trials: tuple[Trial, ...]
    all_verdicts: tuple[Verdict, ...]
    seconds: float
    interrupted: bool = False

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The claims' verdicts."""
        return tuple(verdict for verdict in self.all_verdicts if verdict.mutant is None)

    @cached_property
    def mutant_verdicts(self) -> tuple[Verdict, ...]:
        """The mutants' verdicts; ``fate`` says what became of each."""
        return tuple(verdict for verdict in self.all_verdicts if verdict.mutant is not None)

    def __getitem__(self, claim_id: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.claim_id == claim_id:
                return verdict
        raise KeyError(f"{claim_id!r} was not run; there are {', '.join(v.claim_id for v in self.verdicts)}")

    @property
    def seed(self) -> str:
        """The run's seed as the command line takes it, or as Python does where it takes none such."""
        return seed_text(self.root)

    def complete(self, trial: Trial) -> bool:
        """Whether a trial has been measured in full, and of a mutant's claim the right code as well."""
        right = next(other for other in self.trials if other.key == (trial.claim.id, None))
        return trial.measured and right.measured

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """Disagreements that count: of identities, theorems and bounds."""
        return tuple(v for v in self.verdicts if v.status == "disagrees" and self.catalogue[v.claim_id].decides)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """Claims that could not be judged: something raised, or what was measured in full gives no estimate."""
        complete = {trial.claim.id for trial in self.trials if trial.mutant is None and trial.measured}
        return tuple(v for v in self.verdicts if v.errors or (v.claim_id in complete and not v.points))

    @property
    def survivors(self) -> tuple[Verdict, ...]:
        """Mutants that were not killed, errors that the claims would not have noticed; and controls that fail."""
        return tuple(v for v in self.mutant_verdicts if v.fate in ("lives", "fails"))

    @property
    def exit_status(self) -> int:
        """0 if nothing speaks against theory, 1 if something does or a mutant lives, 3 if a claim cannot be judged."""
        if self.refuted or (self.survivors and not self.interrupted):
            return 1
        return 130 if self.interrupted else 3 if self.failed else 0

    @property
    def summary(self) -> str:
        """One line: how many claims agree, disagree, or are undecided."""
        counts = dict.fromkeys(("agrees", "disagrees", "undecided"), 0)
        for verdict in self.verdicts:
            counts[verdict.status] += 1
        parts = [
            f"{counts['agrees']} agree{'s' if counts['agrees'] == 1 else ''}",
            f"{counts['disagrees']} disagree{'s' if counts['disagrees'] == 1 else ''}",
            f"{counts['undecided']} undecided",
        ]
        return ", ".join([*parts, *self._fates])

    @property
    def _fates(self) -> list[str]:
        """How many mutants were killed of those that could be: where the claim disagrees anyway, none can."""
        fates = Counter(str(verdict.fate) for verdict in self.mutant_verdicts)
        parts = []
        for good, bad, what in (("killed", "lives", "mutants killed"), ("holds", "fails", "controls hold")):
            if fates[good] + fates[bad]:
                parts.append(f"{fates[good]} of {fates[good] + fates[bad]} {what}")
        return [*parts, f"{dull} mutants prove nothing"] if (dull := fates["proves nothing"]) else parts

    def __repr__(self) -> str:
        return f"Report({self.summary})"

    def __str__(self) -> str:
        lines = [
            f"{v.claim_id}: {v.status} ({v.reason})" if v.reason else f"{v.claim_id}: {v.status}" for v in self.verdicts
        ]
        return "\n".join([*lines, self.summary])

    def to_frame(self) -> "pd.DataFrame":
        """Return all measurements as a tidy table, one number a row."""
        import pandas as pd

        parts = []
        for trial in self.trials:
            for number, series in enumerate(trial.series):
                rows = trial.values(number)
                widths = np.array([len(row) for row in rows.values()], dtype=int)
                parts.append(
                    pd.DataFrame(
                        {
                            "claim_id": trial.claim.id,
                            "mutant": trial.mutant_name or "",
                            "series": series.label,
                            "sample": np.repeat(np.array(list(rows), dtype=int), widths),
                            "component": np.concatenate([np.arange(w) for w in widths]) if len(widths) else widths,
                            "value": np.concatenate(list(rows.values())) if rows else np.empty(0),
                        }
                    )
                )
        return pd.concat(parts, ignore_index=True)
