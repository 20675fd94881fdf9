"""Conversion of float32 arrays inside compiled functions, which is left out where it is not needed."""

from collections.abc import Callable
from typing import Any

from numba.extending import overload

from spinglass._common.types import FloatArray


def in_type_of(array: FloatArray, like: FloatArray) -> FloatArray:
    """Return ``array`` in the type of numbers of ``like``: a copy, or the array itself if it has this type."""
    return array.astype(like.dtype, copy=False)


@overload(in_type_of, strict=False)  # Numba would compare the annotations too
def _by_types(array: Any, like: Any) -> Callable[..., Any]:
    """Choose when a kernel is compiled, so that arrays of the same type cost nothing."""
    if array.dtype == like.dtype:
        return lambda array, like: array  # noqa: ARG005  the names of the arguments must be those above
    return lambda array, like: array.astype(like.dtype)
