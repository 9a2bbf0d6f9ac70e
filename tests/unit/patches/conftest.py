"""A practice site in a temporary folder, keys that sign, and a context whose sessions run on this machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from access_check.inventory_source import RawSystem
from callout.findings import Finding
from callout.inventory import System, system_from_raw
from callout.ledger import Draft, open_ledger
from callout.patches.build import build
from callout.patches.bundle import Container
from callout.patches.signature import sign
from callout.places import Places
from callout.programs import Completed
from callout.shell.session import Session
from callout.steps.context import Context
from tests.unit.local_shell import DASH, LocalShellSession

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


def well() -> list[Finding]:
    """A health check that finds nothing wrong."""
    return []


def idle() -> None:
    """A drain that finds no call in progress."""


def make_key(folder: Path, name: str) -> Path:
    """A new key pair; gives the private half."""
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)], check=True)
    return key


def public(key: Path) -> str:
    """`ssh-ed25519 AAAA…` of a key."""
    return " ".join(key.with_suffix(".pub").read_text().split()[:2])


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Keys by the name of their owner; only anna's is allowed unless a test says otherwise."""
    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(folder, name) for name in ("anna", "boris")}


@dataclass
class Site:
    """A customer's file tree, an inventory folder, and a call-out that is open on both."""

    root: Path
    inventory: Path
    tools: Path
    anna: Path
    context: Context
    shell: Sequence[str] = DASH
    restart: dict[str, str] = dataclasses.field(default_factory=dict)
    callout: str = "CO-0001"
    database: dict[str, Any] | None = None

    @property
    def system(self) -> System:
        """The system whose product folder is `root`."""
        customer = {
            "id": "acme",
            "name": "Acme",
            "contract": "maintenance",
            "registered_addresses": ["it@acme.example"],
            "time_zone": "Europe/Vienna",
            "currency": "EUR",
        }
        operation: dict[str, Any] = {"backup": {"paths": [str(self.root)]}, "restart": self.restart}
        if self.database is not None:
            operation["database"] = self.database
        variables = {
            "ansible_host": "192.0.2.1",
            "callout_system": {"product": "pbxware", "operation": operation},
            "callout_customer": customer,
        }
        return system_from_raw(RawSystem("acme-pbx1", ("acme",), variables, {}, {}), self.inventory / "known_hosts")

    def tree(self) -> dict[str, tuple[bytes, int, int, int]]:
        """All that lies below the root: path → bytes, mode, uid, gid. Nothing of ours may hide from it."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            for name in [*folders, *files]:
                path = Path(folder) / name
                status = path.lstat()
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                content = os.fsencode(path.readlink()) if path.is_symlink() else content
                found[str(path.relative_to(self.root))] = (content, status.st_mode, status.st_uid, status.st_gid)
        return found

    def own_tree(self) -> dict[str, tuple[bytes, int, int, int]]:
        """The tree without the originals that are kept there."""
        return {path: image for path, image in self.tree().items() if not path.startswith(".callout-originals")}

    def source(self, files: list[dict[str, Any]], **values: Any) -> Path:
        """A source folder; `content` in `files` and the texts of `sql` are bytes here, `path` relative to the root."""
        folder = self.inventory / f"source-{len(list(self.inventory.glob('source-*')))}"
        (folder / "files").mkdir(parents=True)
        listed = []
        for number, one in enumerate(files):
            told = {**one, "path": str(self.root / one["path"])}
            if "content" in told:
                (folder / "files" / str(number)).write_bytes(told["content"])
                told["content"] = f"files/{number}"
            listed.append(told)
        if "sql" in values and isinstance(values["sql"]["up"], bytes):
            for way in ("up", "down"):
                (folder / f"{way}.sql").write_bytes(values["sql"][way])
            values["sql"] = {**values["sql"], "up": "up.sql", "down": "down.sql"}
        manifest = {
            "id": "PW-2041",
            "title": "Keeps the login page from forgetting",
            "severity": "high",
            "products": ["pbxware"],
            "versions": "any",
            "bug": "PBX-77",
            "documentation": "https://docs.example/PBX-77",
            "downtime_minutes": 5,
            "files": listed,
            **values,
        }
        (folder / "bundle.yml").write_text(json.dumps(manifest))
        return folder

    def signed(self, container: Container, *keys: Path) -> Path:
        """The bundle file, signed by anna unless told otherwise."""
        signatures = tuple(sign(container.payload, key) for key in keys or (self.anna,))
        path = self.inventory / "PW-2041.callout"
        path.write_bytes(Container(container.payload, signatures).to_bytes())
        return path

    def bundle(self, files: list[dict[str, Any]], **values: Any) -> Path:
        """A bundle that anna signed."""
        return self.signed(build(self.source(files, **values)))

    def kinds(self) -> list[str]:
        """The kinds of all events so far."""
        return [event.kind for event in self.context.ledger.events()]

    def wrapped(self, wrap: Callable[[Session], Session]) -> Context:
        """The context with another session than the plain one."""
        connect = self.context.connect
        return dataclasses.replace(self.context, connect=lambda target: wrap(connect(target)))


def sha256(content: bytes) -> str:
    """Hex."""
    return hashlib.sha256(content).hexdigest()


def three_changes() -> list[dict[str, Any]]:
    """Replace, create and delete, in two folders, on the tree that `site` starts with."""
    return [
        {"path": "gui/login.php", "action": "replace", "before": [sha256(b"old login\n")], "content": b"new login\n"},
        {"path": "gui/extra file.php", "action": "create", "content": b"\x00\xffextra", "mode": "0640"},
        {"path": "etc/stale.conf", "action": "delete", "before": [sha256(b"stale\n")]},
    ]


@pytest.fixture
def site(tmp_path: Path, keys: dict[str, Path]) -> Iterator[Site]:
    root, inventory = tmp_path / "opt", tmp_path / "inventory"
    for folder in (root / "gui", root / "etc", inventory):
        folder.mkdir(parents=True)
    (root / "gui/login.php").write_bytes(b"old login\n")
    (root / "gui/login.php").chmod(0o4751)
    (root / "etc/stale.conf").write_bytes(b"stale\n")
    (root / "etc/other.conf").write_bytes(b"other\n")
    (inventory / "allowed_signers").write_text(
        f'anna@vendor.example namespaces="callout-bundle" {public(keys["anna"])}\n'
    )
    places = Places(inventory=inventory, data=tmp_path / "data", ledger=f"sqlite:///{tmp_path}/ledger.sqlite")
    ledger = open_ledger(places.ledger, lambda: NOW)
    tools = tmp_path / "tools"
    context = Context(ledger, places, "eva@desk", lambda: NOW, lambda _: LocalShellSession(tools, made.shell))
    made = Site(root, inventory, tools, keys["anna"], context)
    ledger.append(Draft("opened", NOW, "eva@desk", "acme", "acme-pbx1", "CO-0001", {"ticket": "T-1"}))
    yield made
    ledger.close()


@dataclass
class CutSession:
    """A session whose `cut_at`-th run (from 1) is lost: before it was sent, or after it was carried out."""

    inner: Session
    cut_at: int
    before: bool
    runs: int = 0
    error: BaseException | None = None

    @property
    def name(self) -> str:
        """See Session."""
        return self.inner.name

    def run(self, script: str, *arguments: str, **more: Any) -> Completed:
        """See Session."""
        self.runs += 1
        assert self.error is not None
        if self.runs == self.cut_at and self.before:
            raise self.error
        done = self.inner.run(script, *arguments, **more)
        if self.runs == self.cut_at:
            raise self.error
        return done

    def stream(self, script: str, *arguments: str, deadline_s: float = 3600) -> Any:
        """See Session."""
        return self.inner.stream(script, *arguments, deadline_s=deadline_s)

    def close(self) -> None:
        """See Session."""
