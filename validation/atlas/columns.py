"""The tables of an atlas: type and meaning of every column."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

TITLE = "Atlas of complete spin-glass landscapes"
DESCRIPTION = (
    "All critical points of random landscapes of the spherical H-spin model (pure p-spin model, p = H), found by "
    "homotopy continuation and certified by interval arithmetic, with the graph of minima and saddles, basins of "
    "attraction, and pairs of points."
)
VERSION = "1.0.0"  # of the data; a change of a number or of a column changes it
PUBLISHED = "2026-11-29"  # date of this version
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_NAME = "Creative Commons Attribution 4.0 International (CC BY 4.0)"


class Table(NamedTuple):
    """One table of an atlas.

    Attributes
    ----------
    meaning
        What one row is.
    columns
        Arrow type and meaning of each column by name.
    key
        Columns that identify a row.
    """

    meaning: str
    columns: Mapping[str, tuple[str, str]]
    key: tuple[str, ...]


_SAMPLE = {
    "H": ("int32", "interaction order"),
    "n": ("int32", "number of spins; a point has n coordinates and squared norm n"),
    "sample": ("int32", "number of the disorder sample, from 0, within its H and n"),
}
_KEY = ("H", "n", "sample")

TABLES = {
    "samples": Table(
        "one disorder sample",
        _SAMPLE
        | {
            "seed": ("int64", "seed of the couplings and of the starts: SphericalSpinGlass.pure(n, H, seed)"),
            "complete": ("bool", "whether all critical points were found"),
            "proven": ("bool", "whether it is proven that no complex solution is missing"),
            "reason": ("string", "what is missing if complete is false; empty otherwise"),
            "solutions": ("int32", "number of complex solutions found, up to a factor"),
            "expected_solutions": ("int32", "number of complex solutions of a generic form, ((H-1)^n - 1)/(H-2)"),
            "retried_paths": ("int32", "number of homotopy paths that were followed again"),
            "critical_points": ("int32", "number of critical points (real solutions)"),
            "counts": ("list<int32>", "number of critical points of each index 0, 1, ..., n-1"),
            "starts": ("int32", "number of gradient flows from uniform starts"),
            "unsettled_starts": ("int32", "number of these flows that reached no minimum; null if not complete"),
            "couplings": (
                "list<float64>",
                "the numbers c of energy = n^(-(H-1)/2) sum c x_i1 ... x_iH over all i1 <= ... <= iH, in the order of "
                "itertools.combinations_with_replacement(range(n), H)",
            ),
        },
        _KEY,
    ),
    "critical_points": Table(
        "one critical point of the energy on the sphere |x|^2 = n, lowest energy first",
        _SAMPLE
        | {
            "point": ("int32", "number of the point within its sample, from 0 for the lowest energy"),
            "index": ("int32", "number of negative eigenvalues of the Riemannian Hessian"),
            "energy_per_spin": ("float64", "energy / n; the total energy of a random point has variance n"),
            "gradient_norm": ("float64", "|Riemannian gradient| / sqrt(n) at x, which is zero up to rounding"),
            "smallest_eigenvalue": ("float64", "smallest eigenvalue of the Riemannian Hessian"),
            "flattest": ("float64", "smallest absolute eigenvalue; if it is near 0 the index is uncertain"),
            "certified": ("bool", "whether a true real critical point is proven to lie within error_bound of x"),
            "error_bound": ("float64", "proven bound on the distance of x from the true critical point; inf if none"),
            "x": ("list<float64>", "the n coordinates"),
        },
        (*_KEY, "point"),
    ),
    "minima": Table(
        "one minimum (critical point of index 0), deepest first",
        _SAMPLE
        | {
            "minimum": ("int32", "number of the minimum within its sample, from 0 for the deepest"),
            "point": ("int32", "its number in critical_points"),
            "energy_per_spin": ("float64", "energy / n"),
            "escape_height": (
                "float64",
                "energy barrier per spin, over the lowest pass, to a minimum listed before; null for the first",
            ),
            "ends": ("int32", "number of gradient flows from uniform starts that ended at this minimum"),
            "volume": ("float64", "ends / starts, the share of the sphere in its basin of attraction"),
            "volume_low": ("float64", "lower end of the 95% interval of volume (Wilson)"),
            "volume_high": ("float64", "upper end of this interval"),
        },
        (*_KEY, "minimum"),
    ),
    "saddles": Table(
        "one saddle of index 1 with the two minima that it joins, lowest first",
        _SAMPLE
        | {
            "saddle": ("int32", "number of the saddle within its sample, from 0 for the lowest"),
            "point": ("int32", "its number in critical_points"),
            "energy_per_spin": ("float64", "energy / n"),
            "deeper": ("int32", "the deeper of the two minima to which gradient flow leads from it; null if none"),
            "shallower": ("int32", "the other one; equal to deeper if both sides lead to one minimum; null if none"),
            "merges_valleys": ("bool", "whether it is the lowest pass between the valleys of its two minima"),
        },
        (*_KEY, "saddle"),
    ),
    "pairs": Table(
        "one unordered pair of critical points of index 0 or 1 of the same sample",
        _SAMPLE
        | {
            "first": ("int32", "number of the point of lower energy in critical_points"),
            "second": ("int32", "number of the other point"),
            "index_first": ("int32", "index of the first point"),
            "index_second": ("int32", "index of the second point"),
            "overlap": ("float64", "x.y / n; -1 for the pairs (x, -x) of even H"),
        },
        (*_KEY, "first", "second"),
    ),
}


def schema(name: str) -> "pa.Schema":
    """Return the schema of a table; the metadata holds the meanings, the version of the data and the licence.

    Parameters
    ----------
    name
        Name of the table.

    Returns
    -------
    pyarrow.Schema
        The schema.

    Examples
    --------
    >>> schema("minima").field("minimum").metadata[b"meaning"][:21]
    b'number of the minimum'
    """
    import pyarrow as pa

    table = TABLES[name]
    fields = [
        pa.field(column, arrow_type(kind), metadata={"meaning": meaning})
        for column, (kind, meaning) in table.columns.items()
    ]
    return pa.schema(fields, metadata={"row": table.meaning, "version": VERSION, "licence": LICENCE})


def arrow_type(kind: str) -> Any:
    """Return the Arrow type of a column, such as ``int32`` or ``list<float64>``."""
    import pyarrow as pa

    plain = {
        "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_(), "string": pa.string(),
    }  # fmt: skip
    # Parquet calls the field of a list "element".
    return pa.list_(pa.field("element", plain[kind[5:-1]])) if kind.startswith("list<") else plain[kind]
