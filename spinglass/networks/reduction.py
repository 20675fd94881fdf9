"""Reduction of the path model to the spherical spin glass, and of its expected loss to the energy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import real_number
from spinglass._common.types import Array
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.networks.decoupled import DecoupledPathModel
from spinglass.networks.redundancy import (
    ReducedNetwork,
    reduce_weights,
    sign_correlation,
    uniform_sizes,
    unique_weights,
)

__all__ = [
    "LossConstants",
    "ReducedNetwork",
    "at_radius",
    "loss_constants",
    "reduce_weights",
    "sign_correlation",
    "to_spin_glass",
    "uniform_sizes",
    "unique_weights",
]


def to_spin_glass(model: DecoupledPathModel) -> SphericalSpinGlass:
    """Return the H-spin glass whose energy equals the output of a path model at every w.

    The couplings are ``J_{i1..iH} = m^{-1/2} sum X A``, summed over the m paths of each tuple of unique weights. For
    ``model.with_rho(1.0)`` the J are iid N(0, 1), as in `SphericalSpinGlass.pure`; ``model.averaged()`` gives rho times
    this glass. For random activities A the covariance is ``rho Lambda (w.w'/Lambda)^H``, with diluted couplings.

    Parameters
    ----------
    model
        A path model with ``weights="unique"``.

    Returns
    -------
    SphericalSpinGlass
        The spin glass, with n = Lambda spins.

    Raises
    ------
    ValueError
        If the model has one weight per edge; most couplings of a spin glass are then absent, and the law differs.

    References
    ----------
    Choromanska et al. (2015), section 3.3 and eq. 8.

    Examples
    --------
    >>> model = DecoupledPathModel((4, 4, 4, 1), rho=0.5, weights="unique", seed=0)
    >>> bool(np.isclose(to_spin_glass(model).energy(np.ones(4)), model.output(np.ones(4))))
    True
    """
    if model.weights != "unique":
        raise ValueError(
            f"{model!r} has one weight per edge, so it is not equal in law to a spin glass with iid couplings; "
            'use a model with weights="unique"'
        )
    return model.spin_glass()


@dataclass(frozen=True)
class LossConstants:
    """Constants of ``E_A loss(w) = C1 + C2 L(w)``, with L the energy of ``to_spin_glass(model.with_rho(1.0))``.

    Attributes
    ----------
    C1, C2
        The constants.
    """

    C1: float
    C2: float

    def loss(self, energy: ArrayLike) -> Array:
        """Return the expected loss at points with given energies.

        Parameters
        ----------
        energy
            Total energies L of the spin glass, any shape.

        Returns
        -------
        ndarray
            ``C1 + C2 L``, same shape.
        """
        return np.asarray(self.C1 + self.C2 * np.asarray(energy, dtype=np.float64))[()]


def loss_constants(model: DecoupledPathModel, target: float) -> LossConstants:
    """Return the constants ``C1 = S`` and ``C2 = -s rho`` of the absolute loss with the target ``s S``, s = +-1.

    For the hinge loss such constants exist only where no output reaches the hinge; see
    `DecoupledPathModel.hinge_loss`.

    Parameters
    ----------
    model
        A path model.
    target
        The target of the output, ``s S``.

    Returns
    -------
    LossConstants
        The constants.

    Raises
    ------
    ValueError
        If ``|target|`` is below the bound `DecoupledPathModel.largest_output` on outputs, or not finite.

    References
    ----------
    Choromanska et al. (2015), section 3.3.

    Examples
    --------
    >>> model = DecoupledPathModel((2, 2, 1), rho=0.5, weights="unique", seed=0)
    >>> loss_constants(model, -100.0)
    LossConstants(C1=100.0, C2=0.5)
    """
    t = real_number("target", target)
    S = model.largest_output()
    if abs(t) < S:
        raise ValueError(
            f"the absolute loss is affine in the energy only for |target| >= S = {S:.6g}, a bound on all outputs for "
            f"these inputs; given {t:g}: use S, or model.absolute_loss for the exact expectation"
        )
    return LossConstants(abs(t), -model.rho if t > 0 else model.rho)


def at_radius(glass: SphericalSpinGlass, C: float) -> SphericalSpinGlass:
    """Return the spin glass whose energy at w, ``|w|^2 = n``, is that of ``glass`` at ``sqrt(C) w``.

    The spherical constraint ``(1/Lambda) sum w^2 = C`` is thus equivalent to the constraint with C = 1 and energies
    multiplied by ``C^{H/2}``; critical points have the same directions and indices.

    Parameters
    ----------
    glass
        A spin glass, pure or mixed.
    C
        The squared radius per spin, ``|w|^2/n``.

    Returns
    -------
    SphericalSpinGlass
        The rescaled spin glass.

    Raises
    ------
    ValueError
        If C is not a positive finite number.

    Examples
    --------
    >>> glass, w = SphericalSpinGlass.pure(5, 3, seed=0), np.ones(5)
    >>> bool(np.isclose(at_radius(glass, 4.0).energy(w), glass.energy(2 * w)))
    True
    """
    if not (scale := real_number("C", C)) > 0:
        raise ValueError(f"C = |w|^2/n must be positive, not {C!r}")
    weights, noise = ({H: a * scale ** (H / 2) for H, a in kind.items()} for kind in (glass.weights, glass.noise))
    return SphericalSpinGlass(glass.n, weights, glass.couplings, noise)
