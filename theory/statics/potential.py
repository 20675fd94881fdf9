"""The potential of Franz and Parisi: the free energy at a fixed overlap with an equilibrium configuration."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import Model, positive_number, real_numbers, scalar_or_array
from theory.covariance import Covariance
from theory.statics.equilibrium import COLDEST, law_and_energies
from theory.statics.transition_temperatures import static_temperature_of


def franz_parisi(q: ArrayLike, T: float, H: Model, reference: float | None = None) -> Any:
    r"""Return the free energy per spin that it costs to keep the overlap ``q`` with an equilibrium configuration.

    .. math:: V(q) = -\lim_{n\to\infty} \frac{T}{n}\, \mathbb{E} \log P\left(\frac{x \cdot y}{n} = q\right)
              = -\frac{\nu(q)}{T'} - \frac T2 \log(1 - q^2) + f_q - f

    where x is at equilibrium at T, and y is a fixed configuration from equilibrium at the temperature T'. f is the free
    energy without constraint, and f_q that of the spins perpendicular to y, whose covariance function is
    :math:`\nu(q^2 + (1-q^2) t) - \nu(q^2)`. It is computed with any kind of replica symmetry breaking.

    For a pure model a second minimum appears at the dynamical temperature, at ``q = (H-2)/(H-1)``. Its height is T
    times the complexity of the states that dominate the equilibrium, and 0 at the static temperature.

    Parameters
    ----------
    q : float or array
        Overlap, between -1 and 1.
    T : float
        Temperature of x, above 0, in units in which total energies have variance n.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}`` without a term of order 1.
    reference : float, optional
        Temperature T' of y, at least the static temperature. Default: T.

    Returns
    -------
    float or array
        The potential, in the shape of ``q``, with the accuracy of :func:`equilibrium`. It is 0 at ``q = 0``, and may
        be negative if T is below the static temperature.

    Raises
    ------
    ValueError
        If an overlap is not between -1 and 1, a temperature is not positive, T is below 1e-8 of the scale
        ``sqrt(nu'(1))`` of energies, the reference is colder than the static temperature or in a field (its law is then
        not that of a planted configuration), or ``H`` is neither an order of at least 2 nor a mixture.

    References
    ----------
    Franz and Parisi (1995), J. Phys. I France 5, 1401; Barrat, Franz and Parisi (1997), J. Phys. A 30, 5593.

    Examples
    --------
    >>> franz_parisi([0.0, 0.3, 0.5, 0.6], 0.85, 3).round(5)
    array([0.     , 0.01034, 0.00864, 0.00737])
    """
    overlaps, T = real_numbers("q", q), positive_number("T", T)
    if np.any(np.abs(overlaps) >= 1):
        raise ValueError(f"q must lie between -1 and 1, where the potential diverges; given {quoted_range(overlaps)}")
    nu, scale = Covariance.with_scale(H)
    nu.refuse_field("the potential")
    reduced = T / scale
    if reduced < COLDEST:
        raise ValueError(
            f"T = {T:g} is below {COLDEST:g} of the model's scale of energies, where rounding hides the equilibrium; "
            f"give T = {1.1 * COLDEST * scale:.2g}, where the potential is that of temperature 0 up to terms of order T"
        )
    T, other = T / scale, (T if reference is None else positive_number("reference", reference)) / scale
    frozen = static_temperature_of(nu)
    if other < frozen * (1 - 1e-12):
        raise ValueError(
            f"the reference temperature must be at least the static temperature {frozen * scale:.6g}, not "
            f"{other * scale:g}; give reference={frozen * scale:.6g} for states that dominate there"
        )
    free = law_and_energies(T, nu)[1][0]
    values = [_constrained(float(each), T, other, nu) - free for each in overlaps.ravel()]
    return scalar_or_array(scale * np.array(values, dtype=np.float64).reshape(overlaps.shape))


def quoted_range(values: np.ndarray) -> str:
    """Return the smallest and the largest value as text."""
    return f"{values.min():g}" if values.size == 1 else f"{values.min():g} to {values.max():g}"


def _constrained(q: float, T: float, reference: float, nu: Covariance) -> float:
    """Return the free energy at overlap q with the reference."""
    band = perpendicular(nu, q)
    unit = float(band(1.0, 1))
    scaled = Covariance(tuple((p, square / unit) for p, square in band.squares))
    free = math.sqrt(unit) * law_and_energies(T / math.sqrt(unit), scaled)[1][0]
    return -float(nu(q)) / reference - T / 2 * math.log1p(-q * q) + free


def perpendicular(nu: Covariance, q: float) -> Covariance:
    """Return the covariance function of the spins perpendicular to a direction with which the overlap is q."""
    shares: dict[int, float] = {}
    for p, square in nu.squares:
        for k in range(1, p + 1):
            share = square * math.comb(p, k) * q ** (2 * (p - k)) * (1 - q * q) ** k
            if share > 0.0:
                shares[k] = shares.get(k, 0.0) + share
    return Covariance(tuple(sorted(shares.items())))
