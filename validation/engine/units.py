"""Units of work of ``spinglass verify``, each a range of a claim's disorder samples, and their outcomes.

Every disorder sample has its own seed, derived from the run's seed, the effort, the source of the sample (a claim and
its series, or a simulation and its parameters) and the number of the sample. The measurements therefore do not depend
on the number of workers or on which other claims are measured.
"""

import math
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from validation.claim import Claim
from validation.series import EFFORTS, Between, Effort

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Unit:
    """A range of samples of one series that one process measures, or the prediction for the series.

    Attributes
    ----------
    claim_id : str
        The claim.
    mutant : str or None
        Name of the active mutant; None for the correct code.
    effort : str
        ``"quick"``, ``"standard"`` or ``"paper"``.
    series : int
        Number of the series within the claim's effort.
    samples : range or None
        Numbers of the samples; None for the prediction.
    """

    claim_id: str
    mutant: str | None
    effort: Effort
    series: int
    samples: range | None

    def __str__(self) -> str:
        who = self.claim_id if self.mutant is None else f"{self.claim_id}, {self.mutant}"
        what = f"samples {self.samples[0]} to {self.samples[-1]}" if self.samples else "prediction"
        return f"{who}, series {self.series}, {what}"


@dataclass(frozen=True)
class Outcome:
    """The results of a unit.

    Attributes
    ----------
    unit : Unit
        The unit.
    values : dict
        Measured numbers, shape (components,), by the number of the sample.
    prediction : Between or None
        The prediction, if this is what the unit computes.
    errors : dict
        Tracebacks by the number of the sample that raised; -1 for the prediction. If the process died, there is one
        message for the whole unit.
    seconds : float
        Time taken, with an equal share of the time of simulations that several claims read.
    """

    unit: Unit
    values: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    prediction: Between | None = None
    errors: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def lost(self) -> int:
        """Number of samples of the unit that have no value."""
        return len(self.unit.samples or ()) - len(self.values)

    def to_table(self) -> "pa.Table":
        """Return the results as a table, one row per measured number or per component of the prediction."""
        import pyarrow as pa

        if self.prediction is not None:
            given = self.prediction
            parts = (given.low, given.high, np.nan if given.scale is None else given.scale)
            ends = np.broadcast_arrays(*(np.atleast_1d(np.asarray(part, dtype=float)) for part in parts))
            component = np.arange(ends[0].size)
            return pa.table(dict(zip(("component", "low", "high", "scale"), (component, *ends), strict=True)))
        widths = [len(value) for value in self.values.values()]
        columns = {
            "sample": np.repeat(np.array(list(self.values), dtype=np.int64), widths),
            "component": np.concatenate([np.arange(width) for width in widths]),
            "value": np.concatenate(list(self.values.values())),
        }
        return pa.table(columns)

    @staticmethod
    def from_table(unit: Unit, table: "pa.Table", seconds: float) -> "Outcome":
        """Return the outcome that :meth:`to_table` turned into this table."""
        columns = {name: table.column(name).to_numpy() for name in table.column_names}
        if unit.samples is None:
            scale = None if np.isnan(columns["scale"]).any() else columns["scale"]
            return Outcome(unit, prediction=Between(columns["low"], columns["high"], scale), seconds=seconds)
        starts = np.flatnonzero(np.diff(columns["sample"], prepend=-1))
        rows = np.split(columns["value"], starts[1:])
        samples = columns["sample"][starts].tolist()
        return Outcome(unit, dict(zip(samples, rows, strict=True)), seconds=seconds)


def sample_seed(root: np.random.SeedSequence, name: str, effort: Effort, *key: int) -> np.random.SeedSequence:
    """Return the seed of one sample, by the name of its source and a key of numbers.

    Efforts have different seeds, so that each is an independent test.
    """
    from spinglass._common.seeds import child

    return child(root, zlib.crc32(name.encode()), EFFORTS.index(effort), *key)


def units_of(claim: Claim, mutant: str | None, effort: Effort, pieces: int = 16) -> list[Unit]:
    """Divide a claim into units: for each series the prediction and at most ``pieces`` ranges of samples.

    The lengths of ranges are powers of two, so that ranges of claims with different numbers of samples nest.
    """
    units = []
    for number, series in enumerate(claim.sizes[effort]):
        units.append(Unit(claim.id, mutant, effort, number, None))
        length = 1 << (math.ceil(series.samples / pieces) - 1).bit_length()
        for first in range(0, series.samples, length):
            samples = range(first, min(first + length, series.samples))
            units.append(Unit(claim.id, mutant, effort, number, samples))
    return units
