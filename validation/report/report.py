"""The result of a run of claims: all verdicts, and the measurements on which they are based."""

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
    """Format a seed: as an int if possible, otherwise as a ``SeedSequence`` call.

    Parameters
    ----------
    root
        The seed.

    Returns
    -------
    str
        The text.

    Examples
    --------
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
    """The result of one run of claims.

    ``report[claim_id]`` is the verdict on a claim.

    Attributes
    ----------
    catalogue : Catalogue
        The claims from which those of the run were selected.
    effort : str
        ``"quick"``, ``"standard"`` or ``"paper"``.
    root : SeedSequence
        The run's seed.
    trials : tuple of Trial
        The measurements, in the catalogue's order; each claim is followed by its mutants.
    all_verdicts : tuple of Verdict
        The verdicts on the trials, in the same order.
    seconds : float
        Duration of the run.
    interrupted : bool
        Whether the run was stopped by Ctrl-C.
    left_out : tuple of str
        Ids of claims that were not tested because they did not fit in the given time.
    """

    catalogue: Catalogue
    effort: Effort
    root: np.random.SeedSequence
    trials: tuple[Trial, ...]
    all_verdicts: tuple[Verdict, ...]
    seconds: float
    interrupted: bool = False
    left_out: tuple[str, ...] = ()

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts on the claims."""
        return tuple(verdict for verdict in self.all_verdicts if verdict.mutant is None)

    @cached_property
    def mutant_verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts on the mutants; ``fate`` says whether each was killed."""
        return tuple(verdict for verdict in self.all_verdicts if verdict.mutant is not None)

    def __getitem__(self, claim_id: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.claim_id == claim_id:
                return verdict
        raise KeyError(f"{claim_id!r} was not run; there are {', '.join(v.claim_id for v in self.verdicts)}")

    @property
    def seed(self) -> str:
        """The run's seed as text: a whole number for the command line, otherwise a Python expression."""
        return seed_text(self.root)

    def complete(self, trial: Trial) -> bool:
        """Return whether a trial is complete; for a mutant, the correct code must be complete as well.

        Parameters
        ----------
        trial
            A trial of this run.

        Returns
        -------
        bool
            Whether all samples were measured.
        """
        right = next(other for other in self.trials if other.key == (trial.claim.id, None))
        return trial.measured and right.measured

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """Verdicts that disagree with an identity, a theorem or a bound."""
        return tuple(v for v in self.verdicts if v.status == "disagrees" and self.catalogue[v.claim_id].decides)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """Verdicts on claims that could not be tested because of an exception or because there is no estimate."""
        complete = {trial.claim.id for trial in self.trials if trial.mutant is None and trial.measured}
        return tuple(v for v in self.verdicts if v.errors or (v.claim_id in complete and not v.points))

    @property
    def survivors(self) -> tuple[Verdict, ...]:
        """Verdicts on mutants that were not killed, and on controls that failed."""
        return tuple(v for v in self.mutant_verdicts if v.fate in ("survived", "fails"))

    @property
    def exit_status(self) -> int:
        """Exit status of the command line.

        1 if a deciding claim disagrees or a mutant survives, 130 after Ctrl-C, 3 if a claim could not be tested,
        otherwise 0.
        """
        if self.refuted or (self.survivors and not self.interrupted):
            return 1
        return 130 if self.interrupted else 3 if self.failed else 0

    @property
    def summary(self) -> str:
        """One line with the numbers of claims that agree, disagree or are undecided."""
        counts = dict.fromkeys(("agrees", "disagrees", "undecided"), 0)
        for verdict in self.verdicts:
            counts[verdict.status] += 1
        parts = [
            f"{counts['agrees']} agree{'s' if counts['agrees'] == 1 else ''}",
            f"{counts['disagrees']} disagree{'s' if counts['disagrees'] == 1 else ''}",
            f"{counts['undecided']} undecided",
        ]
        parts += [f"{len(self.left_out)} not tested, for lack of time"] if self.left_out else []
        return ", ".join([*parts, *self._fates])

    @property
    def _fates(self) -> list[str]:
        """The numbers of mutants killed and controls that hold, without those that prove nothing."""
        fates = Counter(str(verdict.fate) for verdict in self.mutant_verdicts)
        parts = []
        for good, bad, what in (("killed", "survived", "mutants killed"), ("holds", "fails", "controls hold")):
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
        """Return all measurements as a tidy table.

        Returns
        -------
        DataFrame
            One measured number per row, with the columns ``claim_id``, ``mutant`` (empty for the correct code),
            ``series``, ``sample``, ``component`` and ``value``.
        """
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
