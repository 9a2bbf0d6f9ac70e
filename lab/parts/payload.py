"""Host variables (JSON on standard input) to lines "name base64" for install-secrets.sh, on standard output."""

import base64
import json
import sys


def wanted(variables: dict) -> dict[str, str]:
    """The secrets a system is given; an absent root password means: login by key only."""
    system = variables.get("callout_system", {})
    root_password = variables.get("ansible_password") or ""
    secrets = {
        "root_password": root_password,
        "wizard_password": system.get("wizard", {}).get("password") or root_password,
        "gui_user": system["gui"]["user"],
        "gui_password": system["gui"]["password"],
        "api_key": system["api"]["key"],
    }
    for name, value in secrets.items():
        if "{{" in value or "\n" in value:
            raise SystemExit(f"lab: {name} must be one line, and no template that is still to be expanded")
    return secrets


for name, value in wanted(json.load(sys.stdin)).items():
    print(name, base64.b64encode(value.encode()).decode())
for name, path in (("authorized_keys", sys.argv[1]), ("support_ca", sys.argv[2])):
    with open(path, "rb") as file:
        print(name, base64.b64encode(file.read()).decode())
