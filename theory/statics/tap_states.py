"""Metastable states of pure models at T > 0: solutions of the equations of Thouless, Anderson and Palmer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import positive_number, real_numbers, scalar_or_array, whole_number
from theory.large_n.complexity import index_complexity

_ORDER = "states at T > 0 are labelled by minima of the energy for pure models of order 3 or more"
_HALVINGS = 70
_LEAST = -690.0  # smallest logarithm of 1 - q


@dataclass(frozen=True)
class TapState:
    """Metastable states of a pure model at a temperature above 0.

    Attributes
    ----------
    overlap : float or array
        Overlap q of two configurations in the state; NaN where the state does not exist at this temperature.
    free_energy : float or array
        Free energy per spin of the state.
    energy : float or array
        Mean energy per spin in the state.
    """

    overlap: Any
    free_energy: Any
    energy: Any


def tap_state(u: ArrayLike, T: float, H: int) -> TapState:
    r"""Return the metastable states at temperature ``T`` that minima of energy ``u`` become.

    .. math:: f(q, u) = q^{H/2} u - \frac T2 \log(1-q) - \frac{1}{2T} \left[1 - H q^{H-1} + (H-1) q^H\right]

    at its minimum in q. With :math:`z = (1-q)\, q^{H/2-1} / T` the condition is :math:`H (H-1) z^2 + H u z + 1 = 0`, of
    which z is the smaller root and q the larger.

    Parameters
    ----------
    u : float or array
        Energy per spin of the minimum at temperature 0, at most ``-E_inf``.
    T : float
        Temperature, above 0, in units in which total energies have variance n.
    H : int
        Order of the pure model, at least 3.

    Returns
    -------
    TapState
        Overlap, free energy and energy, in the shape of ``u``, accurate to about 1e-12.

    Raises
    ------
    ValueError
        If the temperature is not positive, ``H`` is not a whole number of at least 3, or an energy is above
        ``-E_inf``, where there are no minima.

    References
    ----------
    Crisanti and Sommers (1995), J. Phys. I France 5, 805; Kurchan, Parisi and Virasoro (1993), J. Phys. I France 3,
    1819.

    Examples
    --------
    >>> import theory
    >>> deepest = tap_state(-theory.E_0(3), 0.5, 3)  # below the static temperature these dominate the equilibrium
    >>> round(deepest.free_energy, 9) == round(theory.equilibrium(0.5, 3).free_energy, 9)
    True
    """
    energies, T, order = real_numbers("u", u), positive_number("T", T), whole_number("H", H, 3, _ORDER)
    edge = _edge(order)
    if np.any(energies > -edge * (1 - 1e-14)):
        raise ValueError(f"u must be at most -E_inf = {-edge:.9g}, where minima end; given {energies.max():g}")
    z = 2 / (order * (np.sqrt(np.maximum(energies**2 - edge**2, 0.0)) - energies))
    rest = _rest(z, T, order)
    exists = T * z <= _most(order) * (1 + 1e-12)
    return TapState(*(scalar_or_array(np.where(exists, part, np.nan)) for part in _state(rest, T, order)[1:]))


def tap_complexity(f: ArrayLike, T: float, H: int) -> Any:
    r"""Return the complexity of metastable states of free energy ``f`` per spin at temperature ``T``.

    .. math:: \Sigma(f, T) = \lim_{n\to\infty} \frac1n \log \mathbb{E}\, \#\{\text{states of free energy } f\}
              = \Theta_0(u)

    with u the energy of the minima that become states of free energy f, see :func:`tap_state`. Between the static and
    the dynamical temperature :math:`\min_f [f - T \Sigma(f, T)]` is the free energy ``-1/(2T)`` of the paramagnet: its
    configurations lie in states, of which there are :math:`e^{n\Sigma}`. The complexity of these states is 0 at the
    static temperature.

    Parameters
    ----------
    f : float or array
        Free energy per spin.
    T : float
        Temperature, above 0, in units in which total energies have variance n.
    H : int
        Order of the pure model, at least 3.

    Returns
    -------
    float or array
        The complexity, in the shape of ``f``, accurate to about 1e-12. It is negative below the lowest states, and
        ``-inf`` above the highest, where there are none.

    Raises
    ------
    ValueError
        If a number is not finite, the temperature is not positive, or ``H`` is not a whole number of at least 3.

    References
    ----------
    As for :func:`tap_state`.

    Examples
    --------
    >>> tap_complexity([-0.90, -0.88, -0.84], 0.5, 3).round(5)
    array([-0.01138,  0.00611,     -inf])
    """
    levels, T, order = real_numbers("f", f), positive_number("T", T), whole_number("H", H, 3, _ORDER)
    # The highest states: minima at -E_inf, or those that just exist at this temperature.
    last = _rest(np.array((order * (order - 1)) ** -0.5), T, order)
    low, high = np.full(levels.shape, _LEAST), np.full(levels.shape, np.log(last))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = _state(np.exp(middle), T, order)[2] > levels
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    energies = np.minimum(_state(np.exp((low + high) / 2), T, order)[0], -_edge(order))
    top = float(_state(last, T, order)[2])
    complexities = np.asarray(index_complexity(energies, order, 0), dtype=np.float64)
    return scalar_or_array(np.where(levels <= top + 1e-14 * abs(top), complexities, -np.inf))


def _edge(order: int) -> float:
    return float(2 * ((order - 1) / order) ** 0.5)


def _most(order: int) -> float:
    """Return the maximum of ``(1-q) q^(H/2-1)``, at ``q = (H-2)/H``."""
    peak = (order - 2) / order
    return float((1 - peak) * peak ** (order / 2 - 1))


def _rest(z: Array, T: float, order: int) -> Array:
    """Return 1 - q for the larger root of ``(1-q) q^(H/2-1) = T z``, or at the maximum if there is none."""
    low, high = np.full(z.shape, _LEAST), np.full(z.shape, np.log(2 / order))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = middle + (order / 2 - 1) * np.log1p(-np.exp(middle)) > np.log(T * z)
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray(np.exp((low + high) / 2))


def _state(rest: Array, T: float, order: int) -> tuple[Array, Array, Array, Array]:
    """Return u, q, free energy and energy of the state with overlap ``q = 1 - rest``."""
    q = 1 - rest
    z = rest * q ** (order / 2 - 1) / T
    u = -(1 / (order * z) + (order - 1) * z)
    # 1 - H q^(H-1) + (H-1) q^H, with an error of 1e-16 of 1-q, so that it can be divided by T.
    bend = -np.expm1((order - 1) * np.log1p(-rest) + np.log1p((order - 1) * rest))
    return u, q, q ** (order / 2) * u - T / 2 * np.log(rest) - bend / (2 * T), q ** (order / 2) * u - bend / T
