"""A real PostgreSQL for tests, in a folder of its own, gone with the process that started it."""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

PASSWORD = "pass-of-the-server's-owner"
_COUNT = itertools.count(1)


def program(name: str) -> str:
    """PostgreSQL's programs are not on everybody's PATH. Fails where there are none: tools/setup installs them."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    assert found, f"{name} is not installed: run tools/setup"
    return found


class TeamServer:
    """One server on a socket and on a port of loopback. `durable` keeps fsync on, as where a team works."""

    def __init__(self, *, durable: bool = False) -> None:
        # Short: the path of a socket may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="team-", dir="/tmp"))
        self.data = self.folder / "data"
        self._user = _server_user()
        self._options = [] if durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        init = [program("initdb"), "-D", str(self.data), "-U", "owner", "-E", "UTF8", "--no-locale", "--no-sync"]
        init += ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"]
        with self._start(init, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as made:
            said, _ = made.communicate()
            assert made.returncode == 0, said.decode()
        self.port = 0
        self.emptied_url = ""
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.port = self.port or _free_port()
        words = [program("postgres"), "-D", str(self.data), "-k", str(self.folder), "-p", str(self.port)]
        words += ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60", "-c", "logging_collector=off"]
        with (self.folder / "log").open("ab") as log:
            self.process = self._start([*words, *self._options], stdout=log, stderr=log)
        ready = [program("pg_isready"), "-q", "-h", str(self.folder), "-p", str(self.port)]
        ends_at = time.monotonic() + 60
        while subprocess.run(ready, check=False).returncode != 0:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < ends_at, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT: at once, everybody is cut off. SIGQUIT: as in a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def remove(self) -> None:
        """Stops it, and nothing of it stays."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def database(self, encoding: str = "UTF8", template: str = "template0") -> str:
        """A new database, empty or a copy of another one; its URL as CALLOUT_LEDGER takes it, over the socket."""
        name = f"ledger{next(_COUNT)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING {encoding}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Removes a database, whoever is connected to it."""
        self.sql(f"DROP DATABASE {name_in(url)} WITH (FORCE)")

    def emptied(self) -> str:
        """The URL of one database in which no ledger is any more: quicker than a new one. Whoever had it is done."""
        self.emptied_url = self.emptied_url or self.database()
        self.sql("DROP SCHEMA IF EXISTS callout CASCADE", name_in(self.emptied_url))
        return self.emptied_url

    def url(self, name: str, user: str = "owner") -> str:
        """The URL of a database of that name, there or not, over the socket."""
        return f"postgresql+psycopg://{user}@/{name}?host={self.folder}&port={self.port}"

    def url_by_tcp(self, name: str, user: str = "owner", password: str = PASSWORD) -> str:
        """The same over loopback, where a password is asked for."""
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self.port}/{name}"

    def database_in(self, folder: Path) -> str:
        """A new, empty database whose files lie in a folder of its own."""
        if self._user:
            shutil.chown(folder, self._user, self._user)
        name = f"ledger{next(_COUNT)}"
        self.sql(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0 TABLESPACE {name}")
        return self.url(name)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """The first value that a statement of the owner gives; empty where it gives none."""
        where = {"host": str(self.folder), "port": str(self.port), "user": "owner", "dbname": database}
        with closing(psycopg.connect(psycopg.conninfo.make_conninfo("", **where), autocommit=True)) as connection:
            cursor = connection.execute(statement)
            while cursor.nextset():
                pass
            row = cursor.fetchone() if cursor.description else None
        return str(row[0]) if row else ""

    def _start(self, words: list[str], **more: Any) -> subprocess.Popen[bytes]:
        """As a user of its own, since it refuses to run as root; it ends when we do, however we end."""
        them: dict[str, Any] = {"user": self._user, "group": self._user, "extra_groups": []} if self._user else {}
        return subprocess.Popen(words, cwd="/", preexec_fn=_end_with_parent, **them, **more)


def _end_with_parent() -> None:
    """Linux: the kernel sends SIGINT to this process when the one that started it is gone."""
    ctypes.CDLL(None).prctl(1, int(signal.SIGINT))


def name_in(url: str) -> str:
    """The database's name in a URL of `TeamServer`."""
    return url.partition("?")[0].rpartition("/")[2]


def _server_user() -> str:
    if os.geteuid() != 0:
        return ""
    assert "postgres" in {one.pw_name for one in pwd.getpwall()}, "there is no user postgres: run tools/setup"
    return "postgres"


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
