"""Error messages about names: a suggestion only where it is one, and never a page of what was given."""

import pytest

from spinglass._common.arguments import nearest, quoted, real_number, unknown, whole_number

METHODS = ("lbfgs", "cg", "gradient", "sgd", "newton")


@pytest.mark.parametrize(
    ("given", "meant"),
    [("lbgfs", "lbfgs"), ("LBFGS", "lbfgs"), ("newtn", "newton"), ("gradiant", "gradient"), ("GD", "sgd")]
    + [(other, None) for other in ("flow", "adam", "", "x" * 10**7, "bfgs" * 30, 3, None, ["lbfgs"])],
)
def test_only_misspellings_are_suggested(given, meant):
    assert nearest(given, METHODS) == meant


def test_the_sentence_lists_all():
    assert str(unknown("method", "flow", METHODS)) == f"unknown method 'flow'; choose from {', '.join(METHODS)}"
    assert "'lbfgs'? Choose from lbfgs, cg" in str(unknown("method", "lbsgf", iter(METHODS)))


@pytest.mark.slow
def test_what_is_echoed_is_short():
    deep: dict = {}
    for _ in range(10**5):
        deep = {"a": deep}
    for value in ("x" * 10**7, deep, list(range(10**6)), {str(k): k for k in range(10**5)}):
        assert len(quoted(value)) < 200
        for check in (lambda v: real_number("a", v), lambda v: whole_number("a", v, 1)):
            with pytest.raises(ValueError, match="a must be a") as raised:
                check(value)
            assert len(str(raised.value)) < 300
    while deep:  # taken apart by hand: deep garbage is no part of the test
        deep = deep["a"]
