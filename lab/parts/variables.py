"""Prints one system's host variables as JSON: vault decrypted, templates resolved (ansible-inventory does not)."""

import json
import sys
from pathlib import Path

from access_check.inventory_source import read_inventory

(system,) = read_inventory(Path("inventory/lab"), sys.argv[1])
json.dump(system.variables, sys.stdout, default=str)
