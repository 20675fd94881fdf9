import re
from pathlib import Path

import pytest

from validation import verify

PAGE = Path(__file__).parents[2] / "docs" / "write-your-own-claim.md"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    text = re.search(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[1]
    file = tmp_path_factory.mktemp("user") / "my_claims.py"
    file.write_text(text)
    return file


def test_the_example_is_short(example):
    assert len(example.read_text().splitlines()) < 40


def test_the_example_agrees_and_its_mutants_die(example):
    report = verify(claims=example, mutants=True, workers=2)
    assert report["mine/slope"].status == "agrees"
    assert [v.status for v in report.mutant_verdicts] == ["disagrees", "disagrees"]


def test_a_file_named_like_a_module_is_refused(example):
    file = example.with_name("numpy.py")
    file.write_text(example.read_text())
    with pytest.raises(ValueError, match="give the file another name"):
        verify(claims=file)
