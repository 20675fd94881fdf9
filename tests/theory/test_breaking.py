"""Equilibrium with any replica symmetry breaking, beside direct minimisation, identities and other solvers."""

import math

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

import theory
from theory.covariance import Covariance
from theory.statics.general_law import general_law
from theory.statics.stationary_law import candidates_in_field

TWO_STEPS = {3: 0.5**0.5, 16: 32**-0.5}
PHASES = [
    (0.9, {1: 1.0, 3: 1.0}, "replica symmetric"),
    (0.5, {1: 0.3, 3: 1.0}, "one step"),
    (0.2, {1: 0.3, 2: 1.0, 4: 1.0}, "one step"),
    (0.03, TWO_STEPS, "two steps"),
    (0.8, {2: 1.0, 4: 0.5}, "continuous"),
    (0.3, {1: 0.3, 2: 1.0, 4: 0.3}, "continuous"),
    (0.2, {2: 1.0, 4: 0.5}, "continuous with steps"),
]


def functional(overlaps, cumulative, T, H, log=math.log):
    """Crisanti and Sommers' -2 beta f of a law with finitely many overlaps, value by value."""
    nu = Covariance.of(H)
    probabilities = [x - before for x, before in zip([*cumulative, 1], [0, *cumulative], strict=True)]
    total = (nu(1.0) - sum(p * nu(q) for p, q in zip(probabilities, overlaps, strict=True))) / T**2
    wide = 1 - overlaps[-1]
    total += log(wide)
    for k in range(len(cumulative) - 1, -1, -1):
        wider = wide + cumulative[k] * (overlaps[k + 1] - overlaps[k])
        total += log(wider / wide) / cumulative[k]
        wide = wider
    return total + overlaps[0] / wide


@pytest.mark.slow
@pytest.mark.parametrize(("T", "H", "phase"), [case for case in PHASES if case[2] != "two steps"])
def test_phases_have_their_names_and_energies_are_derivatives(T, H, phase):
    step = 1e-3 * T
    found = theory.equilibrium([T - step, T, T + step], H)
    assert found.phase.tolist() == [phase] * 3
    # Central differences: of order step^2 beside the third derivative. e = d(beta f)/d beta is s = -df/dT.
    entropy = -(found.free_energy[2] - found.free_energy[0]) / (2 * step)
    assert found.entropy[1] == pytest.approx(entropy, rel=3e-6)
    assert found.energy[1] == pytest.approx(found.free_energy[1] + T * entropy, rel=3e-6)
    assert np.all(found.error < 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("T", "H", "phase"), [PHASES[1], PHASES[2], PHASES[3]])
def test_laws_with_steps_minimise_the_functional(T, H, phase):
    law = theory.overlap_distribution(T, H)
    overlaps, cumulative = law.overlaps, law.cumulative
    assert law.phase == phase
    fixed = int(overlaps[0] == 0.0)
    with mpmath.workdps(30):
        start = [*overlaps[fixed:], *cumulative[:-1]]
        free = len(start) - len(cumulative) + 1

        def value(*v):
            return functional([0] * fixed + list(v[:free]), list(v[free:]), T, H, mpmath.log)

        orders = [tuple(int(i == j) for j in range(len(start))) for i in range(len(start))]
        exact = mpmath.findroot(lambda *v: [mpmath.diff(value, v, order) for order in orders], start, tol=1e-20)
        best = float(value(*exact))
    np.testing.assert_allclose(start, [float(v) for v in exact], rtol=1e-9)
    assert -2 * theory.equilibrium(T, H).free_energy / T == pytest.approx(best, rel=1e-12)


def test_a_search_from_elsewhere_finds_the_law_in_a_field():
    T, H = 0.5, {1: 0.3, 3: 1.0}
    best = minimize(
        lambda v: functional([v[0], v[1]], [v[2]], T, H),
        (0.2, 0.7, 0.5),
        method="Nelder-Mead",
        bounds=[(1e-6, 0.5), (0.5, 0.999), (1e-3, 1.0)],
        options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 4000},
    )
    found = theory.equilibrium(T, H)
    # The minimiser stops at 1e-7 from the minimum.
    np.testing.assert_allclose([found.lower_overlap, found.overlap, found.breakpoint], best.x, atol=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("H", [{1: 0.6, 2: 0.4, 5: 1.0}])
def test_two_solvers_agree_in_a_field(H):
    nu, scale = Covariance.with_scale(H)
    T = 0.4 / scale
    (closed,) = [law for law in candidates_in_field(T, nu) if law.excess(T, nu) < 1e-12]
    other = general_law(T, nu)
    np.testing.assert_allclose(closed.overlaps, other.overlaps, rtol=1e-9)
    np.testing.assert_allclose(closed.cumulative, other.cumulative, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("T", "H"), [(0.8, {2: 1.0, 4: 0.5}), (0.4, {1: 0.3, 2: 1.0, 4: 0.3})])
def test_continuous_laws_agree_with_a_staircase(T, H):
    nu, scale = Covariance.with_scale(H)
    found, staircase = theory.equilibrium(T, H), general_law(T / scale, nu)
    free, energy, entropy = staircase.energies(T / scale, nu)
    # A staircase is above the minimum, by the square of its distance from the law.
    assert found.free_energy == pytest.approx(free * scale, abs=1e-11)
    assert found.energy == pytest.approx(energy * scale, abs=1e-9)
    assert found.entropy == pytest.approx(entropy, abs=1e-9)
    assert found.overlap == pytest.approx(staircase.overlap, abs=1e-7)
    assert found.breakpoint == pytest.approx(staircase.breakpoint, abs=2e-3)


def test_a_continuous_law_has_its_closed_form():
    T, a, b = 0.8, 1.0, 0.5
    law = theory.overlap_distribution(T, {2: a, 4: b})
    overlaps, cumulative = law.overlaps, law.cumulative
    found, q = theory.equilibrium(T, {2: a, 4: b}), overlaps[-1]
    assert (law.phase, cumulative[-1]) == ("continuous", 1.0)

    def bend(t):
        return 2 * a**2 + 12 * b**2 * t**2

    # nu'' (1-q)^2 = T^2; x = T nu''' / (2 nu''^(3/2)); e = -(nu(1) - <nu>)/T.
    assert bend(q) * (1 - q) ** 2 == pytest.approx(T**2, rel=1e-12)
    np.testing.assert_allclose(cumulative[:-1], T * 24 * b**2 * overlaps[:-1] / 2 * bend(overlaps[:-1]) ** -1.5)
    inside = quad(lambda t: T * 12 * b**2 * t * bend(t) ** -1.5 * (2 * a**2 * t + 4 * b**2 * t**3), 0, q)[0]
    energy = -(a**2 * (1 - q**2) + b**2 * (1 - q**4) + inside) / T
    assert found.energy == pytest.approx(energy, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    "H", [{1: 0.3, 3: 1.0}, {1: 1.2, 3: 1.0}, TWO_STEPS, {2: 1.0, 4: 0.1}, {1: 0.3, 2: 1.0, 4: 0.1}]
)
def test_low_temperatures_tend_to_the_ground_state(H):
    # Energies lie T/2 above, and the mean of the next order is below 10 T^2.
    T, ground = 1e-4, theory.ground_state(H)
    found = theory.equilibrium(T, H)
    assert found.energy == pytest.approx(ground.energy + T / 2, abs=10 * T**2)
    assert (1 - found.overlap) / T == pytest.approx(ground.susceptibility, rel=1e-3)


@pytest.mark.slow
def test_the_line_of_almeida_and_thouless_is_where_a_continuous_transition_is():
    for H in ({1: 1.0, 3: 1.0}, {1: 0.3, 2: 1.0, 4: 0.3}):
        T = theory.almeida_thouless_temperature(H)
        above, below = theory.equilibrium([T * (1 + 1e-3), T * (1 - 1e-3)], H).phase
        assert above == "replica symmetric"
        assert below in ("one step", "continuous")
    # The pure model in closed form, and where symmetry breaks discontinuously above the line.
    h, p = 0.5, 4
    q = (h * h / (p * (p - 2))) ** (1 / (p - 1))
    T = theory.almeida_thouless_temperature({1: h, p: 1.0})
    assert pytest.approx((1 - q) * math.sqrt(p * (p - 1) * q ** (p - 2)), rel=1e-13) == T
    assert theory.equilibrium(1.05 * T, {1: h, p: 1.0}).phase == "one step"


def test_the_line_ends_at_temperature_zero_where_landscapes_become_trivial():
    # h^2 = nu''(1) - nu'(1) without the field: 3 at order 3.
    assert theory.almeida_thouless_temperature({1: 3**0.5 * (1 - 1e-9), 3: 1.0}) < 1e-8
    with pytest.raises(ValueError, match="stable at all temperatures"):
        theory.almeida_thouless_temperature({1: 3**0.5 * (1 + 1e-9), 3: 1.0})
    with pytest.raises(ValueError, match="stable at all temperatures"):
        theory.almeida_thouless_temperature({1: 0.1, 2: 1.0})
    for H in (3, {3: 1.0, 4: 1.0}):
        with pytest.raises(ValueError, match="without a field there is no line"):
            theory.almeida_thouless_temperature(H)


@pytest.mark.parametrize(("T", "H", "phase"), PHASES[:-1])
def test_energies_follow_from_the_distribution(T, H, phase):
    law = theory.overlap_distribution(T, H)
    overlaps, cumulative = law.overlaps, law.cumulative
    nu = Covariance.of(H)
    if phase == "continuous":
        kept = nu(1.0) - nu(overlaps[-1]) + np.trapezoid(cumulative[:-1] * nu(overlaps[:-1], 1), overlaps[:-1])
    else:
        kept = nu(1.0) - np.diff(cumulative, prepend=0.0) @ nu(overlaps)
    # The trapezoidal rule with 257 points has an error of order 1e-6.
    assert theory.equilibrium(T, H).energy == pytest.approx(-kept / T, rel=1e-5 if phase == "continuous" else 1e-12)
    assert np.all(np.diff(cumulative) >= 0)


def test_results_scale_with_the_weights_in_every_phase():
    for T, H, _ in (PHASES[1], PHASES[5]):
        unit = 2.0**-400
        first = theory.equilibrium(T, H)
        second = theory.equilibrium(T * unit, {p: a * unit for p, a in H.items()})
        assert (second.overlap, second.breakpoint, second.energy) == (
            first.overlap,
            first.breakpoint,
            first.energy * unit,
        )


def test_a_distribution_needs_one_positive_temperature():
    for T in (0.0, [0.5, 0.6], math.nan):
        with pytest.raises(ValueError, match="T must be"):
            theory.overlap_distribution(T, 3)
