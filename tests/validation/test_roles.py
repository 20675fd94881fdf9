"""The roles relax, sample and critical_points: units, the protocol, and answers that cannot be used."""

import numpy as np
import pytest
from plain_subject import FILE, plain

from spinglass import sphere
from validation.subjects import own as roles
from validation.subjects.functions import Functions
from validation.subjects.own import subject as own
from validation.subjects.parts import optional_parts
from validation.subjects.program import from_file
from validation.subjects.subject import AnswerError, Subject

UNITS = [("n", "sqrt(n)"), ("n/2", "sqrt(n)"), ("1", "sqrt(n)"), ("n", "1"), ("n/2", "1")]
TIMES = np.array([0.0, 0.1, 0.2, 0.5])
n, H, SEED = 6, 3, 11


@pytest.mark.parametrize(("variance", "radius"), UNITS[1:])
def test_the_same_code_in_other_units_gives_the_same_numbers(variance, radius):
    one, other = plain(), plain(variance, radius)
    for T in (0.0, 0.7):
        for a, b in zip(one.relax(n, H, SEED, TIMES, T), other.relax(n, H, SEED, TIMES, T), strict=True):
            assert np.allclose(a, b, rtol=0, atol=1e-12)
    assert one.relax(n, H, SEED, TIMES, 0.7).energies[-1] != one.relax(n, H, SEED, TIMES).energies[-1]
    for a, b in zip(one.sample(n, H, SEED, 0.8, 5), other.sample(n, H, SEED, 0.8, 5), strict=True):
        assert np.allclose(a, b, rtol=0, atol=1e-10)
    # The list begins with the end of the first descent, whose path does not depend on units.
    assert np.allclose(one.critical_points(3, H, SEED), other.critical_points(3, H, SEED), rtol=0, atol=1e-8)


def test_the_projects_own_relaxation_agrees_with_short_steps_of_euler():
    # Euler steps of this length have an error of about 1e-3 of the energy.
    glass = roles.landscape(n, H, SEED)
    x = begin = roles.start(glass, SEED)
    for _ in range(250):
        x = sphere.project(x - 2e-3 * sphere.riemannian_gradient(glass, x))
    flow = own().relax(n, H, SEED, TIMES)
    assert np.isclose(flow.energies[-1], glass.energy(x)[0] / n, rtol=1e-2)
    assert np.isclose(flow.overlaps[-1], x[0] @ begin[0] / n, rtol=1e-2)
    assert flow.energies[0] == glass.energy(begin)[0] / n
    assert flow.overlaps[0] == pytest.approx(1)


def test_the_projects_own_flow_continues_after_it_has_converged():
    flow = own().relax(3, H, SEED, np.array([1.0, 50.0, 100.0]))
    assert flow.energies[1] == pytest.approx(flow.energies[2], abs=1e-12)
    assert np.isfinite(flow.overlaps).all()


def test_the_projects_own_bath_records_at_the_times_that_are_asked_for():
    # At a very low temperature Langevin dynamics is gradient flow.
    still, cold = own().relax(n, H, SEED, TIMES), own().relax(n, H, SEED, TIMES, 1e-9)
    assert np.allclose(still.energies, cold.energies, atol=3e-3)
    assert np.allclose(still.overlaps, cold.overlaps, atol=3e-3)


@pytest.mark.slow
def test_a_python_file_answers_in_a_process_of_its_own():
    file, here = from_file(FILE), plain()
    try:
        assert file.roles.offered >= {"landscape", "relax", "sample", "critical_points"}
        for T in (0.0, 0.7):
            for a, b in zip(file.relax(n, H, SEED, TIMES, T), here.relax(n, H, SEED, TIMES, T), strict=True):
                assert np.array_equal(a, b)
        for a, b in zip(file.sample(n, H, SEED, 0.8, 5), here.sample(n, H, SEED, 0.8, 5), strict=True):
            assert np.array_equal(a, b)
        assert np.array_equal(file.critical_points(3, H, SEED), here.critical_points(3, H, SEED))
    finally:
        file.roles.close()


class Answers:
    """Roles that give the same answer to every request."""

    name, offered = "answers", frozenset({"relax", "sample", "critical_points"})

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def ask(self, role, /, **arguments):
        self.asked.append((role, arguments))
        return self.answer


def test_a_role_without_a_temperature_is_not_asked_for_one():
    roles = Answers([1.0, 2.0])
    Subject(roles).relax(4, 3, 0, np.array([0.0, 1.0]))
    assert "temperature" not in roles.asked[0][1]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([1.0, 2.0, 3.0], r"relax\(n=4, H=3, seed=5\): the energies has shape \(3,\); expected \(2,\)"),
        ([1.0, float("nan")], r"the energies is nan at position \[1\]"),
        ({"overlaps": [1.0, 1.0]}, "the answer has no 'energies'"),
        ({"energies": [1.0, 1.0], "overlaps": [1.0]}, r"the overlaps has shape \(1,\)"),
        ("rubbish", "expected numbers, got str"),
    ],
)
def test_a_relaxation_that_cannot_be_used_is_named(answer, message):
    with pytest.raises(AnswerError, match=message):
        Subject(Answers(answer)).relax(4, 3, 5, np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "the answer has neither 'points' nor 'energies'"),
        ([1.0], r"the energies has shape \(1,\); expected \(2,\)"),
        ([[1.0, 1.0], [1.0, 1.0]], r"the points has shape \(2, 2\); expected \(2, 4\)"),
        ([[1.0] * 4, [2.0] * 4], r"point 1 has \|x\| = 2 times the declared radius"),
    ],
)
def test_a_sample_that_cannot_be_used_is_named(answer, message):
    with pytest.raises(AnswerError, match=message):
        Subject(Answers(answer)).sample(4, 3, 5, 1.0, 2)


def test_a_sample_may_be_points_or_energies_or_both():
    points, energies = np.ones((2, 4)), np.array([1.0, 2.0])
    assert Subject(Answers(points)).sample(4, 3, 5, 1.0, 2).energies is None
    assert Subject(Answers(energies)).sample(4, 3, 5, 1.0, 2).points is None
    both = Subject(Answers({"points": points, "energies": energies})).sample(4, 3, 5, 1.0, 2)
    assert np.array_equal(both.points, points)
    assert np.array_equal(both.energies, energies)


def test_no_critical_points_are_an_empty_list():
    assert Subject(Answers([])).critical_points(4, 3, 5).shape == (0, 4)
    assert Subject(Answers({"points": np.ones((1, 4))})).critical_points(4, 3, 5).shape == (1, 4)


def test_optional_parts_are_found():
    parts, missing = optional_parts(plain(), H)
    assert parts == {"relax.overlaps", "relax.temperature", "sample.points", "sample.energies"}
    assert missing == {}

    def relax(n, H, seed, times):
        return -times

    def sample(n, H, seed, temperature, draws):
        return np.full((draws, n), 1.0)

    parts, missing = optional_parts(Subject(Functions({"relax": relax, "sample": sample})), H)
    assert parts == {"sample.points"}
    assert "got an unexpected keyword argument 'temperature'" in missing["relax.temperature"]
    assert "relax returns energies alone" in missing["relax.overlaps"]
    assert "no function landscape" in missing["sample.energies"]
    assert optional_parts(Subject(Functions({"landscape": roles.landscape})), H) == (set(), {})


def test_optional_parts_of_a_role_that_fails_are_missing_with_its_reason():
    parts, missing = optional_parts(Subject(Answers("rubbish")), H)
    assert parts == set()
    assert all("expected numbers" in reason for reason in missing.values())
    assert len(missing) == 4
