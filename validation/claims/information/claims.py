"""The claims on recovery of a planted signal."""

from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims._shared.planted import HALF_SIGNAL
from validation.claims.information import mutants
from validation.claims.information.measurements import STEPS, message_passing_overlaps, posterior_overlaps
from validation.mutant import Mutant
from validation.series import Between, Series
from validation.statistics.extrapolation import Extrapolation


def one(**_: object) -> float:
    """Return the limit of the ratio as n grows."""
    return 1.0


def no_difference(**_: object) -> Between:
    """Return the prediction 0; deviations are relative to overlaps of 1."""
    return Between(0.0, 0.0, scale=1.0)


# Pilots (40 pairs of opposite glasses per size): the ratio averaged over steps is 0.981 and 0.991 at n = 30 and 60,
# with standard deviations of 0.048 and 0.021; without Onsager's term it is 1.047 and 1.049.
CLAIMS = (
    Claim(
        id="information/state-evolution",
        kind="theorem",
        statement="As n grows, the overlap of approximate message passing with a signal planted in a matrix and a "
        "tensor follows state evolution: the ratio of the two, averaged over steps, tends to 1.",
        formula=r"m_{t+1} = \frac{\xi'(m_t)}{1 + \xi'(m_t)}, \quad \xi'(m) = \frac{m}{\Delta_2} + "
        r"\frac{m^2}{\Delta_3}, \quad \Delta_k = \frac{a_k^2}{k \lambda_k^2}",
        source="Richard & Montanari 2014; Lesieur et al. 2017; Sarao Mannelli et al. 2020",
        measured="overlaps after one to six steps divided by those of state evolution, averaged over steps, "
        "extrapolated in n",
        measure=message_passing_overlaps,
        predict=one,
        components=tuple(f"step {t}" for t in range(1, STEPS + 1)),
        delta=deltas(0.07, 0.018, 0.006),
        sizes={
            "quick": [Series(m, n=n, starts=8) for n, m in ((24, 150), (48, 110), (80, 36))],
            "standard": [Series(m, n=n, starts=8) for n, m in ((60, 600), (120, 400), (240, 100))],
            "paper": [Series(m, n=n, starts=8) for n, m in ((100, 2000), (200, 600), (400, 200))],
        },
        mutants=(
            Mutant(
                "Onsager's term left out",
                "message passing leaves out the reaction of the glass to the estimate",
                {"spinglass.message_passing.reaction": mutants.without_reaction},
                upstream=True,
            ),
            Mutant(
                "noise level without its order",
                "theory takes a_k^2 / lambda_k^2 for Delta_k, which moves the threshold of the matrix by sqrt 2",
                {"theory.information.state_evolution.signal_to_noise": mutants.with_noise_of_ordered_entries},
            ),
            HALF_SIGNAL,
            MULTIPLICITY,
        ),
        # At a fixed step the finite-size corrections are a series in 1/n.
        estimator=Extrapolation({"1/n": lambda n: 1 / n, "1/n + 1/n^2": lambda n: (1 / n, n**-2)}),
    ),
    Claim(
        id="information/posterior-mean",
        kind="theorem",
        statement="At n = 2 and 3 the mean overlap of the posterior mean with the signal equals its mean squared "
        "length: a sample of the posterior law overlaps with the signal as with another sample.",
        formula=r"\mathbb{E}\, \frac{\langle x \rangle \cdot v}{n} = \mathbb{E}\, \frac{|\langle x \rangle|^2}{n}",
        source="Nishimori 1980; Iba 1999",
        measured="the difference of the two sides, by quadrature over the sphere",
        measure=posterior_overlaps,
        predict=no_difference,
        delta=deltas(0.05, 0.01, 0.004),
        sizes=sizes((400, 10_000, 60_000), settings("n", 2, 3)),
        mutants=(
            Mutant(
                "weights of the noise forgotten",
                "the posterior weighs all orders as if their noise had the weight 1",
                {"spinglass.posterior": mutants.of_unit_weights},
                upstream=True,
            ),
            HALF_SIGNAL,
        ),
    ),
)
