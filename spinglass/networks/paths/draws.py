"""The random numbers of a path model: an input and an activity for every path.

Both are drawn in blocks, each with its own child seed, so that any block can be generated again and none needs to be
stored. A path is active if its uniform random number is below rho; a larger rho with the same seed only adds paths.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinglass._common.memory import require_memory
from spinglass._common.seeds import child, generator
from spinglass._common.types import Array
from spinglass.networks.architecture import in_figures

_BLOCK = 2**18  # paths per child seed; changing this changes every model
_MOST = 10**9  # largest number of paths, which are drawn in about two minutes
_INPUTS, _UNIFORMS = 0x58, 0x41  # keys of the child seeds of the inputs and of the activities


@dataclass(frozen=True)
class PathDraws:
    """Inputs X iid N(0, 1) and activities A iid Bernoulli(rho) of all paths.

    Attributes
    ----------
    sequence
        The seed.
    paths
        Number of paths.
    rho
        Probability that a path is active.
    averaged
        Whether every activity is replaced by its mean rho. Default: False.
    """

    sequence: np.random.SeedSequence
    paths: int
    rho: float
    averaged: bool = False

    def blocks(self) -> Iterator[tuple[NDArray[np.int64], Array]]:
        """Yield the indices of the active paths, block by block, with their X A (all paths with X rho if averaged)."""
        for block, first in enumerate(range(0, self.paths, _BLOCK)):
            X, A = self._inputs(block), self._activities(block)
            on = np.flatnonzero(A)
            yield first + on, X[on] * A[on]

    def inputs(self) -> Array:
        """Return the inputs X, shape (paths,)."""
        self._require("the inputs")
        return np.concatenate([self._inputs(block) for block in range(-(-self.paths // _BLOCK))])

    def activities(self) -> Array:
        """Return the activities A, 0.0 or 1.0 (rho everywhere if averaged), shape (paths,)."""
        self._require("the activities")
        return np.concatenate([self._activities(block) for block in range(-(-self.paths // _BLOCK))])

    def require_few(self) -> None:
        """Raise ``ValueError`` if there are so many paths that drawing them would take more than minutes."""
        if self.paths > _MOST:
            raise ValueError(
                f"{in_figures(self.paths)} paths are more than the limit of {_MOST:g}; drawing takes about 0.1 us per "
                "path. Use narrower layers, such as (1000, 1000, 1000, 1)"
            )

    def _inputs(self, block: int) -> Array:
        return generator(child(self.sequence, _INPUTS, block)).standard_normal(self._length(block))

    def _activities(self, block: int) -> Array:
        if self.averaged:
            return np.full(self._length(block), self.rho)
        uniform = generator(child(self.sequence, _UNIFORMS, block)).random(self._length(block))
        return (uniform < self.rho).astype(np.float64)

    def _length(self, block: int) -> int:
        return min(_BLOCK, self.paths - block * _BLOCK)

    def _require(self, what: str) -> None:
        self.require_few()
        require_memory(16 * self.paths, f"{what} of {self.paths} paths", "narrower layers")
