"""Record the resolution that finished runs have reached, and write docs/resolution.md from the record.

Each FOLDER was written by ``spinglass verify --out FOLDER``, at any effort; of several runs of a claim at one effort,
the last one counts. Without folders the page is written again, for instance after a change of a claim's delta.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from validation import Claim, Extrapolation, durations, resolutions
from validation.claims import catalogue
from validation.report.files import CLAIMS
from validation.report.progress import duration
from validation.resolutions import Reached, per_cent, reached, series_of
from validation.series import EFFORTS, Effort

OUTPUT = Path(__file__).parent.parent / "docs" / "resolution.md"
_FINER: dict[Effort, float] = {"standard": 3.0, "paper": 10.0}
_ALMOST = 0.85  # of the required factor, for numbers that are rounded
_HEAD = """\
# How finely each claim is tested

A claim agrees if the data rule out, at level 0.01, all relative deviations from theory of δ or more. It reports the
smallest deviation that they rule out, the resolution reached. δ depends on the effort. The table is written by
`python -m benchmarks.resolution` from runs with seed 0, which are recorded in `validation/claims/resolutions.json`;
`spinglass claims ID` shows the same numbers and the sizes behind them. Identities are not listed: they are tested up to
rounding, without statistics.

- **δ**: what the claim must rule out at quick / standard / paper.
- **reached**: the resolution reached by a run, and its time. Times at quick are those on one idle
  core, which `python -m benchmarks claims` records. Times at standard and paper are those of the run, on a machine that
  other programs used as well: up to ten times as long. A dash means that the claim was not run with its present sizes.
- **within its range**: theory predicts a range, and the measured mean lies well inside it.
"""
_LIMITS = """
## What the resolution of limits is made of

For limits of large systems, extrapolated from finite ones, the resolution is the sum of the deviation of the estimate,
statistics, half the spread of the laws of approach, and what the fits without the smallest size add to it. More samples
reduce the second part only, larger systems or a derived law the last two.

| claim | effort | reached | deviation | statistics | laws of approach | sizes |
|---|---|---|---|---|---|---|
"""
_COARSE = """
## Claims that standard does not test three times, or paper ten times, as finely as quick

"""
# By the beginning of the claim's id; the longest one that fits counts.
_REASONS = {
    "minima/stability-of-ends": "the descents miss up to 1% of the minima",
    "enumeration/low-saddles": "few saddles lie below the threshold, and landscapes of n = 10 take 0.1 s each",
    "enumeration/semicircle": "the spread of the laws of approach is a third of δ at these sizes",
    "temperature/langevin": "the error of two time steps, extrapolated to zero, has no derived bound",
    "temperature/overlap-law": "the power of the approach in n is not known; the spread of two powers sets δ",
    "thermodynamics/": "the power of the approach in n is not known; the spread of two powers sets δ",
    "ground-states/limit": "anneals miss more of the deep minima at larger n, and the next correction is not known",
    "ground-states/hessian-ascent": "the power of the approach in n is known to 0.02 only",
    "dynamics/": "landscapes of n = 400 take seconds each",
    "planted/minimum": "the spread of the laws of approach sets δ",
    "relax/": "the sizes are the same at all efforts, because a user's code is measured",
    "pairs/dispersion": "theory's own Monte Carlo averages and quadratures err by up to δ/2",
    "networks/": "an assumption of the paper, tested with the same δ at every effort",
    "networks/normal-inputs": "an assumption of the paper; its bias bound is nearly δ/2",
    "generalisation/overfitting": "a published observation without a number",
    "hard-networks/": "a published observation without a number",
    "choromanska/": "a published observation about ranges",
}


def deltas(claim: Claim) -> str:
    """Return the claim's resolution at quick, standard and paper as text."""
    return " / ".join(per_cent(claim.at(effort).delta) for effort in EFFORTS)


def content_of(folder: Path) -> dict[str, Any]:
    """Return the verdicts of a run with its effort.

    Raises
    ------
    ValueError
        If the folder has no verdicts.
    """
    try:
        content: dict[str, Any] = json.loads((folder / CLAIMS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there is no {CLAIMS} in {folder}; give folders that verify --out wrote") from None
    return content


def record(content: Mapping[str, Any]) -> list[str]:
    """Add the verdicts of a run to the record; return the ids of claims that were run with other sizes or not finished.

    Parameters
    ----------
    content
        The content of the run's ``claims.json``.
    """
    known = {claim_id: dict(entries) for claim_id, entries in resolutions.recorded().items()}
    effort: Effort = content["effort"]
    left_out: list[str] = []
    for entry in content["claims"]:
        claim = catalogue().get(entry["claim_id"])
        if claim is None or claim.deterministic:
            continue
        if entry["samples"] != sum(series.samples for series in claim.sizes[effort]) or entry["resolution"] is None:
            left_out.append(claim.id)
            continue
        known.setdefault(claim.id, {})[effort] = {
            "series": series_of(claim, effort),
            "status": entry["status"],
            "resolution": entry["resolution"],
            "seconds": round(entry["seconds"], 1),
            "parts": entry["resolution_parts"],
        }
    _write(known)
    return left_out


def _write(known: Mapping[str, Mapping[str, Any]]) -> None:
    ordered = {claim_id: known[claim_id] for claim_id in catalogue() if claim_id in known}
    resolutions.RECORD.write_text(as_text(ordered), encoding="utf-8")
    resolutions.recorded.cache_clear()


def as_text(record: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the record as JSON with one line for each claim and effort, so that a new run changes few lines.

    Parameters
    ----------
    record
        The entries by claim and effort.
    """
    claims = []
    for claim_id, entries in record.items():
        lines = ",\n".join(f"  {json.dumps(effort)}: {json.dumps(entry)}" for effort, entry in entries.items())
        claims.append(f" {json.dumps(claim_id)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(claims) + "\n}\n"


def row(claim: Claim) -> str:
    """Return the line of a claim in the first table."""
    found, cells = reached(claim), [claim.id, deltas(claim)]
    for effort in EFFORTS:
        one = found.get(effort)
        if one is None:
            cells.append("–")
            continue
        seconds = durations.recorded().get(claim.id, one.seconds) if effort == "quick" else one.seconds
        cells.append(f"{one.text} ({duration(seconds)})")
    return "| " + " | ".join(cells) + " |"


def parts(claim: Claim) -> list[str]:
    """Return the lines of a limit in the second table."""
    return [_parts(claim.id, effort, one) for effort, one in reached(claim).items() if "sizes" in one.parts]


def _parts(claim_id: str, effort: str, one: Reached) -> str:
    numbers = [one.resolution, *(one.parts[name] for name in ("deviation", "statistics", "laws of approach", "sizes"))]
    return "| " + " | ".join([claim_id, effort, *map(per_cent, numbers)]) + " |"


def coarse(claim: Claim) -> bool:
    """Return whether δ at standard or paper is not three or ten times smaller than at quick."""
    quick = claim.at("quick").delta
    return any(quick < _ALMOST * factor * claim.at(effort).delta for effort, factor in _FINER.items())


def reason(claim_id: str) -> str:
    """Return why a claim is not tested more finely at larger efforts.

    Raises
    ------
    ValueError
        If there is no reason for this claim.
    """
    fitting = [start for start in _REASONS if claim_id.startswith(start)]
    if not fitting:
        raise ValueError(f"state in {Path(__file__).name} why {claim_id} is not tested more finely at larger efforts")
    return _REASONS[max(fitting, key=len)]


def page() -> str:
    """Return the page, from the record."""
    claims = [claim for claim in catalogue().values() if not claim.deterministic]
    limits = [claim for claim in claims if isinstance(claim.estimator, Extrapolation)]
    lines = [
        _HEAD,
        "| claim | δ | reached at quick | reached at standard | reached at paper |",
        "|---|---|---|---|---|",
        *map(row, claims),
        _LIMITS + "\n".join(line for claim in limits for line in parts(claim)),
        _COARSE + "\n".join(f"- {claim.id}, {deltas(claim)}: {reason(claim.id)}" for claim in claims if coarse(claim)),
    ]
    return "\n".join(lines) + "\n"


def write_page() -> None:
    """Write the page into the documentation."""
    OUTPUT.write_text(page(), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Record the runs and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolution", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="folder of a run of this version")
    asked = parser.parse_args(arguments)
    try:
        for folder in asked.folders:
            left_out = record(content_of(folder))
            if left_out:
                print(f"{folder}: not recorded, because sizes differ or samples are missing: {', '.join(left_out)}")
    except ValueError as error:
        parser.error(str(error))
    write_page()


if __name__ == "__main__":
    main()
