"""What a team's database can do to us: each way in one sentence, and it is always known what was recorded."""

from __future__ import annotations

import itertools
import shutil
import signal
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callout.errors import BadInput, CalloutError, Locked
from callout.ledger import Draft, open_ledger
from callout.ledger.address import postgres_address, shown_address
from callout.ledger.chain import verify_chain
from callout.ledger.postgres_connection import connect
from callout.ledger.postgres_errors import explained
from callout.ledger.postgres_migrations import WRITER_LOCK
from tests.team_server import PASSWORD, TeamServer, name_in
from tests.unit.backups.practice_site import small_disk
from tests.unit.ledger.conftest import NOW

Make = Callable[..., Draft]
SECRET = "s3cret-and-%2F-odd"


def refused(url: str) -> CalloutError:
    with pytest.raises(CalloutError) as error:
        open_ledger(url, lambda: NOW)
    told = error.value.message + error.value.hint
    assert PASSWORD not in told
    assert "Traceback" not in told
    assert "\n" not in error.value.message
    return error.value


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://anna@db.example/callout", "postgresql://anna@db.example/callout"),
        (f"postgresql+psycopg://anna:{SECRET}@db.example:5433/callout", "postgresql://anna@db.example:5433/callout"),
        ("postgresql+psycopg:///?service=callout", "postgresql://service callout/"),
        ("postgresql://anna@/callout?host=/run/postgresql", "postgresql://anna@/run/postgresql/callout"),
        ("postgresql+psycopg://[::1]/callout?sslmode=verify-full", "postgresql://::1/callout"),
        ("sqlite:////data/ledger.sqlite", "sqlite:////data/ledger.sqlite"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert shown_address(url) == shown
    if url.startswith("postgresql"):
        assert SECRET not in repr(postgres_address(url))


@pytest.mark.parametrize(
    "rest",
    [
        f"anna:{SECRET}@db.example:port/callout",
        f"anna:{SECRET}@db.example/callout/more",
        f"anna:{SECRET}@db.example/callout#more",
        f"anna:{SECRET}@db.example/callout?password={SECRET}",
        f"anna:{SECRET}@db.example/callout?options=-csynchronous_commit%3Doff",
        f"anna:{SECRET}@db.example/callout?sslmode",
        f"anna:{SECRET}@[::1/callout",
        f"anna:{SECRET}@db%00.example/callout",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(rest: str) -> None:
    with pytest.raises(BadInput, match="CALLOUT_LEDGER") as error:
        postgres_address(f"postgresql+psycopg://{rest}")
    assert SECRET not in error.value.message + error.value.hint


def test_nobody_there(team_server: TeamServer) -> None:
    error = refused("postgresql+psycopg://owner:x@127.0.0.1:1/ledger")
    assert "no server answers" in error.message
    error = refused(f"postgresql+psycopg://owner@/ledger?host={team_server.folder}&port=1")
    assert "no server answers" in error.message


def test_wrong_password_user_and_database(team_server: TeamServer) -> None:
    team_server.emptied()
    error = refused(team_server.url_by_tcp("postgres", password="wrong-one"))
    assert (error.exit_status, "does not let this user in" in error.message) == (2, True)
    assert "wrong-one" not in error.message
    assert "does not let this user in" in refused(team_server.url_by_tcp("postgres", user="nobody")).message
    error = refused(team_server.url("no-such"))
    assert (error.exit_status, "there is no such database" in error.message) == (2, True)


def test_a_password_from_the_address_or_from_a_file(team_server: TeamServer, tmp_path, monkeypatch) -> None:
    name = name_in(team_server.emptied())
    open_ledger(team_server.url_by_tcp(name), lambda: NOW).close()
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:*:*:owner:{PASSWORD}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    url = f"postgresql+psycopg://owner@127.0.0.1:{team_server.port}/{name}"
    open_ledger(url, lambda: NOW).close()
    services = tmp_path / "services"
    services.write_text(f"[callout]\nhost=127.0.0.1\nport={team_server.port}\nuser=owner\ndbname={name}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    open_ledger("postgresql+psycopg:///?service=callout", lambda: NOW).close()


def test_a_database_that_cannot_hold_every_name(team_server: TeamServer) -> None:
    assert "stores text as LATIN1" in refused(team_server.database("LATIN1")).message


def test_no_ledger_there_yet(team_server: TeamServer) -> None:
    """Reading makes no tables."""
    url = team_server.emptied()
    with pytest.raises(BadInput, match="There is no ledger in postgresql://"):
        open_ledger(url, lambda: NOW, must_exist=True)
    assert team_server.sql("SELECT to_regnamespace('callout') IS NULL", name_in(url)) == "True"


def test_a_server_that_writes_lazily_is_told_not_to(team_server: TeamServer, draft: Make) -> None:
    """What is recorded is on the disk there, whatever somebody set for the database."""
    url = team_server.emptied()
    name = name_in(url)
    team_server.sql(f"ALTER DATABASE {name} SET synchronous_commit = off", name)
    team_server.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'", name)
    with closing(connect(postgres_address(url))) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        ledger.append(draft())
    team_server.sql(f"ALTER DATABASE {name} RESET ALL", name)


def test_a_lock_that_somebody_forgot(team_server: TeamServer, draft: Make) -> None:
    """A bounded wait, then exit status 9; nothing is recorded; once it is free all goes on."""
    url = team_server.emptied()
    with closing(open_ledger(url, lambda: NOW)) as ledger, closing(connect(postgres_address(url))) as other:
        ledger._connection.execute("SET lock_timeout = '200ms'")  # type: ignore[attr-defined]  # not for a minute
        other.execute("SELECT pg_advisory_lock(%s)", (WRITER_LOCK,))
        with pytest.raises(Locked, match="somebody has held the ledger") as error:
            ledger.append(draft())
        assert error.value.exit_status == 9
        other.execute("SELECT pg_advisory_unlock(%s)", (WRITER_LOCK,))
        assert ledger.append(draft())[0].seq == 1


@pytest.mark.parametrize(
    ("state", "words", "told", "status"),
    [
        ("53100", 'could not extend file "base/1": No space left on device', "the disk over there is full", 1),
        ("53300", "sorry, too many clients already", "no connection left", 1),
        ("25006", "cannot execute INSERT in a read-only transaction", "it takes no writing now", 1),
        ("25P03", "terminating connection due to idle-in-transaction timeout", "held the ledger for too long", 1),
        ("42501", "permission denied for table events", "lacks a right", 1),
        ("XX001", "invalid page in block 1", "it is damaged", 3),
        ("57P01", "terminating connection due to administrator command", "terminating connection", 1),
        (None, "server closed the connection unexpectedly\n\tThis probably means", "server closed the connection", 1),
    ],
)
def test_what_the_server_says_is_a_sentence(state: str | None, words: str, told: str, status: int) -> None:
    error = explained(state, f"{words}\nwith the secret pass-7 \x1b[2J", "postgresql://db/callout", "pass-7")
    assert told in error.message
    assert error.exit_status == status
    assert "pass-7" not in error.message
    assert "\x1b" not in error.message


def test_a_server_that_is_restarted_meanwhile(durable_server: TeamServer, draft: Make) -> None:
    """Also as in a crash: what was acknowledged is there, and the same open ledger goes on."""
    with closing(open_ledger(durable_server.emptied(), lambda: NOW)) as ledger:
        ledger.append(draft(number=1))
        durable_server.stop(signal.SIGQUIT)
        with pytest.raises(CalloutError, match="no server answers"):
            ledger.append(draft(number=2))
        durable_server.start()
        assert ledger.append(draft(number=3))[0].seq == 2
        assert [event.body["number"] for event in ledger.events()] == [1, 3]


@pytest.fixture
def small(team_server: TeamServer) -> Iterator[Path]:
    try:
        with small_disk(team_server.folder / "small", "24m") as disk:
            yield disk
    except PermissionError as error:
        pytest.skip(f"a small disk cannot be made here: {error}")


def test_a_full_disk_over_there(team_server: TeamServer, small: Path, draft: Make) -> None:
    """A sentence, nothing of that call is kept, and with room again all goes on."""
    url = team_server.database_in(small)
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        ballast = small / "ballast"
        ballast.write_bytes(b"x" * (shutil.disk_usage(small).free - 400_000))
        texts = (str(uuid.uuid4()) * 50 for _ in itertools.count())
        with pytest.raises(CalloutError, match="the disk over there is full, nothing was recorded"):
            deque((ledger.append(draft(text=next(texts)), draft(text=next(texts))) for _ in range(2000)), maxlen=0)
        before = list(ledger.events())
        assert len(before) % 2 == 0
        ballast.unlink()
        assert ledger.append(draft())[0].seq == len(before) + 1
        assert verify_chain(ledger.rows(), ledger.complaints())[0].code == "whole"
    team_server.drop(url)
    team_server.sql(f"DROP TABLESPACE {name_in(url)}")
