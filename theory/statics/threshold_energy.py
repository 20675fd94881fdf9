"""The threshold energy of pure and mixed spherical spin glasses, at which the typical critical points are marginal."""

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from theory.arguments import Model
from theory.covariance import Covariance
from theory.statics.order_parameter import OrderParameter
from theory.statics.order_parameter_search import FEW, minimise

# Relative decrease of the functional that counts as rounding.
_TOLERANCE = 1e-12


def E_th(H: Model) -> float:
    r"""Return minus the threshold energy per spin of a pure or mixed model.

    At the threshold the most numerous critical points are marginal: the lower edge of their Hessian's spectrum is at
    zero. If the mean number of critical points is also the typical one, then with nu and its derivatives at 1

    .. math:: E_{th} = \frac{\nu' - \nu}{\sqrt{\nu''}} + \frac{\nu \sqrt{\nu''}}{\nu'}

    which is ``E_inf`` for pure models. Otherwise the typical number follows from the replica method: with the
    functional J of :func:`theory.ground_state` and ``gamma`` bounded by m, there are
    ``exp(n inf_m [m e + m min J / 2])`` states of energy e, and the threshold is at the m for which
    ``chi = nu''(1)^(-1/2)``. If replica symmetry breaks continuously up to overlap 1, as for 2 + 4 with weights
    ``12 a_4^2 <= a_2^2``, ground states are marginal and the threshold is the ground-state energy.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    float
        The threshold, a positive number: exact to rounding where the formula holds, otherwise within 1e-10. If replica
        symmetry breaks continuously, the error is estimated to be below 1e-7. The threshold is never above minus the
        ground-state energy.

    Raises
    ------
    ValueError
        If ``H`` is neither an order of at least 2 nor a mixture, or if the external field is so strong that no
        critical points are marginal: ``nu''(1) < nu'(1)``.

    References
    ----------
    Auffinger and Ben Arous (2013), Ann. Probab. 41, 4214, section 1; Folena, Franz and Ricci-Tersenghi (2020), Phys.
    Rev. X 10, 031045; for several steps the supersymmetric solution of Kent-Dobias and Kurchan (2023), Phys. Rev. E
    107, 064111.

    Examples
    --------
    >>> round(E_th({3: 0.5**0.5, 4: 0.5**0.5}), 6), round(E_th(3), 9), round(E_th({3: 0.5**0.5, 16: 32**-0.5}), 8)
    (1.690476, 1.632993162, 1.2875751)
    """
    nu, scale = Covariance.with_scale(H)
    value, second = float(nu(1.0)), float(nu(1.0, 2))
    if second < 1.0 - 1e-14:
        raise ValueError(
            f"the external field of {H!r} is so strong that no critical points are marginal, nu''(1) < nu'(1), "
            "so there is no threshold; theory.ground_state gives the energy of the only minimum"
        )
    chi = second**-0.5
    annealed = OrderParameter(nu, np.ones(1), np.array([1 / chi - chi]), chi)
    price = -float(annealed.at(np.ones(1))[0][0])
    if nu.pure_order is None and (price < 0 or replace(annealed, price=price).violation(1e-13) > 1e-12):
        return _threshold_of_replicas(nu, chi) * scale
    return float((1 - value) * chi + value / chi) * scale


def _threshold_of_replicas(nu: Covariance, chi: float) -> float:
    """Return the energy at which the minimum of the functional has this ``chi``.

    The price, the Lagrange multiplier of the bound on gamma, is the unknown; it is 0 at the ground state, and at most
    1/2 because nu'(1) = 1.
    """
    ground = minimise(nu, _TOLERANCE)
    few = ground.rests.size <= FEW
    # A continuous part of gamma is approximated by a staircase, with an error of 1e-7 in chi.
    if ground.chi >= chi * (1 - (1e-12 if few else 1e-6)):
        return ground.value / 2
    start = ground if few else replace(ground, rests=np.empty(0), jumps=np.empty(0), chi=1.0)

    def at(price: float) -> OrderParameter:
        return minimise(nu, _TOLERANCE, replace(start, price=price))

    price = float(brentq(lambda price: at(price).chi - chi, 0.0, 0.5, xtol=1e-15, rtol=1e-12 if few else 1e-8))
    order = at(price)
    return order.value / 2 - price * float(order.jumps.sum())
