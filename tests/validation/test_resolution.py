"""The resolution of a verdict is the smallest delta at which the tests of equivalence agree."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from validation import Extrapolation, Identity, Mean, Mutant, Proportion, Series, verify
from validation.claims._shared.efforts import deltas
from validation.report.files import contents
from validation.report.html import markdown
from validation.series import EFFORTS
from validation.statistics.evidence import Sample

SEED = np.random.SeedSequence(0)
RANDOM = np.random.default_rng(3)
NORMAL = RANDOM.normal(1.01, 0.1, (60, 1))
SKEWED = RANDOM.exponential(1.0, (60, 1)) ** 2 / 2
CURVE = RANDOM.normal((1.0, 2.05, 2.9), 0.2, (80, 3))
NEARLY = np.where(np.arange(400) < 3, 0.5, 1.0)[:, None]
EVENTS = (RANDOM.random((300, 2)) < (0.25, 0.5)).astype(float)


def sample(values, predicted, delta, **parameters):
    predicted = np.broadcast_to(np.asarray(predicted, dtype=float), (values.shape[1],))
    return Sample(values, predicted, predicted, 0 * predicted, delta * predicted, parameters)


def of_one(values, predicted):
    return lambda delta: [sample(values, predicted, delta)]


def of_sizes(delta):
    random = np.random.default_rng(4)
    return [sample(2 + 0.1 / n + 0.01 * random.standard_normal((50, 1)), 2.0, delta, n=n) for n in (10, 20, 40)]


@pytest.mark.parametrize(
    ("estimator", "samples"),
    [
        (Mean(), of_one(NORMAL, 1.0)),
        (Mean(), of_one(SKEWED, 1.0)),
        (Mean(), of_one(CURVE, (1.0, 2.0, 3.0))),
        (Mean(between=(0, 1)), of_one(NEARLY, 1.0)),
        (Proportion(), of_one(EVENTS, (0.3, 0.5))),
        (Extrapolation({"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2.0}), of_sizes),
    ],
    ids=["mean", "skewed mean", "curve", "nearly constant", "proportion", "limit"],
)
def test_any_larger_delta_agrees_and_any_smaller_one_does_not(estimator, samples):
    def evidence(delta):
        return estimator.evidence(samples(delta), 0.01, SEED)

    resolution = 0.3 * max(point.resolution for point in evidence(0.3).points)
    assert resolution > 0
    # The quantile of a bootstrap of some thousand draws is known to a per cent of the standard error.
    assert evidence(1.02 * resolution).p_equivalence < 0.01
    assert evidence(0.98 * resolution).p_equivalence >= 0.01


def test_numbers_well_inside_a_range_leave_no_deviation():
    given = Sample(NORMAL, np.array([0.5]), np.array([2.0]), np.zeros(1), np.array([0.1]), {})
    assert Mean().evidence([given], 0.01, SEED).points[0].resolution == 0


def test_without_spread_there_is_none():
    point = Mean().evidence([sample(np.ones((40, 1)), 1.0, 0.1)], 0.01, SEED).points[0]
    assert math.isnan(point.resolution)


def test_a_claim_agrees_exactly_if_its_resolution_is_finer_than_delta(synthetic_file):
    report = verify(["die/true", "die/hard"], claims=synthetic_file, workers=1)
    assert [verdict.status for verdict in report.verdicts] == ["agrees", "undecided"]
    for verdict in report.verdicts:
        assert (0 < verdict.resolution < report.catalogue[verdict.claim_id].delta) == (verdict.status == "agrees")


@pytest.mark.slow
def test_a_verdict_uses_the_delta_of_its_effort(dice):
    # Means of 200 samples of 50 throws are known to 1% at level 0.01.
    claim = replace(dice["die/true"], delta=deltas(0.05, 0.05, 1e-4))
    reports = {effort: verify(effort=effort, claims=[claim], workers=1) for effort in ("quick", "paper")}
    assert [report["die/true"].status for report in reports.values()] == ["agrees", "undecided"]
    entry = contents(reports["paper"])["claims"][0]
    assert (entry["delta"], entry["bias"]) == (1e-4, 0.0)
    (_, point), *_ = reports["paper"]["die/true"].points
    assert math.isclose(point.tolerated[1], 3.5 * (1 + 1e-4))
    assert "5% at quick, 5% at standard, 0.01% at paper" in markdown(reports["quick"])


def test_the_parts_of_a_limit_are_those_of_its_fits():
    # An approach slower than both laws: without the smallest size all limits are lower.
    sizes = np.array([10.0, 20.0, 40.0])
    noise = np.tile([[-1e-6], [1e-6]], (25, 1))
    given = [sample(2 + 0.1 * n**-0.5 + noise, 2.0, 0.1, n=n) for n in sizes]
    point = Extrapolation({"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2.0}).evidence(given, 0.01, SEED).points[0]
    every, larger = ([np.polyfit(sizes[k:] ** -p, 2 + 0.1 * sizes[k:] ** -0.5, 1)[1] for p in (1, 2)] for k in (0, 1))
    limits, half = [*every, *larger], np.ptp(every) / 2
    expected = {
        "deviation": (max(limits) + min(limits)) / 2 - 2,
        "statistics": 0.0,
        "laws of approach": half,
        "sizes": np.ptp(limits) / 2 - half,
    }
    assert min(expected["deviation"], expected["sizes"]) > 9e-4
    parts = {name: 0.2 * part for name, part in point.resolution_parts.items()}  # delta is 0.1 of 2
    assert parts == pytest.approx(expected, abs=3e-6)
    assert math.isclose(sum(point.resolution_parts.values()), point.resolution)


def test_the_parts_add_up_to_the_resolution(synthetic_file):
    report = verify(["die/true", "die/curve", "die/constant"], claims=synthetic_file, workers=1)
    for name in ("die/true", "die/curve"):
        assert list(report[name].resolution_parts) == ["deviation", "statistics"]
        assert math.isclose(sum(report[name].resolution_parts.values()), report[name].resolution)
    assert report["die/constant"].resolution_parts == {}


def approaching(seed, n):
    return 2 + 0.1 / n + 0.01 * np.random.default_rng(seed).standard_normal()


def two(n):
    return 2.0


def test_the_report_says_what_a_limit_is_made_of(dice):
    series = [Series(30, n=n) for n in (10, 20, 40)]
    sizes = dict.fromkeys(EFFORTS, series)
    laws = {"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2.0}
    mutants = [Mutant(name, "s", {"math.sqrt": lambda f: f}, upstream=True) for name in "ab"]
    changes = {"measure": approaching, "predict": two, "estimator": Extrapolation(laws), "mutants": mutants}
    page = markdown(verify(claims=[replace(dice["die/true"], sizes=sizes, **changes)], workers=1))
    assert re.search(
        r"is the deviation of the estimate, \S+ statistics, \S+ half the spread of the laws of approach, and \S+ what "
        "fits without the smallest size add",
        page,
    )


def test_the_resolution_of_an_identity_is_its_largest_error():
    report = verify(["landscape/gradient"], workers=1)
    identity = report["landscape/gradient"]
    assert identity.resolution == max(point.estimate for _, point in identity.points) > 0
    assert isinstance(report.catalogue["landscape/gradient"].estimator, Identity)
