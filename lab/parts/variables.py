"""Host variables of an inventory folder, secrets included, as JSON: one host's, or with --all every one's by name."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from access_check.errors import AccessCheckError
from access_check.inventory_source import CONNECTION_VARIABLES, read_inventory

folder, name = Path(sys.argv[1]), sys.argv[2]
try:
    systems = read_inventory(folder, None if name == "--all" else name)
except AccessCheckError as error:
    raise SystemExit(f"lab: {error.message} {error.hint}") from None
variables = {}
for system in systems:
    wanted = {"callout_system", *CONNECTION_VARIABLES}
    for key in wanted & system.unresolved.keys():
        raise SystemExit(f"lab: {key} of {system.name}: {system.unresolved[key]}")
    known = {key: value for key, value in system.variables.items() if key in wanted}
    variables[system.name] = {"ansible_port": 2020, "ansible_password": "", **known}
sys.stdout.write(json.dumps(variables if name == "--all" else variables[name]) + "\n")
