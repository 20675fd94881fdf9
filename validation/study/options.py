"""Options of a study: meaning, permitted values and default of each setting."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from spinglass._common.arguments import quoted, real_number, whole_number

REQUIRED = object()


@dataclass(frozen=True)
class Option:
    """One key of ``[settings]``.

    Attributes
    ----------
    meaning : str
        Description for the user.
    check : callable
        ``check(name, value)`` returns the value or raises ``ValueError``.
    kind : str
        Arrow type of the column in the dataset.
    default
        The default value; ``REQUIRED`` if there is none.
    many : bool
        Whether a single value is a list. Several values are then given as a list of lists.
    """

    meaning: str
    check: Callable[[str, Any], Any]
    kind: str
    default: Any = REQUIRED
    many: bool = False


def whole(meaning: str, least: int, default: Any = REQUIRED) -> Option:
    """Return an option for whole numbers of at least ``least``."""
    return Option(meaning, partial(whole_number, least=least), "int64", default)


def wholes(meaning: str, least: int, default: Any = REQUIRED) -> Option:
    """Return an option for lists of whole numbers; a single number is a list of one."""

    def check(name: str, value: Any) -> list[int]:
        return [whole_number(name, entry, least) for entry in (value if isinstance(value, list) else [value])]

    return Option(meaning, check, "string", default, many=True)


def positive(meaning: str, default: Any = REQUIRED) -> Option:
    """Return an option for positive numbers."""
    return Option(meaning, partial(_above, least=0.0, included=False), "float64", default)


def not_negative(meaning: str, default: Any = REQUIRED) -> Option:
    """Return an option for 0 and positive numbers."""
    return Option(meaning, partial(_above, least=0.0, included=True), "float64", default)


def flag(meaning: str, default: Any = REQUIRED) -> Option:
    """Return an option for true and false."""
    return Option(meaning, _truth, "bool", default)


def choice(meaning: str, known: Iterable[str], default: Any = REQUIRED) -> Option:
    """Return an option for one of these names."""
    return Option(f"{meaning}: {', '.join(known)}", partial(_one_of, known=tuple(known)), "string", default)


def weights(meaning: str, default: Any = REQUIRED) -> Option:
    """Return an option for the weights of a mixed model by order, such as ``{3 = 1.0, 4 = 0.5}``."""
    return Option(meaning, _mixture, "string", default)


def _above(name: str, value: Any, least: float, included: bool) -> float:
    number = real_number(name, value)
    if number < least or (number == least and not included):
        raise ValueError(f"{name} must be {'at least' if included else 'above'} {least:g}, not {quoted(value)}")
    return number


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {quoted(value)}")
    return value


def _one_of(name: str, value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}; not {quoted(value)}")
    return str(value)


def _mixture(name: str, value: Any) -> dict[int, float]:
    if not isinstance(value, Mapping) or not value:
        raise ValueError(f"{name} must give a weight for each order, {{3 = 1.0, 4 = 0.5}}; not {quoted(value)}")
    if not all(str(order).isdecimal() and int(order) >= 1 for order in value):
        raise ValueError(f"{name}: orders must be whole numbers of at least 1, not {quoted(list(value))}")
    given = {int(order): real_number(f"{name}, weight of order {order}", weight) for order, weight in value.items()}
    if len(given) < len(value):
        raise ValueError(f"{name} gives an order twice: {', '.join(map(str, value))}")
    if not any(given.values()):
        raise ValueError(f"{name}: every weight is 0; at least one must be different from 0")
    return given
