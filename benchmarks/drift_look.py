"""One look at the benchmark's system, as a program of its own: `python -m benchmarks.drift_look PORT KEY KNOWN_HOSTS
TREE LOOKS full|changed`. Keeps it, and tells it from the one before; prints a line of JSON."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sys
from pathlib import Path
from typing import Any

from access_check.profile import AccessProfile
from access_check.targets import Target
from callout.drift.collecting import Randomness, collect
from callout.drift.look import Section, differing
from callout.drift.scope import DriftScope
from callout.drift.shelf import open_look, salt_of, write_look
from callout.shell import OpenSSHSession


def main() -> None:
    """A look, kept; the hash that the next one needs lies beside it."""
    port, key, known_hosts, tree, looks, how = sys.argv[1:]
    folder = Path(looks)
    values: dict[str, Any] = {
        "name": "site", "product": "pbxware", "address": "127.0.0.1", "port": int(port), "user": "root",
        "password": None, "private_key": Path(key), "connection_arguments": (), "known_hosts": Path(known_hosts),
        "gui": {"user": "a", "password": "b"}, "wizard": None, "api": None, "waivers": {},
        "profile": AccessProfile.model_validate({
            "product": "pbxware", "work_port": int(port), "ssh_ports": [int(port)], "tcp_ports": [int(port)], "web": {},
        }),
    }  # fmt: skip
    session = OpenSSHSession(Target.model_validate(values))
    scope = DriftScope(
        roots=(tree,), prunes=(), skipped_globs=(), text_globs=(), secret_globs=(), maximum_text_bytes=0,
        database="", client=(), count_tables=(),
    )  # fmt: skip
    salt = salt_of(folder, secrets.token_bytes(32))
    last = folder / "last"
    previous = open_look(*_named(last)) if last.exists() else None
    randomness = Randomness(secrets.randbits(64), secrets.token_hex(16))
    look = collect(
        session, scope, previous=previous, full=how == "full", randomness=randomness, salt=salt,
        now=lambda: dt.datetime.now(dt.UTC),
    )  # fmt: skip
    path, sha256 = write_look(folder, look.look, look.entries())
    changed = sum(1 for _ in differing(previous, open_look(path, sha256))) if previous else 0
    last.write_text(f"{path}\n{sha256}\n")
    state = str(look.look.sections[Section.FILES].state)
    print(json.dumps({"files": look.look.files_count, "state": state, "unread": look.look.unread_count,
                      "changed": changed, "disagreements": look.look.disagreements}))  # fmt: skip


def _named(last: Path) -> tuple[Path, str]:
    path, sha256 = last.read_text().splitlines()
    return Path(path), sha256


if __name__ == "__main__":
    main()
