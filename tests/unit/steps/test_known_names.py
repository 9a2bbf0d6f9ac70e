"""Names that are remembered while the inventory's files are what they were, and of no inventory that is made anew."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from callout.errors import BadInput
from callout.places import Places
from callout.steps.known_names import MEMORY, fingerprint, owner_of

NOW_NS = 1_800_000_000 * 10**9
LONG_AGO = (1_700_000_000, 1_700_000_000)


class Site:
    """An inventory folder; `read` counts how often it was read."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reads = folder, 0
        self.systems = {"acme-pbx1": "acme"}
        (folder / "group_vars").mkdir(parents=True)
        self.write("hosts.yml", "all: {}\n")
        self.write("group_vars/acme.yml", "a: 1\n")
        self.places = Places(folder, folder / ".callout", "")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, LONG_AGO)
        return path

    def read(self) -> Any:
        """As an inventory answers."""
        self.reads += 1
        customers = {owner: SimpleNamespace(id=owner) for owner in self.systems.values()}
        systems = {name: SimpleNamespace(customer=customers[owner]) for name, owner in self.systems.items()}

        def system(name: str) -> Any:
            if name not in systems:
                raise BadInput(f"There is no system {name!r}.")
            return systems[name]

        return SimpleNamespace(systems=systems, system=system, customer=customers.__getitem__)

    def owner(self, now_ns: int = NOW_NS, environment: dict[str, str] | None = None, **names: str) -> str:
        return owner_of(self.places, environment or {}, self.read, now_ns=lambda: now_ns, **names)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "inventory")


def test_the_second_question_reads_nothing(site: Site) -> None:
    assert [site.owner(system="acme-pbx1") for _ in range(3)] == ["acme"] * 3
    assert site.owner(customer="acme") == "acme"
    assert site.reads == 1
    assert (site.places.data / MEMORY).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", ["variables", "new file", "gone", "environment"])
def test_whatever_changes_it_is_read_again(site: Site, change: str) -> None:
    site.owner(system="acme-pbx1")
    environment = {}
    if change == "variables":
        site.write("group_vars/acme.yml", "a: 12\n")
    elif change == "new file":
        site.write("group_vars/globex.yml", "a: 1\n")
    elif change == "gone":
        (site.folder / "group_vars" / "acme.yml").unlink()
    else:
        environment = {"ANSIBLE_VAULT_PASSWORD_FILE": "elsewhere"}
    site.owner(system="acme-pbx1", environment=environment)
    assert site.reads == 2


def test_a_file_that_was_only_just_written_is_not_relied_on(site: Site) -> None:
    just = (site.folder / "hosts.yml").stat().st_mtime_ns + 10**9
    for _ in range(2):
        site.owner(now_ns=just, system="acme-pbx1")
    assert site.reads == 2


def test_an_unknown_name_and_a_system_that_moved_are_asked_for(site: Site) -> None:
    site.owner(system="acme-pbx1")
    with pytest.raises(BadInput, match="no system 'acme-pbx9'"):
        site.owner(system="acme-pbx9")
    with pytest.raises(BadInput, match="belongs to acme, not to globex"):
        site.owner(system="acme-pbx1", customer="globex")
    site.systems = {"acme-pbx1": "globex"}
    site.write("hosts.yml", "all: {moved: true}\n")
    assert site.owner(system="acme-pbx1") == "globex"


@pytest.mark.parametrize("made", ["script", "plugin"])
def test_an_inventory_that_is_made_anew_is_never_remembered(site: Site, made: str) -> None:
    path = site.write("dynamic.yml", "plugin: constructed\n" if made == "plugin" else "#!/bin/sh\n")
    if made == "script":
        path.chmod(0o755)
    assert fingerprint(site.places, {}) == ""
    for _ in range(2):
        site.owner(system="acme-pbx1")
    assert site.reads == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"fingerprint": "x"}', b"\xff\xfe"])
def test_a_torn_memory_is_written_again(site: Site, content: bytes) -> None:
    site.owner(system="acme-pbx1")
    (site.places.data / MEMORY).write_bytes(content)
    site.owner(system="acme-pbx1")
    site.owner(system="acme-pbx1")
    assert site.reads == 2


def test_a_single_file_has_its_variables_beside_it(site: Site) -> None:
    site.places = Places(site.folder / "hosts.yml", site.folder / ".callout", "")
    site.owner(system="acme-pbx1")
    site.write("unrelated.txt", "x")
    site.owner(system="acme-pbx1")
    assert site.reads == 1
    site.write("group_vars/acme.yml", "a: 123\n")
    site.owner(system="acme-pbx1")
    assert site.reads == 2
