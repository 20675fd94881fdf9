"""How claims state sizes and resolutions: settings to measure, and samples and deviations at each effort."""

from collections.abc import Iterable, Mapping
from typing import Any

from validation.series import EFFORTS, Effort, Series

Settings = Iterable[Mapping[str, Any]]


def settings(names: str, *rows: Any) -> list[dict[str, Any]]:
    """Return one dictionary of parameters per row; with a single name, a row is that parameter's value.

    Examples
    --------
    >>> settings("n H", (4, 3), (6, 3))
    [{'n': 4, 'H': 3}, {'n': 6, 'H': 3}]
    >>> settings("widths", (3, 2, 1))
    [{'widths': (3, 2, 1)}]
    """
    keys = names.split()
    return [{keys[0]: row} if len(keys) == 1 else dict(zip(keys, row, strict=True)) for row in rows]


def sizes(
    samples: tuple[int, int, int], quick: Settings, standard: Settings | None = None, paper: Settings | None = None
) -> dict[Effort, list[Series]]:
    """Return a claim's series, one per setting; standard and paper use the settings of quick unless given their own.

    ``samples`` holds the number of disorder samples of each series at quick, standard and paper.

    Examples
    --------
    >>> sizes((30, 300, 3000), settings("n", 5, 6))["standard"]
    [Series(300, n=5), Series(300, n=6)]
    """
    first = list(quick)
    groups = (first, first if standard is None else standard, first if paper is None else paper)
    return {
        effort: [Series(count, **setting) for setting in group]
        for effort, count, group in zip(EFFORTS, samples, groups, strict=True)
    }


def deltas(quick: float, standard: float, paper: float) -> dict[Effort, float]:
    """Return a claim's resolution by effort.

    Examples
    --------
    >>> deltas(0.05, 0.015, 0.005)
    {'quick': 0.05, 'standard': 0.015, 'paper': 0.005}
    """
    return dict(zip(EFFORTS, (quick, standard, paper), strict=True))
