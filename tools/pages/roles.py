"""docs/reference/roles.md: the argument specs of roles/*."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pages.markdown import code, from_ansible, table


def page(roles: Path) -> str:
    """One section per role and entry point."""
    parts = ["# Roles\n\nEach does one step of a call-out; the playbooks put them in order.\n"]
    for path in sorted(roles.glob("*/meta/argument_specs.yml")):
        specs: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
        parts.append(f"## {path.parent.parent.name}\n")
        parts += [_entry(name, entry) for name, entry in specs.items()]
    return "\n".join(parts)


def _entry(name: str, entry: dict[str, Any]) -> str:
    rows = []
    for option, spec in entry.get("options", {}).items():
        choices = ", ".join(code(choice) for choice in spec.get("choices", ()))
        kind = f"{spec['type']}{': ' + choices if choices else ''}"
        default = "required" if spec.get("required") else code(spec.get("default"))
        rows.append((code(option), kind, default, from_ansible(spec["description"])))
    head = "" if name == "main" else f"### tasks_from: {name}\n\n"
    said = f"{head}{entry['short_description']}. {from_ansible(entry['description'])}\n"
    return f"{said}\n{table(('Variable', 'Type', 'Default', 'Meaning'), rows)}"
