"""Which inventory is meant where none is named: Ansible's own order, read without loading Ansible."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path

from access_check.errors import InventoryError


def find_inventory(named: Path | None, environment: Mapping[str, str], working_folder: Path) -> Path:
    """The inventory named with `-i`, else by ANSIBLE_INVENTORY, else by ansible.cfg; absolute, and there.

    Raises InventoryError where none is named anywhere, or the named one does not exist.
    """
    found = named or configured_inventory(environment, working_folder)
    if found is None:
        raise InventoryError(
            "No inventory is named: neither -i nor ANSIBLE_INVENTORY nor inventory in ansible.cfg.",
            "Run in the project's folder, or name one: -i inventory/mine.",
        )
    found = found if found.is_absolute() else working_folder / found
    if not found.exists():
        raise InventoryError(f"Inventory {found} does not exist.", "Name one with -i, or set inventory in ansible.cfg.")
    return found


def inventory_folder(inventory: Path) -> Path:
    """The inventory's folder, also where the inventory is a single file. known_hosts stands in it."""
    return inventory if inventory.is_dir() else inventory.parent


def configured_inventory(environment: Mapping[str, str], working_folder: Path) -> Path | None:
    """What ANSIBLE_INVENTORY, else the first ansible.cfg, names; of several sources the first.

    Raises InventoryError for an ansible.cfg that cannot be read.
    """
    if environment.get("ANSIBLE_INVENTORY"):
        return Path(environment["ANSIBLE_INVENTORY"].split(",")[0])
    for path in _configuration_files(environment, working_folder):
        if path.is_file():
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read(path, encoding="utf-8")
            except (configparser.Error, UnicodeDecodeError) as error:
                raise InventoryError(f"{path} cannot be read: {error}".replace("\n", " "), "Mend it.") from None
            value = parser.get("defaults", "inventory", fallback="").split(",")[0].strip()
            return (path.parent / Path(value).expanduser()) if value else None
    return None


def _configuration_files(environment: Mapping[str, str], working_folder: Path) -> list[Path]:
    """Ansible's own order: ANSIBLE_CONFIG, this folder, the home folder, /etc."""
    named = environment.get("ANSIBLE_CONFIG")
    first = [Path(named) / "ansible.cfg" if Path(named).is_dir() else Path(named)] if named else []
    home = environment.get("HOME")
    return [
        *first,
        working_folder / "ansible.cfg",
        *([Path(home) / ".ansible.cfg"] if home else []),
        Path("/etc/ansible/ansible.cfg"),
    ]
