"""Write docs/resolution.md: how finely each claim is tested, from the folders of finished runs.

Each FOLDER was written by ``spinglass verify --out FOLDER``, at any effort; of several runs of a claim at one effort,
the last one counts. ``--before FOLDER`` is a run with which to compare, such as one of an earlier version.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from validation import Claim, Extrapolation
from validation.claims import catalogue
from validation.durations import recorded
from validation.report.files import CLAIMS
from validation.report.progress import duration
from validation.series import EFFORTS, Effort

OUTPUT = Path(__file__).parent.parent / "docs" / "resolution.md"
_FINER: dict[Effort, float] = {"standard": 3.0, "paper": 10.0}
_ALMOST = 0.85  # of the required factor, for numbers that are rounded
_HEAD = """\
# How finely each claim is tested

A claim agrees if the data rule out, at level 0.01, all relative deviations from theory of δ or more. It reports the
smallest deviation that they rule out, the resolution reached. δ depends on the effort. The table is written by
`python -m benchmarks.resolution` from runs with seed 0; `spinglass claims ID` shows the sizes behind it.

- **δ**: what the claim must rule out at quick / standard / paper.
- **before**: δ at all efforts, and the resolution reached at quick, in the version without a δ for each effort.
- **reached**: the resolution reached by a run with this version, and its time. Times at quick are those on one idle
  core, which `python -m benchmarks claims` records. Times at standard and paper are those of the run, on a machine that
  other programs used as well: up to ten times as long. A dash means that the claim was not run at this effort.
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
    "minima/mean-count": "the descents miss up to 0.1% of the minima",
    "minima/stability-of-ends": "the descents miss up to 1% of the minima",
    "enumeration/low-saddles": "few saddles lie below the threshold, and landscapes of n = 10 take 0.1 s each",
    "enumeration/semicircle": "the spread of the laws of approach is half of δ at these sizes",
    "temperature/langevin": "the error of two time steps, extrapolated to zero, has no derived bound",
    "temperature/overlap-law": "the power of the approach in n is not known; the spread of two powers sets δ",
    "temperature/potential": "the sizes are the same at all efforts, and the spread of the laws sets δ",
    "thermodynamics/": "the power of the approach in n is not known; the spread of two powers sets δ",
    "ground-states/limit": "the next correction is not known; landscapes of n = 144 take seconds each",
    "ground-states/fluctuations": "the width of a law has large errors, and only the leading correction is known",
    "ground-states/hessian-ascent": "the power of the approach is not known; the spread of two powers sets δ",
    "dynamics/": "landscapes of n = 400 take seconds each",
    "planted/minimum": "the spread of the laws of approach sets δ",
    "relax/": "the sizes are the same at all efforts, because a user's code is measured",
    "information/": "landscapes of n = 400 take seconds each",
    "pairs/": "theory's own Monte Carlo averages and quadratures err by up to δ/2",
    "networks/": "an assumption that is expected to fail",
    "networks/normal-inputs": "an assumption that is expected to fail; its bias bound is nearly δ/2",
    "generalisation/overfitting": "a published observation without a number",
    "hard-networks/": "a published observation without a number",
    "choromanska/": "a published observation about ranges",
}


def percent(number: float | None) -> str:
    """Format a relative deviation; a dash if there is none."""
    return "–" if number is None else f"{100 * number:.2g}%"


def deltas(claim: Claim) -> str:
    """Return the claim's resolution at quick, standard and paper as text."""
    return " / ".join(percent(claim.delta_at(effort)) for effort in EFFORTS)


def entries(folders: Sequence[Path]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the verdicts of runs on the correct code, by effort and id.

    Raises
    ------
    ValueError
        If a folder has no verdicts.
    """
    found: dict[str, dict[str, Mapping[str, Any]]] = {effort: {} for effort in EFFORTS}
    for folder in folders:
        try:
            content = json.loads((folder / CLAIMS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ValueError(f"there is no {CLAIMS} in {folder}; give folders that verify --out wrote") from None
        judged = {entry["claim_id"]: entry for entry in content["claims"] if entry["points"]}
        found[content["effort"]] |= judged
    return found


def row(claim: Claim, before: Mapping[str, Any] | None, found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return the line of a claim in the first table."""
    cells = [claim.id, deltas(claim)]
    cells.append(f"{percent(before['delta'])}, {percent(before['resolution'])}" if before else "–")
    for effort in EFFORTS:
        entry = found[effort].get(claim.id)
        if entry is None:
            cells.append("–")
            continue
        reached = percent(entry["resolution"]) if entry["resolution"] else "within its range"
        verdict = "" if entry["status"] == "agrees" else f", {entry['status']}"
        seconds = recorded().get(claim.id, entry["seconds"]) if effort == "quick" else entry["seconds"]
        cells.append(f"{reached}{verdict} ({duration(seconds)})")
    return "| " + " | ".join(cells) + " |"


def parts(claim: Claim, found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """Return the lines of a limit in the second table."""
    lines = []
    for effort in EFFORTS:
        entry = found[effort].get(claim.id)
        if entry is not None and entry.get("resolution_parts"):
            made_of = entry["resolution_parts"]
            names = ("deviation", "statistics", "laws of approach", "sizes")
            numbers = [percent(entry["resolution"]), *(percent(made_of[name]) for name in names)]
            lines.append("| " + " | ".join([claim.id, effort, *numbers]) + " |")
    return lines


def coarse(claim: Claim) -> bool:
    """Return whether standard or paper tells less than three or ten times more than quick."""
    quick = claim.delta_at("quick")
    return any(quick < _ALMOST * factor * claim.delta_at(effort) for effort, factor in _FINER.items())


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


def page(folders: Sequence[Path], before: Path | None = None) -> str:
    """Return the page, from folders of runs and, if given, one of a run of an earlier version."""
    claims = [claim for claim in catalogue().values() if not claim.deterministic]
    found = entries(folders)
    earlier = entries([before])["quick"] if before is not None else {}
    limits = [claim for claim in claims if isinstance(claim.estimator, Extrapolation)]
    lines = [
        _HEAD,
        "| claim | δ | before | reached at quick | reached at standard | reached at paper |",
        "|---|---|---|---|---|---|",
        *(row(claim, earlier.get(claim.id), found) for claim in claims),
        _LIMITS + "\n".join(line for claim in limits for line in parts(claim, found)),
        _COARSE + "\n".join(f"- {claim.id}, {deltas(claim)}: {reason(claim.id)}" for claim in claims if coarse(claim)),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the runs and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolution", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="folder of a run of this version")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="folder of a run at quick of an earlier version")
    asked = parser.parse_args(arguments)
    try:
        OUTPUT.write_text(page(asked.folders, asked.before), encoding="utf-8")
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
