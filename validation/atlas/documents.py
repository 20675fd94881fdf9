"""The documents beside the tables of an atlas: README, Croissant metadata and checksums."""

import json
from pathlib import Path

from validation.atlas.columns import DESCRIPTION, LICENCE, LICENCE_NAME, TABLES, TITLE, VERSION
from validation.atlas.croissant import croissant
from validation.atlas.data_files import DataFile, checksum, libraries
from validation.atlas.landscape_sets import AtlasPlan, Part
from validation.engine.run_folder import write_whole

README, CROISSANT, CHECKSUMS = "README.md", "croissant.json", "SHA256SUMS"
_MODEL = """\
The energy of a point x with |x|² = n is

    E(x) = n^(-(H-1)/2) Σ J_{i1...iH} x_{i1} ... x_{iH}

with independent standard normal J for all n^H tuples, so that E has variance n. Every sample is complete unless its row
in `samples` says otherwise: as many complex solutions were found as a generic form has, and where `proven` is true,
disjoint boxes around all of them prove that none is missing. Points are known to rounding; `error_bound` bounds their
distance from the true critical points.
"""
_READING = """\
    import pandas as pd
    points = pd.read_parquet("critical_points/{name}.parquet")

    import polars as pl
    points = pl.read_parquet("critical_points/*.parquet")

    import duckdb
    duckdb.sql("SELECT H, n, index, count(*) FROM 'critical_points/*.parquet' GROUP BY ALL ORDER BY ALL")

All files of one table have the same columns. Rows are ordered by H, n and sample within a file, and `point` counts
within the sample, so that tables are joined on (H, n, sample, point). The overlap of two points is x.y/n.
"""
_REDRAWING = """\
The couplings of a sample are in its row of `samples`; its `seed` draws them again with spinglass:

    from spinglass import SphericalSpinGlass, basin_volumes, enumerate_critical_points, landscape_graph
    every = enumerate_critical_points(SphericalSpinGlass.pure(n, H, seed), certify="all")
    basins = basin_volumes(landscape_graph(every), starts, seed)

`spinglass graph --n N --H H --seed SEED --html landscape.html` shows it as a page.
"""


def write_documents(
    plan: AtlasPlan, files: list[DataFile], folder: Path, url: str, incomplete: dict[Part, int]
) -> None:
    """Write README.md, croissant.json and SHA256SUMS.

    Parameters
    ----------
    plan
        The atlas.
    files
        The data files.
    folder
        Folder of the atlas.
    url
        Address of the data.
    incomplete
        Number of samples of each part whose critical points may not be complete.
    """
    metadata = json.dumps(croissant(files, url), indent=1, ensure_ascii=False) + "\n"
    write_whole(folder / README, readme(plan, files, incomplete).encode())
    write_whole(folder / CROISSANT, metadata.encode())
    sums = {file.place: file.sha256 for file in files}
    sums |= {name: checksum(folder / name) for name in (README, CROISSANT)}
    lines = [f"{digest}  {place}\n" for place, digest in sorted(sums.items())]
    write_whole(folder / CHECKSUMS, "".join(lines).encode())


def readme(plan: AtlasPlan, files: list[DataFile], incomplete: dict[Part, int]) -> str:
    """Return the text of README.md.

    Parameters
    ----------
    plan
        The atlas.
    files
        The data files.
    incomplete
        Number of samples of each part whose critical points may not be complete.

    Returns
    -------
    str
        The text.
    """
    size = sum(file.size for file in files) / 1e6
    built_with = ", ".join(f"{name} {version}" for name, version in libraries().items())
    parts = [
        f"# {TITLE}\n",
        f"Version {VERSION}, {size:.3g} MB of Parquet files. {DESCRIPTION}\n",
        _MODEL,
        "## Samples\n",
        _samples(files, incomplete),
        f"All seeds are derived from {plan.seed}. Basins are measured by {plan.starts} gradient flows per sample.\n",
        "## Tables\n",
        *(_table(name, files) for name in TABLES),
        "## Reading\n",
        _READING.replace("{name}", plan.parts[0].name),
        "## Drawing a landscape again\n",
        _REDRAWING,
        "## Files\n",
        f"`sha256sum -c {CHECKSUMS}` checks all files. `{CROISSANT}` describes them in the Croissant format",
        f"(MLCommons, version 1.0). The same samples give the same bytes with the same versions: {built_with}.\n",
        "## Licence\n",
        f"{LICENCE_NAME}, {LICENCE}. The program spinglass is under the MIT licence.\n",
    ]
    return "\n".join(parts)


def _samples(files: list[DataFile], incomplete: dict[Part, int]) -> str:
    rows = {(file.table, file.part): file.rows for file in files}
    lines = ["| H | n | samples | incomplete | critical points | minima | saddles of index 1 |", "|" + "---:|" * 7]
    for part, missing in incomplete.items():
        numbers = [rows[name, part] for name in ("critical_points", "minima", "saddles")]
        lines.append("| " + " | ".join(map(str, (part.H, part.n, part.samples, missing, *numbers))) + " |")
    return "\n".join(lines) + "\n"


def _table(name: str, files: list[DataFile]) -> str:
    table, own = TABLES[name], [file for file in files if file.table == name]
    rows, size = sum(file.rows for file in own), sum(file.size for file in own) / 1e6
    lines = [
        f"### {name}\n",
        f"One row is {table.meaning}: {rows} rows, {size:.3g} MB in `{name}/`. Key: {', '.join(table.key)}.\n",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{column}` | `{kind}` | {meaning.replace('|', chr(92) + '|')} |"
        for column, (kind, meaning) in table.columns.items()
    ]
    return "\n".join(lines) + "\n"
