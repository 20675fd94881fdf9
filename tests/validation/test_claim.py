import dataclasses
import functools
from dataclasses import replace

import pytest

from validation import Between, Mean, Mutant, Proportion, Series, verify
from validation.catalogue import Catalogue
from validation.claims._shared.efforts import deltas
from validation.engine.mutation import mutated
from validation.series import EFFORTS

SHIFT = Mutant("shift", "s", {"math.sqrt": abs}, upstream=True)
CONTROL = Mutant("control", "s", {"math.sqrt": abs}, upstream=True, verdict="agrees")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "lemma"}, "kind must be one of identity, theorem"),
        ({"statement": " "}, "empty statement"),
        ({"id": "die"}, "family/name"),
        ({"id": "die/a b"}, "family/name"),
        ({"delta": 0.0}, "delta must be positive"),
        ({"delta": float("nan")}, "delta must be positive"),
        ({"delta": "x"}, "delta must be a number, not 'x'"),
        ({"bias": None}, "bias must be a number, not None"),
        ({"delta": {"quick": 0.05, "paper": 0.01}}, "delta must be one number or have one for each of quick, standard"),
        ({"delta": {"quick": 0.05, "standard": "x", "paper": 0.01}}, "delta must be a number, not 'x'"),
        ({"delta": deltas(0.05, 0.01, 0.02)}, "delta may not grow from quick to paper"),
        ({"delta": deltas(0.05, 0.02, 0.0)}, "delta must be positive"),
        ({"delta": deltas(0.1, 0.1, 0.02), "bias": 0.02, "bias_reason": "guess"}, "effort paper: the bias bound 0.02"),
        ({"sizes": {effort: Series(50) for effort in EFFORTS}}, "sizes must give a list of Series"),
        ({"sizes": [Series(50)]}, "sizes must give a list of Series"),
        ({"bias": 0.03, "bias_reason": "guess"}, "at most half of delta"),
        ({"bias": float("nan")}, "at most half of delta"),
        ({"bias": 0.01}, "needs bias_reason"),
        ({"sizes": {"quick": [Series(50)]}}, "series for quick, standard, paper"),
        ({"sizes": {"quick": [], "standard": [Series(50)], "paper": [Series(50)]}}, "series for"),
        ({"sizes": {effort: [Series(29)] for effort in EFFORTS}}, "29 disorder samples are too few"),
        ({"mutants": []}, "at least two mutants"),
        ({"mutants": [Mutant("a", "b", {"math.sqrt": abs}, upstream=True)] * 2}, "at least two mutants"),
        ({"mutants": [Mutant(a, "b", {"math.sqrt": abs}) for a in "xy"]}, "one mutant must be upstream"),
        ({"mutants": [SHIFT, CONTROL], "kind": "assumption"}, "at least two mutants"),
        ({"mutants": [SHIFT, replace(SHIFT, name="other"), CONTROL]}, "a theorem must agree with correct code"),
    ],
)
def test_a_claim_that_does_not_hold_together_is_refused(dice, change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(dice["die/true"], **change)


def test_thirty_samples_and_half_of_delta_are_enough(dice):
    sizes = {effort: [Series(30)] for effort in EFFORTS}
    claim = dataclasses.replace(dice["die/true"], sizes=sizes, bias=0.025, bias_reason="exactly half")
    assert claim.at("quick").bias == claim.at("quick").delta / 2


def test_delta_and_bias_may_depend_on_the_effort(dice):
    finer, biases = deltas(0.05, 0.02, 0.01), deltas(0.02, 0.01, 0.005)
    claim = dataclasses.replace(dice["die/true"], delta=finer, bias=biases, bias_reason="larger sizes")
    assert {effort: claim.at(effort).delta for effort in EFFORTS} == finer
    assert {effort: claim.at(effort).bias for effort in EFFORTS} == biases
    assert dice["die/true"].at("paper").delta == dice["die/true"].at("quick").delta == 0.05


def test_only_identities_theorems_and_bounds_decide(dice):
    kinds = ("identity", "theorem", "bound", "published observation", "assumption")
    assert [dataclasses.replace(dice["die/true"], kind=kind).decides for kind in kinds] == [True] * 3 + [False] * 2


@pytest.mark.parametrize("samples", [0, -3, 2.5, True, "many"])
def test_a_series_needs_a_number_of_samples(samples):
    with pytest.raises(ValueError, match="positive whole number of samples"):
        Series(samples)


@pytest.mark.parametrize("ends", [(1, 0), (float("nan"), 1), (0, float("inf"))])
def test_a_range_has_two_ends_in_order(ends):
    with pytest.raises(ValueError, match="two finite ends, low <= high"):
        Between(*ends)


@pytest.mark.parametrize(("estimator", "reach"), [(Mean(), "1.0e-06"), (Proportion(), "1.9e-09")])
def test_a_claim_that_could_never_disagree_is_refused(dice, estimator, reach):
    claim = replace(dice["die/true"], sizes={effort: [Series(30)] for effort in EFFORTS}, estimator=estimator)
    message = f"its error level is 1.0e-09, and the smallest p-value of its test is {reach}, so it could never"
    with pytest.raises(ValueError, match=message):
        claim.with_share(1e-7)
    assert Catalogue([claim.with_share(0.5)])["die/true"].share == 1.0  # a catalogue shares out anew


def of_one_size(n):
    return float(n)


def of_anything(n, **others):
    return float(n + sum(others.values()))


class Callable:
    def __call__(self, n):
        return float(n)


@pytest.mark.parametrize(
    ("predict", "expected"),
    [
        (of_one_size, 5.0),
        (of_anything, 8.0),
        (functools.partial(of_anything, die=7), 8.0),  # the series' parameter comes after the partial's
        (functools.cache(of_one_size), 5.0),
        (Callable(), 5.0),
    ],
)
def test_a_prediction_receives_the_parameters_that_it_declares(dice, predict, expected):
    claim = dataclasses.replace(dice["die/true"], predict=predict)
    assert claim.prediction(Series(50, n=5, die=3)).low == expected


def test_a_mutant_of_a_prediction_receives_what_the_original_declares(dice):
    claim = dataclasses.replace(dice["die/true"], predict=of_one_size)
    doubled = {f"{__name__}.of_one_size": lambda f: lambda *args, **named: 2 * f(*args, **named)}
    with mutated(Mutant("m", "s", doubled)):
        assert claim.prediction(Series(50, n=5, die=3)).low == 10.0


def test_a_mutant_changes_something():
    with pytest.raises(ValueError, match="changes nothing"):
        Mutant("idle", "nothing", {})


@pytest.mark.parametrize("values", [[1.0, 2.0], [[1.0]]])
def test_a_measurement_has_as_many_numbers_as_the_claim_has_components(dice, values):
    claim = dataclasses.replace(dice["die/curve"], measure=lambda seed: values)
    with pytest.raises(ValueError, match="expected a vector, length 3"):
        claim.measurement(None, Series(30))


def test_a_function_whose_name_leads_to_another_is_refused(dice, synthetic_file, tmp_path):
    twice = tmp_path / "twice_claims.py"
    text = synthetic_file.read_text()
    twice.write_text(text + "\n\ndef measured_throws(seed, die, n):\n    return 3.0\n")
    with pytest.raises(ValueError, match="a function 'measured_throws', but twice_claims now has another"):
        verify(["die/true"], claims=twice)


@pytest.mark.slow
def test_partial_functions_are_measured_and_mutants_reach_into_them(dice):
    claim = dice["die/true"]
    partial = dataclasses.replace(
        claim,
        measure=functools.partial(claim.measure, n=50),
        sizes={effort: [Series(200, die=6)] for effort in EFFORTS},
        predict=functools.partial(claim.predict, n=50),
    )
    report = verify(claims=[partial], mutants=True)
    assert report["die/true"].status == "agrees"
    assert [v.status for v in report.mutant_verdicts] == ["disagrees"] * 2
    straight = dataclasses.replace(claim, measure=functools.partial(claim.measure, n=50), sizes=partial.sizes)
    mutated_function = dataclasses.replace(
        claim,
        mutants=[
            dataclasses.replace(
                m,
                patches={
                    "synthetic_claims.measured_throws": lambda f: lambda seed, die, n: 9.0 + die * f(seed, die, n)
                },
            )
            for m in claim.mutants
        ],
        measure=straight.measure,
        predict=partial.predict,
        sizes=partial.sizes,
    )
    assert {v.status for v in verify(claims=[mutated_function], mutants=True).mutant_verdicts} == {"disagrees"}
