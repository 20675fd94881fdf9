"""Saving results to one file each, from which they are loaded again without change."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import quoted
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Landscape

_HEADER, _FORMAT = "spinglass", 1
_Arrays = dict[str, npt.NDArray[Any]]


class Saved:
    """A result that can be saved to a file and loaded again; the base class of dataclasses of arrays and numbers."""

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the result to a file of NumPy's format npz, from which `load` restores it to the last bit.

        The couplings of a `SphericalSpinGlass` are saved too. Another landscape is not; pass it to `load`.

        Parameters
        ----------
        file : path
            Name of the file, ending in .npz; an existing file is replaced.

        Raises
        ------
        ValueError
            If the name has another ending, an array holds Python objects, or a field holds something else that cannot
            be saved.
        OSError
            If the file cannot be written.
        """
        path = Path(file)
        if path.suffix.lower() != ".npz":
            raise ValueError(f"results are saved as .npz files; give a name that ends in .npz, not {quoted(str(file))}")
        arrays: _Arrays = {}
        header = {"format": _FORMAT, "result": _described(self, "", arrays)}
        whole = io.BytesIO()
        np.savez(whole, **{_HEADER: np.array(json.dumps(header)), **arrays})  # pyrefly: ignore[bad-argument-type]  # no array is named allow_pickle
        # A random name, because process numbers are not unique between containers that share a folder.
        unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            unfinished.write_bytes(whole.getbuffer())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    @classmethod
    def load(cls, file: str | os.PathLike[str], landscape: Landscape | None = None) -> Self:
        """Read a result that `save` wrote.

        Parameters
        ----------
        file : path
            Name of the file.
        landscape : Landscape, optional
            The landscape of the result, if it is not a `SphericalSpinGlass`, whose couplings are in the file.

        Returns
        -------
        result
            An instance of this class, equal to the one that was saved.

        Raises
        ------
        ValueError
            If the file was not written by `save`, holds the result of another class, is damaged, or needs a landscape.
        OSError
            If the file cannot be read.
        """
        header, arrays = _read(Path(file))
        try:
            kind = header["result"]["class"]
            if kind != cls.__name__:
                raise ValueError(f"{file} holds a result of the class {kind}, not {cls.__name__}; use {kind}.load")
            found = _restored(header["result"], arrays, landscape)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"{file} is damaged or was written by another version of spinglass ({error})") from error
        if not isinstance(found, cls):
            raise ValueError(f"{file} is damaged: it holds a {type(found).__name__} in place of a {cls.__name__}")
        return found


def _described(value: Any, name: str, arrays: _Arrays) -> dict[str, Any]:
    """Return a value as JSON, and put its arrays into ``arrays`` under names that begin with ``name``."""
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise ValueError(f"{name} holds Python objects, which cannot be saved; give numbers or texts")
        arrays[name] = value
        return {"array": name}
    if isinstance(value, tuple):
        return {"tuple": [_described(part, f"{name}/{number}", arrays) for number, part in enumerate(value)]}
    if isinstance(value, Saved):
        # The subclasses of Saved are dataclasses.
        own = [field.name for field in dataclasses.fields(value) if field.init]  # pyrefly: ignore[bad-argument-type]
        parts = {key: _described(getattr(value, key), f"{name}/{key}".strip("/"), arrays) for key in own}
        return {"class": type(value).__name__, "fields": parts}
    if isinstance(value, SphericalSpinGlass):
        for order, packed in value.couplings.items():
            arrays[f"{name}/{order}"] = packed
        return {
            "glass": value.n,
            "weights": list(value.weights.items()),
            "noise": list(value.noise.items()),
            "couplings": name,
        }
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return {"value": value}
    if isinstance(value, Landscape):
        return {"landscape": type(value).__name__}
    raise ValueError(f"{name} holds a {type(value).__name__}, which cannot be saved; give numbers, texts or arrays")


def _restored(part: dict[str, Any], arrays: _Arrays, landscape: Landscape | None) -> Any:
    if "array" in part:
        return arrays[part["array"]]
    if "value" in part:
        return part["value"]
    if "tuple" in part:
        return tuple(_restored(entry, arrays, landscape) for entry in part["tuple"])
    if "glass" in part:
        packed = {order: arrays[f"{part['couplings']}/{order}"] for order, _ in part["weights"]}
        return SphericalSpinGlass(part["glass"], dict(part["weights"]), packed, dict(part["noise"]))
    if "landscape" in part:
        if landscape is None:
            raise ValueError(
                f"the result is on a landscape of the class {part['landscape']}, which is not saved; "
                "pass it as load(file, landscape)"
            )
        return landscape
    classes = {kind.__name__: kind for kind in _subclasses(Saved)}
    fields = {key: _restored(value, arrays, landscape) for key, value in part["fields"].items()}
    return classes[part["class"]](**fields)


def _subclasses(kind: type) -> list[type]:
    children: list[type] = kind.__subclasses__()
    return children + [found for child in children for found in _subclasses(child)]


def _read(path: Path) -> tuple[dict[str, Any], _Arrays]:
    foreign = f"{path} was not written by the save method of a result of spinglass"
    content = path.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ValueError(f"{foreign}, or it is damaged: it is not an npz file")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged, or holds something other than arrays ({error})") from error
    if _HEADER not in arrays:
        raise ValueError(f"{foreign}: it has the arrays {', '.join(sorted(arrays)[:5]) or '(none)'}")
    try:
        header = json.loads(str(arrays.pop(_HEADER)))
    except ValueError as error:
        raise ValueError(f"{foreign}: its header is not JSON ({error})") from error
    if not isinstance(header, dict):
        raise ValueError(f"{foreign}: its header is {quoted(header)}")
    if header.get("format") != _FORMAT:
        raise ValueError(f"{path} was written by another version of spinglass, in format {header.get('format')}")
    return header, arrays
