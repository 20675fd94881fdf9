"""State dicts of PyTorch, as mappings or in ``.safetensors`` and ``.npz`` files."""

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_LARGEST_HEADER = 100_000_000  # bytes, the limit of the format


def read(
    source: Mapping[str, Any] | str | PathLike[str], layers: Sequence[str] | None
) -> list[tuple[npt.NDArray[Any], npt.NDArray[Any] | None]]:
    """Return the linear layers of a state dict as pairs (weight, bias) in PyTorch's orientation.

    Parameters
    ----------
    source
        The mapping, or the name of a file.
    layers
        Names of the layers in order, or None for all.

    Returns
    -------
    list of tuple
        Weights (outputs, inputs) and biases (outputs,) or None.

    Raises
    ------
    ValueError
        If the file or the mapping is not a state dict of linear layers, or their order is not clear.
    OSError
        If the file cannot be read.
    """
    arrays, ordered = _arrays(source)
    names = [name.removesuffix("weight").removesuffix(".") for name in arrays if re.fullmatch(r"(.*\.)?weight", name)]
    if layers is not None:
        missing = [name for name in layers if name not in names]
        if missing:
            raise ValueError(f"there are no layers {missing}; the state dict has {names}")
        names = list(layers)
    else:
        known = {f"{name}.{kind}" if name else kind for name in names for kind in ("weight", "bias")}
        strange = [name for name in arrays if name not in known]
        if strange or not names:
            raise ValueError(
                f"a state dict of linear layers has names such as '0.weight' and '0.bias'; given "
                f"{list(arrays)[:8]}: give layers= to choose some"
            )
        names = names if ordered else _by_number(names)
    prefixes = [f"{name}." if name else "" for name in names]
    return [(arrays[f"{prefix}weight"], arrays.get(f"{prefix}bias")) for prefix in prefixes]


def _arrays(source: Mapping[str, Any] | str | PathLike[str]) -> tuple[Arrays, bool]:
    """Return the arrays by name, and whether their order is that of the layers."""
    if isinstance(source, Mapping):
        return {str(name): _numpy(value) for name, value in source.items()}, True
    path = Path(source)
    if path.suffix == ".npz":
        try:
            with np.load(path, allow_pickle=False) as file:
                return {name: file[name] for name in file.files}, True
        except (ValueError, EOFError, zipfile.BadZipFile, AttributeError) as error:
            raise ValueError(f"{path} is not an npz file of arrays: {error}") from error
    if path.suffix == ".safetensors":
        return _safetensors(path), False
    raise ValueError(
        f"{path} must end in .safetensors or .npz; save a module by safetensors.torch.save_file(module.state_dict(), "
        "FILE) or numpy.savez(FILE, **{k: v.numpy() for k, v in module.state_dict().items()})"
    )


def _numpy(value: Any) -> npt.NDArray[Any]:
    return np.asarray(value.detach().cpu().double().numpy() if hasattr(value, "detach") else value)


def _by_number(names: list[str]) -> list[str]:
    """Return names that differ only in their numbers, such as net.0 and net.10, in ascending order."""
    patterns = {re.sub(r"\d+", "#", name) for name in names}
    if len(patterns) > 1:
        raise ValueError(
            f"the order of the layers {names} is not clear from their names, and a safetensors file does not keep "
            "it: give layers=[...], the first layer first"
        )
    return sorted(names, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])


def _safetensors(path: Path) -> Arrays:
    """Read a safetensors file: eight bytes with the length of a JSON header, the header, and the numbers."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    try:
        if len(content) < 8 + length or length > _LARGEST_HEADER:
            raise ValueError("its header is cut off")
        header = json.loads(content[8 : 8 + length])
        header.pop("__metadata__", None)
        return {name: _tensor(name, entry, content[8 + length :]) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a safetensors file or is damaged: {error}") from error


def _tensor(name: str, entry: dict[str, Any], data: bytes) -> npt.NDArray[Any]:
    if entry["dtype"] not in _TYPES:
        raise ValueError(f"{name} has the type {entry['dtype']}; weights must be one of {', '.join(_TYPES)}")
    start, stop = entry["data_offsets"]
    kind = np.dtype(_TYPES[entry["dtype"]])
    size = int(np.prod(entry["shape"], dtype=np.int64)) * kind.itemsize
    if not 0 <= start <= stop <= len(data) or stop - start != size:
        raise ValueError(f"{name} of shape {entry['shape']} does not fit its {stop - start} bytes")
    numbers = np.frombuffer(data[start:stop], kind)
    if entry["dtype"] == "BF16":  # the upper half of a float32
        numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
    return numbers.astype(np.float64).reshape(entry["shape"])
