"""Thermodynamics of the spherical spin glass at any temperature: replica symmetric, or with one step of breaking."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import Model, real_numbers, scalar_or_array
from theory.covariance import Covariance
from theory.statics.log_remainder import log_remainder
from theory.statics.overlap_law import ROUNDING, OverlapLaw, candidates_in_one_step, replica_symmetric
from theory.statics.transition_temperatures import static_temperature_of

# In units of the scale of energies.
_COLDEST, _HOTTEST = 1e-12, 1e100


@dataclass(frozen=True)
class Equilibrium:
    """Equilibrium of a spherical spin glass in the limit of large n.

    All attributes are floats, or arrays in the shape of the temperatures.

    Attributes
    ----------
    temperature : float or array
        Temperature, in units in which total energies have variance n.
    overlap : float or array
        Larger overlap of two independent configurations (replicas), which has probability ``1 - breakpoint``.
    lower_overlap : float or array
        Smaller overlap, which has probability ``breakpoint``; equal to ``overlap`` where replica symmetry holds.
    breakpoint : float or array
        Probability of the smaller overlap, usually called m; 1 where replica symmetry holds.
    free_energy : float or array
        Free energy per spin, ``energy - temperature * entropy``.
    energy : float or array
        Energy per spin.
    entropy : float or array
        Entropy per spin relative to the uniform law on the sphere; 0 at infinite temperature.
    """

    temperature: Any
    overlap: Any
    lower_overlap: Any
    breakpoint: Any
    free_energy: Any
    energy: Any
    entropy: Any

    @property
    def broken(self) -> Any:
        """Whether replica symmetry is broken."""
        return np.less(self.breakpoint, 1.0) if np.ndim(self.breakpoint) else self.breakpoint < 1.0


def equilibrium(T: ArrayLike, H: Model) -> Equilibrium:
    r"""Return the thermodynamics of a spherical spin glass at temperature ``T`` in the limit of large n.

    .. math:: -2\beta f = \min_{q_0, q, m} \beta^2 \left[\nu(1) - \nu(q) + m(\nu(q) - \nu(q_0))\right]
              + \frac{q_0}{1 - q + m(q-q_0)} + \frac1m \log\frac{1 - q + m(q-q_0)}{1-q} + \log(1-q)

    Every solution is checked against a criterion for the minimum over all laws of the overlap, not only over those with
    one step.

    Parameters
    ----------
    T : float or array
        Temperature, above 0, in units in which total energies have variance n.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    Equilibrium
        Overlaps, energies and entropy, in the shape of ``T``.

    Raises
    ------
    ValueError
        If a temperature is not positive or ``H`` is neither an order of at least 2 nor a mixture. Also if replica
        symmetry is broken in more than one step (as for 2 + 4) or is broken in a field: these cases are not solved.

    References
    ----------
    Crisanti and Sommers (1992), Z. Phys. B 87, 341, eq. 4.14. Proofs: Talagrand (2006), Probab. Theory Relat. Fields
    134, 339, for even orders; Chen (2013), Electron. J. Probab. 18, 94, for all orders. Criterion for the minimum:
    Jagannath and Tobasco (2017), Proc. AMS 145, 4357.

    Examples
    --------
    >>> cold = equilibrium(0.5, 3)
    >>> round(cold.overlap, 6), round(cold.breakpoint, 6), round(cold.energy, 6)
    (0.808745, 0.429682, -1.396633)
    """
    temperatures = real_numbers("T", T)
    if np.any(temperatures <= 0):
        raise ValueError(
            f"T must be positive, not {temperatures.min():g}; for temperature 0 use theory.ground_state_energy"
        )
    nu, scale = Covariance.with_scale(H)
    with np.errstate(over="ignore"):
        flat = (temperatures / scale).ravel()
    _refuse_extremes(flat, temperatures, nu)
    # Without a field the overlap is 0 at all temperatures from the static one upwards.
    static = np.inf if nu.has_field else static_temperature_of(nu)
    rows = []
    for reduced, t in zip(flat.tolist(), temperatures.ravel(), strict=True):
        law = OverlapLaw(0.0, 0.0, 1.0, 1.0) if reduced >= static else _law(reduced, nu, float(t))
        rows.append((law.overlap, law.lower, law.breakpoint, *_energies(reduced, nu, law)))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 6).T.reshape(6, *temperatures.shape)
    columns[3:5] *= scale
    return Equilibrium(scalar_or_array(temperatures), *(scalar_or_array(column) for column in columns))


def _refuse_extremes(reduced: Array, temperatures: Array, nu: Covariance) -> None:
    if np.any(reduced < _COLDEST):
        raise ValueError(
            f"T = {temperatures.min():g} is below {_COLDEST:g} of the model's scale of energies, where 1 - q has no "
            "digits left; use theory.ground_state, whose energy at temperature 0 is within T of it"
        )
    if nu.has_field and np.any(reduced > _HOTTEST):
        raise ValueError(
            f"T = {temperatures.max():g} is beyond {_HOTTEST:g} times the model's scale of energies, where the overlap "
            "in the field, nu'(0) / T^2, is too small for a float; give a lower T"
        )


def _law(T: float, nu: Covariance, shown: float) -> OverlapLaw:
    """Return the law of one step that passes the criterion; errors show the temperature ``shown``, as it was given."""
    # Without a field a single overlap above 0 is possible only at order 2, where it has either sign.
    for law in replica_symmetric(T, nu) if nu.has_field or nu.pure_order == 2 else ():
        if law.excess(T, nu) <= ROUNDING:
            return law
    if nu.has_field:
        raise ValueError(
            f"replica symmetry is broken at T = {shown:g} in this field, which is not solved here; raise the "
            "temperature or the field, or use theory.ground_state at temperature 0"
        )
    for law in candidates_in_one_step(T, nu):
        if law.excess(T, nu) <= ROUNDING:
            return law
    raise ValueError(
        f"at T = {shown:g} this mixture breaks replica symmetry in more than one step, which is not solved here at "
        "finite temperature; use theory.ground_state at temperature 0"
    )


def _energies(T: float, nu: Covariance, law: OverlapLaw) -> tuple[float, float, float]:
    """Return free energy, energy and entropy."""
    difference = float(nu(law.overlap) - nu(law.lower))
    kept = float(nu.missing(law.rest)) + law.breakpoint * difference
    energy, entropy = -kept / T, (_volume(law) - kept / T / T) / 2
    return energy - T * entropy, energy, entropy


def _volume(law: OverlapLaw) -> float:
    """Return ``q_0 / wide + log(wide / rest) / m + log(rest)`` with ``wide = 1 - q + m (q - q_0)``."""
    q, m, apart = law.overlap, law.breakpoint, law.overlap - law.lower
    wide = law.rest + m * apart
    if q > 0.5:
        return law.lower / wide + math.log(wide / law.rest) / m + math.log(law.rest)
    # At small overlaps the terms of first order in q cancel, so they are removed.
    inside, whole = (float(log_remainder(np.array(e))) for e in (m * apart / wide, q))
    return q * (q - m * apart) / wide + m * (apart / wide) ** 2 * inside - q * q * whole
