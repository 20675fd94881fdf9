"""Every mutant of the claims that are cheap enough dies here; all others die in ``spinglass verify --mutants``."""

from dataclasses import replace

import pytest

from validation import verify
from validation.claims import catalogue
from validation.series import Series

# Samples per series, where fewer than at quick effort suffice: these mutants are off by many standard errors.
SAMPLES = {
    "covariance/law": 30,
    "circle/mean-count": 200,
    "two-spin/eigenproblem": 3,
    "descents/index-zero": 2,
    "temperature/independent-chains": 30,
}
# First series, where each of them would reveal the mutants.
SERIES = {"covariance/law": 3, "descents/index-zero": 1, "two-spin/eigenproblem": 1}
CHEAP = [
    "covariance/packed",
    "covariance/law",
    "derivatives/euler",
    "derivatives/taylor",
    "derivatives/parity",
    "two-spin/eigenproblem",
    "circle/mean-count",
    "descents/index-zero",
    "temperature/independent-chains",
]


@pytest.mark.slow
@pytest.mark.parametrize("claim_id", CHEAP)
def test_every_mutant_dies(claim_id):
    claim = catalogue()[claim_id]
    first = claim.sizes["quick"][: SERIES.get(claim_id)]
    quick = [Series(SAMPLES.get(claim_id, s.samples), **s.parameters) for s in first]
    report = verify(claims=[replace(claim, sizes={**claim.sizes, "quick": quick})], workers=1, mutants=True)
    assert {verdict.mutant for verdict in report.mutant_verdicts} == {mutant.name for mutant in claim.mutants}
    assert not report.survivors
    # A claim that calls everything wrong would kill all its mutants, too.
    assert report[claim_id].status != "disagrees"
