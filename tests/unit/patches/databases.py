"""Real database servers for the SQL of bundles: the practice image's own MariaDB, and SQLite where a product has it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
IMAGE = "localhost/callout-lab-pbxware"
SERVER = "mkdir -p /run/mysqld && chown mysql /run/mysqld && exec mariadbd --user=mysql --skip-networking"
# By the wrapper that the product has. What is killed here ends there, too: no client is left behind with its standard
# input open.
TABLES = (
    "CREATE TABLE sample (id INTEGER PRIMARY KEY, word VARCHAR(20) NOT NULL)",
    "INSERT INTO sample VALUES (1, 'old'), (2, 'old')",
)


@dataclass(frozen=True)
class Engine:
    """A database with the table `sample`; `profile` is what a site's inventory says of it."""

    profile: dict[str, Any]
    words: Sequence[str]

    @property
    def kind(self) -> str:
        """mysql or sqlite."""
        return str(self.profile["kind"])

    def ask(self, *statements: str) -> str:
        """What it answers, as lines."""
        text = "".join(f"{one};\n" for one in statements)
        done = subprocess.run(self.words, input=text, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def anew(self) -> None:
        """The table as it is at the beginning, and nothing else."""
        for name in self.tables():
            self.ask(f"DROP TABLE {name}")
        self.ask(*TABLES)

    def tables(self) -> list[str]:
        """Their names, ours among them."""
        if self.kind == "sqlite":
            return self.ask("SELECT name FROM sqlite_master WHERE type = 'table'").split()
        return self.ask("SHOW TABLES").split()

    def state(self) -> tuple[list[str], str]:
        """All there is: names of tables, and the rows of the sample."""
        return sorted(self.tables()), self.ask("SELECT * FROM sample ORDER BY id")


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[Engine]:
    """A database file, as old systems have it."""
    if shutil.which("sqlite3") is None:
        pytest.skip("no sqlite3 here")
    path = folder / "product.sqlite"
    profile = {"kind": "sqlite", "name": "product", "path": str(path), "client": ["sqlite3"]}
    yield Engine(profile, ("sqlite3", str(path)))


@contextlib.contextmanager
def mariadb() -> Iterator[Engine]:
    """A MariaDB server in a container of its own, without a network; skipped where the practice image is not built."""
    environment = dict(os.environ)
    if (ROOT / "lab/.state/needs-containers-conf").exists():
        environment["CONTAINERS_CONF"] = str(ROOT / "lab/containers.conf")
    name = f"callout-sql-{secrets.token_hex(4)}"
    engine = shutil.which("podman") or pytest.skip("no podman here")
    listed = subprocess.run([engine, "images", "--format", "{{.Repository}}:{{.Tag}}"], capture_output=True, text=True)
    images = [line for line in listed.stdout.split() if line.startswith(f"{IMAGE}:")]
    if not images:
        pytest.skip(f"{IMAGE} is not built here (make lab-up)")
    inside = ["sh", "-c", f"exec chroot /opt/pbxware/pw sh -c '{SERVER}'"]
    run = [engine, "run", "--detach", "--rm", "--name", name, "--network", "none", images[0], *inside]
    started = subprocess.run(run, env=environment, capture_output=True, text=True)
    if started.returncode != 0:
        pytest.skip(f"podman starts no container here: {started.stderr.strip()[-200:]}")
    try:
        client = f"{engine} exec -i {name} /opt/pbxware/sh/mysql"
        made = Engine(
            {"kind": "mysql", "name": "callout_try", "client": [client], "dump": ["false"]},
            (*client.split(), "-N", "-B", "callout_try"),
        )
        ends_at = time.monotonic() + 60
        create = [*client.split(), "-e", "CREATE DATABASE callout_try"]
        while subprocess.run(create, capture_output=True).returncode != 0:
            assert time.monotonic() < ends_at, "MariaDB did not come up"
            time.sleep(0.2)
        yield made
    finally:
        subprocess.run([engine, "rm", "--force", "--time", "0", name], env=environment, capture_output=True)
