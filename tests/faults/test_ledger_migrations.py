"""A migration of a big ledger killed at any moment leaves the old version or the new one, and the next run goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from callout.ledger import open_ledger, sqlite_migrations
from callout.ledger.chain import verify_chain
from callout.ledger.event import Row
from tests.faults.ledger_site import NOW, make_old, old_rows, schema_of
from tests.team_server import TeamServer, name_in

WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
pytestmark = pytest.mark.faults
NEWEST = sqlite_migrations.NEWEST
OPEN = """
import sys
from callout.ledger import open_ledger
print("begun", flush=True)
open_ledger(sys.argv[1], None).close()
"""


class OldFile:
    """SQLite files of version 1, each a copy of one."""

    def __init__(self, folder: Path) -> None:
        self._made, self._path = folder / "made.sqlite", folder / "ledger.sqlite"

    def make(self, rows: Iterator[Row], version: int = 1) -> str:
        """The one that `again` copies; its URL."""
        self._made.unlink(missing_ok=True)
        make_old(str(self._made), rows, version)
        return str(self._made)

    def again(self) -> str:
        """A new copy; the last one is gone."""
        self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
        shutil.copy(self._made, self._path)
        return str(self._path)

    def let_it_end(self) -> None:
        """What a killed process had under way ended with it."""


class OldDatabase:
    """The same in PostgreSQL."""

    def __init__(self, server: TeamServer) -> None:
        self._server, self._made, self._copy = server, "", ""

    def make(self, rows: Iterator[Row], version: int = 1) -> str:
        """The one that `again` copies; its URL."""
        self._made = self._server.database()
        make_old(self._made, rows, version)
        return self._made

    def again(self) -> str:
        """A new copy; the last one is gone."""
        if self._copy:
            self._server.drop(self._copy)
        self._copy = self._server.database(template=name_in(self._made))
        return self._copy

    def let_it_end(self) -> None:
        """A server goes on with a statement whose client is gone; then it sees that, and takes all back."""
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        while int(self._server.sql(others)):
            time.sleep(0.02)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> OldFile | OldDatabase:
    return OldFile(tmp_path) if request.param == "sqlite" else OldDatabase(request.getfixturevalue("durable_server"))


def started(url: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", OPEN, url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.parametrize(("count", "kills"), [(3000, 3), pytest.param(100_000, 20, marks=WHOLE)])
def test_killed_in_the_middle(old: OldFile | OldDatabase, count: int, kills: int, record_property: Any) -> None:
    """At equal distances through the time that it takes."""
    known = {version: schema_of(old.make(iter(()), version)) for version in range(1, NEWEST + 1)}
    with closing(open_ledger(old.make(old_rows(count)), lambda: NOW)) as ledger:
        head = deque(ledger.rows(), maxlen=1)[0]["hash"]
    old.make(old_rows(count))
    began = time.monotonic()
    with started(old.again()) as process:
        assert process.wait() == 0
    takes_s = time.monotonic() - began
    seen = dict.fromkeys(known, 0)
    for kill in range(kills):
        url = old.again()
        with started(url) as process:
            time.sleep(takes_s * (kill + 0.5) / kills)
            process.kill()
        old.let_it_end()
        version, names = schema_of(url)
        assert (version, names) == known[version]
        seen[version] += 1
        with closing(open_ledger(url, lambda: NOW)) as ledger:
            (finding,) = verify_chain(ledger.rows(), ledger.complaints())
        assert finding.evidence == {"count": count, "head": head}
        assert schema_of(url) == known[NEWEST]
    record_property("rows", count)
    record_property("kills", kills)
    for version, times in seen.items():
        record_property(f"found version {version}", times)
