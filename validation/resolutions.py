"""The resolution that runs of the catalogue's claims have reached, recorded by effort.

The record is written by ``python -m benchmarks.resolution`` from the folders of finished runs, and at effort ``quick``
by ``python -m benchmarks claims``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from validation.claim import Claim
from validation.series import EFFORTS, Effort

RECORD = Path(__file__).with_name("claims") / "resolutions.json"


@dataclass(frozen=True)
class Reached:
    """What a run of a claim has reached.

    Attributes
    ----------
    resolution : float
        The smallest relative deviation from theory that the data rule out at level 0.01; 0 if the measured numbers are
        well inside a predicted range.
    status : str
        The verdict.
    seconds : float
        Time spent measuring, summed over workers.
    parts : mapping
        What the resolution is made of, see :attr:`validation.Verdict.resolution_parts`.
    """

    resolution: float
    status: str
    seconds: float
    parts: Mapping[str, float]

    @property
    def text(self) -> str:
        """The resolution in per cent, with the verdict unless it is "agrees".

        Examples
        --------
        >>> Reached(0.0123, "agrees", 1.0, {}).text, Reached(0.0, "agrees", 1.0, {}).text
        ('1.2%', 'within its range')
        """
        number = per_cent(self.resolution) if self.resolution else "within its range"
        return number if self.status == "agrees" else f"{number}, {self.status}"


def per_cent(deviation: float) -> str:
    """Format a relative deviation with two digits.

    Parameters
    ----------
    deviation
        The relative deviation.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> per_cent(0.01234), per_cent(1.234)
    ('1.2%', '123%')
    """
    return f"{100 * deviation:.2g}%" if deviation < 1 else f"{100 * deviation:.0f}%"


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """Return the content of the record, by claim id and effort."""
    content: dict[str, dict[str, Any]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return content


def reached(claim: Claim) -> dict[Effort, Reached]:
    """Return what runs of a claim have reached, by effort; runs with other sizes than the claim now has do not count.

    Parameters
    ----------
    claim
        A claim of the project's catalogue.

    Returns
    -------
    dict
        The results at the efforts at which the claim was run.

    Examples
    --------
    >>> from validation.claims import catalogue
    >>> reached(catalogue()["circle/mean-count"])["quick"].status
    'agrees'
    """
    known = recorded().get(claim.id, {})
    names = ("resolution", "status", "seconds", "parts")
    return {
        effort: Reached(**{name: known[effort][name] for name in names})
        for effort in EFFORTS
        if effort in known and known[effort]["series"] == series_of(claim, effort)
    }


def series_of(claim: Claim, effort: Effort) -> list[str]:
    """Return the series of a claim at an effort as texts."""
    return [repr(series) for series in claim.sizes[effort]]


def described(claim: Claim) -> str:
    """Return the resolution that runs of a claim have reached as text, and what that of a limit is made of.

    Parameters
    ----------
    claim
        A claim of the project's catalogue.

    Returns
    -------
    str
        The text; empty if the claim was not run with the sizes that it now has.

    Examples
    --------
    >>> from validation.claims import catalogue
    >>> described(catalogue()["circle/mean-count"])
    '...% at quick, ...% at standard'
    """
    return ", ".join(f"{one.text} at {effort}{_made_of(one.parts)}" for effort, one in reached(claim).items())


def _made_of(parts: Mapping[str, float]) -> str:
    if "sizes" not in parts:
        return ""
    return f" ({', '.join(f'{per_cent(part)} {name}' for name, part in parts.items())})"
