"""Which inventory is meant: -i, environment, ansible.cfg, in Ansible's order."""

from __future__ import annotations

from pathlib import Path

import pytest

from access_check.configured_inventory import configured_inventory, find_inventory, inventory_folder
from access_check.errors import InventoryError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lab").mkdir()
    (tmp_path / "ansible.cfg").write_text("[defaults]\ninventory = lab, other\nlog_path = %(x)s\n")
    return tmp_path


def test_order(folder: Path) -> None:
    assert configured_inventory({}, folder) == folder / "lab"
    assert configured_inventory({"ANSIBLE_INVENTORY": "a,b"}, folder) == Path("a")
    other = folder / "other.cfg"
    other.write_text("[defaults]\ninventory = /elsewhere\n")
    assert configured_inventory({"ANSIBLE_CONFIG": str(other)}, folder) == Path("/elsewhere")
    assert find_inventory(Path("lab"), {"ANSIBLE_INVENTORY": "a"}, folder) == folder / "lab"


def test_known_hosts_stands_beside_a_file_too(folder: Path) -> None:
    (folder / "lab" / "hosts.yml").touch()
    assert inventory_folder(folder / "lab" / "hosts.yml") == inventory_folder(folder / "lab")


def test_none_missing_and_broken(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="does not exist"):
        find_inventory(Path("nowhere"), {}, folder)
    (folder / "ansible.cfg").write_bytes(b"inventory = without a section\n")
    with pytest.raises(InventoryError, match=r"ansible\.cfg cannot be read"):
        find_inventory(None, {}, folder)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "ansible.cfg").write_text("[defaults]\n")
    with pytest.raises(InventoryError, match="No inventory is named"):
        find_inventory(None, {}, empty)
