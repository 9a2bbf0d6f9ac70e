"""A small inventory in a temporary folder, which tests then spoil."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from callout.inventory import Inventory, load_inventory
from callout.places import Places

HOSTS = """\
all:
  children:
    acme:
      hosts:
        acme-pbx1: {ansible_host: 192.0.2.7}
    globex:
      hosts:
        globex-sw1:
          ansible_host: 192.0.2.8
"""
CUSTOMER = """\
callout_customer:
  id: {id}
  name: {name}
  contract: {contract}
  registered_addresses: [it@{id}.example]
  time_zone: Europe/Vienna
  currency: EUR
"""
SYSTEM = """\
ansible_password: root-s3cret
callout_system:
  product: {product}
  gui:
    user: admin
    password: gui-s3cret
  api:
    key: api-s3cret
"""


@dataclass(frozen=True)
class Folder:
    """An inventory folder."""

    path: Path

    def write(self, name: str, text: str) -> Path:
        """Writes one file of it."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def change(self, name: str, old: str, new: str) -> Path:
        """Replaces words in one file of it."""
        text = (self.path / name).read_text()
        assert old in text
        return self.write(name, text.replace(old, new, 1))

    def load(self, limit: str | None = None) -> Inventory:
        """Reads it."""
        return load_inventory(Places(inventory=self.path, data=self.path / ".callout", ledger=""), limit)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two customers with one system each, all well."""
    made = Folder(tmp_path / "inventory")
    made.write("hosts.yml", HOSTS)
    made.write("group_vars/acme.yml", CUSTOMER.format(id="acme", name="Acme", contract="maintenance"))
    made.write("group_vars/globex.yml", CUSTOMER.format(id="globex", name="Globex", contract="support"))
    made.write("host_vars/acme-pbx1.yml", SYSTEM.format(product="pbxware"))
    made.write("host_vars/globex-sw1.yml", SYSTEM.format(product="serverware"))
    return made


Break = Callable[[Folder], object]
