"""The times that claims take at effort ``quick``, and the choice of claims for a given time.

The times were measured with compiled kernels, in seconds of one core; ``python -m benchmarks claims`` records them.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from validation.claim import Claim
from validation.report.progress import duration

RECORD = Path(__file__).with_name("claims") / "seconds.json"
_OVERHEAD = 1.15  # of a run: start of processes, statistical tests, idle workers at the end; measured on two cores


@cache
def recorded() -> dict[str, float]:
    """Return the seconds of one core by the id of the claim.

    Examples
    --------
    >>> recorded()["covariance/packed"] < recorded()["dynamics/cold-langevin"]
    True
    """
    seconds: dict[str, float] = json.loads(RECORD.read_text(encoding="utf-8"))
    return seconds


def expected(claims: Iterable[Claim], workers: int) -> float:
    """Return the seconds that claims take together at effort ``quick`` on this number of cores.

    Parameters
    ----------
    claims
        Claims of the project's catalogue.
    workers
        Number of cores.

    Returns
    -------
    float
        The time without the compilation of kernels. Claims without a recorded time count as 0.
    """
    return _OVERHEAD * sum(recorded().get(claim.id, 0.0) for claim in claims) / workers


def forecast(claims: Sequence[Claim], workers: int) -> str:
    """Return a sentence on the time that claims take at effort ``quick``.

    Parameters
    ----------
    claims
        Claims of the project's catalogue.
    workers
        Number of cores.

    Returns
    -------
    str
        The sentence.

    Examples
    --------
    >>> from validation.claims import catalogue
    >>> forecast(catalogue().select(family="circle"), workers=2)
    '1 claim on 2 cores takes about ... s, and the first run half a minute more, for the compilation of kernels'
    """
    count = f"{len(claims)} claim{'s' * (len(claims) != 1)} on {workers} core{'s' * (workers != 1)}"
    verb = "takes" if len(claims) == 1 else "take"
    time = duration(max(expected(claims, workers), 1))
    return f"{count} {verb} about {time}, and the first run half a minute more, for the compilation of kernels"


def fitting(claims: Sequence[Claim], minutes: float, workers: int) -> list[Claim]:
    """Return as many of the claims as fit in a time at effort ``quick``, those that take least time first.

    The choice depends on the recorded times, not on the speed of this machine, so that every machine with the same
    number of cores tests the same claims.

    Parameters
    ----------
    claims
        Claims of the project's catalogue.
    minutes
        The time.
    workers
        Number of cores.

    Returns
    -------
    list of Claim
        The claims that fit, in the given order.

    Raises
    ------
    ValueError
        If the time is not positive, or not even the fastest claim fits.

    Examples
    --------
    >>> from validation.claims import catalogue
    >>> claims = catalogue().select(family="covariance")
    >>> [claim.id for claim in fitting(claims, minutes=0.05, workers=1)]
    ['covariance/packed']
    """
    if not minutes > 0:
        raise ValueError(f"minutes must be positive; given {minutes!r}")
    left = 60 * minutes * workers / _OVERHEAD
    chosen = set()
    for claim in sorted(claims, key=lambda claim: recorded().get(claim.id, 0.0)):
        left -= recorded().get(claim.id, 0.0)
        if left < 0:
            break
        chosen.add(claim.id)
    if not chosen:
        least = min(recorded().get(claim.id, 0.0) for claim in claims)
        raise ValueError(f"no claim fits in {minutes:g} minutes; the fastest takes {least:.2g} s")
    return [claim for claim in claims if claim.id in chosen]
