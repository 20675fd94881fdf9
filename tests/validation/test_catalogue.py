import dataclasses
import math

import pytest

from validation.catalogue import Catalogue, read_claims
from validation.claims import catalogue


def test_the_error_level_is_shared_equally(dice):
    # Every claim's level is fixed by the catalogue, and together they make up 0.01.
    assert math.isclose(sum(claim.share for claim in dice.values()), 1)
    assert math.isclose(sum(claim.alpha for claim in dice.values()), 0.01)
    statistical = [claim for claim in dice.values() if not claim.deterministic]
    assert {claim.share for claim in statistical} == {1 / len(statistical)}
    assert {claim.share for claim in dice.values() if claim.deterministic} == {0.0}


def test_unknown_names_are_answered_with_the_nearest(dice):
    with pytest.raises(ValueError, match="no claim 'die/ture'; did you mean 'die/true'"):
        dice.select(["die/ture"])
    with pytest.raises(ValueError, match="no claim 'dies'; did you mean 'die'"):
        dice.select(["dies"])
    with pytest.raises(ValueError, match="'die': this is a family; select it with --family die"):
        dice.select(["die"])
    with pytest.raises(ValueError, match="no family 'dye'; did you mean 'die'"):
        dice.select(family="dye")
    with pytest.raises(ValueError, match="ids is empty; give at least one claim"):
        dice.select([])
    with pytest.raises(ValueError, match=r"there are die/true, die/false"):
        dice.select(["zzzzzz"])


def test_selection_keeps_the_catalogues_order(dice):
    assert [claim.id for claim in dice.select(["die/false", "die/true"])] == ["die/true", "die/false"]
    assert [claim.id for claim in dice.select("die/true")] == ["die/true"]
    assert len(dice.select(family="die")) == len(dice)


def test_ids_must_differ(dice):
    with pytest.raises(ValueError, match="repeated: die/true"):
        Catalogue([dice["die/true"], dataclasses.replace(dice["die/true"], delta=0.1)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no claim file"),
        ("x = 1", "defines no claim"),
        ("1 / 0", "does not run: ZeroDivisionError: division by zero"),
        ("def", "does not run: SyntaxError"),
        ("raise SystemExit(3)", "does not run: SystemExit: 3"),
    ],
)
def test_a_claim_file_that_is_none_is_refused(tmp_path, text, message):
    file = tmp_path / "mine.py"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_claims(file)


def test_the_projects_own_catalogue_holds_together():
    own = catalogue()
    assert own.source == ""
    assert math.isclose(sum(claim.share for claim in own.values()), 1)
    assert {"covariance", "derivatives", "two-spin", "minima", "dynamics"} <= set(own.families)


def test_every_claim_of_the_catalogue_could_disagree_with_room_to_spare():
    # A fifth of the level, in the worst case of an effort: resampling is then far from its floor.
    for claim in catalogue().values():
        for series in claim.sizes.values():
            assert claim.estimator.smallest_level(series) <= claim.alpha / 5, claim.id
