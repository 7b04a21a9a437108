"""Imports go downwards only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the highest floor to the lowest; the first prefix that fits decides.
FLOORS = [
    (
        "wsgi",
        "launchpad.cli",
        "launchpad.commands",
        "launchpad.__main__",
        "launchpad.supervisor",
        "launchpad.up",
        "launchpad.serve",
        "launchpad.showing",
        "jobs.worker",
        "jobs.timekeeper",
    ),
    ("launchpad.app",),
    ("launchpad.web",),
    ("jobs",),
    ("launchpad.services",),
    ("launchpad.models",),
    (
        "launchpad.rules",
        "launchpad.outside",
        "launchpad.database",
        "launchpad.clock",
        "launchpad.together",
        "launchpad.turns",
        "launchpad.config",
        "launchpad.logs",
        "launchpad.demo",
    ),
]


def floor(module: str) -> int | None:
    """Which floor a module is on, 0 the highest; None for what is not ours."""
    for height, names in enumerate(FLOORS):
        if any(module == name or module.startswith(name + ".") for name in names):
            return height
    return None


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in [ROOT / "wsgi.py", *(ROOT / "launchpad").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found.append((name, path))
    return found


def imported(source: str) -> set[str]:
    """Every module a source names in an import, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def climbs(name: str, source: str) -> list[str]:
    """The imports of a module that go upwards."""
    here = floor(name)
    return sorted(other for other in imported(source) if (there := floor(other)) is not None and there < here)


@pytest.mark.parametrize("name, path", modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_module_imports_only_from_its_own_floor_or_below(name, path):
    if name == "launchpad":
        assert imported(path.read_text()) == set(), "the package itself imports nothing"
        return
    assert floor(name) is not None, f"{name} stands on no floor: add it to DESIGN's table and to this test"
    assert climbs(name, path.read_text()) == []


def test_rules_use_the_standard_library_alone():
    import sys

    for name, path in modules():
        if name.startswith("launchpad.rules"):
            tops = {other.split(".")[0] for other in imported(path.read_text())}
            assert tops <= set(sys.stdlib_module_names) | {"launchpad"}, name
            assert not any(
                o.startswith("launchpad.") and not o.startswith("launchpad.rules") for o in imported(path.read_text())
            ), name


def test_a_climb_would_be_seen():
    assert climbs("launchpad.services.x", "from launchpad.web import forms") == ["launchpad.web.forms"]
    assert climbs("launchpad.web.x", "def f():\n    import launchpad.app") == ["launchpad.app"]
    assert climbs("launchpad.web.x", "from jobs import queue") == []
