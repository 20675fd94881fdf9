"""Pfaffians of many skew-symmetric matrices at once."""

from typing import Any

import numpy as np

from spinglass._common.types import IntArray


def pfaffians(matrices: Any) -> Any:
    r"""Return the Pfaffians of real or complex skew-symmetric matrices, shape (b, m, m), m even.

    By Parlett and Reid's elimination with pivoting: after exchanging rows and columns for the largest pivot,
    ``Pf A = A_{01} Pf(A' - t c^T + c t^T)``, with ``t = A_{0,2:}/A_{01}`` and ``c = -A_{1,2:}``.

    Parameters
    ----------
    matrices : array, shape (b, m, m)
        The matrices; only skew-symmetric ones have a Pfaffian, which is not checked.

    Returns
    -------
    array, shape (b,)
        The Pfaffians; 1 for m = 0.

    References
    ----------
    Wimmer (2012), ACM Trans. Math. Softw. 38, 30.

    Examples
    --------
    >>> pfaffians(np.array([[[0.0, 3.0], [-3.0, 0.0]]]))
    array([3.])
    """
    rest = np.array(matrices)
    rows = np.arange(len(rest))
    result = np.ones(len(rest), rest.dtype)
    while rest.shape[1] > 0:
        place = 1 + np.abs(rest[:, 0, 1:]).argmax(axis=1)
        _exchange(rest, rows, place)
        pivot = rest[:, 0, 1]
        result = result * np.where(place != 1, -pivot, pivot)
        ratio = rest[:, 0, 2:] / np.where(pivot == 0.0, 1.0, pivot)[:, None]
        update = ratio[:, :, None] * rest[:, 1, None, 2:]
        rest = rest[:, 2:, 2:] - update + update.transpose(0, 2, 1)
    return result


def _exchange(matrices: Any, rows: IntArray, place: IntArray) -> None:
    """Exchange rows and columns 1 and ``place`` of each matrix."""
    matrices[rows, place], matrices[:, 1] = matrices[:, 1].copy(), matrices[rows, place]
    matrices[rows, :, place], matrices[:, :, 1] = matrices[:, :, 1].copy(), matrices[rows, :, place]
