"""docs/reference/modules.md: what stands in library/*.py."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import yaml

from pages.markdown import code, from_ansible, table


def page(library: Path) -> str:
    """One section per module: options, modes, examples, results."""
    parts = [
        "# Modules\n\nAll of them run on the engineer's side as action plugins; nothing is installed on the system.\n"
    ]
    parts += [_section(read(path)) for path in sorted(library.glob("*.py"))]
    return "\n".join(parts)


def read(path: Path) -> dict[str, Any]:
    """DOCUMENTATION, EXAMPLES (as text) and RETURN of one module, without importing it."""
    found: dict[str, Any] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.literal_eval(node.value)
    return {
        "documentation": yaml.safe_load(found.get("DOCUMENTATION", "")) or {},
        "examples": found.get("EXAMPLES", ""),
        "return": yaml.safe_load(found.get("RETURN", "")) or {},
    }


def _section(module: dict[str, Any]) -> str:
    said = module["documentation"]
    options = [
        (code(name), _kind(option), code(option.get("default")), from_ansible(option["description"]))
        for name, option in (said.get("options") or {}).items()
    ]
    modes = [
        (name.replace("_", " "), str(mode["support"]), from_ansible(mode.get("description", "")))
        for name, mode in said.get("attributes", {}).items()
    ]
    results = [
        (code(name), str(result["type"]), str(result["returned"]), from_ansible(result["description"]))
        for name, result in module["return"].items()
    ]
    return "\n".join(
        [
            f"## {said['module']}\n\n{said['short_description']}.\n\n{from_ansible(said['description'])}\n",
            table(("Option", "Type", "Default", "Meaning"), options),
            table(("Mode", "Support", ""), modes),
            f"```yaml\n{module['examples'].strip()}\n```\n",
            table(("Result", "Type", "Returned", "Meaning"), results),
        ]
    )


def _kind(option: dict[str, Any]) -> str:
    choices = ", ".join(code(choice) for choice in option.get("choices", ()))
    return f"{option['type']}{': ' + choices if choices else ''}{', required' if option.get('required') else ''}"
