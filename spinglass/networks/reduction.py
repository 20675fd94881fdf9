"""From the path model to the spherical spin glass: same numbers, same law, same loss up to two constants."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import real_number
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Array
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
    """Return the H-spin glass whose energy at every w is the model's output: its X and A become couplings.

    ``J_{i1..iH} = m^{-1/2} sum X A`` over the m paths of that tuple of unique weights. For ``model.with_rho(1.0)``
    the J are iid N(0, 1), so that it has the law of `SphericalSpinGlass.pure`; for ``model.averaged()`` it is that
    glass times rho; for a drawn A it has the covariance ``rho Lambda (w.w'/Lambda)^H``, but diluted couplings.

    Raises
    ------
    ValueError
        If the model has a weight an edge: its form lacks most of a glass's couplings and has another law.

    Notes
    -----
    Source: Choromanska et al. 2015, section 3.3 and eq. 8.

    Examples
    --------
    >>> model = DecoupledPathModel((4, 4, 4, 1), rho=0.5, weights="unique", seed=0)
    >>> bool(np.isclose(to_spin_glass(model).energy(np.ones(4)), model.output(np.ones(4))))
    True
    """
    if model.weights != "unique":
        raise ValueError(
            f"{model!r} takes one weight of every layer a path, which no glass of {model.n} iid couplings does; "
            'make the model with weights="unique"'
        )
    return model.spin_glass()


@dataclass(frozen=True)
class LossConstants:
    """``E_A loss(w) = C1 + C2 L(w)``, with L the energy of ``to_spin_glass(model.with_rho(1.0))``."""

    C1: float
    C2: float

    def loss(self, energy: ArrayLike) -> Array:
        """Return the loss at points where the glass has these energies."""
        return np.asarray(self.C1 + self.C2 * np.asarray(energy, dtype=np.float64))[()]


def loss_constants(model: DecoupledPathModel, target: float) -> LossConstants:
    """Return ``C1 = S`` and ``C2 = -s rho`` of the absolute loss with targets ``s S``.

    Raises
    ------
    ValueError
        If ``|target|`` is below the bound `DecoupledPathModel.largest_output` on outputs, or not finite.

    Notes
    -----
    Source: Choromanska et al. 2015, section 3.3. For the hinge loss there are such constants only where no output
    reaches the hinge; see `DecoupledPathModel.hinge_loss`.

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
            f"the absolute loss is affine in the energy for |target| >= S = {S:.6g}, a bound on all outputs for these "
            f"inputs; {t:g} is less: take S, or model.absolute_loss for the exact expectation"
        )
    return LossConstants(abs(t), -model.rho if t > 0 else model.rho)


def at_radius(glass: SphericalSpinGlass, C: float) -> SphericalSpinGlass:
    """Return the glass whose energy at w, ``|w|^2 = n``, is that of ``glass`` at ``sqrt(C) w``.

    So the spherical constraint ``(1/Lambda) sum w^2 = C`` is that of C = 1 with energies times ``C^{H/2}``, the
    critical points at the same directions with the same indices.

    Raises
    ------
    ValueError
        Unless C is a positive finite number.

    Examples
    --------
    >>> glass, w = SphericalSpinGlass.pure(5, 3, seed=0), np.ones(5)
    >>> bool(np.isclose(at_radius(glass, 4.0).energy(w), glass.energy(2 * w)))
    True
    """
    if not (scale := real_number("C", C)) > 0:
        raise ValueError(f"C = |w|^2/n must be positive, not {C!r}")
    weights = {H: a * scale ** (H / 2) for H, a in glass.weights.items()}
    return SphericalSpinGlass(glass.n, weights, glass.couplings)
