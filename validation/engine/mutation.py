"""Mutation testing: functions are replaced by wrong versions while a claim is measured with a mutant."""

import importlib
import sys
import warnings
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest import mock

from spinglass._common.arguments import nearest
from validation.claim import Claim, check_names
from validation.claim_files import modules_of_claim_files
from validation.engine.isolation import Isolation
from validation.mutant import Mutant

# Modules whose functions may cache results. Thread pools are cached as well, but hold no results.
_CACHING = ("spinglass.", "theory.", "validation.claims.")
_KEPT = ("spinglass._common.threads",)
_FunctoolsCache = type(cache(len))
_ISOLATION = Isolation()


def resolve(target: str) -> tuple[Any, str]:
    """Import the object to which ``"package.module.attribute"`` refers.

    Parameters
    ----------
    target
        The dotted name; it may contain classes, as in ``"package.module.Class.method"``.

    Returns
    -------
    holder
        The module or class that has the attribute.
    attribute : str
        The attribute's name.

    Raises
    ------
    ValueError
        If there is no such attribute; the nearest name is suggested.

    Examples
    --------
    >>> resolve("math.sqrt")[1]
    'sqrt'
    """
    holder, attribute = _import(target)
    if holder is None or not hasattr(holder, attribute):
        near = nearest(attribute, dir(holder)) if holder is not None else None
        hint = f"; did you mean {near!r}?" if near is not None else "; give package.module.attribute"
        raise ValueError(f"there is no {target!r} to patch{hint}")
    return holder, attribute


def _import(target: str) -> tuple[Any, str]:
    parts = target.split(".")
    for split in range(len(parts) - 1, 0, -1):
        try:
            holder: Any = importlib.import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        for part in parts[split:-1]:
            holder = getattr(holder, part, None)
        return holder, parts[-1]
    return None, parts[-1]


def check_mutants(claim: Claim) -> None:
    """Check that the mutants of a claim can be applied.

    Parameters
    ----------
    claim
        The claim to check.

    Raises
    ------
    ValueError
        If a mutant patches something that does not exist, or two functions of the claim have the same name.
    """
    with _ISOLATION.shared():
        check_names(claim)
    for mutant in claim.mutants:
        for target in mutant.patches:
            try:
                resolve(target)
            except ValueError as error:
                raise ValueError(f"claim {claim.id}, mutant {mutant.name!r}: {error}") from None


@contextmanager
def mutated(mutant: Mutant | None) -> Generator[None]:
    """Run a block with a mutant's patches active, and restore the original code afterwards.

    Patches affect the whole process. Therefore a block with a mutant waits until no other block runs, whereas blocks
    without a mutant run concurrently in several threads. Results stored by ``functools.cache`` are deleted before and
    after the block: a correct value must not hide the mutant, and a wrong one must not remain. Compiled kernels do not
    notice that a function they call is replaced: patch their callers instead.

    Parameters
    ----------
    mutant
        The mutant; None for the correct code.
    """
    if mutant is None:
        with _ISOLATION.shared():
            yield
        return
    with ExitStack() as stack:
        stack.enter_context(_ISOLATION.alone())
        # Wrong code may emit warnings; only its numbers matter.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.callback(_forget)
        for target, replace in mutant.patches.items():
            holder, attribute = resolve(target)
            stack.enter_context(_patched(holder, attribute, replace))
        _forget()
        yield


@contextmanager
def _patched(holder: Any, attribute: str, replace: Callable[[Any], Any]) -> Generator[None]:
    # The raw attribute, so that static methods and class methods remain such.
    raw = vars(holder).get(attribute, getattr(holder, attribute))
    wrap = type(raw) if isinstance(raw, (staticmethod, classmethod)) else None
    replacement = wrap(replace(raw.__func__)) if wrap else replace(raw)
    with mock.patch.object(holder, attribute, replacement):
        yield


def _forget() -> None:
    # Of thousands of names in this project's modules few are caches, all of them by functools, and a test of the type
    # finds them twenty times faster. Claim files may contain caches of other libraries.
    own = modules_of_claim_files()
    for name, module in dict(sys.modules).items():
        if name in own:
            caches = [value for value in list(vars(module).values()) if hasattr(value, "cache_clear")]
        elif name.startswith(_CACHING) and name not in _KEPT:
            caches = [value for value in list(vars(module).values()) if type(value) is _FunctoolsCache]
        else:
            continue
        for cached in caches:
            cached.cache_clear()
