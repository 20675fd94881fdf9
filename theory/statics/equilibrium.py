"""Thermodynamics of the spherical glass at any temperature: replica symmetric, or broken in one step."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import Floats, real_numbers, scalar_or_array
from theory.covariance import Covariance
from theory.statics.log_remainder import log_remainder
from theory.statics.overlap_law import ROUNDING, OverlapLaw, candidates_in_one_step, replica_symmetric
from theory.statics.transition_temperatures import static_temperature_of

# In units of the scale of energies.
_COLDEST, _HOTTEST = 1e-12, 1e100


@dataclass(frozen=True)
class Equilibrium:
    """An infinite glass at equilibrium; floats, or arrays in the shape of the temperatures.

    Two independent configurations have overlap ``lower_overlap`` with probability ``breakpoint`` and ``overlap`` (1
    for ground states) otherwise. Where replica symmetry holds the two are equal and ``breakpoint`` is 1. Energies are
    per spin, with variance n; the entropy is relative to the uniform law on the sphere, and 0 at infinite temperature.
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


def equilibrium(T: ArrayLike, H: Any) -> Equilibrium:
    r"""Return the thermodynamics of an infinite spherical glass at temperature ``T``.

    .. math:: -2\beta f = \min_{q_0, q, m} \beta^2 \left[\nu(1) - \nu(q) + m(\nu(q) - \nu(q_0))\right]
              + \frac{q_0}{1 - q + m(q-q_0)} + \frac1m \log\frac{1 - q + m(q-q_0)}{1-q} + \log(1-q)

    Every solution is checked against the condition that decides whether it is the minimum over all laws of the
    overlap, not only over those of one step.

    Parameters
    ----------
    T : float or array
        Temperature, above 0, in units where energies have variance n.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    Equilibrium
        Its fields in the shape of ``T``.

    Raises
    ------
    ValueError
        If a temperature is not positive, or ``H`` not an order or a mixture; if replica symmetry is broken in more
        than one step (such as for 2 + 4), or in a field: then no closed equations are solved here.

    References
    ----------
    Crisanti and Sommers (1992), Z. Phys. B 87, 341, eq. 4.14; proven by Talagrand (2006), Probab. Theory Relat. Fields
    134, 339, for even orders, by Chen (2013), Electron. J. Probab. 18, 94, for all; the criterion for the minimum is
    that of Jagannath and Tobasco (2017), Proc. AMS 145, 4357.

    Examples
    --------
    >>> cold = equilibrium(0.5, 3)
    >>> round(cold.overlap, 6), round(cold.breakpoint, 6), round(cold.energy, 6)
    (0.808745, 0.429682, -1.396633)
    """
    temperatures = real_numbers("T", T)
    if np.any(temperatures <= 0):
        raise ValueError(
            f"T must be positive, not {temperatures.min():g}; theory.ground_state_energy answers at temperature 0"
        )
    nu, scale = Covariance.with_scale(H)
    with np.errstate(over="ignore"):
        flat = (temperatures / scale).ravel()
    _refuse_extremes(flat, temperatures, nu)
    # Without a field the law of overlap 0 is that of all temperatures from the static one on.
    static = np.inf if nu.has_field else static_temperature_of(nu)
    rows = []
    for reduced, t in zip(flat.tolist(), temperatures.ravel(), strict=True):
        law = OverlapLaw(0.0, 0.0, 1.0, 1.0) if reduced >= static else _law(reduced, nu, float(t))
        rows.append((law.overlap, law.lower, law.breakpoint, *_energies(reduced, nu, law)))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 6).T.reshape(6, *temperatures.shape)
    columns[3:5] *= scale
    return Equilibrium(scalar_or_array(temperatures), *(scalar_or_array(column) for column in columns))


def _refuse_extremes(reduced: Floats, temperatures: Floats, nu: Covariance) -> None:
    if np.any(reduced < _COLDEST):
        raise ValueError(
            f"T = {temperatures.min():g} is below {_COLDEST:g} of the model's scale of energies, where 1 - q has no "
            "digits left; theory.ground_state answers at temperature 0, which is within T of it"
        )
    if nu.has_field and np.any(reduced > _HOTTEST):
        raise ValueError(
            f"T = {temperatures.max():g} is beyond {_HOTTEST:g} times the model's scale of energies, where the overlap "
            "in the field, nu'(0) / T^2, is too small for a float; lower T"
        )


def _law(T: float, nu: Covariance, shown: float) -> OverlapLaw:
    """Return the law of one step that passes the criterion, or raise, with the temperature as it was given."""
    # Without a field a single overlap above 0 is possible at order 2 alone, where it has either sign.
    for law in replica_symmetric(T, nu) if nu.has_field or nu.pure_order == 2 else ():
        if law.excess(T, nu) <= ROUNDING:
            return law
    if nu.has_field:
        raise ValueError(
            f"replica symmetry is broken at T = {shown:g} in this field, which is not solved here; raise the "
            "temperature or the field, or take theory.ground_state at temperature 0"
        )
    for law in candidates_in_one_step(T, nu):
        if law.excess(T, nu) <= ROUNDING:
            return law
    raise ValueError(
        f"at T = {shown:g} this mixture breaks replica symmetry in more than one step, which is not solved here at "
        "finite temperature; theory.ground_state solves it at temperature 0"
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
    # At small overlaps the terms of first order in q cancel.
    inside, whole = (float(log_remainder(np.array(e))) for e in (m * apart / wide, q))
    return q * (q - m * apart) / wide + m * (apart / wide) ** 2 * inside - q * q * whole
