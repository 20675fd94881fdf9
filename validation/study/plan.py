"""Reading and validation of the file of a study; all settings are known before anything is run."""

import itertools
import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinglass._common.arguments import unknown, whole_number
from spinglass._common.memory import require_memory
from validation.study.options import REQUIRED
from validation.study.tasks import TASKS, Task

KEYS = ("task", "samples", "seed", "settings")
MOST_UNITS = 1_000_000  # the record of each unit is kept in memory


@dataclass(frozen=True)
class Study:
    """A task, the settings at which it is run, and the number of disorder samples of each setting.

    Attributes
    ----------
    task : str
        Name of the task.
    samples : int
        Number of disorder samples of each setting.
    seed : int
        Random seed.
    settings : tuple of dict
        All combinations of the given values, with defaults for the options that were not given.

    Examples
    --------
    >>> study = Study.checked({"task": "descend", "samples": 2, "settings": {"n": [10, 20], "H": 3}})
    >>> len(study.settings), study.settings[1]["n"], study.settings[1]["method"]
    (2, 20, 'lbfgs')
    """

    task: str
    samples: int
    seed: int
    settings: tuple[dict[str, Any], ...]

    @staticmethod
    def checked(contents: Mapping[str, Any]) -> "Study":
        """Return the study that is described by the contents of a file.

        Parameters
        ----------
        contents
            The keys ``task``, ``samples`` (default 1), ``seed`` (default 0) and ``settings``.

        Returns
        -------
        Study
            The study.

        Raises
        ------
        ValueError
            If a key is unknown (the nearest one is suggested) or missing, or a value or a combination of values is
            invalid.
        """
        _refuse_unknown("key", contents, KEYS)
        if "task" not in contents:
            raise ValueError(f"a study needs a task: one of {', '.join(TASKS)}")
        name = contents["task"]
        if not isinstance(name, str) or name not in TASKS:
            raise unknown("task", name, TASKS)
        settings = contents.get("settings", {})
        if not isinstance(settings, Mapping):
            raise ValueError("settings must be a table, [settings], of options and their values")
        samples = whole_number("samples", contents.get("samples", 1), 1)
        return Study(
            task=name,
            samples=samples,
            seed=whole_number("seed", contents.get("seed", 0), 0),
            settings=tuple(_expanded(name, TASKS[name], settings, samples)),
        )

    def check_memory(self) -> None:
        """Raise ``ValueError`` if some setting needs more memory than this machine has."""
        task = TASKS[self.task]
        for setting in self.settings:
            require_memory(task.least_bytes(setting), f"{self.task} at {in_words(setting)}", "smaller settings")

    @property
    def units(self) -> int:
        """Number of units of work: one for each sample at each setting."""
        return self.samples * len(self.settings)


def read_study(path: str | Path) -> Study:
    """Read a study from a TOML file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Study
        The study.

    Raises
    ------
    ValueError
        If the file cannot be read, is not TOML, or does not describe a study.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # some editors on Windows write a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    try:
        contents = tomllib.loads(text)
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply for a study, which has one level of [settings]") from None
    except ValueError as error:  # TOMLDecodeError; plain ValueError for thousands of digits
        raise ValueError(f"{path} is not TOML: {error}") from None
    try:
        return Study.checked(contents)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _expanded(name: str, task: Task, given: Mapping[str, Any], samples: int) -> list[dict[str, Any]]:
    """Return all combinations of the given values, with defaults for the other options."""
    _refuse_unknown(f"setting of {name}", given, task.options)
    values = []
    for key, option in task.options.items():
        if key not in given:
            if option.default is REQUIRED:
                raise ValueError(f"{name} needs {key}, {option.meaning}; give it in [settings]")
            values.append([option.default])
            continue
        value = given[key]
        swept = isinstance(value, list) and (not option.many or any(isinstance(entry, list) for entry in value))
        several = value if swept else [value]
        if not several:
            raise ValueError(f"{key} is an empty list; give at least one value")
        values.append([option.check(key, entry) for entry in several])
    settings = math.prod(map(len, values))
    if samples * settings > MOST_UNITS:
        raise ValueError(
            f"samples={samples} at {settings} settings are more than {MOST_UNITS} units; divide the study into several"
        )
    found = [dict(zip(task.options, choice, strict=True)) for choice in itertools.product(*values)]
    for setting in found:
        for check in task.checks:
            check(setting)
    texts = [json.dumps(setting, sort_keys=True) for setting in found]
    if len(set(texts)) < len(texts):
        raise ValueError("a value is listed twice, so that the same setting would be run twice; list it once")
    return found


def _refuse_unknown(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    names = list(known)
    for key in given:
        if key not in names:
            raise unknown(what, key, names)


def in_words(setting: Mapping[str, Any]) -> str:
    """Return a setting as text, without the options that are None.

    Parameters
    ----------
    setting
        Values by name.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> in_words({"n": 5, "H": 3, "mixture": None})
    'n=5, H=3'
    """
    return ", ".join(f"{name}={value}" for name, value in setting.items() if value is not None)
