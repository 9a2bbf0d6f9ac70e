"""Where things live: which inventory is meant, and where callout keeps what it writes. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from access_check.configured_inventory import find_inventory, inventory_folder
from access_check.errors import InventoryError
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
        return inventory_folder(self.inventory)

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
    def drills(self) -> Path:
        """Where drills restore backups, each in a folder of its own that is gone afterwards."""
        return self.data / "drills"

    @property
    def baselines(self) -> Path:
        """Looks at systems for drift, in a folder for each system, and its salt."""
        return self.data / "baselines"

    @property
    def recordings(self) -> Path:
        """What was said in sessions of `callout ssh`."""
        return self.data / "recordings"

    @property
    def mail(self) -> Path:
        """Raw mails as they were received, by their hash, and what is quickly asked of them."""
        return self.data / "mail"

    @property
    def board(self) -> Path:
        """The open cases' deadlines, worked out from the ledger: may be deleted at any time."""
        return self.data / "board.sqlite"

    @property
    def board_lock(self) -> Path:
        """Held by whoever writes the board."""
        return self.data / "board.lock"

    @property
    def pages(self) -> Path:
        """Reports written for people."""
        return self.data / "pages"


def find_places(inventory: Path | None, environment: Mapping[str, str], working_folder: Path) -> Places:
    """The places for the inventory named with `-i`, else by ANSIBLE_INVENTORY, else by ansible.cfg.

    `CALLOUT_DATA` moves the data folder (default: `.callout` in the inventory's folder), `CALLOUT_LEDGER`
    the ledger. Raises BadInput where no inventory is named anywhere, or the named one does not exist.
    """
    try:
        found = find_inventory(inventory, environment, working_folder)
    except InventoryError as error:
        raise BadInput(error.message, error.hint) from None
    folder = inventory_folder(found)
    data = Path(environment["CALLOUT_DATA"]) if environment.get("CALLOUT_DATA") else folder / ".callout"
    data = data if data.is_absolute() else working_folder / data
    ledger = environment.get("CALLOUT_LEDGER") or f"sqlite:///{data / 'ledger.sqlite'}"
    return Places(inventory=found, data=data, ledger=ledger)
