"""Losses of a path model: expectations over its activities at fixed inputs."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed
from spinglass._common.types import Array
from spinglass.landscape import check_points
from spinglass.networks.paths.expectations import SAMPLES, Loss, Method, mean_loss


class PathLosses(ABC):
    """Absolute and hinge loss of ``Y = sum_p A_p t_p(w)``, with A iid Bernoulli(rho) and t the terms of the paths."""

    n: int
    rho: float

    @property
    @abstractmethod
    def H(self) -> int:
        """Number of weights along a path."""

    @abstractmethod
    def expected_output(self, w: ArrayLike) -> Array:
        """Return the expected output ``E_A Y``, shape (..., n) -> (...,)."""

    @abstractmethod
    def path_terms(self, w: ArrayLike) -> Array:
        """Return the terms t, shape (..., n) -> (..., paths)."""

    @abstractmethod
    def largest_output(self) -> float:
        """Return a bound on ``|Y|`` over all activities and all w on the sphere."""

    def absolute_loss(
        self, w: ArrayLike, target: ArrayLike, *, method: Method = "exact", samples: int = SAMPLES, seed: Seed = 0
    ) -> Array:
        """Return the expected absolute loss ``E_A |target - Y|`` at fixed X.

        For a target ``s S`` with s = +-1, it equals ``S - s rho q sum X prod w`` if ``sY <= S`` for all activities.
        This holds at every w on the sphere if ``S >= model.largest_output()``.

        Parameters
        ----------
        w
            Weights, shape (..., n).
        target
            A number, or one number per point, shape (...,).
        method
            ``"exact"`` (default): the closed form where it holds, otherwise the sum over all ``2^Psi`` activities (for
            at most 20 paths); ``"enumerated"``: always this sum; ``"sampled"``: the mean over random activities.
        samples
            Number of activities for ``"sampled"``. Default: 10000.
        seed
            Seed of these activities. Default: 0.

        Returns
        -------
        ndarray
            Losses, shape (...,).

        Raises
        ------
        ValueError
            As `path_terms`; if a target is not finite; or if the closed form does not hold and there are too many paths
            to enumerate.

        References
        ----------
        Choromanska et al. (2015), section 3.3, with S = sup Y.

        Examples
        --------
        >>> from spinglass.networks import DecoupledPathModel
        >>> model, w = DecoupledPathModel((2, 2, 1), rho=0.5, seed=0), np.ones(6)
        >>> S = model.largest_output()
        >>> bool(np.isclose(model.absolute_loss(w, S), S - model.expected_output(w)))
        True
        """
        rows, t, shape = self._rows_and_targets(w, target)
        sign, size = np.where(t < 0, -1.0, 1.0), np.abs(t)  # for target 0, either sign is correct, but not 0

        def loss(Y: Array, rows: Array) -> Array:
            return np.abs(t[rows, None] - Y)

        route = self._enumerated_or_sampled(loss, rows, method, samples, seed)
        if method != "exact":
            return route(np.arange(len(rows))).reshape(shape)[()]
        return self._exact(rows, sign, size, size - sign * self.expected_output(rows), route).reshape(shape)[()]

    def hinge_loss(
        self, w: ArrayLike, target: ArrayLike, *, method: Method = "exact", samples: int = SAMPLES, seed: Seed = 0
    ) -> Array:
        """Return the expected hinge loss ``E_A max(0, 1 - target Y)`` at fixed X.

        It equals ``1 - target rho q sum X prod w`` if ``target Y <= 1`` for all activities. In general it is
        ``E[M] - target E[M Y]``, with M the indicator of ``target Y < 1``; see `hinge_loss_if_independent`.

        Parameters
        ----------
        w, target, method, samples, seed
            As for `absolute_loss`.

        Returns
        -------
        ndarray
            Losses, shape (...,).

        Raises
        ------
        ValueError
            As `absolute_loss`.

        Examples
        --------
        >>> from spinglass.networks import DecoupledPathModel
        >>> DecoupledPathModel((2, 2, 1), rho=0.5, seed=0).hinge_loss(np.zeros(6), 1).item()
        1.0
        """
        rows, t, shape = self._rows_and_targets(w, target)

        def loss(Y: Array, rows: Array) -> Array:
            return np.maximum(0.0, 1 - t[rows, None] * Y)

        route = self._enumerated_or_sampled(loss, rows, method, samples, seed)
        if method != "exact":
            return route(np.arange(len(rows))).reshape(shape)[()]
        return self._exact(rows, t, np.ones(len(t)), 1 - t * self.expected_output(rows), route).reshape(shape)[()]

    def hinge_loss_if_independent(self, w: ArrayLike, target: ArrayLike, active: ArrayLike) -> Array:
        """Return the hinge loss of the paper, ``rho' - target rho' rho q sum X prod w``.

        The paper assumes that the indicator M of ``target Y < 1`` is Bernoulli(rho') and independent of Y. The result
        differs from `hinge_loss` by ``target Cov(M, Y)``, which can be as large as the loss itself.

        Parameters
        ----------
        w
            Weights, shape (..., n).
        target
            A number, or one number per point, shape (...,).
        active
            The probability rho' of ``target Y < 1``, a number or one number per point.

        Returns
        -------
        ndarray
            Losses, shape (...,).

        Raises
        ------
        ValueError
            As `energy`, and if a target or ``active`` is not finite.

        Examples
        --------
        >>> from spinglass.networks import DecoupledPathModel
        >>> DecoupledPathModel((2, 2, 1), rho=0.5, seed=0).hinge_loss_if_independent(np.zeros(6), 1, 0.75).item()
        0.75
        """
        rows, t, shape = self._rows_and_targets(w, target)
        kept = _one_per_row("active", active, shape)
        return np.asarray(kept * (1 - t * self.expected_output(rows))).reshape(shape)[()]

    def active_probability(
        self,
        w: ArrayLike,
        target: ArrayLike,
        *,
        method: Literal["enumerated", "sampled"] = "enumerated",
        samples: int = SAMPLES,
        seed: Seed = 0,
    ) -> Array:
        """Return the probability ``P_A(target Y < 1)`` that the hinge is active.

        Parameters
        ----------
        w, target, samples, seed
            As for `absolute_loss`.
        method
            ``"enumerated"`` (default) or ``"sampled"``.

        Returns
        -------
        ndarray
            Probabilities, shape (...,).

        Raises
        ------
        ValueError
            As `absolute_loss`.

        Examples
        --------
        >>> from spinglass.networks import DecoupledPathModel
        >>> DecoupledPathModel((2, 2, 1), rho=0.5, seed=0).active_probability(np.zeros(6), 1).item()
        1.0
        """
        rows, t, shape = self._rows_and_targets(w, target)

        def below(Y: Array, rows: Array) -> Array:
            return (t[rows, None] * Y < 1).astype(np.float64)

        route = self._enumerated_or_sampled(below, rows, method, samples, seed)
        return route(np.arange(len(rows))).reshape(shape)[()]

    def _exact(self, rows: Array, factor: Array, limit: Array, closed: Array, enumerate_: "_Route") -> Array:
        """Return the closed form where ``factor Y <= limit`` for all activities; other rows are enumerated."""
        radius = (np.einsum("bi,bi->b", rows, rows) / self.n) ** (self.H / 2)
        if (np.abs(factor) * radius * self.largest_output() <= limit).all():
            return closed
        highest = np.maximum(factor[:, None] * self.path_terms(rows), 0.0).sum(axis=1)
        others = np.flatnonzero(highest > limit)
        expected = closed.copy()
        if others.size:
            expected[others] = enumerate_(others)
        return expected

    def _enumerated_or_sampled(
        self, loss: Callable[[Array, Array], Array], rows: Array, method: Method, samples: int, seed: Seed
    ) -> "_Route":
        """Return a function that computes the expected loss of chosen rows."""
        if method not in ("exact", "enumerated", "sampled"):
            raise ValueError(f'method must be "exact", "enumerated" or "sampled", not {method!r}')
        samples = whole_number("samples", samples, 1)

        def expected(chosen: Array) -> Array:
            of_chosen: Loss = lambda Y: loss(Y, chosen)  # noqa: E731
            return mean_loss(of_chosen, self.path_terms(rows[chosen]), self.rho, method, samples, seed)

        return expected

    def _rows_and_targets(self, w: ArrayLike, target: ArrayLike) -> tuple[Array, Array, tuple[int, ...]]:
        points = check_points(w, self.n)
        shape = points.shape[:-1]
        return points.reshape(-1, self.n), _one_per_row("target", target, shape), shape


_Route = Callable[[np.ndarray], Array]


def _one_per_row(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return one number per point, or raise ``ValueError``."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise ValueError(f"{name} must be a finite number, or one per point, not {values!r}")
    try:
        return np.broadcast_to(array.astype(np.float64), shape).reshape(-1)
    except ValueError:
        raise ValueError(f"{name} of shape {array.shape} does not fit points of batch shape {shape}") from None
