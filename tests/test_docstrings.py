"""Docstrings of public names follow numpydoc: every parameter, and what is returned."""

import dataclasses
import inspect
from enum import Enum

import pytest
from numpydoc.validate import validate

import spinglass
import theory
import validation
import validation.testing
from spinglass import networks, sampling, sphere
from validation.statistics.estimators import Estimator

# Docstring missing; parameters missing, unknown or in another order; parameter without description; no Returns section.
CHECKED = {"GL08", "PR01", "PR02", "PR03", "PR07", "RT01"}
# Dataclasses describe their fields under Attributes; nobody constructs enumerations or exceptions.
CONSTRUCTOR = {"PR01", "PR02", "PR03"}


# The methods of the estimators are described once, in their protocol.
PROTOCOL = {"check", "smallest_level", "evidence"}


def public_objects():
    for module in (spinglass, sphere, sampling, networks, theory, validation, validation.testing):
        for name in module.__all__:
            found = getattr(module, name)
            if inspect.isfunction(found) or inspect.isclass(found):
                yield f"{module.__name__}.{name}", found
            if inspect.isclass(found):
                for method, value in vars(found).items():
                    if not method.startswith("_") and inspect.isfunction(value) and method not in PROTOCOL:
                        yield f"{module.__name__}.{name}.{method}", value
    for method in sorted(PROTOCOL):
        yield f"validation.statistics.estimators.Estimator.{method}", getattr(Estimator, method)


@pytest.mark.parametrize(("name", "target"), list(public_objects()))
def test_docstring_is_complete(name, target):
    exempt = set()
    if dataclasses.is_dataclass(target) or (inspect.isclass(target) and issubclass(target, BaseException | Enum)):
        exempt = CONSTRUCTOR
    elif inspect.isfunction(target) and set(inspect.signature(target).parameters) <= {"self"}:
        exempt = {"RT01"}  # without arguments the summary says what is returned
    errors = [(code, text) for code, text in validate(name)["errors"] if code in CHECKED - exempt]
    assert errors == []
