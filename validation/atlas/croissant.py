"""Metadata of an atlas in the Croissant format, version 1.0, which data loaders for machine learning read."""

from typing import Any

from validation.atlas.columns import DESCRIPTION, LICENCE, PUBLISHED, TABLES, TITLE, VERSION
from validation.atlas.data_files import DataFile

_CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
# The context that appendix 1 of the specification recommends.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{
        term: f"cr:{term}"
        for term in (
            "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet",
            "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
            "references", "regex", "repeated", "replace", "separator", "source", "subField", "transform",
        )
    },
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}  # fmt: skip
_TYPES = {
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "float64": "sc:Float",
    "bool": "sc:Boolean",
    "string": "sc:Text",
}


def croissant(files: list[DataFile], url: str) -> dict[str, Any]:
    """Return the metadata as JSON values.

    Parameters
    ----------
    files
        The data files.
    url
        Address of the data.

    Returns
    -------
    dict
        One file object and one record set for every data file.
    """
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS_TO,
        "name": "spin-glass-atlas",
        "alternateName": TITLE,
        "description": DESCRIPTION,
        "version": VERSION,
        "datePublished": PUBLISHED,
        "license": LICENCE,
        "url": url,
        "creator": {"@type": "sc:Organization", "name": "The spinglass authors"},
        "keywords": ["spin glass", "p-spin model", "random landscape", "critical points", "loss surface"],
        "isLiveDataset": False,
        "citeAs": f"The spinglass authors: {TITLE}, version {VERSION}",
        "distribution": [_file_object(file) for file in files],
        "recordSet": [_record_set(file) for file in files],
    }


def _file_object(file: DataFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.place,
        "name": file.place,
        "description": f"H = {file.part.H}, n = {file.part.n}: one row is {TABLES[file.table].meaning}",
        "contentUrl": file.place,
        "contentSize": f"{file.size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _record_set(file: DataFile) -> dict[str, Any]:
    table, name = TABLES[file.table], f"{file.table}_{file.part.name}"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"One record is {table.meaning}.",
        "key": [{"@id": f"{name}/{column}"} for column in table.key],
        "field": [_field(file, name, column, *described) for column, described in table.columns.items()],
    }


def _field(file: DataFile, name: str, column: str, kind: str, meaning: str) -> dict[str, Any]:
    listed = kind.startswith("list<")
    return {
        "@type": "cr:Field",
        "@id": f"{name}/{column}",
        "name": column,
        "description": meaning,
        "dataType": _TYPES[kind[5:-1] if listed else kind],
        **({"repeated": True} if listed else {}),
        "source": {"fileObject": {"@id": file.place}, "extract": {"column": column}},
    }
