"""The path model of a ReLU network: every path has an input and an activity of its own, drawn at random."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, seed_sequence
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Array, check_points
from spinglass.networks.architecture import Architecture, in_figures
from spinglass.networks.paths import storage
from spinglass.networks.paths.draws import PathDraws
from spinglass.networks.paths.expansion import edge_index
from spinglass.networks.paths.expectations import SAMPLES, sampled_outputs
from spinglass.networks.paths.path_form import PathForm
from spinglass.networks.paths.path_losses import PathLosses
from spinglass.networks.redundancy import unique_weights

Sharing = Literal["per-edge", "unique"]


class DecoupledPathModel(PathLosses):
    """``Y(w) = q sum_paths X A prod w`` with X iid N(0, 1) and A iid Bernoulli(rho), one of each a path.

    With ``weights="per-edge"`` a path takes one weight a layer, as in the network: n = N weights (each W_l raveled)
    and ``q = Lambda^{-(H-1)/2}``, ``Lambda = Psi^{1/H}``. With ``weights="unique"`` there are n = Lambda = ``size``
    weights, and each H-tuple of them stands on the same number ``m = Psi/Lambda^H`` of paths;
    ``q = Lambda^{-(H-1)/2} m^{-1/2}``, so that m makes no difference to the law at rho = 1. Then over X and A
    ``Cov(Y(w), Y(w')) = rho Lambda (w.w'/Lambda)^H``, and at rho = 1 the model *is* a spherical spin glass.

    The model is a landscape (`spinglass.landscape`) with energy Y on the sphere ``|w|^2 = n``. Activities are drawn
    once for the model; losses are their expectations over fresh ones, X held fixed. `averaged` puts rho for every A.
    The first use draws every path, at about 0.1 us each; more than 1e9 paths are refused then.

    Parameters
    ----------
    widths
        ``(n_0, ..., n_H = 1)``.
    rho
        Probability that a path is active, in [0, 1].
    weights
        ``"per-edge"`` or ``"unique"``.
    size
        Number of unique weights Lambda; ``Psi^{1/H}`` unless given.
    seed
        int, SeedSequence or Generator.

    Raises
    ------
    ValueError
        If an argument is out of range, Lambda is not a whole number, Psi is not a multiple of Lambda^H (the nearest
        sizes are named), or the active paths will not fit in memory.

    Notes
    -----
    Source: Choromanska et al. 2015, sections 3.2 and 3.3. The paper has m = 1.

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
                    f'with weights="per-edge" there are N = {self.n} weights, not size = {size!r}; leave size out'
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
        """``(n_0, ..., n_H)``."""
        return self.architecture.widths

    @property
    def H(self) -> int:
        """Number of weights along a path."""
        return self.architecture.H

    @property
    def Lambda(self) -> float:
        """The number of unique weights, or ``Psi^{1/H}`` with a weight an edge."""
        return float(self.n) if self.weights == "unique" else self.architecture.Lambda

    @property
    def multiplicity(self) -> int:
        """m, the number of paths that share their weights: ``Psi/Lambda^H``, or 1 with a weight an edge."""
        return int(self.architecture.paths // self.n**self.H) if self.weights == "unique" else 1

    @property
    def q(self) -> float:
        """The factor in front of the sum over paths, ``Lambda^{-(H-1)/2} m^{-1/2}``."""
        if self.weights == "per-edge":
            return self.architecture.q
        return storage.normalisation(self.n, self.H, self.multiplicity)

    @cached_property
    def inputs(self) -> Array:
        """X, shape (paths,); drawn again when first asked for."""
        return self._draws.inputs()

    @cached_property
    def activity(self) -> Array:
        """The drawn A, 0.0 or 1.0 (rho everywhere in an averaged model), shape (paths,)."""
        return self._draws.activities()

    @cached_property
    def form(self) -> PathForm | SphericalSpinGlass:
        """The energy as it is stored: its active paths listed, or packed couplings where these are smaller."""
        if self.weights == "per-edge":
            return storage.layered_form(self._draws, self.architecture)
        return storage.unique_form(self._draws, self.n, self.H)

    def with_rho(self, rho: float) -> "DecoupledPathModel":
        """Return the model of another rho with the same X; a larger rho only adds active paths.

        Examples
        --------
        >>> model = DecoupledPathModel((4, 2, 1), rho=0.3, seed=0)
        >>> bool((model.with_rho(0.6).activity >= model.activity).all())
        True
        """
        return self._like(real_number("rho", rho), averaged=self._draws.averaged)

    def spin_glass(self) -> SphericalSpinGlass:
        """Return the glass with this energy at every point: `enumerate_critical_points` works through it.

        Raises
        ------
        ValueError
            If its packed couplings will not fit in memory.
        """
        return storage.as_spin_glass(self.form)

    def continua(self) -> str:
        """Say why whole continua of points on the sphere are critical, or nothing where none is known.

        With a weight an edge and H >= 3, every path's derivative holds a weight of one of any two layers: where two
        layers are zero the gradient is, and the other layers' weights are free.
        """
        if self.weights == "unique" or self.H < 3:
            return ""
        free = self.n - sum(sorted(rows * columns for rows, columns in self.architecture.shapes)[:2])
        if free < 2:
            return ""
        return (
            "with a weight an edge and H >= 3, every point where two layers' weights are zero is critical: "
            f"continua of up to {free - 1} dimensions"
        )

    def averaged(self) -> "DecoupledPathModel":
        """Return the landscape ``E_A Y = rho q sum X prod w``: this model with rho in the place of every A.

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

    def energy(self, w: ArrayLike) -> Array:
        """Return Y for the drawn activities at any finite w, shape (..., n) -> (...,).

        Raises
        ------
        ValueError
            If the last axis is not n, or a coordinate is not real and finite.
        """
        return np.asarray(self.form.energy(w), dtype=np.float64)[()]

    output = energy

    def gradient(self, w: ArrayLike) -> Array:
        """Return the Euclidean gradient of `energy`, shape (..., n) -> (..., n); raises as it does."""
        return self.energy_and_gradient(w)[1]

    def energy_and_gradient(self, w: ArrayLike) -> tuple[Array, Array]:
        """Return energies (...,) and gradients (..., n) in one sweep; raises as `energy`."""
        energy, gradient = self.form.energy_and_gradient(w)
        return np.asarray(energy, dtype=np.float64)[()], np.asarray(gradient, dtype=np.float64)

    def hessian_vector(self, w: ArrayLike, v: ArrayLike) -> Array:
        """Return the Euclidean Hessian of `energy` times v, shapes (..., n); raises as `energy`."""
        return np.asarray(self.form.hessian_vector(w, v))

    def chunk(self, batch: int) -> int:
        """Return the width to whose multiples a batch is padded inside."""
        return self.form.chunk(batch)

    def path_terms(self, w: ArrayLike) -> Array:
        """Return ``t = q X prod w`` of every path, so that ``Y = sum A t``: shape (..., n) -> (..., paths).

        Raises
        ------
        ValueError
            As `energy`, and if the terms will not fit in memory.
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
        """Return ``E_A Y = rho q sum X prod w``, shape (..., n) -> (...,); raises as `energy`."""
        return self.averaged().energy(w)

    def sample_outputs(self, w: ArrayLike, samples: int = SAMPLES, *, seed: Seed = 0) -> Array:
        """Return Y for fresh activities, shape (..., n) -> (..., samples); all points share them.

        Raises
        ------
        ValueError
            As `path_terms`, and unless ``samples`` is a whole number >= 1.
        """
        samples = whole_number("samples", samples, 1)
        terms = self.path_terms(w)
        outputs = sampled_outputs(terms.reshape(-1, terms.shape[-1]), self.rho, samples, seed)
        return outputs.reshape(*terms.shape[:-1], samples)

    def largest_output(self) -> float:
        """Return a bound S on ``|Y|`` over all activities and all w on the sphere; it depends on X.

        By Cauchy-Schwarz ``|Y| <= q |X| (sum_paths prod w^2)^{1/2}``, and the sum is ``m Lambda^H`` with unique
        weights, at most ``(N/H)^H`` with a weight an edge.
        """
        each = self.n if self.weights == "unique" else self.n / self.H
        return float(self.q * np.linalg.norm(self.inputs) * (self.multiplicity * each**self.H) ** 0.5)

    def _like(self, rho: float, *, averaged: bool) -> "DecoupledPathModel":
        size = self.n if self.weights == "unique" else None
        other = DecoupledPathModel(self.widths, rho, self.weights, size, seed=self._draws.sequence)
        other._draws = replace(other._draws, averaged=averaged)
        return other
