"""The check that theories which are off by three delta are rejected."""

import numpy as np
import pytest

from benchmarks import shifted_theory
from validation import verify


@pytest.fixture(scope="module")
def report(synthetic_file):
    return verify(["die/true", "die/hard", "die/exact"], claims=synthetic_file, workers=1)


def test_a_theory_off_by_three_delta_disagrees_if_the_claim_resolves_delta(report):
    found = {right.claim_id: (right, larger, smaller) for right, larger, smaller in shifted_theory.judged(report)}
    assert list(found) == ["die/true", "die/hard"]  # chance plays no part in an identity
    right, larger, smaller = found["die/true"]
    assert [one.status for one in (right, larger, smaller)] == ["agrees", "disagrees", "disagrees"]
    assert np.allclose([larger.predicted, smaller.predicted], [3.5 * 1.15, 3.5 * 0.85])
    assert larger.estimate == right.estimate
    assert {one.status for one in found["die/hard"]} == {"undecided"}  # delta is finer than the data


def test_the_command_fails_if_a_wrong_theory_is_not_rejected(report, monkeypatch, capsys):
    monkeypatch.setattr(shifted_theory, "verify", lambda *_, **__: report)
    assert shifted_theory.main(["die/true", "--effort", "quick"]) == 1
    assert "die/hard" in capsys.readouterr().out


def test_an_unknown_claim_is_named(capsys):
    with pytest.raises(SystemExit):
        shifted_theory.main(["die/none"])
    assert "no claim 'die/none'" in capsys.readouterr().err
