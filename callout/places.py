"""Where things live: which inventory is meant, and where callout keeps what it writes. Imports nothing heavy."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from callout.errors import BadInput


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one inventory's business.

    `data` is private (0700) and holds all that callout writes; `ledger` is a URL (`sqlite:///…`).
    """

    inventory: Path
    data: Path
    ledger: str

    @property
    def folder(self) -> Path:
        """The inventory's folder, also where the inventory is a single file."""
        return self.inventory if self.inventory.is_dir() else self.inventory.parent

    @property
    def known_hosts(self) -> Path:
        """The trust store that ssh and the checker read alike."""
        return self.folder / "known_hosts"

    @property
    def backups(self) -> Path:
        """Borg repositories, one per customer."""
        return self.data / "backups"

    @property
    def originals(self) -> Path:
        """The bytes that patches replaced, by call-out."""
        return self.data / "originals"

    @property
    def pages(self) -> Path:
        """Reports written for people."""
        return self.data / "pages"


def find_places(inventory: Path | None, environment: Mapping[str, str], working_folder: Path) -> Places:
    """The places for the inventory named with `-i`, else by ANSIBLE_INVENTORY, else by ansible.cfg.

    `CALLOUT_DATA` moves the data folder (default: `.callout` in the inventory's folder), `CALLOUT_LEDGER`
    the ledger. Raises BadInput where no inventory is named anywhere, or the named one does not exist.
    """
    found = inventory or _configured_inventory(environment, working_folder)
    if found is None:
        raise BadInput(
            "No inventory is named: neither -i nor ANSIBLE_INVENTORY nor inventory in ansible.cfg.",
            "Run in the project's folder, or name one: -i inventory/mine.",
        )
    found = found if found.is_absolute() else working_folder / found
    if not found.exists():
        raise BadInput(f"Inventory {found} does not exist.", "Name one with -i, or set inventory in ansible.cfg.")
    folder = found if found.is_dir() else found.parent
    data = Path(environment["CALLOUT_DATA"]) if environment.get("CALLOUT_DATA") else folder / ".callout"
    data = data if data.is_absolute() else working_folder / data
    ledger = environment.get("CALLOUT_LEDGER") or f"sqlite:///{data / 'ledger.sqlite'}"
    return Places(inventory=found, data=data, ledger=ledger)


def _configured_inventory(environment: Mapping[str, str], working_folder: Path) -> Path | None:
    if environment.get("ANSIBLE_INVENTORY"):
        return Path(environment["ANSIBLE_INVENTORY"].split(",")[0])
    for path in _configuration_files(environment, working_folder):
        if path.is_file():
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read(path, encoding="utf-8")
            except (configparser.Error, UnicodeDecodeError) as error:
                raise BadInput(f"{path} cannot be read: {error}".replace("\n", " "), "Mend it.") from None
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
