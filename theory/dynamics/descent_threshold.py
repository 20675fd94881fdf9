"""The strength of a signal above which dynamics from random points finds it in a time of order log n."""

import math

from theory.arguments import Model, Signal, one_number, signal_terms
from theory.covariance import Covariance
from theory.statics.threshold_state import threshold_state
from theory.statics.transition_temperatures import dynamical_temperature


def descent_threshold(signal: Signal, H: Model, T: float = 0.0) -> float:
    r"""Return the factor t above which dynamics from random points finds the signal ``t lambda_k`` in a time of log n.

    .. math:: t\, s''(0)\, \chi = 1, \qquad \chi = \nu''(1)^{-1/2} \ \text{at}\ T = 0, \qquad
              \chi = (1-q)/T = \nu''(q)^{-1/2} \ \text{at}\ T < T_d, \qquad \chi = 1/T \ \text{above}

    Here q is the plateau at which the glass alone ages. Gradient descent from random points approaches marginal
    states at the threshold energy. The signal's Hessian ``-s''(0) v v^T / n`` makes them unstable if ``s''(0)`` exceeds
    the radius ``sqrt(nu''(1))`` of half their semicircle (the transition of Baik, Ben Arous and Peche). The overlap
    then increases as ``exp(r t)``, with ``r = (s'' - sqrt(nu''))^2 / s''`` at T = 0, from its initial value of order
    ``1/sqrt(n)``. Slightly below the threshold it can still increase, but as a power of time.

    Parameters
    ----------
    signal : mapping
        Orders and strengths ``{k: lambda_k}`` of the signal for the factor 1.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``, without a field.
    T : float
        Temperature of the dynamics; the default 0 is gradient descent.

    Returns
    -------
    float
        The factor, computed to about 1e-12; infinite without a term of order 2. With a term of order 1, which acts on
        random points, it is 0.

    Raises
    ------
    ValueError
        If the signal is not a mapping of orders to finite strengths, the temperature is negative, the model has a
        field, or its ageing has more than one effective temperature.

    References
    ----------
    Sarao Mannelli, Biroli, Cammarota, Krzakala and Zdeborova (2019), NeurIPS 32, for gradient descent; Sarao Mannelli,
    Biroli, Cammarota, Krzakala, Urbani and Zdeborova (2020), Phys. Rev. X 10, 011057, for T > 0.

    Examples
    --------
    >>> descent_threshold({2: 1.0}, {2: 1.0})  # the transition of the spiked matrix, lambda = 1/sqrt(2)
    0.7071067811865476
    """
    terms, nu, bath = dict(signal_terms(signal)), Covariance.of(H), one_number("T", T)
    nu.refuse_field("the threshold of descent")
    if bath < 0:
        raise ValueError(f"T must be at least 0, not {bath:g}; 0 is gradient descent")
    if terms.get(1):
        return 0.0
    curvature = 2 * terms.get(2, 0.0)
    return _inverse_susceptibility(H, nu, bath) / curvature if curvature > 0 else math.inf


def _inverse_susceptibility(H: Model, nu: Covariance, T: float) -> float:
    """Return the inverse of the fast part of the response to a constant field."""
    if T == 0.0:
        return math.sqrt(nu(1.0, 2))
    if float(dynamical_temperature(H)) <= T:
        return T
    if nu.pure_order == 2:
        return math.sqrt(nu(1.0, 2))  # nu'' is constant, so that (1-q)/T does not depend on T
    # The same as T/(1-q), without the cancellation of 1-q at low temperatures.
    return math.sqrt(nu(float(threshold_state(T, H).overlap), 2))
