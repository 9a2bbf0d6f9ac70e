"""Host variables of all systems (JSON on standard input) to one system's lines "name base64" for install-secrets.sh."""

import base64
import json
import sys
from pathlib import Path
from typing import Any


def wanted(variables: dict[str, Any]) -> dict[str, str]:
    """The secrets a system is given; an absent root password means: login by key only; an absent API key: no API."""
    system = variables.get("callout_system", {})
    root_password = variables.get("ansible_password") or ""
    secrets = {
        "root_password": root_password,
        "wizard_password": system.get("wizard", {}).get("password") or root_password,
        "gui_user": system["gui"]["user"],
        "gui_password": system["gui"]["password"],
        "api_key": system.get("api", {}).get("key") or "",
    }
    for name, value in secrets.items():
        if "{{" in value or "\n" in value:
            raise SystemExit(f"lab: {name} must be one line, and no template that is still to be expanded")
    return secrets


lines = {name: value.encode() for name, value in wanted(json.load(sys.stdin)[sys.argv[1]]).items()}
lines["authorized_keys"] = Path(sys.argv[2]).read_bytes()
lines["support_ca"] = Path(sys.argv[3]).read_bytes()
sys.stdout.write("".join(f"{name} {base64.b64encode(value).decode()}\n" for name, value in lines.items()))
