"""The dense route: full tensors and NumPy contractions, nothing of the packed kernels."""

import itertools
import math

import numpy as np


def contract(tensor, x, times):
    """Contract the last ``times`` indices of a tensor with x."""
    for _ in range(times):
        tensor = tensor @ x
    return tensor


def symmetrised(tensor):
    axes = range(tensor.ndim)
    return sum(tensor.transpose(p) for p in itertools.permutations(axes)) / math.factorial(tensor.ndim)


class DenseGlass:
    """energy = sum_H a_H n^{-(H-1)/2} J_H x...x, with its derivatives, for full symmetric tensors J_H."""

    def __init__(self, tensors):
        self.tensors = {H: np.asarray(J, dtype=float) for H, J in tensors.items()}
        self.n = next(iter(tensors.values())).shape[0]

    @classmethod
    def of(cls, glass):
        from spinglass import couplings

        return cls(
            {
                H: glass.weights[H] * couplings.unpack(packed.astype(float), glass.n, H)
                for H, packed in glass.couplings.items()
            }
        )

    def _sum(self, x, drop):
        return sum(
            self.n ** (-(H - 1) / 2) * math.perm(H, drop) * contract(J, x, H - drop)
            for H, J in self.tensors.items()
            if drop <= H
        )

    def energy(self, x):
        return self._sum(x, 0)

    def gradient(self, x):
        return self._sum(x, 1)

    def hessian(self, x):
        return self._sum(x, 2) + np.zeros((self.n, self.n))
