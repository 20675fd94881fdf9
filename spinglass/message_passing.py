"""Approximate message passing: the posterior mean of a planted signal, by an iteration with a memory of one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import perm

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.types import Array, BoolArray
from spinglass.geometry import dot
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import check_on_sphere
from spinglass.posterior_law import posterior
from spinglass.saving import Saved


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MessagePassing(Saved):
    """Estimates of a planted signal by message passing, one row per start.

    Attributes
    ----------
    x : ndarray, shape (B, n)
        Estimates of the posterior mean. They lie within the sphere; `spinglass.sphere.project` moves them onto it.
    self_overlaps : ndarray, shape (B, steps + 1)
        ``|x|^2/n`` at the start and after each step, which estimates the overlap with the signal.
    overlaps : ndarray, shape (B, steps + 1), or None
        ``x.v/n`` with the planted point v, if it was given.
    change : ndarray, shape (B,)
        ``|x - previous x|/sqrt(n)`` of the last step.
    tol : float
        Largest change of converged rows.
    """

    x: Array
    self_overlaps: Array
    overlaps: Array | None
    change: Array
    tol: float

    @property
    def converged(self) -> BoolArray:
        """Whether the last step changed the estimate by at most ``tol``, shape (B,)."""
        return np.asarray(self.change <= self.tol)

    def __repr__(self) -> str:
        """Return a summary in one line."""
        ends = self.self_overlaps[:, -1]
        return (
            f"MessagePassing: {len(self.x)} starts, n = {self.x.shape[1]}, {self.self_overlaps.shape[1] - 1} steps, "
            f"{int(self.converged.sum())} converged, |x|^2/n {ends.min():.4f} to {ends.max():.4f}"
        )


def pass_messages(
    planted: SphericalSpinGlass,
    signal: Mapping[int, float],
    x0: npt.ArrayLike,
    *,
    steps: int = 100,
    tol: float = 1e-6,
    direction: npt.ArrayLike | None = None,
) -> MessagePassing:
    r"""Estimate the planted point of a model by Bayes-optimal approximate message passing (AMP).

    With the posterior energy E and ``xi(q) = sum_k (lambda_k/a_k)^2 q^k``, one step is

    .. math:: b_t = -\nabla E(x_t) - \xi''\left(\frac{x_t \cdot x_{t-1}}{n}\right) \frac{x_{t-1}}{1 + A_{t-1}}, \quad
              x_{t+1} = \frac{b_t}{1 + A_t}, \quad A_t (A_t + 1) = \frac{|b_t|^2}{n}

    The second term of b, due to Onsager, removes the reaction of the glass to the estimate. For large n, b is then the
    signal times ``xi'(x_t.v/n)`` plus independent Gaussian noise of variance ``xi'(|x_t|^2/n)``. The new estimate is
    the mean of the law proportional to ``exp(b.x)`` on the sphere. Overlaps follow `theory.state_evolution`, with
    differences of order ``1/sqrt(n)`` in a single model.

    In the literature ``A = xi'(|x|^2/n)``. For large n both agree while ``|x|^2/n`` equals the overlap with v, but in a
    strong tensor deviations from this equality then grow from step to step with alternating signs, which prevents
    convergence at finite n.

    Parameters
    ----------
    planted : SphericalSpinGlass
        The planted model, from :func:`spinglass.plant`; every order of the signal needs noise.
    signal : mapping of int to float
        Orders and strengths ``{k: lambda_k}`` of the signal.
    x0 : array_like, shape (B, n) or (n,)
        Starts, any finite points. For an uninformative start, take random points of the sphere. From the start ``m x``,
        where x on the sphere has the overlap m with the signal, all steps are Bayes-optimal.
    steps : int, default 100
        Largest number of steps.
    tol : float, default 1e-6
        The iteration ends when no start moves by more than ``tol sqrt(n)`` in a step.
    direction : array_like, shape (n,), optional
        The planted point, to record overlaps with it; it is not used otherwise.

    Returns
    -------
    MessagePassing
        Estimates and the overlaps along the way.

    Raises
    ------
    ValueError
        If the signal has no strength other than 0 or an order without noise, a start is not a finite point of n
        coordinates, the direction is not a point of the sphere, ``steps`` is below 1, or ``tol`` is negative.
    TypeError
        If the model is not a `SphericalSpinGlass`.
    ArithmeticError
        If an estimate is no longer finite.

    References
    ----------
    Richard and Montanari (2014), NIPS 27; Lesieur, Miolane, Lelarge, Krzakala and Zdeborova (2017), ISIT; Sarao
    Mannelli et al. (2020), Phys. Rev. X 10, 011057, for matrices and tensors together.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, plant, sphere
    >>> v, x0 = sphere.random_points(300, 2, seed=1)
    >>> planted = plant(SphericalSpinGlass.pure(300, 2, seed=0), v, {2: 2.0})
    >>> found = pass_messages(planted, {2: 2.0}, x0)
    >>> bool(found.converged[0]), round(float(found.self_overlaps[0, -1]), 1)  # 1 - Delta_2 = 0.875
    (True, 0.9)
    """
    model = posterior(planted, signal)
    x, v = _points(x0, model.n), None if direction is None else check_on_sphere(direction, model.n)
    count, smallest = whole_number("steps", steps, 1), real_number("tol", tol)
    if v is not None and v.ndim != 1:
        raise ValueError(f"the direction must be one point of shape ({model.n},), not {v.shape}")
    if smallest < 0:
        raise ValueError(f"tol must be at least 0, not {smallest:g}; with 0 all steps are made")
    n, before, gain, change = model.n, np.zeros_like(x), np.zeros(len(x)), np.full(len(x), np.inf)
    history = [x]
    for _ in range(count):
        with np.errstate(over="ignore", invalid="ignore"):
            b = -np.asarray(model.gradient(x), dtype=np.float64) - reaction(model, x, before, gain)
            # A, the positive root of A (A + 1) = |b|^2/n, without cancellation.
            square = dot(b, b) / n
            before, gain = x, 1 / (1 + 2 * square / (1 + np.sqrt(1 + 4 * square)))
            x = gain[:, None] * b
            change = np.sqrt(dot(x - before, x - before) / n)
        history.append(x)
        if not np.isfinite(change).all():
            raise ArithmeticError(
                f"the estimate is not finite after {len(history) - 1} steps; give a shorter start or a weaker signal"
            )
        if (change <= smallest).all():
            break
    squares = np.stack([dot(y, y) / n for y in history], axis=1)
    overlaps = None if v is None else np.stack([dot(y, v) / n for y in history], axis=1)
    return MessagePassing(x=x, self_overlaps=squares, overlaps=overlaps, change=change, tol=smallest)


def reaction(model: SphericalSpinGlass, x: Array, before: Array, gain: Array) -> Array:
    """Return Onsager's term: the reaction of the glass to the estimate ``before``, in the gradient at x.

    It is ``gain xi''(x.before/n) before``, with the gain ``1/(1 + A)`` of the step from ``before`` to x.
    """
    return (gain * _xi(model, dot(x, before) / model.n, 2))[:, None] * before


def _points(x0: npt.ArrayLike, n: int) -> Array:
    if np.asarray(x0).dtype.kind not in "biuf":
        raise ValueError(f"x0 must be real numbers, not of the type {np.asarray(x0).dtype}")
    x = np.atleast_2d(np.asarray(x0, dtype=np.float64))
    if x.ndim != 2 or x.shape[1] != n or not np.isfinite(x).all() or not len(x):
        raise ValueError(f"x0 must be finite points of shape (B, {n}) or ({n},), not of shape {np.shape(x0)}")
    return x


def _xi(model: SphericalSpinGlass, q: Array, derivative: int) -> Array:
    """Return a derivative of ``xi(q) = sum_k w_k^2 q^k``, with the weights w of the posterior energy."""
    terms = [w * w * perm(k, derivative) * q ** max(k - derivative, 0) for k, w in model.weights.items()]
    return np.asarray(sum(terms))
