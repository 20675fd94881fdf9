"""The signal-to-noise ratio of a planted model, which determines what can be known about the signal."""

from theory.arguments import Model, Signal, mixture, signal_terms
from theory.covariance import Covariance

# Overlaps within 1e-14 of 1 are not resolved; squares must not underflow.
_WEAKEST, _STRONGEST = 1e-100, 1e6


def noise_levels(signal: Signal, H: Model) -> dict[int, float]:
    r"""Return the noise levels Delta_k that the literature uses for a planted model.

    The energy of order k is ``a_k`` times a glass of order k minus ``lambda_k n (x.v/n)^k``, and

    .. math:: \Delta_k = \frac{a_k^2}{k\, \lambda_k^2}, \qquad \xi(m) = \sum_k \frac{\lambda_k^2}{a_k^2} m^k
              = \sum_k \frac{m^k}{k \Delta_k}

    In the literature a tensor ``sqrt((k-1)!) n^(-(k-1)/2) v_i1 ... v_ik`` with i1 < ... < ik is observed with Gaussian
    noise of variance Delta_k. Its log-likelihood has covariance and mean ``n xi``, as the sum of the energies of all
    orders has if each is multiplied by ``-lambda_k / a_k^2``.

    Parameters
    ----------
    signal : mapping
        Orders and strengths ``{k: lambda_k}``.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``, which must contain the orders of the signal.

    Returns
    -------
    dict
        ``{k: Delta_k}`` for the orders of the signal; infinite where the strength is 0.

    Raises
    ------
    ValueError
        If the signal is not a mapping of orders to finite strengths, has an order without noise, or is more than 1e6
        times as strong as the noise.

    References
    ----------
    Lesieur, Miolane, Lelarge, Krzakala and Zdeborova (2017), ISIT; Sarao Mannelli, Biroli, Cammarota, Krzakala,
    Urbani and Zdeborova (2020), Phys. Rev. X 10, 011057, for matrices and tensors together.

    Examples
    --------
    >>> noise_levels({2: 0.5, 3: 1.0}, {2: 1.0, 3: 1.0})
    {2: 2.0, 3: 0.3333333333333333}
    """
    return {k: 1 / (k * square) if square else float("inf") for k, square in signal_to_noise(signal, H).squares}


def signal_to_noise(signal: Signal, H: Model) -> Covariance:
    """Return the function xi, with ``(lambda_k / a_k)^2`` as its coefficients.

    Parameters
    ----------
    signal : mapping
        Orders and strengths.
    H : int or mapping
        The glass.

    Returns
    -------
    Covariance
        The function xi of the overlap m, with its derivatives.

    Raises
    ------
    ValueError
        If the signal is not a mapping of orders to finite strengths, has an order without noise, or is too strong.
    """
    weights, terms = mixture(H), signal_terms(signal)
    without = [k for k, strength in terms if k not in weights and strength]
    if without:
        raise ValueError(
            f"the signal has order {without[0]}, at which the glass has no noise (its orders are {sorted(weights)}): "
            "the signal could then be read off exactly; give the glass a weight of this order"
        )
    ratios = {k: strength / weights[k] if strength else 0.0 for k, strength in terms}
    beyond = [k for k, ratio in ratios.items() if ratio and not _WEAKEST <= abs(ratio) <= _STRONGEST]
    if beyond:
        raise ValueError(
            f"at order {beyond[0]} the signal is {abs(ratios[beyond[0]]):.3g} times as strong as the noise; from "
            f"{_WEAKEST:g} to {_STRONGEST:g} times the computation is accurate"
        )
    return Covariance(tuple((k, ratio * ratio) for k, ratio in ratios.items()))
