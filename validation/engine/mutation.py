"""Wrong code on purpose: patch named functions for as long as a claim is measured with a mutant."""

import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from spinglass._common.arguments import nearest
from validation.claim import Claim, Mutant, check_names
from validation.claim_files import modules_of_claim_files
from validation.engine.isolation import Isolation

# Where remembered results may lie. Thread pools are remembered as well, but hold no results.
_REMEMBERING = ("spinglass.", "theory.", "validation.claims.")
_KEPT = ("spinglass._common.threads",)
_ISOLATION = Isolation()


def resolve(target: str) -> tuple[Any, str]:
    """Return the object that holds ``"package.module.attribute"`` and the attribute's name.

    Raises
    ------
    ValueError
        If no such attribute can be imported; the nearest name is suggested.

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
    """Raise ``ValueError`` if a mutant of ``claim`` patches something that does not exist, or could not reach it."""
    with _ISOLATION.shared():
        check_names(claim)
    for mutant in claim.mutants:
        for target in mutant.patches:
            try:
                resolve(target)
            except ValueError as error:
                raise ValueError(f"claim {claim.id}, mutant {mutant.name!r}: {error}") from None


@contextmanager
def mutated(mutant: Mutant | None) -> Iterator[None]:
    """Run a block with the mutant's patches in force, and everything put back after it.

    Patches act on the whole process, so a block with a mutant waits until it is alone in it; blocks without one
    (``None``) run side by side. Results remembered by ``functools.cache`` are dropped at both ends: a healthy value
    must not hide the mutant, nor a mutated one outlive it. Compiled kernels have their globals baked in: patch what
    calls them.
    """
    if mutant is None:
        with _ISOLATION.shared():
            yield
        return
    with ExitStack() as stack:
        stack.enter_context(_ISOLATION.alone())
        # Wrong code may well warn; what counts is whether its numbers are told from right ones.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.callback(_forget)
        for target, replace in mutant.patches.items():
            holder, attribute = resolve(target)
            stack.enter_context(_patched(holder, attribute, replace))
        _forget()
        yield


@contextmanager
def _patched(holder: Any, attribute: str, replace: Callable[[Any], Any]) -> Iterator[None]:
    # The raw attribute, so that a class's static and class methods keep their kind.
    raw = vars(holder).get(attribute, getattr(holder, attribute))
    wrap = type(raw) if isinstance(raw, (staticmethod, classmethod)) else None
    replacement = wrap(replace(raw.__func__)) if wrap else replace(raw)
    with mock.patch.object(holder, attribute, replacement):
        yield


def _forget() -> None:
    own = modules_of_claim_files()
    for name, module in dict(sys.modules).items():
        if name in own or (name.startswith(_REMEMBERING) and name not in _KEPT):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
