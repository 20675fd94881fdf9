"""Formatting of numbers: few digits, values with errors, ranges and bounds."""

import math
from collections.abc import Mapping

from validation.resolutions import per_cent
from validation.series import Effort
from validation.statistics.evidence import Point

_MOST_PLACES = 9
_SMALLEST_PERCENT = 1e-5


def number(value: float, digits: int = 4) -> str:
    """Format a number with few digits.

    Parameters
    ----------
    value
        The number.
    digits
        Number of significant digits. Default 4.

    Returns
    -------
    str
        The number; a dash if it is not finite.

    Examples
    --------
    >>> number(1.6329931618554521), number(3.2e-14)
    ('1.633', '3.2e-14')
    """
    if not math.isfinite(value):
        return "–"
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.1e}"
    return f"{value:.{digits}g}"


def with_error(value: float, error: float) -> str:
    """Format a value with its error, to the two leading digits of the error.

    Parameters
    ----------
    value, error
        The value and its error.

    Returns
    -------
    str
        Value and error; the value alone if the error is not positive.

    Examples
    --------
    >>> with_error(3.13904, 0.01234), with_error(3e-14, 0.0), with_error(0.99749, 2e-17)
    ('3.139 ± 0.012', '3.0e-14', '0.9975 ± 2.0e-17')
    """
    if not math.isfinite(value):
        return "–"
    if not error > 0:
        return number(value)
    places = max(0, 1 - math.floor(math.log10(error)))
    if places > _MOST_PLACES:
        return f"{number(value)} ± {number(error)}"
    return f"{value:.{places}f} ± {error:.{places}f}"


def outcome(status: str, resolution: float | None) -> str:
    """Format a verdict, with the relative deviation from theory that the data leave possible if it agrees.

    Parameters
    ----------
    status
        The verdict, such as ``"agrees"``.
    resolution
        The largest relative deviation that is not ruled out; None or NaN if there was no test.

    Returns
    -------
    str
        Such as ``"agrees to 0.41%"``; ``"agrees"`` if the measured numbers are well inside a predicted range.

    Examples
    --------
    >>> outcome("agrees", 0.0041), outcome("agrees", 1.3e-15), outcome("undecided", 0.2)
    ('agrees to 0.41%', 'agrees to 1.3e-15', 'undecided')
    """
    if status != "agrees" or resolution is None or not resolution > 0:
        return status
    return f"agrees to {per_cent(resolution)}" if resolution >= _SMALLEST_PERCENT else f"agrees to {resolution:.1e}"


def prediction(point: Point) -> str:
    """Format a prediction: a number, a range, or the bound on the error of an identity.

    Parameters
    ----------
    point
        The compared number.

    Returns
    -------
    str
        Its prediction.
    """
    low, high = point.predicted
    if low == high:
        return number(low)
    if low == 0 and point.standard_error == 0:
        return f"≤ {number(high)}"
    finest = min([high - low, *([point.standard_error] if point.standard_error > 0 else [])])
    places = max(0, 1 - math.floor(math.log10(finest))) if math.isfinite(finest) else 2
    return f"{low:.{places}f}…{high:.{places}f}" if places <= _MOST_PLACES else f"{low:.4g}…{high:.4g}"


def percents(numbers: Mapping[Effort, float]) -> str:
    """Format relative deviations by effort: one number in per cent if they are equal, otherwise one per effort.

    Parameters
    ----------
    numbers
        The relative deviation of each effort.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> percents({"quick": 0.05, "standard": 0.05}), percents({"quick": 0.05, "standard": 0.0125})
    ('5%', '5% at quick, 1.25% at standard')
    """
    texts = {effort: f"{100 * number:.3g}%" for effort, number in numbers.items()}
    if len(set(texts.values())) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{text} at {effort}" for effort, text in texts.items())


def verb(status: str) -> str:
    """Return a verdict as the verb of a sentence: "agrees", "disagrees" or "is undecided".

    Parameters
    ----------
    status
        The verdict.

    Returns
    -------
    str
        The verb.
    """
    return "is undecided" if status == "undecided" else status
