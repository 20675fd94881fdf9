"""Exact mean numbers of critical points of a spherical spin glass with a planted signal, by overlap, at finite n."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import INDEX_HINT, SIZE_HINT, Model, Signal, real_numbers, scalar_or_array, whole_number
from theory.float_range import refuse_huge
from theory.kac_rice.legendre import legendre_rule
from theory.planted.overlap_density import OverlapDensity
from theory.planted.planted_model import PlantedModel

# Numbers of spins up to which counts take seconds: of one index, of all, and for a signal of order 1.
_MOST_BY_INDEX, _MOST, _MOST_IN_FIELD = 24, 40, 200
# Panels of the integral over the angle: the number is doubled until two results agree to this accuracy, or at the most
# panels to that stated. Panels at narrow peaks grow by this factor.
_NODES, _FEWEST_PANELS, _MOST_PANELS, _AGREE, _STATED, _GROWTH = 10, 4, 256, 1e-9, 1e-7, 3.0


def mean_planted_points(
    n: int,
    H: Model,
    signal: Signal,
    index: int | None = None,
    below: ArrayLike | None = None,
    overlap: Sequence[float] = (-1.0, 1.0),
) -> Any:
    r"""Return the exact mean number of critical points of a spin glass with a planted signal.

    .. math:: E\,N = \int dm\, \frac{2}{\Gamma(\frac{n-1}2)} \left(\frac{\nu''}{\nu'}\right)^{\frac{n-1}2}
              (1-m^2)^{\frac{n-3}2} e^{-n (1-m^2) s'(m)^2/(2\nu')}\;
              E\,\big|\det(M - y - \theta\, e e^T)\big|

    The energy is that of the glass minus :math:`n\, s(m)`, :math:`s(m) = \sum_k \lambda_k m^k`, at overlap
    :math:`m = x \cdot v/n` with a fixed point v of the sphere. M is a GOE matrix of size n-1 with off-diagonal variance
    1/2, e a fixed unit vector, :math:`\theta = s''(m) (1-m^2) \sqrt{n/(2\nu'')}`, and y is normal with mean
    :math:`-m s'(m) \sqrt{n/(2\nu'')}` and variance :math:`(\nu'+\nu'')/(2\nu'')`, derivatives of nu at 1. The glass has
    energy per spin :math:`\nu'/(\nu'+\nu'')\,(y\sqrt{2\nu''/n} + m s')` given y, on average, with variance
    :math:`(\nu - \nu'^2/(\nu'+\nu''))/n`.

    Parameters
    ----------
    n : int
        Number of spins, at least 2: up to 24 for one index, up to 40 for all, up to 200 for a signal of order 1.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field of random direction.
    signal : mapping
        Orders and strengths ``{k: lambda_k}``; order 1 is an external field in direction v.
    index : int, optional
        Count only points whose Hessian has this number of negative eigenvalues. Default: all points.
    below : float or array, optional
        Count only points with energy per spin, signal included, below this value; infinities are allowed. Default: all
        energies.
    overlap : pair of float
        Count only points with an overlap between these two; default (-1, 1).

    Returns
    -------
    float or array
        The mean number, in the shape of ``below``. The measured error is below 1e-7 of the number of points of all
        indices, and 1e-9 for a signal of order 1. The first number takes about 1 second at n = 8, 9 seconds for all
        indices and 30 for one at n = 20, and 90 seconds at n = 40; what was computed serves later calls with the same
        n, whatever the model.

    Raises
    ------
    ValueError
        If an argument is not as described, a count or a factor of it overflows, the signal is so strong that the
        integrals oscillate too fast, or the integral over the overlap does not converge to 1e-7.

    References
    ----------
    Ros, Ben Arous, Biroli and Cammarota (2019), Phys. Rev. X 9, 011003, and Ben Arous, Mei, Montanari and Nica (2019),
    Comm. Pure Appl. Math. 72, 2282, for the Hessian; the mean of the determinant is derived in
    :mod:`theory.planted.spiked_determinants`.

    Examples
    --------
    >>> round(mean_planted_points(4, 2, {2: 0.8}), 6), round(mean_planted_points(4, 2, {2: 0.8}, index=0), 6)
    (8.0, 2.0)
    >>> round(mean_planted_points(4, 3, {3: 1.2}, index=0, overlap=(0.5, 1.0)), 6)
    1.017834
    """
    bound = real_numbers("below", math.inf if below is None else below, infinite=True)
    density = _checked(n, H, signal, index, bound)
    low, high = _range(overlap)
    if bound.size == 0:
        return np.zeros(bound.shape)
    result = _integral(density, math.acos(high), math.acos(low))
    return scalar_or_array(result.reshape(bound.shape))


def planted_point_density(
    overlap: ArrayLike,
    n: int,
    H: Model,
    signal: Signal,
    index: int | None = None,
    below: float | None = None,
) -> Any:
    r"""Return the exact mean number of critical points of a planted model per unit of overlap with the signal.

    .. math:: \frac{d}{dm} E\, N(\text{overlap} \le m)

    Parameters
    ----------
    overlap : float or array
        Overlaps ``m = x.v/n`` between -1 and 1, exclusive.
    n, H, signal, index
        As for :func:`mean_planted_points`.
    below : float, optional
        Count only points with energy per spin, signal included, below this value. Default: all energies.

    Returns
    -------
    float or array
        The density, in the shape of ``overlap``; its integral is :func:`mean_planted_points`. The measured error is
        below 1e-7 of the density of all indices.

    Raises
    ------
    ValueError
        As for :func:`mean_planted_points`, or if an overlap is not between -1 and 1.

    References
    ----------
    As for :func:`mean_planted_points`.

    Examples
    --------
    >>> planted_point_density([0.0, 0.9], 3, 2, {2: 0.8}).round(6)
    array([4.017689, 3.372766])
    """
    m = real_numbers("overlap", overlap)
    if np.any(np.abs(m) >= 1.0):
        raise ValueError(
            f"overlaps must lie between -1 and 1, exclusive, not {m.ravel()[np.abs(m).argmax()]:g}; the overlap of x "
            "with the signal is x.v/n"
        )
    bound = real_numbers("below", math.inf if below is None else below, infinite=True)
    if bound.ndim:
        raise ValueError(f"below must be one number here, not an array of shape {bound.shape}; call once for each")
    density = _checked(n, H, signal, index, bound)
    flat = m.ravel()
    if flat.size == 0:
        return np.zeros(m.shape)
    rest = (1.0 - flat) * (1.0 + flat)
    values = density.at(flat, rest, together=False)[:, 0] / np.sqrt(rest)
    return scalar_or_array(_finite(values).reshape(m.shape))


def _checked(n: int, H: Model, signal: Signal, index: int | None, below: Array) -> OverlapDensity:
    n = whole_number("n", n, 2, SIZE_HINT)
    model = PlantedModel.of(H, signal)
    in_field = all(k == 1 for k, _ in model.terms)
    most = _MOST_IN_FIELD if in_field else _MOST if index is None else _MOST_BY_INDEX
    if n > most:
        what = (
            "a signal of order 1" if in_field else "points of all indices" if index is None else "points of one index"
        )
        raise ValueError(f"n must be at most {most} for {what}, not {n}; theory.planted_complexity is the growth rate")
    if index is not None:
        index = whole_number("index", index, 0, INDEX_HINT)
        if index >= n:
            raise ValueError(f"index must be below n, as the Hessian has n-1 eigenvalues; given {index}, n={n}")
    refuse_huge("below", below, model.scale)
    return OverlapDensity(n, model, index, below.ravel() / model.scale)


def _range(overlap: Sequence[float]) -> tuple[float, float]:
    ends = real_numbers("overlap", overlap)
    if ends.shape != (2,) or not -1.0 <= ends[0] < ends[1] <= 1.0:
        raise ValueError(
            f"overlap is a pair (low, high) with -1 <= low < high <= 1, such as (0.5, 1); given {overlap!r}"
        )
    return float(ends[0]), float(ends[1])


def _integral(density: OverlapDensity, low: float, high: float) -> Array:
    """Integrate over the angle, halving the panels until two results agree."""
    edges, before = _first_edges(density, low, high), np.full(density.below.size, math.inf)
    x, weights, _ = legendre_rule(_NODES)
    while True:
        half = 0.5 * np.diff(edges)[:, None]
        angles = (edges[:-1, None] + half * (1.0 + x)).ravel()
        result = _finite((half * weights).ravel() @ density.at_angles(angles))
        size, change = np.abs(result).max(), np.abs(result - before)
        if np.all(change <= _AGREE * size):
            return result
        if edges.size > _MOST_PANELS:
            if np.all(change <= _STATED * max(size, 1.0)):
                return result
            raise ValueError(
                f"the integral over the overlap did not converge with {edges.size - 1} panels at n = {density.n}; give "
                "a weaker signal or a narrower range of overlaps"
            )
        edges, before = np.sort(np.concatenate([edges, edges[:-1] + half[:, 0]])), result


def _first_edges(density: OverlapDensity, low: float, high: float) -> Array:
    """Return edges of panels that are narrow near the peaks of the density.

    Peaks are at the zeros of the mean gradient ``s'(m) sin(angle)``, and as wide as it takes to reach ``n^(-1/2)``.
    """
    count = max(_FEWEST_PANELS, math.ceil(math.sqrt(density.n)))
    step, edges = (high - low) / count, [np.linspace(low, high, count + 1)]
    terms = density.model.terms
    width = 1.0 / (math.sqrt(density.n) * max(1.0, sum(k * k * abs(strength) for k, strength in terms)))
    if width < 0.25 * step:
        slope = np.zeros(max(k for k, _ in terms))
        for k, strength in terms:
            slope[-k] = k * strength
        roots = np.roots(slope)
        real = roots.real[(np.abs(roots.imag) < 1e-6) & (np.abs(roots.real) < 1.0)]
        growing = width * _GROWTH ** np.arange(math.ceil(math.log(step / width) / math.log(_GROWTH)))
        for centre in (0.0, math.pi, *np.arccos(real)):
            edges += [centre - growing, centre + growing]
    every = np.unique(np.concatenate(edges))
    return every[(every >= low) & (every <= high)]


def _finite(values: Array) -> Array:
    if not np.all(np.isfinite(values)):
        raise ValueError("the mean number, or a factor of it, overflows a float; give a smaller n or a weaker signal")
    return values
