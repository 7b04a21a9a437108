"""RQ takes a wrong dotted name silently: each that we enqueue by its name is a function that there is."""

import ast
import importlib
from pathlib import Path

import pytest

JOBS = Path(__file__).resolve().parent.parent.parent / "jobs"


def named() -> list[str]:
    """Every first argument of an `enqueue…` call that is a string."""
    found = []
    for path in JOBS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and "enqueue" in node.func.attr:
                found += [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
    return found


def test_there_are_some():
    assert "jobs.letters.send_due" in named()


@pytest.mark.parametrize("name", named())
def test_it_is_a_function(name):
    module, _, function = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
