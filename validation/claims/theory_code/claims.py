"""The claims on theory code; they can be measured on any subject."""

from collections.abc import Callable, Sequence
from functools import partial

from numpy.typing import ArrayLike

from validation.claim import Claim
from validation.claims._shared.efforts import settings, sizes
from validation.claims.theory_code import measurements, mutants
from validation.mutant import Mutant
from validation.series import Effort, Series
from validation.statistics.estimators import Identity

_ABC = "Auffinger, Ben Arous & Černý 2013"
_CS = "Crisanti & Sommers 1992"


def _identity(
    name: str,
    statement: str,
    formula: str,
    source: str,
    measured: str,
    measure: Callable[..., ArrayLike],
    series: dict[Effort, list[Series]],
    mistakes: Sequence[Mutant],
    needs: Sequence[str],
    components: Sequence[str] = (),
) -> Claim:
    return Claim(
        id=f"theory-code/{name}",
        kind="identity",
        statement=statement,
        formula=formula,
        source=source,
        measured=f"{measured}; the tolerance is 1e-6, or the declared accuracy",
        measure=measure,
        predict=measurements.tolerance,
        delta=1e-5,
        sizes=series,
        mutants=mistakes,
        components=components,
        estimator=Identity(),
        needs=needs,
    )


def _count_claims(H: int) -> tuple[Claim, ...]:
    numbers = (settings("n H", (4, H), (7, H)), settings("n H", (4, H), (12, H)), settings("n H", (4, H), (20, H)))
    return (
        _identity(
            "total-count",
            "The mean number of critical points is given by the Kac-Rice formula at finite n.",
            r"\mathbb{E} N = \int \rho(u)\, du",
            f"{_ABC}, Theorem 2.1",
            "the relative deviation of the mean number from the integral of its exact density",
            measurements.total_deviation,
            sizes((1, 1, 1), *numbers),
            mutants.TOTALS,
            ("counts",),
        ),
        _identity(
            "counts-below",
            "The mean number of critical points of one index below an energy is given by the Kac-Rice formula.",
            r"\mathbb{E} N_k(u) = \int_{-\infty}^{u} \rho_k(u')\, du'",
            f"{_ABC}, Theorem 2.1",
            "the relative deviations of mean numbers from the integrals of their exact densities up to four energies",
            measurements.count_deviations,
            sizes((1, 1, 1), *numbers),
            mutants.COUNTS,
            ("counts", "counts.index", "counts.below"),
            ("index 0", "index 1", "index 2", "any index"),
        ),
        _identity(
            "morse",
            "Mean numbers of critical points by index satisfy Morse's relation.",
            r"\sum_k (-1)^k\, \mathbb{E} N_k = \chi(S^{n-1}) = 1 + (-1)^{n-1}",
            "Morse theory",
            "both sides, relative to the mean number of all points",
            measurements.morse_deviation,
            sizes((1, 1, 1), *numbers),
            mutants.MORSE,
            ("counts", "counts.index"),
        ),
    )


_PHYSICS, _ORDER, _SIGN = mutants.PHYSICS, mutants.NEXT_ORDER, mutants.SIGN
_THRESHOLDS = (
    (
        "E_inf",
        "In pure models the critical points of any fixed index lie below the energy -E_inf for large n.",
        r"E_\infty = 2 \sqrt{(H-1)/H}",
        f"{_ABC}, Theorem 2.5",
        (_PHYSICS, _ORDER, _SIGN, mutants.RATIO),
    ),
    (
        "E_0",
        "The ground-state energy is the minimum of the replica free energy at temperature 0.",
        r"E_0 = \min_{m, \chi} \tfrac12 [H \chi + m + \tfrac1m \log(1 + m/\chi)], \quad \chi (\chi + m) = 1/H",
        f"{_CS}; {_ABC}, Theorem 2.12",
        (_PHYSICS, _ORDER, _SIGN, mutants.OTHER_INDEX),
    ),
    *(
        (
            f"E_{k}",
            f"The complexity of critical points of index {k} is zero at -E_{k}.",
            rf"\Theta_{k}(-E_{k}) = 0",
            f"{_ABC}, Theorem 2.5",
            (_PHYSICS, _ORDER, _SIGN, mutants.OTHER_INDEX),
        )
        for k in (1, 2)
    ),
    (
        "E_th",
        "At the threshold energy the most numerous critical points are marginal.",
        r"E_{th} = \frac{\nu' - \nu}{\sqrt{\nu''}} + \frac{\nu \sqrt{\nu''}}{\nu'}",
        "Cugliandolo & Kurchan 1993",
        (_PHYSICS, _ORDER, _SIGN, mutants.RATIO),
    ),
    (
        "E_alg",
        "Hessian ascent from the centre of the ball reaches the energy -E_alg.",
        r"E_{alg} = \int_0^1 \sqrt{\nu''(q)}\, dq",
        "Subag 2021",
        (_PHYSICS, _ORDER, _SIGN, mutants.RATIO),
    ),
    (
        "T_d",
        "The dynamical transition temperature is the largest at which two-time correlations do not decay to zero.",
        r"T_d = \sqrt{H q^{H-2} (1-q)}, \quad q = \frac{H-2}{H-1}",
        "Crisanti, Horner & Sommers 1993",
        (_PHYSICS, _ORDER, mutants.OTHER_TEMPERATURE),
    ),
    (
        "T_s",
        "The static transition temperature is the largest at which the annealed free energy is exceeded.",
        r"T_s^2 = \max_q \frac{q^H}{-\log(1-q) - q}",
        _CS,
        (_PHYSICS, _ORDER, mutants.OTHER_TEMPERATURE),
    ),
)


def _threshold_claims(H: int) -> tuple[Claim, ...]:
    return tuple(
        _identity(
            name,
            statement,
            formula,
            source,
            "the relative deviation from this formula",
            measurements.threshold_deviation,
            sizes((1, 1, 1), [{"H": H, "name": name}]),
            mistakes,
            ("thresholds", f"thresholds.{name}"),
        )
        for name, statement, formula, source, mistakes in _THRESHOLDS
    )


def _relaxation_claim(H: int) -> Claim:
    return Claim(
        id="theory-code/relaxation",
        kind="identity",
        statement="Gradient descent from a random point follows the Cugliandolo-Kurchan equations for large n.",
        formula=r"e(t) = -\int_0^t \nu'(C(t,s)) R(t,s)\, ds",
        source="Cugliandolo & Kurchan 1993, at temperature 0",
        measured="the relative deviations of the energy at three times from a solution with half of the default time "
        "step; the tolerance is 1e-3, or the declared accuracy if that is coarser",
        measure=measurements.relaxation_deviations,
        predict=measurements.relaxation_tolerance,
        delta=1e-2,
        sizes=sizes((1, 1, 1), [{"H": H}]),
        mutants=mutants.RELAXATION,
        components=tuple(f"t={t:g}" for t in measurements.TIMES),
        estimator=Identity(),
        needs=("relaxation",),
    )


def _ratios(H: int) -> list[list[dict[str, float]]]:
    """Return the ratios of temperatures to the static one at each effort."""
    return [
        settings("H ratio", *((H, r) for r in some)) for some in ((0.5, 0.9), (0.4, 0.7, 0.95), (0.3, 0.6, 0.9, 0.99))
    ]


def _equilibrium_claims(H: int) -> tuple[Claim, ...]:
    claim = partial(_identity, source=f"{_CS}, eq. 4.14", series=sizes((1, 1, 1), *_ratios(H)))
    normalisation = (mutants.HOTTER, mutants.INVERSE, mutants.SYMMETRIC)
    return (
        claim(
            name="energy",
            statement="The energy at equilibrium is -1/T above the static temperature, and that of one-step replica "
            "symmetry breaking below it.",
            formula=r"e = -\frac{1 - (1-m) q^H}{T}",
            measured="the relative deviations at temperatures below and above the static one",
            measure=measurements.energy_deviations,
            mistakes=(*normalisation, mutants.COLDER_TOO, mutants.FREE_ENERGY),
            needs=("equilibrium",),
            components=("frozen", "liquid"),
        ),
        claim(
            name="overlap",
            statement="Two configurations in the same valley have the overlap q of one-step replica symmetry breaking; "
            "above the static temperature it is 0.",
            formula=r"H q^{H-2} (1-q) (1 - q + m q) = T^2",
            measured="the relative deviation at a temperature below the static one, and the overlap at one above it",
            measure=measurements.overlap_deviations,
            mistakes=normalisation,
            needs=("equilibrium", "equilibrium.overlap"),
            components=("frozen", "liquid"),
        ),
        claim(
            name="breakpoint",
            statement="Two configurations lie in different valleys with the probability m of one-step replica symmetry "
            "breaking.",
            formula=r"\frac{m^2 q^H}{T^2} + \frac{m q}{W} = \log\frac{W}{1-q}, \quad W = 1 - q + m q",
            measured="the relative deviation at a temperature below the static one",
            measure=measurements.breakpoint_deviation,
            mistakes=(*normalisation, mutants.COMPLEMENT),
            needs=("equilibrium", "equilibrium.breakpoint"),
        ),
    )


def claims_of_order(H: int) -> tuple[Claim, ...]:
    """Return the claims on theory of pure models of one order.

    Parameters
    ----------
    H
        The order, at least 3.

    Returns
    -------
    tuple of Claim
        The claims.
    """
    return (*_count_claims(H), *_threshold_claims(H), _relaxation_claim(H), *_equilibrium_claims(H))


CLAIMS = claims_of_order(3)
