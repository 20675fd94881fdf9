"""Files of a run: data as Parquet, verdicts as JSON, and reports; they can be loaded again."""

import json
import math
import os
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spinglass._common.arguments import quoted
from validation.engine.provenance import versions
from validation.engine.run_folder import read_parquet, write_whole
from validation.report.report import Report
from validation.statistics.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd

DATA, CLAIMS = "data.parquet", "claims.json"
PAGE, PLAIN = "report.html", "report.md"
OUTPUTS = (DATA, CLAIMS, PAGE, PLAIN)
_TABLES = (".parquet", ".csv")


def prepare(folder: str | Path) -> Path:
    """Create a folder for the results of a run, and check that it is writable before any work is done.

    Parameters
    ----------
    folder
        Its path.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ValueError
        If the folder cannot be created or written.
    """
    if folder == "":
        raise ValueError("the name of the folder is empty; give a name, or . for the current folder")
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        writable = os.access(path, os.W_OK | os.X_OK)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL byte
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"cannot write to {folder}: {reason}; choose another folder") from error
    if not writable:
        raise ValueError(f"cannot write to {folder}: permission denied; choose another folder")
    return path


def prepare_table(file: str | Path) -> Path:
    """Check that a table can be written to a file before any work is done; create its folder.

    Parameters
    ----------
    file
        Path of the table, ending in .parquet or .csv.

    Returns
    -------
    Path
        The path.

    Raises
    ------
    ValueError
        If the file cannot be written, or its name has another ending.
    """
    path = Path(file)
    if path.suffix.lower() not in _TABLES:
        raise ValueError(f"unknown table format: {quoted(str(file))}; use a name that ends in .parquet or .csv")
    return prepare_file(path)


def prepare_file(path: Path) -> Path:
    """Check that a file can be written before any work is done; create its folder.

    Parameters
    ----------
    path
        Path of the file.

    Returns
    -------
    Path
        The path.

    Raises
    ------
    ValueError
        If the file cannot be written.
    """
    prepare(path.parent)
    if not path.exists():
        try:
            path.touch(exist_ok=False)
            path.unlink()
        except (OSError, ValueError) as error:
            nowhere = "it is a symbolic link without a target" if isinstance(error, FileExistsError) else None
            reason = nowhere or getattr(error, "strerror", None) or error
            raise ValueError(f"cannot write {path}: {reason}; choose another file") from None
    if path.is_dir() or (path.exists() and not os.access(path, os.W_OK)):
        reason = "it is a folder" if path.is_dir() else "permission denied"
        raise ValueError(f"cannot write {path}: {reason}; choose another file")
    return path


def write_table(table: "pd.DataFrame", file: Path, *, index: bool = True) -> None:
    """Write a table as Parquet or CSV.

    Parameters
    ----------
    table
        The table.
    file
        The path; CSV is written if it ends in .csv, otherwise Parquet.
    index
        Whether to write the index of the table. Default True.
    """
    if file.suffix.lower() == ".csv":
        write_whole(file, table.to_csv(index=index).encode())
    else:
        write_whole(file, table.to_parquet(index=index))


def write(report: Report, folder: Path) -> None:
    """Write the data, the verdicts and the report of a run.

    Parameters
    ----------
    report
        The run.
    folder
        An existing folder.
    """
    from validation.report.html import html, markdown

    data = BytesIO()
    report.to_frame().to_parquet(data, index=False)
    verdicts = json.dumps(contents(report), indent=1, allow_nan=False) + "\n"
    write_whole(folder / DATA, data.getvalue())
    write_whole(folder / CLAIMS, verdicts.encode("utf-8"))  # first, because text of a user could make the pages fail
    for name, page in ((PLAIN, markdown), (PAGE, html)):
        write_whole(folder / name, page(report).encode("utf-8", "backslashreplace"))


def load(folder: str | Path) -> "pd.DataFrame":
    """Load the data of a run of claims or of a study.

    Parameters
    ----------
    folder
        A folder written by ``verify(out=...)`` or ``run_study``.

    Returns
    -------
    DataFrame
        For a run of claims, one measured number per row, with the columns ``claim_id``, ``mutant``, ``series``,
        ``sample``, ``component`` and ``value``. For a study, setting, sample and the
        columns of its task.

    Raises
    ------
    ValueError
        If the folder does not contain a run, or its data cannot be read.
    """
    file = Path(folder) / DATA
    if not file.is_file():
        raise ValueError(f"there is no {DATA} in {folder}; give the folder that verify(out=...) wrote")
    try:
        data: pd.DataFrame = read_parquet(file).to_pandas(use_threads=False)
    except (ValueError, OSError) as error:
        raise ValueError(f"{file} is damaged or not a Parquet file ({error}); write it again with --resume") from None
    return data


def contents(report: Report) -> dict[str, Any]:
    """Return the verdicts of a run, its effort, seed and versions as JSON values.

    Parameters
    ----------
    report
        The run.

    Returns
    -------
    dict
        The content of ``claims.json``. Numbers that are not finite are replaced by None.
    """
    plain: dict[str, Any] = _plain(
        {
            "effort": report.effort,
            "seed": report.seed,
            "seconds": report.seconds,
            "interrupted": report.interrupted,
            "versions": versions(),
            "summary": report.summary,
            "claims": [_entry(report, verdict) for verdict in report.verdicts],
            "mutants": [_judged(report, verdict) for verdict in report.mutant_verdicts],
        }
    )
    return plain


def _entry(report: Report, verdict: Verdict) -> dict[str, Any]:
    claim = report.catalogue[verdict.claim_id]
    described = {name: getattr(claim, name) for name in ("statement", "formula", "source", "measured", "bias_reason")}
    return _judged(report, verdict) | described | claim.at(report.effort)._asdict()


def _judged(report: Report, verdict: Verdict) -> dict[str, Any]:
    judged = {
        name: getattr(verdict, name)
        for name in (
            "claim_id", "kind", "mutant", "status", "fate", "reason", "p_value", "p_values", "p_equivalence", "alpha",
            "resolution", "resolution_parts", "estimate", "standard_error", "interval", "predicted", "samples",
            "needed", "seconds", "errors",
        )
    }  # fmt: skip
    trial = next(t for t in report.trials if t.key == (verdict.claim_id, verdict.mutant))
    points = [
        {"label": label, "identity": identity, **asdict(point)}
        for (label, point), identity in zip(verdict.points, trial.identities(len(verdict.points)), strict=True)
    ]
    return judged | {"points": points}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
