"""Thermodynamics of the spherical spin glass at any temperature, for any kind of replica symmetry breaking."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import Model, positive_number, real_numbers, scalar_or_array
from theory.covariance import Covariance
from theory.statics.continuous_law import ContinuousLaw, continuous_law
from theory.statics.general_law import general_law
from theory.statics.overlap_law import (
    REPLICA_SYMMETRIC_AT_ZERO,
    ROUNDING,
    OverlapLaw,
    candidates_in_one_step,
    replica_symmetric,
)
from theory.statics.stationary_law import candidates_in_field
from theory.statics.transition_temperatures import static_temperature_of

# In units of the scale of energies.
COLDEST, _HOTTEST = 1e-8, 1e100
# A law that violates the criterion by less is accepted at once; at T = COLDEST the error of its free energy is at most
# 1e-6. Of laws that violate it by more, but within rounding close to transitions, the best one is taken.
_SAFE = 2e-14
# Points at which a continuous distribution is returned.
_POINTS = 257


@dataclass(frozen=True)
class Equilibrium:
    """Equilibrium of a spherical spin glass in the limit of large n.

    All attributes are floats, or arrays in the shape of the temperatures.

    Attributes
    ----------
    temperature : float or array
        Temperature, in units in which total energies have variance n.
    overlap : float or array
        Largest overlap of two independent configurations (replicas), which has probability ``1 - breakpoint``.
    lower_overlap : float or array
        Smallest overlap; equal to ``overlap`` where replica symmetry holds.
    breakpoint : float or array
        Probability of all overlaps below the largest, usually called m; 1 where replica symmetry holds.
    free_energy : float or array
        Free energy per spin, ``energy - temperature * entropy``.
    energy : float or array
        Energy per spin.
    entropy : float or array
        Entropy per spin relative to the uniform law on the sphere; 0 at infinite temperature.
    error : float or array
        Bound on the error of the free energy, apart from rounding, which adds up to about ``1e-14 nu(1)/T``.
    phase : str or array
        Kind of replica symmetry breaking: "replica symmetric"; "one step", "two steps", ... for a law of the overlap
        with two, three, ... values; "continuous" for one on an interval; "continuous with steps" for both together.
    """

    temperature: Any
    overlap: Any
    lower_overlap: Any
    breakpoint: Any
    free_energy: Any
    energy: Any
    entropy: Any
    error: Any
    phase: Any

    @property
    def broken(self) -> Any:
        """Whether replica symmetry is broken."""
        return np.less(self.breakpoint, 1.0) if np.ndim(self.breakpoint) else self.breakpoint < 1.0


@dataclass(frozen=True)
class OverlapDistribution:
    """Distribution of the overlap of two independent configurations (replicas) in the limit of large n.

    Attributes
    ----------
    overlaps : array, shape (k,)
        Overlaps, in ascending order.
    cumulative : array, shape (k,)
        ``x(q)``, the probability of overlaps up to each of them; 0 below the first, and 1 at the last.
    phase : str
        Kind of replica symmetry breaking, as in :class:`Equilibrium`.
    """

    overlaps: Array
    cumulative: Array
    phase: str


def equilibrium(T: ArrayLike, H: Model) -> Equilibrium:
    r"""Return the thermodynamics of a spherical spin glass at temperature ``T`` in the limit of large n.

    .. math:: -2\beta f = \min_x \beta^2 \Big[\nu(1) - \int \nu(q)\, dx(q)\Big] + \frac{q_0}{\hat x(q_0)}
              + \int_{q_0}^{q_1} \frac{dq}{\hat x(q)} + \log(1 - q_1), \qquad \hat x(q) = \int_q^1 x

    over all distributions x of the overlap, on [q_0, q_1]: any kind of replica symmetry breaking, also in a field. Laws
    with one value, with two of which one is 0, and with an interval on which :math:`\hat x = T {\nu''}^{-1/2}` are
    solved in closed form. All others follow from ground states of the model on smaller spheres. Every result is checked
    against the criterion for the minimum over all laws.

    Parameters
    ----------
    T : float or array
        Temperature, above 0, in units in which total energies have variance n.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    Equilibrium
        Overlaps, energies, entropy and phase, in the shape of ``T``. In the phase "continuous with steps" a staircase
        of some hundred values approximates the law: energies are accurate to 1e-8, and the breakpoint to 1e-3, of their
        scale. In all other phases results are accurate to about 1e-12.

    Raises
    ------
    ValueError
        If a temperature is not positive or below 1e-8 of the scale ``sqrt(nu'(1))`` of energies, or if ``H`` is neither
        an order of at least 2 nor a mixture. For temperature 0 there is :func:`theory.ground_state`.
    ArithmeticError
        If no law that is found satisfies the criterion.

    Notes
    -----
    Models with several steps, or with a continuous part and steps, take about a second, and then 0.1 to 0.5 s per
    temperature; all others take milliseconds.

    References
    ----------
    Crisanti and Sommers (1992), Z. Phys. B 87, 341, eq. 4.14. Proofs: Talagrand (2006), Probab. Theory Relat. Fields
    134, 339, for even orders; Chen (2013), Electron. J. Probab. 18, 94, for all orders. Criterion for the minimum:
    Jagannath and Tobasco (2017), Proc. AMS 145, 4357. Continuous laws: Crisanti and Leuzzi (2006), Phys. Rev. B 73,
    014412.

    Examples
    --------
    >>> cold = equilibrium(0.5, 3)
    >>> round(cold.overlap, 6), round(cold.breakpoint, 6), round(cold.energy, 6), cold.phase
    (0.808745, 0.429682, -1.396633, 'one step')
    >>> equilibrium([0.8, 1.5], {2: 1.0, 4: 0.3}).phase.tolist()
    ['continuous', 'replica symmetric']
    """
    temperatures = real_numbers("T", T)
    nu, scale, flat = _reduced(temperatures, H)
    rows = []
    for reduced, t in zip(flat.tolist(), temperatures.ravel(), strict=True):
        law, energies, gap = law_and_energies(reduced, nu, float(t))
        rows.append((law.overlap, law.lower, law.breakpoint, *energies, gap * reduced / 2, law.phase))
    shape = temperatures.shape
    columns = np.array([row[:-1] for row in rows], dtype=np.float64).reshape(-1, 7).T.reshape(7, *shape)
    columns[[3, 4, 6]] *= scale
    overlap, lower, share, free, energy, entropy, error = (scalar_or_array(column) for column in columns)
    phases = np.array([row[-1] for row in rows], dtype=np.str_).reshape(shape)
    phase = phases if shape else str(phases)
    return Equilibrium(scalar_or_array(temperatures), overlap, lower, share, free, energy, entropy, error, phase)


def overlap_distribution(T: float, H: Model) -> OverlapDistribution:
    r"""Return the distribution of the overlap of two replicas at temperature ``T`` in the limit of large n.

    .. math:: x(q) = \lim_{n\to\infty} P\left(\frac{x_1 \cdot x_2}{n} \le q\right)

    For models of even orders without a field, overlaps of either sign are equally probable, and q is their absolute
    value.

    Parameters
    ----------
    T : float
        Temperature, above 0, in units in which total energies have variance n.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    OverlapDistribution
        Overlaps and x(q) at them: all values of a law with steps, 257 points of a continuous law, and the staircase
        that approximates a law with both.

    Raises
    ------
    ValueError
        If the temperature is not positive or below 1e-8 of the scale ``sqrt(nu'(1))`` of energies, or if ``H`` is
        neither an order of at least 2 nor a mixture.
    ArithmeticError
        If no law that is found satisfies the criterion for the minimum.

    References
    ----------
    As for :func:`equilibrium`.

    Examples
    --------
    >>> found = overlap_distribution(0.03, {3: 0.5**0.5, 16: 32**-0.5})
    >>> found.overlaps.round(4), found.cumulative.round(4), found.phase
    (array([0.    , 0.9285, 0.9903]), array([0.0342, 0.0509, 1.    ]), 'two steps')
    """
    T = positive_number("T", T)
    nu, _, (reduced,) = _reduced(np.array([T]), H)
    law = _law(float(reduced), nu, T)
    if isinstance(law, OverlapLaw):
        return OverlapDistribution(law.overlaps, law.cumulative, law.phase)
    q = np.linspace(law.lower, law.overlap, _POINTS)
    return OverlapDistribution(np.append(q, law.overlap), np.append(law.at(q), 1.0), law.phase)


def _reduced(temperatures: Array, H: Model) -> tuple[Covariance, float, Array]:
    """Return the model with ``nu'(1) = 1``, its scale, and the temperatures divided by the scale, in one row."""
    if np.any(temperatures <= 0):
        raise ValueError(
            f"T must be positive, not {temperatures.min():g}; for temperature 0 use theory.ground_state_energy"
        )
    nu, scale = Covariance.with_scale(H)
    with np.errstate(over="ignore"):
        flat = (temperatures / scale).ravel()
    _refuse_hot(flat, temperatures, nu)
    return nu, scale, flat


def _refuse_hot(reduced: Array, temperatures: Array, nu: Covariance) -> None:
    if nu.has_field and np.any(reduced > _HOTTEST):
        raise ValueError(
            f"T = {temperatures.max():g} is beyond {_HOTTEST:g} times the model's scale of energies, where the overlap "
            "in the field, nu'(0) / T^2, is too small for a float; give a lower T"
        )


_static = lru_cache(maxsize=8)(static_temperature_of)


def law_and_energies(
    T: float, nu: Covariance, shown: float | None = None
) -> tuple[OverlapLaw | ContinuousLaw, tuple[float, float, float], float]:
    """Return the law, its free energy, energy and entropy, and a bound on the error of ``-2 f / T``.

    Errors show the temperature ``shown``, as it was given.
    """
    law = _law(T, nu, T if shown is None else shown)
    if isinstance(law, ContinuousLaw):
        return law, law.energies(), law.gap()
    return law, law.energies(T, nu), law.gap(T, nu)


def _law(T: float, nu: Covariance, shown: float) -> OverlapLaw | ContinuousLaw:
    """Return the law of the overlap that satisfies the criterion."""
    if T < COLDEST:
        raise ValueError(
            f"T = {shown:g} is below {COLDEST:g} of the model's scale of energies, where rounding hides which law of "
            "the overlap is the true one; use theory.ground_state, whose energy at temperature 0 is within T of it"
        )
    law = _candidate(T, nu)
    if law is None:
        raise ArithmeticError(
            f"at T = {shown:g} no law of the overlap was found that satisfies the criterion for the minimum; "
            "theory.ground_state gives the state at temperature 0"
        )
    return law


def _candidate(T: float, nu: Covariance) -> OverlapLaw | ContinuousLaw | None:
    """Return the law of the overlap that satisfies the criterion, or None if none is found."""
    # Without a field the overlap is 0 at all temperatures from the static one upwards.
    if not nu.has_field and _static(nu) <= T:
        return REPLICA_SYMMETRIC_AT_ZERO
    found: list[tuple[float, OverlapLaw | ContinuousLaw]] = []
    for law, excess in _laws_with_excess(T, nu):
        if excess <= _SAFE:
            return law
        found.append((excess, law))
    if found and min(found, key=itemgetter(0))[0] <= ROUNDING:
        return min(found, key=itemgetter(0))[1]
    return general_law(T, nu)


def _laws_with_excess(T: float, nu: Covariance) -> Iterator[tuple[OverlapLaw | ContinuousLaw, float]]:
    """Yield the laws that are solved in closed form, each with its violation of the criterion."""
    for law in _simple_laws(T, nu):
        yield law, law.excess(T, nu)
    continuous = continuous_law(T, nu)
    if continuous is not None:
        yield continuous, continuous.excess()


def _simple_laws(T: float, nu: Covariance) -> Iterator[OverlapLaw]:
    """Yield the stationary laws with one or two values that the model can have."""
    if nu.has_field:
        yield from replica_symmetric(T, nu)
        yield from candidates_in_field(T, nu)
    elif nu.pure_order == 2:  # without a field a single overlap above 0 is possible only here; it has either sign
        yield from replica_symmetric(T, nu)
    else:
        yield from candidates_in_one_step(T, nu)
