"""Claims, efforts, series, samples and bootstraps take streams of their own; right and wrong code take the same."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from independence import independent, streams_used, uncorrelated

from benchmarks.calibration.judging import drawn
from validation import Between, Series
from validation.catalogue import Catalogue
from validation.claims import catalogue
from validation.engine.groups import perform
from validation.engine.judgement import _BOOTSTRAP
from validation.engine.units import sample_seed, units_of
from validation.experiments import critical_points, survey, thermal
from validation.experiments.gradient_flow import flow_in_time
from validation.series import EFFORTS
from validation.statistics.resampling import combined_t, maximal_t

ROOT = np.random.SeedSequence(0)


def normals(seed, **parameters):
    return np.random.default_rng(seed).standard_normal(400)


def test_every_sample_of_the_catalogue_has_a_seed_of_its_own_except_for_shared_simulations():
    sources = {
        (source.name, effort, source.number)
        for claim in catalogue().values()
        for effort in EFFORTS
        for source in (claim.drawn_from(effort, number) for number in range(len(claim.sizes[effort])))
    }
    bootstraps = [(claim_id, effort, _BOOTSTRAP) for claim_id in catalogue() for effort in EFFORTS]
    keys = [*bootstraps, *((*source, sample) for source in sources for sample in range(3))]
    states = {sample_seed(ROOT, *key).generate_state(2, np.uint64).tobytes() for key in keys}
    assert len(states) == len(keys) > 1000


@pytest.mark.parametrize(
    "keys",
    [
        [("die/true", "quick", 0, 0), ("die/false", "quick", 0, 0), ("die/truer", "quick", 0, 0)],
        [("die/true", effort, 0, 0) for effort in EFFORTS],
        [("die/true", "quick", series, 0) for series in range(4)],
        [("die/true", "quick", 0, sample) for sample in range(4)],
        [("die/true", "quick", 0, 0), ("die/true", "quick", _BOOTSTRAP)],
    ],
    ids=["claims", "efforts", "series", "samples", "bootstrap"],
)
def test_streams_of_units_are_uncorrelated(keys):
    independent(*(np.random.default_rng(sample_seed(ROOT, *key)).standard_normal(5000) for key in keys))
    independent(*(np.random.default_rng(sample_seed(np.random.SeedSequence(k), *keys[0])).random(500) for k in (0, 1)))


def test_units_measure_different_numbers_and_mutants_the_same(dice):
    sizes = {effort: [Series(30, die=6, n=1), Series(30, die=6, n=2)] for effort in EFFORTS}
    claims = [
        dataclasses.replace(dice[name], measure=normals, predict=lambda **p: Between(0, 0, scale=1), sizes=sizes)
        for name in ("die/true", "die/false")
    ]
    both = Catalogue(claims)
    rows = {
        (claim.id, effort, mutant): [
            value
            for unit in units_of(claim, mutant, effort, pieces=2)
            if unit.samples
            for value in perform(both, ROOT, (unit,))[0].values.values()
        ]
        for claim in both.values()
        for effort, mutant in (("quick", None), ("standard", None), ("quick", "loaded die"))
    }
    independent(*(row for (_, _, mutant), found in rows.items() if mutant is None for row in found))
    # The loaded die leaves these numbers alone: healthy and mutated code are held beside one another on the same seeds.
    for (claim, effort, mutant), found in rows.items():
        if mutant is not None:
            assert np.array_equal(found, rows[claim, effort, None])


def test_resamples_of_a_bootstrap_are_uncorrelated():
    given = np.random.default_rng(1).standard_normal((40, 2))
    one = combined_t([given[:, 0]], np.ones((1, 1)), ROOT, 4000)[:, 0]
    curve = maximal_t(given, ROOT, 4000)
    for law in (one, curve):
        portions = law.reshape(4, 1000)
        uncorrelated(*portions)
        assert all(not np.isin(b, a).all() for a, b in pairwise(portions))


def test_series_of_a_bootstrap_are_resampled_each_by_itself():
    # Of the same numbers in both series the difference is 0; were the same rows drawn in both, it would always be.
    given = np.random.default_rng(2).standard_normal(200)
    law = combined_t([given, given], np.array([[1.0, -1.0]]), ROOT, 4000)[:, 0]
    # Nearly normal of variance 1: of 4000 draws the variance has a standard error of 0.022.
    assert law.var() == pytest.approx(1.0, abs=0.12)


def test_runs_that_calibration_draws_differ_by_run_and_claim(dice):
    pool = [np.random.default_rng(3).standard_normal((500, 1)) + 3.5]
    found = [
        verdict.estimate
        for claim in (dice["die/true"], dice["die/false"])
        for verdict in drawn(claim, pool, [Between(3.5, 3.5)], 20)
    ]
    assert len(set(found)) == 40


@pytest.mark.parametrize(
    "run",
    [
        lambda: critical_points.descent_energies([6, 7], samples=2, starts=2),
        lambda: flow_in_time([6, 7], 3, [0.5], samples=2, starts=2, seed=0),
        lambda: survey.survey(4, 3, samples=3, seed=0),
        lambda: thermal.ground_states([5, 6], 3, samples=2, enumerated=[], seed=0),
        lambda: thermal.tempered(6, 3, 2, (0.8, 1.2), 8, seed=0),
    ],
    ids=["descents", "flows", "survey", "ground states", "tempering"],
)
def test_experiments_draw_from_no_stream_twice(run):
    with streams_used() as used:
        run()
    assert len(used) >= 3
    assert len(set(used)) == len(used)
