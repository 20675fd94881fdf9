"""Counter-based random numbers: normals and uniforms that are functions of a row's key, a step and a stream.

An ordinary generator has a state, and its numbers depend on the order of the calls. Here number k of step t of row b is
a function of (key_b, t, k), so the random numbers of a chain are the same whether or not it is interrupted and resumed,
and whichever other rows are run with it.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011): Philox4x64-10.
"""

from math import pi
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types

from spinglass._common.arguments import whole_number
from spinglass._common.jit import intrinsic, jit
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array

Words = npt.NDArray[np.uint64]

_MULTIPLIERS = (np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157))
_WEYL = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B))
_ROUNDS = 10
_BITS_11, _ULP = np.uint64(11), 2.0**-53


def row_keys(seed: Seed, rows: int, first: int = 0) -> Words:
    """Return keys of two words, shape (rows, 2); the key of row b depends on the seed and ``first + b`` only.

    >>> bool((row_keys(0, 3)[1:] == row_keys(0, 2, first=1)).all())
    True
    """
    sequence = seed_sequence(seed)
    count = whole_number("rows", rows, 0)
    keys = [child(sequence, first + row).generate_state(2, np.uint64) for row in range(count)]
    return np.array(keys, dtype=np.uint64).reshape(count, 2)


def _plain_high_half(a: int, b: int) -> np.uint64:
    return np.uint64(int(a) * int(b) >> 64)


@intrinsic(_plain_high_half)
def _high_half(typingctx: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    """Return the high 64 bits of the product of two unsigned words."""
    signature = types.uint64(types.uint64, types.uint64)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(word, wide) for word in args))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return signature, codegen


@jit
def philox(key: Words, step: int, stream: int, block: int, out: Words) -> None:
    """Write the four words of Philox4x64-10 for the counter (block, step, stream, 0) and a key of two words."""
    a, b, c, d = np.uint64(block), np.uint64(step), np.uint64(stream), np.uint64(0)
    k, m = key[0], key[1]
    for _ in range(_ROUNDS):
        high, low = _high_half(_MULTIPLIERS[0], a), _MULTIPLIERS[0] * a
        upper, lower = _high_half(_MULTIPLIERS[1], c), _MULTIPLIERS[1] * c
        a, b, c, d = upper ^ b ^ k, lower, high ^ d ^ m, low
        k += _WEYL[0]
        m += _WEYL[1]
    out[0], out[1], out[2], out[3] = a, b, c, d


@jit
def uniform(key: Words, step: int, stream: int, block: int) -> float:
    """Return a uniform number in (0, 1], a multiple of 2^-53."""
    words = np.empty(4, np.uint64)
    philox(key, step, stream, block, words)
    return (float(words[0] >> _BITS_11) + 1.0) * _ULP


@jit
def normals(key: Words, step: int, stream: int, out: Array) -> None:
    """Fill ``out`` (n,) with independent standard normals by the Box-Muller transform."""
    words = np.empty(4, np.uint64)
    for block in range((out.size + 3) // 4):
        philox(key, step, stream, block, words)
        for half in range(2):
            at = 4 * block + 2 * half
            radius = np.sqrt(-2.0 * np.log((float(words[2 * half] >> _BITS_11) + 1.0) * _ULP))
            angle = 2.0 * pi * _ULP * float(words[2 * half + 1] >> _BITS_11)
            if at < out.size:
                out[at] = radius * np.cos(angle)
            if at + 1 < out.size:
                out[at + 1] = radius * np.sin(angle)
