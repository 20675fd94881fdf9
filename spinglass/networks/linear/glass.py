"""The loss of a deep linear network as a mixed spherical spin glass, whose critical points can be enumerated."""

from itertools import pairwise, product

import numpy as np

from spinglass import couplings
from spinglass._common.memory import require_memory
from spinglass._common.types import Array
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.networks.linear.problem import LinearProblem


def linear_glass(problem: LinearProblem) -> SphericalSpinGlass:
    """Return the mixed model of orders H and 2H whose energy is ``E - |Y|^2/2``, for weights w as one vector.

    On the sphere ``|w|^2 = n``, its critical points satisfy ``grad E(w) + mu w = 0``. They are critical points of the
    loss with a ridge penalty ``mu |w|^2/2``, whose strength depends on the norm. The model can be passed to
    ``enumerate_critical_points``. Its forms are not generic: if some of them vanish with their gradients on whole
    surfaces, complex solutions are not isolated, and the enumeration returns ``complete=False``; the real points that
    it certifies are nevertheless critical points.

    Parameters
    ----------
    problem
        The problem, with H >= 2 layers.

    Returns
    -------
    SphericalSpinGlass
        The mixed model, with one spin per weight.

    Raises
    ------
    ValueError
        If the tensor of order 2H does not fit in memory, or H = 1, for which the loss is quadratic.

    Examples
    --------
    >>> problem = LinearProblem([[1.0]], [[3.0]], (1, 1, 1))
    >>> glass = linear_glass(problem)
    >>> float(glass.energy([1.0, 2.0])), problem.loss(np.array([1.0, 2.0])) - 4.5
    (-4.0, -4.0)
    """
    n, H = problem.size, problem.H
    if H == 1:
        raise ValueError("one layer alone has a quadratic loss; its critical points need no enumeration")
    require_memory(8 * 3 * n ** (2 * H), f"a tensor of {n}^{2 * H} numbers", "narrower or fewer layers")
    paths = path_tensor(problem)
    gram, signal = problem.X.T @ problem.X, problem.X.T @ problem.Y
    high = np.tensordot(np.tensordot(gram, paths, (1, 0)), paths, ((0, 1), (0, 1))) / 2
    low = -np.tensordot(signal, paths, ((0, 1), (0, 1)))
    packed = {d: couplings.pack(n ** ((d - 1) / 2) * tensor) for d, tensor in ((H, low), (2 * H, high))}
    return SphericalSpinGlass(n, dict.fromkeys(packed, 1.0), packed)


def path_tensor(problem: LinearProblem) -> Array:
    """Return the map (W_1...W_H)_ab as a tensor (n_0, n_H, n, ..., n), with one entry 1 per path through the layers."""
    widths, n = problem.widths, problem.size
    starts = np.cumsum([0, *(a * b for a, b in pairwise(widths))])
    tensor = np.zeros((widths[0], widths[-1]) + (n,) * problem.H)
    for path in product(*(range(width) for width in widths)):
        steps = zip(starts, path, path[1:], widths[1:], strict=False)
        tensor[(path[0], path[-1], *(int(start) + i * width + j for start, i, j, width in steps))] = 1.0
    return tensor
