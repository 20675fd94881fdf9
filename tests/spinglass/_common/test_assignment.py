"""Compiled functions copy arrays by loops, because assigning to a slice makes them slow to compile."""

import ast
from pathlib import Path

import numpy as np
import pytest

from spinglass._common.assignment import assign

ROOT = Path(__file__).parents[3]
FILES = [path for package in ("spinglass", "theory") for path in (ROOT / package).rglob("*.py")]


def compiled_functions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(one) in ("jit", "jit_without_references") for one in node.decorator_list
        ):
            yield node


def arrays_assigned_to_slices(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            slices = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Slice)]
            if slices and not isinstance(node.value, ast.Constant):
                yield ast.unparse(node)


@pytest.mark.slow
def test_there_are_compiled_functions():
    assert sum(len(list(compiled_functions(path))) for path in FILES) > 100


@pytest.mark.slow
def test_no_compiled_function_assigns_an_array_to_a_slice():
    found = {
        (path.relative_to(ROOT).as_posix(), text)
        for path in FILES
        for function in compiled_functions(path)
        for text in arrays_assigned_to_slices(function)
    }
    assert found == set()


def test_as_many_numbers_are_copied_as_the_target_has():
    target = np.zeros(3)
    assign(target[:2], np.array([1.0, 2.0, 3.0]))
    assert target.tolist() == [1.0, 2.0, 0.0]
