"""Assignment of arrays inside compiled functions.

``target[:] = source`` has the same effect, but Numba then compiles the text of its message about arrays of different
shapes: thousands of lines of string handling in every kernel, which doubled the time that kernels took to compile.
"""

from spinglass._common.jit import jit
from spinglass._common.types import FloatArray


@jit
def assign(target: FloatArray, source: FloatArray) -> None:
    """``target[i] = source[i]`` for all i of ``target``."""
    for i in range(target.size):
        target[i] = source[i]
