"""What the modules promise in library/ is what plugins/action/ takes, and what roles and playbooks pass on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("*.py"))


def _assigned(path: Path) -> dict[str, Any]:
    """Module-level and class-level names with a literal value."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and node.value is not None:
            try:
                found[target.id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


def _documented(module: str) -> dict[str, Any]:
    said = _assigned(ROOT / "library" / f"{module}.py")
    return {
        name: yaml.safe_load(said[name]) if name in said else None for name in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    }


def _comparable(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "type": option.get("type", "str"),
            "required": option.get("required", False),
            "default": option.get("default"),
            "choices": sorted(option["choices"]) if option.get("choices") else None,
            "elements": option.get("elements"),
        }
        for name, option in options.items()
    }


def test_every_module_has_both_halves():
    assert MODULES
    assert sorted(path.stem for path in (ROOT / "library").glob("*.py")) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_options_are_the_arguments(module):
    arguments = _assigned(ROOT / "plugins" / "action" / f"{module}.py")["ARGUMENTS"]
    said = _documented(module)["DOCUMENTATION"]
    assert said["module"] == module
    assert _comparable(said.get("options") or {}) == _comparable(arguments)


@pytest.mark.parametrize("module", MODULES)
def test_documentation_is_whole(module):
    documented = _documented(module)
    said = documented["DOCUMENTATION"]
    for mode in ("check_mode", "diff_mode"):
        assert said["attributes"][mode]["support"] in ("full", "partial", "none"), mode
        assert said["attributes"][mode]["description"], mode
    assert said["short_description"]
    assert all(option.get("description") for option in said["options"].values())
    assert all(result.get("description") and result.get("returned") for result in documented["RETURN"].values())
    used = [task[module] or {} for task in documented["EXAMPLES"] if module in task]
    assert used, "an example of each module"
    assert all(set(task) <= set(said["options"]) for task in used)


def _tasks(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for below in node.values():
            yield from _tasks(below)
    elif isinstance(node, list):
        for below in node:
            yield from _tasks(below)


def test_tasks_use_what_is_documented(files):
    wrong = []
    options = {module: set(_documented(module)["DOCUMENTATION"]["options"]) for module in MODULES}
    for path in files("roles", "playbooks", "tests/molecule", "lab", suffixes=(".yml",)):
        for task in _tasks(yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))):
            for module in set(task) & set(MODULES):
                given = task[module] if isinstance(task[module], dict) else {}
                wrong += [f"{path}: {module}: {name}" for name in given if name not in options[module]]
    assert not wrong, wrong
