"""The path model of a ReLU network, with an independent random input and activity for every path."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, seed_sequence
from spinglass._common.types import Array
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import check_points
from spinglass.networks.architecture import Architecture, in_figures
from spinglass.networks.paths import storage
from spinglass.networks.paths.draws import PathDraws
from spinglass.networks.paths.expansion import edge_index
from spinglass.networks.paths.expectations import SAMPLES, sampled_outputs
from spinglass.networks.paths.path_form import PathForm
from spinglass.networks.paths.path_landscape import PathLandscape
from spinglass.networks.paths.path_losses import PathLosses
from spinglass.networks.redundancy import unique_weights

Sharing = Literal["per-edge", "unique"]


class DecoupledPathModel(PathLandscape, PathLosses):
    """The random polynomial ``Y(w) = q sum_paths X A prod w``, with X iid N(0, 1) and A iid Bernoulli(rho) per path.

    With ``weights="per-edge"``, a path has one weight per layer, as in the network: there are n = N weights (the W_l,
    each raveled), and ``q = Lambda^{-(H-1)/2}`` with ``Lambda = Psi^{1/H}``. With ``weights="unique"``, there are
    n = Lambda = ``size`` weights, each H-tuple of which belongs to the same number ``m = Psi/Lambda^H`` of paths, and
    ``q = Lambda^{-(H-1)/2} m^{-1/2}``, such that the law at rho = 1 does not depend on m. The covariance over X and A
    is then ``Cov(Y(w), Y(w')) = rho Lambda (w.w'/Lambda)^H``, and at rho = 1 the model is a spherical spin glass.

    The model is a landscape (`spinglass.landscape`) with energy Y on the sphere ``|w|^2 = n``. Its activities are drawn
    once. Losses are expectations over new activities, at fixed X. `averaged` replaces every A by rho. All paths are
    drawn at the first use, which takes about 0.1 us per path; more than 1e9 paths raise an error at that time.

    Parameters
    ----------
    widths
        Number of units of each layer, ``(n_0, ..., n_H = 1)``.
    rho
        Probability that a path is active, in [0, 1].
    weights
        ``"per-edge"`` (default) or ``"unique"``.
    size
        Number Lambda of unique weights. Default: ``Psi^{1/H}``.
    seed
        Seed of the inputs and activities.

    Attributes
    ----------
    n
        Number of weights.
    rho, weights
        As given.
    architecture
        The sizes that follow from the widths (`Architecture`).

    Raises
    ------
    ValueError
        If an argument is out of range, Lambda is not a whole number, Psi is not a multiple of Lambda^H (the message
        contains the nearest sizes), or the active paths do not fit in memory.

    References
    ----------
    Choromanska et al. (2015), sections 3.2 and 3.3, where m = 1.

    Examples
    --------
    >>> model = DecoupledPathModel((3, 3, 3, 1), rho=0.5, weights="unique", size=3, seed=0)
    >>> model
    DecoupledPathModel(widths=(3, 3, 3, 1), rho=0.5, weights='unique', n=3, 27 paths)
    >>> model.energy(np.ones((4, 3))).shape, model.gradient(np.ones(3)).shape
    ((4,), (3,))
    """

    def __init__(
        self,
        widths: Iterable[int],
        rho: float,
        weights: Sharing = "per-edge",
        size: int | None = None,
        *,
        seed: Seed,
    ) -> None:
        self.architecture = Architecture.of(widths)
        if weights not in ("per-edge", "unique"):
            raise ValueError(f'weights must be "per-edge" or "unique", not {weights!r}')
        self.weights: Sharing = weights
        self.rho = real_number("rho", rho)
        if not 0 <= self.rho <= 1:
            raise ValueError(f"rho, the probability that a path is active, must lie in [0, 1], not {rho!r}")
        if weights == "unique":
            self.n = unique_weights(self.architecture, size)
        else:
            self.n = self.architecture.size
            if size is not None and size != self.n:
                raise ValueError(
                    f'with weights="per-edge" there are N = {self.n} weights, not size = {size!r}; omit size'
                )
        self._draws = PathDraws(seed_sequence(seed), self.architecture.paths, self.rho)

    def __repr__(self) -> str:
        averaged = ", averaged" if self._draws.averaged else ""
        return (
            f"DecoupledPathModel(widths={self.widths}, rho={self.rho:g}, weights={self.weights!r}, n={self.n}, "
            f"{in_figures(self.architecture.paths)} paths{averaged})"
        )

    @property
    def widths(self) -> tuple[int, ...]:
        """Number of units of each layer, ``(n_0, ..., n_H)``."""
        return self.architecture.widths

    @property
    def H(self) -> int:
        """Number of weights along a path."""
        return self.architecture.H

    @property
    def Lambda(self) -> float:
        """Number of unique weights, or ``Psi^{1/H}`` with one weight per edge."""
        return float(self.n) if self.weights == "unique" else self.architecture.Lambda

    @property
    def multiplicity(self) -> int:
        """Number m of paths with the same weights, ``Psi/Lambda^H``, or 1 with one weight per edge."""
        return int(self.architecture.paths // self.n**self.H) if self.weights == "unique" else 1

    @property
    def q(self) -> float:
        """The factor in front of the sum over paths, ``Lambda^{-(H-1)/2} m^{-1/2}``."""
        if self.weights == "per-edge":
            return self.architecture.q
        return storage.normalisation(self.n, self.H, self.multiplicity)

    @cached_property
    def inputs(self) -> Array:
        """The inputs X, shape (paths,); generated again at the first access."""
        return self._draws.inputs()

    @cached_property
    def activity(self) -> Array:
        """The drawn activities A, 0.0 or 1.0 (rho everywhere in an averaged model), shape (paths,)."""
        return self._draws.activities()

    @cached_property
    def form(self) -> PathForm | SphericalSpinGlass:
        """The energy as it is stored: a list of active paths, or packed couplings if these take less memory."""
        if self.weights == "per-edge":
            return storage.layered_form(self._draws, self.architecture)
        return storage.unique_form(self._draws, self.n, self.H)

    def with_rho(self, rho: float) -> "DecoupledPathModel":
        """Return the model with another rho and the same X; a larger rho only adds active paths.

        Parameters
        ----------
        rho
            Probability that a path is active, in [0, 1].

        Returns
        -------
        DecoupledPathModel
            The model with this rho.

        Examples
        --------
        >>> model = DecoupledPathModel((4, 2, 1), rho=0.3, seed=0)
        >>> bool((model.with_rho(0.6).activity >= model.activity).all())
        True
        """
        return self._like(real_number("rho", rho), averaged=self._draws.averaged)

    def spin_glass(self) -> SphericalSpinGlass:
        """Return the spin glass with the same energy at every point, which `enumerate_critical_points` uses.

        Raises
        ------
        ValueError
            If its packed couplings do not fit in memory.
        """
        return storage.as_spin_glass(self.form)

    def continua(self) -> str:
        """Return the reason why continua of points on the sphere are critical, or an empty text if none is known.

        With one weight per edge and H >= 3, every term of the gradient contains a weight from at least one of any two
        layers. The gradient therefore vanishes where two layers are zero, for any weights of the other layers.
        """
        if self.weights == "unique" or self.H < 3:
            return ""
        free = self.n - sum(sorted(rows * columns for rows, columns in self.architecture.shapes)[:2])
        if free < 2:
            return ""
        return (
            "with one weight per edge and H >= 3, every point where the weights of two layers are zero is critical: "
            f"there are continua of up to {free - 1} dimensions"
        )

    def averaged(self) -> "DecoupledPathModel":
        """Return the landscape ``E_A Y = rho q sum X prod w``, in which rho replaces every A.

        Examples
        --------
        >>> model, w = DecoupledPathModel((4, 2, 1), rho=0.3, seed=0), np.ones(10)
        >>> bool(np.isclose(model.averaged().energy(w), 0.3 * model.with_rho(1.0).energy(w)))
        True
        """
        return self._averaged

    @cached_property
    def _averaged(self) -> "DecoupledPathModel":
        return self._like(self.rho, averaged=True)

    def path_terms(self, w: ArrayLike) -> Array:
        """Return the terms ``t = q X prod w`` of all paths, such that ``Y = sum A t``.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        ndarray
            Terms, shape (..., paths).

        Raises
        ------
        ValueError
            As `energy`, and if the terms do not fit in memory.
        """
        points = check_points(w, self.n)
        self._draws.require_few()
        paths = self.architecture.paths
        batch = points.size // self.n
        require_memory(8 * paths * (2 * batch + self.H), f"the terms of {paths} paths at {batch} points", "fewer paths")
        every = np.arange(paths)
        unique = self.weights == "unique"
        taken = storage.weight_tuple(every, self.n, self.H) if unique else edge_index(self.architecture, every)
        product = np.ones((*points.shape[:-1], paths))
        for column in taken.T:
            product *= points[..., column]
        return self.q * self.inputs * product

    def expected_output(self, w: ArrayLike) -> Array:
        """Return the expected output ``E_A Y = rho q sum X prod w``.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        ndarray
            Expected outputs, shape (...,).

        Raises
        ------
        ValueError
            As `energy`.
        """
        return self.averaged().energy(w)

    def sample_outputs(self, w: ArrayLike, samples: int = SAMPLES, *, seed: Seed = 0) -> Array:
        """Return outputs Y for new random activities, which are the same for all points.

        Parameters
        ----------
        w
            Weights, shape (..., n).
        samples
            Number of activities drawn. Default: 10000.
        seed
            Seed of the activities. Default: 0.

        Returns
        -------
        ndarray
            Outputs, shape (..., samples).

        Raises
        ------
        ValueError
            As `path_terms`, and if ``samples`` is not a whole number >= 1.
        """
        samples = whole_number("samples", samples, 1)
        terms = self.path_terms(w)
        outputs = sampled_outputs(terms.reshape(-1, terms.shape[-1]), self.rho, samples, seed)
        return outputs.reshape(*terms.shape[:-1], samples)

    def largest_output(self) -> float:
        """Return a bound S on ``|Y|`` over all activities and all w on the sphere, for the inputs X of the model.

        By the Cauchy-Schwarz inequality ``|Y| <= q |X| (sum_paths prod w^2)^{1/2}``. The sum equals ``m Lambda^H`` with
        unique weights, and is at most ``(N/H)^H`` with one weight per edge.
        """
        each = self.n if self.weights == "unique" else self.n / self.H
        return float(self.q * np.linalg.norm(self.inputs) * (self.multiplicity * each**self.H) ** 0.5)

    def _like(self, rho: float, *, averaged: bool) -> "DecoupledPathModel":
        size = self.n if self.weights == "unique" else None
        other = DecoupledPathModel(self.widths, rho, self.weights, size, seed=self._draws.sequence)
        other._draws = replace(other._draws, averaged=averaged)
        return other
