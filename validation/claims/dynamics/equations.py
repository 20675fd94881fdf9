"""The long-time limits of the dynamical equations of the infinite system: at the threshold energy, or below it."""

import numpy as np

import theory
from validation.claim import Claim
from validation.claims._shared.perturbations import times
from validation.claims.dynamics.mutants import with_protocol
from validation.mutant import Mutant
from validation.series import Series
from validation.statistics.estimators import Identity

_MIXTURE = {3: 0.5**0.5, 4: 0.5**0.5}


def long_time_error(_seed: np.random.SeedSequence, H: int, until: float) -> float:
    """Return the relative distance of the extrapolated energy of gradient descent from ``-E_inf``."""
    edge = float(theory.E_inf(H))
    return abs(theory.long_time_energy(H, until=until).energy + edge) / edge


def long_time_bound(**_: object) -> float:
    """Return a bound on the remaining error at these times: six times that of the pilot below, not derived."""
    return 5e-5


def above_threshold(_seed: np.random.SeedSequence, factor: float, t: float) -> float:
    """Return the relative height of gradient descent at time t above the threshold energy; 0 below it."""
    start = factor * theory.dynamical_temperature(_MIXTURE)
    found = theory.relaxation([t], _MIXTURE, start=start)
    threshold = theory.E_th(_MIXTURE)
    return float(max(found.energy[0] + found.energy_error[0] + threshold, 0.0) / threshold)


def not_above(**_: object) -> float:
    """Return the predicted height above the threshold, which is 0; the energy only falls afterwards."""
    return 0.0


# The relative errors of the extrapolated energies of gradient descent up to t = 1000 are 8e-6, 2e-6 and 5e-6 (H = 3, 4,
# 6). From equilibrium at T_d the mixed model reaches -1.6935 at t = 10 and -1.6950 at t = 50, with errors of 2e-4; its
# threshold is -1.6905. From random points it reaches -1.68571 at t = 1000, -1.68919 at t = 10 000 and -1.69004 at t =
# 83 000: it has not fallen below the threshold at these times.
CLAIMS = (
    Claim(
        id="dynamics/long-time",
        kind="theorem",
        statement="In the dynamical equations of an infinite pure model, gradient descent from random points tends to "
        "-E_inf.",
        formula=r"\lim_{t\to\infty} e(t) = -E_\infty = -2\sqrt{\frac{H-1}{H}}",
        source="Cugliandolo & Kurchan 1993; Sellke 2024, for Langevin dynamics in the limit of low temperature",
        measured="the relative distance from -E_inf of the solution of the equations, integrated and extrapolated "
        "with t^(-2/3)",
        measure=long_time_error,
        predict=long_time_bound,
        delta=5e-4,
        sizes={
            "quick": [Series(1, H=3, until=1000.0), Series(1, H=4, until=1000.0)],
            "standard": [Series(1, H=H, until=1000.0) for H in (3, 4, 6)],
            "paper": [Series(1, H=H, until=4000.0) for H in (3, 4, 6)],
        },
        mutants=(
            Mutant(
                "physics' normalisation",
                "the threshold is that of the physics convention, in which energies have variance n/2",
                {"theory.E_inf": times(2**-0.5)},
            ),
            Mutant(
                "a warm bath",
                "the equations are those of Langevin dynamics at T = 0.3",
                {"theory.dynamics.relaxation.integrated_pair": with_protocol(temperature=0.3)},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    Claim(
        id="dynamics/below-threshold",
        kind="published observation",
        statement="Gradient descent of an infinite mixed (3+4) model from equilibrium at the dynamical temperature "
        "falls below the threshold energy, at which pure models stop.",
        formula=r"e(t) < -E_{th} = -\frac{\nu'-\nu}{\sqrt{\nu''}} - \frac{\nu\sqrt{\nu''}}{\nu'}, \quad t \ge 20",
        source="Folena, Franz & Ricci-Tersenghi 2020, by integration of the same equations",
        measured="the relative height of the solution of the dynamical equations above the threshold at time t; 0 "
        "below it",
        measure=above_threshold,
        predict=not_above,
        delta=1e-3,
        sizes={
            "quick": [Series(1, factor=1.0, t=20.0)],
            "standard": [Series(1, factor=1.0, t=20.0), Series(1, factor=1.0, t=40.0)],
            "paper": [Series(1, factor=1.0, t=t) for t in (20.0, 40.0, 100.0)],
        },
        mutants=(
            Mutant(
                "start forgotten",
                "descents start from random points, not from equilibrium",
                {"theory.dynamics.relaxation.integrated_pair": with_protocol(inverse_start=0.0)},
                upstream=True,
            ),
            Mutant(
                "deeper threshold",
                "the threshold is replaced by the ground-state energy",
                {"theory.E_th": lambda threshold: lambda H: -theory.ground_state_energy(H)},  # noqa: ARG005
            ),
        ),
        estimator=Identity(),
    ),
)
