"""Theory code of a subject: exact values by other routes, other normalisations, and answers that cannot be used."""

import math
from collections import namedtuple

import numpy as np
import pytest
from scipy import special

import theory
from validation.claims.theory_code import CLAIMS, claims_of_order, exact_values, measurements
from validation.engine.mutation import mutated
from validation.subjects import theory_code
from validation.subjects.current import judged, own
from validation.subjects.declaration import Declaration
from validation.subjects.functions import Functions
from validation.subjects.program import from_file
from validation.subjects.subject import AnswerError, Subject

BY_ID = {claim.id: claim for claim in CLAIMS}
ROOT = 2**0.5


def worst(claim, seed=0, samples=2):
    """Return the largest error over a few samples of every quick series, in units of the allowed one."""
    return max(
        np.abs(claim.measurement(np.random.SeedSequence(seed, spawn_key=(k, i)), series)).max()
        / claim.prediction(series).high
        for k, series in enumerate(claim.sizes["quick"])
        for i in range(min(samples, series.samples))
    )


def subject(declaration=None, **functions):
    return Subject(Functions(functions, name="theirs"), declaration or Declaration())


def physics(n_variance_scale=1 / ROOT):
    """Theory code in the convention of physics, whose energies have variance n/2."""
    s = n_variance_scale

    def equilibrium(T, H):
        found = theory.equilibrium(T / s, H)
        return {"energy": found.energy * s, "overlap": found.overlap, "breakpoint": found.breakpoint}

    return {
        "counts": lambda n, H, index, below: theory.mean_critical_points(
            n, H, index, None if below is None else below / s
        ),
        "thresholds": lambda H: {"E_0": theory.E_0(H) * s, "T_d": theory.dynamical_temperature(H) * s, "my": 1.0},
        "relaxation": lambda times, H: theory.relaxation(times * s, H, spacing=0.0).energy * s,
        "equilibrium": equilibrium,
    }


@pytest.mark.slow
@pytest.mark.parametrize("claim_id", BY_ID)
def test_this_projects_theory_agrees_and_mistakes_do_not(claim_id):
    claim = BY_ID[claim_id]
    assert all(worst(claim, seed) <= 0.1 for seed in (0, 1, 2))
    for mutant in claim.mutants:
        with mutated(mutant):
            assert worst(claim) > 1, mutant.name


@pytest.mark.slow
@pytest.mark.parametrize("H", [4, 6])
def test_other_orders_agree(H):
    for claim in claims_of_order(H):
        assert worst(claim, samples=1) <= 0.1, claim.id


def test_exact_values_are_the_published_ones():
    # Crisanti & Sommers 1992 and Auffinger, Ben Arous & Cerny 2013, with temperatures and energies times sqrt 2.
    assert math.isclose(exact_values.E_0(3), 1.656998364, rel_tol=1e-9)
    assert math.isclose(exact_values.E_k(3, 0), 1.656998364, rel_tol=1e-9)
    assert math.isclose(exact_values.E_k(3, 1), 1.652873198, rel_tol=1e-9)
    assert math.isclose(exact_values.E_k(3, 2), 1.650253127, rel_tol=1e-9)
    assert math.isclose(exact_values.E_0(4), 1.794085028, rel_tol=1e-9)
    assert math.isclose(exact_values.T_d(3), 0.866025404, rel_tol=1e-9)
    assert math.isclose(exact_values.T_s(3), 0.828805476, rel_tol=1e-9)
    for name in ("E_inf", "E_th", "E_alg"):  # equal for pure models
        assert math.isclose(getattr(exact_values, name)(5), 2 * math.sqrt(4 / 5), rel_tol=1e-12)
    # At the static temperature the overlap jumps to 0.645007451, and m is 1.
    energy, q, m = exact_values.replica_symmetry_broken(0.8288, 3)
    assert math.isclose(q, 0.645007451, abs_tol=1e-5)
    assert math.isclose(m, 1, abs_tol=1e-4)
    assert math.isclose(energy, -1 / 0.8288, rel_tol=1e-4)


def test_mean_counts_are_those_of_random_matrices():
    # Route: the expectation of |det| over the GOE of size n - 1, shifted by the energy; n = 3, H = 3.
    n, H, rng = 3, 3, np.random.default_rng(0)
    normal = rng.standard_normal((100_000, n - 1, n - 1))
    u = rng.standard_normal(100_000) / math.sqrt(n)
    hessian = math.sqrt(H * (H - 1) / (2 * n)) * (normal + normal.transpose(0, 2, 1)) - H * u[:, None, None] * np.eye(2)
    volume = 2 * math.pi ** (n / 2) / special.gamma(n / 2) * n ** ((n - 1) / 2)
    each = volume * (2 * math.pi * H) ** (-(n - 1) / 2) * np.linalg.det(hessian)
    negative = (np.linalg.eigvalsh(hessian) < 0).sum(axis=1)
    for index, below in ((None, None), (0, None), (1, -0.5), (0, -1.0)):
        counted = np.abs(each) * (True if index is None else negative == index) * (True if below is None else u < below)
        error = counted.std() / math.sqrt(len(counted))
        assert abs(counted.mean() - exact_values.mean_count(n, H, index, below)) < 4 * error


def test_the_relaxation_is_that_of_order_two_in_closed_form():
    t = ROOT * measurements.TIMES
    exact = -ROOT * special.iv(2, 4 * t) / special.iv(1, 4 * t)
    assert np.allclose(exact_values.relaxed(measurements.TIMES, 2), exact, rtol=1e-5)


@pytest.mark.parametrize(
    "name", ["counts-below", "total-count", "morse", "E_0", "T_d", "relaxation", "energy", "overlap", "breakpoint"]
)
def test_a_subject_in_the_convention_of_physics_agrees_if_it_says_so(name):
    claim = BY_ID[f"theory-code/{name}"]
    with judged(subject(Declaration(variance="n/2"), **physics())):
        assert worst(claim, samples=1) <= 1
    if name not in ("total-count", "morse", "overlap", "breakpoint"):
        with judged(subject(**physics())):
            assert worst(claim, samples=1) > 1


def test_values_of_a_declared_accuracy_may_deviate_by_it():
    rough = {"thresholds": lambda H: {"E_0": 1.657}}  # relative error 1e-6
    claim = BY_ID["theory-code/E_0"]
    for accuracy, agrees in (("1e-6", True), ("1e-2", True)):
        with judged(subject(Declaration(accuracy=accuracy), **rough)):
            assert (worst(claim) <= 1) == agrees
    for accuracy, agrees in (("1e-6", False), ("1e-4", False), ("1e-3", True)):
        with judged(subject(Declaration(accuracy=accuracy), thresholds=lambda H: {"E_0": 1.656})):
            assert (worst(claim) <= 1) == agrees
    for accuracy in ("0", "-1", "much", "1e-9", "0.5", ""):
        with pytest.raises(ValueError, match="accuracy must be the relative accuracy"):
            Declaration(accuracy=accuracy)


def test_unknown_thresholds_are_named():
    known, unknown = theory_code.thresholds(subject(Declaration(variance="n/2"), **physics()), 3)
    assert unknown == ["my"]
    assert set(known) == {"E_0", "T_d"}
    assert math.isclose(known["E_0"], theory.E_0(3))
    assert set(theory_code.thresholds(own(), 3)[0]) == set(theory_code.THRESHOLDS)
    mixture = theory_code.thresholds(own(), {3: 0.5**0.5, 4: 0.5**0.5})[0]
    assert math.isclose(mixture["E_th"], 1.690476190, rel_tol=1e-9)


Point = namedtuple("Point", "energy overlap")


@pytest.mark.parametrize("answer", [Point(-1.0, 0.5), {"energy": -1.0, "overlap": np.float32(0.5)}])
def test_equilibrium_may_be_a_dictionary_or_an_object(answer):
    one = subject(equilibrium=lambda T, H: answer)
    assert theory_code.equilibrium(one, 1.0, 3, "overlap") == 0.5
    with pytest.raises(AnswerError, match=r"equilibrium\(T=1.0, H=3\): the answer has no 'breakpoint'"):
        theory_code.equilibrium(one, 1.0, 3, "breakpoint")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda one: theory_code.counts(one, 5, 3, 0, -1.0), r"counts\(n=5, H=3, index=0, below=-1.0\).* is nan"),
        (lambda one: theory_code.threshold(one, 3, "E_0"), "expected a dictionary such as .*, not list"),
        (lambda one: theory_code.relaxation(one, np.ones(3), 3), r"the energies has shape \(\); expected \(3,\)"),
        (lambda one: theory_code.equilibrium(one, 1.0, 3, "overlap"), "the answer has no 'overlap'"),
    ],
)
def test_answers_that_cannot_be_used_are_refused(ask, message):
    one = subject(
        counts=lambda **_: math.nan, thresholds=lambda H: [1.6], relaxation=lambda **_: 1.0, equilibrium=lambda T, H: -1
    )
    with pytest.raises(AnswerError, match=message):
        ask(one)


def test_what_a_subject_offers_is_found_out():
    parts, missing, notes = theory_code.offered(own(), 3)
    assert {need for claim in CLAIMS for need in claim.needs} <= parts
    assert (missing, notes) == ({}, [])

    def totals(n, H, index, below):
        if index is not None:
            raise NotImplementedError("totals only")
        return theory.mean_critical_points(n, H, below=below)

    one = subject(counts=totals, equilibrium=lambda T, H: -1 / T, thresholds=lambda H: {"E_0": 1.657, "E_J": 1})
    parts, missing, notes = theory_code.offered(one, 3)
    assert parts == {"counts", "counts.below", "equilibrium", "thresholds", "thresholds.E_0"}
    assert "totals only" in missing["counts.index"]
    assert set(missing) == {"counts.index", "equilibrium.overlap", "equilibrium.breakpoint"}
    assert notes == ["thresholds E_J are not known here and were ignored"]


@pytest.mark.parametrize("declared", [{"variance": "1"}, {"radius": "1"}])
def test_conventions_without_a_limit_are_refused(declared):
    one = subject(Declaration(**declared), **physics())
    with pytest.raises(AnswerError, match="have no limit for large n .* declare a variance that is a multiple of n"):
        theory_code.relaxation(one, np.ones(1), 3)


FILE = """
import dataclasses
import theory

variance = "n/2"
accuracy = "1e-4"

@dataclasses.dataclass
class State:
    energy: float
    overlap: float

def equilibrium(T, H):
    found = theory.equilibrium(T * 2**0.5, H)
    return State(round(found.energy / 2**0.5, 5), found.overlap)

def thresholds(H):
    return {"E_inf": theory.E_inf(H) / 2**0.5}

def counts(n, H, index, below):
    return theory.mean_critical_points(n, H, index, None if below is None else below * 2**0.5)

def relaxation(times, H):
    return theory.relaxation(times / 2**0.5, H, spacing=0.0).energy / 2**0.5
"""


@pytest.mark.slow
def test_theory_in_a_file_of_its_own_agrees(tmp_path):
    file = tmp_path / "my_theory.py"
    file.write_text(FILE)
    one = from_file(file)
    try:
        with judged(one):
            for name in ("energy", "overlap", "E_inf", "counts-below", "relaxation"):
                assert worst(BY_ID[f"theory-code/{name}"], samples=1) <= 1, name
            with pytest.raises(AnswerError, match="the answer has no 'E_alg'"):
                worst(BY_ID["theory-code/E_alg"])
    finally:
        one.roles.close()
