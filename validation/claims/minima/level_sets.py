r"""A lower bound on the probability of low energies, from the volume of the sphere below an energy.

Let V(t) be the share of the sphere with ``energy/sqrt(n) < t``, and let W be any random number that is 0 unless the
energy is below t somewhere. Then ``P(W != 0) >= (E W)^2/E W^2`` by the Cauchy-Schwarz inequality. With W = V this bound
is weak, because valleys that reach far below t contribute much more than those that hardly reach it. Near the bottom
of a valley V grows as its depth to the power ``j = (n-1)/2``, so that all valleys contribute equally to the j-th
derivative of V, which is used here. Its moments are those of pairs of energies, which are standard normal with
correlation ``r^H`` at overlap r:

    E W = D^j Phi(t),    E W^2 = int p(t, t; r^H) m(r) dr   (j = 1),
    int p(t, t; c) [c/(1-c^2) + t^2/(1+c)^2] m(r) dr, c = r^H   (j = 2),

where p is the bivariate normal density and m(r) the density of the overlap of two random points,
``~ (1-r^2)^((n-3)/2)``. (Strictly, W is an average of the derivative over energies just below t; the inequality holds
for each average, and the moments converge to those above.)

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
        together = 2 * math.cos(angle / 2) ** 2 * sum((-r) ** k for k in powers)  # 1 + c, for odd H
        joint = math.exp(-t * t / together) / (2 * math.pi * math.sqrt(apart * together))
        weight = 1.0 if j == 1 else r**H / (apart * together) + (t / together) ** 2
        return joint * weight * math.sin(angle) ** (n - 2)

    half = math.pi / 2
    square = sum(integrate.quad(pairs, low, low + half, epsabs=0, limit=200)[0] for low in (0.0, half))
    return mean**2 * float(special.beta(0.5, (n - 1) / 2)) / square
