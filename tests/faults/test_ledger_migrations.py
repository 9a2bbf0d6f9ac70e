"""A migration of a big ledger killed at any moment leaves the old version or the new one, and the next run goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from callout.ledger import open_ledger, sqlite_migrations
from callout.ledger.chain import verify_chain
from tests.faults.ledger_site import NOW, make_old, old_rows, schema_of
from tests.team_server import TeamServer

WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
pytestmark = pytest.mark.faults
NEWEST = sqlite_migrations.NEWEST
OPEN = """
import sys
from callout.ledger import open_ledger
print("begun", flush=True)
open_ledger(sys.argv[1], None).close()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[TeamServer]:
    running = TeamServer(durable=True)
    yield running
    running.remove()


def fresh(request: pytest.FixtureRequest, database: str, folder: Path) -> str:
    if database == "sqlite":
        path = folder / "ledger.sqlite"
        for one in (path, path.with_name("ledger.sqlite-journal")):
            one.unlink(missing_ok=True)
        return f"sqlite:///{path}"
    running: TeamServer = request.getfixturevalue("server")
    return running.emptied()


def started(url: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", OPEN, url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def schemas(request: pytest.FixtureRequest, database: str, folder: Path) -> dict[int, tuple[int, frozenset[str]]]:
    """What each version consists of."""
    found = {}
    for version in range(1, NEWEST + 1):
        url = fresh(request, database, folder)
        make_old(url, iter(()), version)
        found[version] = schema_of(url)
    return found


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("count", "kills"), [(5000, 4), pytest.param(100_000, 20, marks=WHOLE)])
def test_killed_in_the_middle(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, count: int, kills: int, record_property: Any
) -> None:
    known = schemas(request, database, tmp_path)
    url = fresh(request, database, tmp_path)
    make_old(url, old_rows(count), 1)
    head = list(old_rows(count))[-1]["hash"]
    began = time.monotonic()
    with started(url) as process:
        assert process.wait() == 0
    longest_s = time.monotonic() - began
    seen = dict.fromkeys(known, 0)
    for kill in range(kills):
        url = fresh(request, database, tmp_path)
        make_old(url, old_rows(count), 1)
        with started(url) as process:
            time.sleep(longest_s * (kill + 0.5) / kills)
            process.kill()
        if database == "postgresql":
            _let_it_end(request.getfixturevalue("server"))
        version, names = schema_of(url)
        assert (version, names) == known[version]
        seen[version] += 1
        with closing(open_ledger(url, lambda: NOW)) as ledger:
            (finding,) = verify_chain(ledger.rows(), ledger.complaints())
        assert finding.evidence == {"count": count, "head": head}
        assert schema_of(url) == known[NEWEST]
    record_property("rows", count)
    record_property("kills", kills)
    record_property("found old", seen[1])
    record_property("found new", seen[NEWEST])


def _let_it_end(server: TeamServer) -> None:
    """A server goes on with a statement whose client is gone; what it then does with the rest is what counts."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    while int(server.sql(others)):
        time.sleep(0.02)
