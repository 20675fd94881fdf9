"""The landscape methods of a path model, which evaluate its stored form."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.networks.paths.path_form import PathForm


class PathLandscape(ABC):
    """A landscape (`spinglass.landscape`) whose energy is a stored form, on the sphere ``|w|^2 = n``."""

    @property
    @abstractmethod
    def form(self) -> PathForm | SphericalSpinGlass:
        """The energy as it is stored: a list of active paths, or packed couplings if these take less memory."""

    def energy(self, w: ArrayLike) -> Array:
        """Return the output Y of the model for the drawn activities, at any finite w.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        ndarray
            Total energies, shape (...,).

        Raises
        ------
        ValueError
            If the last axis is not n, or a coordinate is not real and finite.
        """
        return np.asarray(self.form.energy(w), dtype=np.float64)[()]

    output = energy

    def gradient(self, w: ArrayLike) -> Array:
        """Return the Euclidean gradient of `energy`.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        ndarray
            Gradients, shape (..., n).

        Raises
        ------
        ValueError
            As `energy`.
        """
        return self.energy_and_gradient(w)[1]

    def energy_and_gradient(self, w: ArrayLike) -> tuple[Array, Array]:
        """Return energies and gradients, computed together.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        energy
            Total energies, shape (...,).
        gradient
            Euclidean gradients, shape (..., n).

        Raises
        ------
        ValueError
            As `energy`.
        """
        energy, gradient = self.form.energy_and_gradient(w)
        return np.asarray(energy, dtype=np.float64)[()], np.asarray(gradient, dtype=np.float64)

    def hessian_vector(self, w: ArrayLike, v: ArrayLike) -> Array:
        """Return the Euclidean Hessian of `energy` times a vector.

        Parameters
        ----------
        w, v
            Weights and vectors, shapes (..., n) that broadcast.

        Returns
        -------
        ndarray
            Products, shape (..., n).

        Raises
        ------
        ValueError
            As `energy`.
        """
        return np.asarray(self.form.hessian_vector(w, v), dtype=np.float64)

    def chunk(self, batch: int) -> int:
        """Return the width to a multiple of which a batch of this size is padded internally."""
        return self.form.chunk(batch)
