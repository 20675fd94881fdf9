import pytest

from validation.report.formatting import number, with_error


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (3.13808994, "3.138"), (-1.632993, "-1.633"), (123456.0, "1.2e+05"), (float("nan"), "–")],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [(12.3456, 0.123, "12.35 ± 0.12"), (1234.5, 67.0, "1234 ± 67"), (0.5, 0.0, "0.5"), (float("nan"), 1.0, "–")],
)
def test_errors_set_the_digits(value, error, text):
    assert with_error(value, error) == text
