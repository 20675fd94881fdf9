r"""How probable low energies are at least: an exact lower bound from the volume below an energy.

Let V(t) be the share of the sphere with ``energy/sqrt(n) < t`` and W any random number that is 0 unless somewhere the
energy is that low. Then ``P(W != 0) >= (E W)^2/E W^2`` (Cauchy and Schwarz). V itself wastes most of it, since valleys
that reach far below t weigh more than those that hardly reach it; near the bottom of a valley V grows as its depth to
the power ``j = (n-1)/2``, so that the j-th derivative weighs all valleys alike. Its moments are those of pairs of
energies, standard normal and with correlation ``r^H`` at overlap r:

    E W = D^j Phi(t),    E W^2 = int p(t, t; r^H) m(r) dr   (j = 1),
    int p(t, t; c) [c/(1-c^2) + t^2/(1+c)^2] m(r) dr, c = r^H   (j = 2),

p the bivariate normal density and m(r) that of the overlap of two random points, ``~ (1-r^2)^((n-3)/2)``. (W stands for
averages of the derivative over energies just below t, to which all of this applies; their moments tend to these.)

Source: Paley and Zygmund 1932, Lemma 19, for the inequality; the choice of W is derived above.
"""

import math

from scipy import integrate, special


def lowest_probability(n: int, H: int, u: float) -> float:
    """Return a lower bound on the probability that somewhere the energy per spin is below ``u``; n = 3 or 5, H odd."""
    t, j = u * math.sqrt(n), (n - 1) // 2
    density = math.exp(-t * t / 2) / math.sqrt(2 * math.pi)
    mean = (-t) ** (j - 1) * density

    def pairs(angle: float) -> float:
        r = math.cos(angle)
        powers = range(H)
        apart = 2 * math.sin(angle / 2) ** 2 * sum(r**k for k in powers)  # 1 - c, without cancellation
        together = 2 * math.cos(angle / 2) ** 2 * sum((-r) ** k for k in powers)  # 1 + c, H being odd
        joint = math.exp(-t * t / together) / (2 * math.pi * math.sqrt(apart * together))
        weight = 1.0 if j == 1 else r**H / (apart * together) + (t / together) ** 2
        return joint * weight * math.sin(angle) ** (n - 2)

    half = math.pi / 2
    square = sum(integrate.quad(pairs, low, low + half, epsabs=0, limit=200)[0] for low in (0.0, half))
    return mean**2 * float(special.beta(0.5, (n - 1) / 2)) / square
