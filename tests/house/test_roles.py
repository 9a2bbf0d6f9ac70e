"""Roles: what argument_specs promise is what defaults give, both ways, and what the tasks register."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> Path:
    return ROOT / "roles" / request.param


def test_defaults_are_the_promised_ones(role):
    specs = _yaml(role / "meta" / "argument_specs.yml")["argument_specs"]
    options = {name: option for entry in specs.values() for name, option in entry.get("options", {}).items()}
    promised = {name: option["default"] for name, option in options.items() if "default" in option}
    assert _yaml(role / "defaults" / "main.yml") == promised
    assert [name for name, option in options.items() if "default" not in option and not option.get("required")] == []


def test_every_entry_point_is_promised(role):
    specs = _yaml(role / "meta" / "argument_specs.yml")["argument_specs"]
    assert sorted(path.stem for path in (role / "tasks").glob("*.yml")) == sorted(specs)


def test_variables_carry_the_name_of_their_role(role):
    """Ansible has one namespace for all: a role's own variables begin with its name."""
    specs = _yaml(role / "meta" / "argument_specs.yml")["argument_specs"]
    foreign = [name for entry in specs.values() for name in entry.get("options", {}) if not name.startswith(role.name)]
    assert foreign == []


def test_what_a_role_says_that_it_registers_it_registers(role):
    specs = _yaml(role / "meta" / "argument_specs.yml")["argument_specs"]
    for name, entry in specs.items():
        registered = {task.get("register") for task in _yaml(role / "tasks" / f"{name}.yml")} - {None}
        for variable in registered:
            assert f"C({variable})" in entry["description"], f"{name}: say that it registers {variable}"
