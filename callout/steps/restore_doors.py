"""Proves that we still get in after what lets us in was put back, and tells the trust store which keys to expect."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from access_check.trust import KeyOnFile, fingerprint, known_hosts_name
from access_check.trust_lines import lines_for
from access_check.whole_files import write_whole
from callout.backups.archive import Repository
from callout.backups.manifest import EntryKind
from callout.backups.restoring.plan import Act
from callout.backups.restoring.selection import HOST_KEYS
from callout.errors import BackupFailed, CalloutError, TrustRefused, Unreachable
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.steps.context import Context
from callout.steps.restore_look import Prospect
from callout.steps.trust import accept_host_key
from callout.trust_store import read_store

EXPECTED = "known_hosts"
MAXIMUM_KEY_BYTES = 64 * 1024
# sshd opens its port anew in a moment; a login is tried once.
PATIENCE_S, EVERY_S = 15.0, 0.3


def restored_host_keys(prospect: Prospect, repository: Repository) -> list[KeyOnFile]:
    """The public host keys that the system will have from the backup; none where it keeps its own."""
    keys = []
    for name, one in prospect.plan.planned.items():
        is_key = fnmatchcase(f"/{name}", f"{HOST_KEYS}.pub") and one.entry.kind is EntryKind.FILE
        if is_key and one.act in (Act.CREATE, Act.REPLACE):
            with repository.extracting(prospect.record.id, one.entry.path) as stream:
                text = stream.read(MAXIMUM_KEY_BYTES)
            keys.append(_key(f"/{name}", text))
    return keys


def known_keys_of(system: System) -> tuple[str, ...]:
    """The fingerprints of the plain keys that our trust store has for the system's port."""
    name = known_hosts_name(str(system.target.address), system.target.port)
    lines = lines_for(read_store(system.target.known_hosts), name)
    return tuple(fingerprint(line.key.blob) for line in lines if line.key.marker == "")


def write_expected(system: System, folder: Path, keys: list[KeyOnFile]) -> None:
    """A trust store of the restore's own: what ours says, and the keys that are to be expected, whichever is there."""
    name = known_hosts_name(str(system.target.address), system.target.port)
    lines = "".join(f"{name} {key.kind} {base64.b64encode(key.blob).decode()}\n" for key in keys).encode()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / EXPECTED, read_store(system.target.known_hosts) + b"\n" + lines, mode=0o600)


def expecting(system: System, folder: Path) -> System:
    """The system as it is reached by that trust store; as it is, where there is none."""
    store = folder / EXPECTED
    if not store.exists():
        return system
    return system.model_copy(update={"target": system.target.model_copy(update={"known_hosts": store})})


def prove_a_way_in(context: Context, system: System, folder: Path, sleep: Callable[[float], None] = time.sleep) -> None:
    """Logs in anew, by a connection of its own, with the credentials on file and the keys that are to be expected.

    One login, never a second one. Raises BackupFailed where that fails, for whatever reason.
    """
    session = context.connect(expecting(system, folder).target)
    ends_at = time.monotonic() + PATIENCE_S
    try:
        while True:
            try:
                done = session.run("echo in", deadline_s=30)
                break
            except Unreachable as error:
                if "the port is closed" not in error.message or time.monotonic() >= ends_at:
                    raise
                sleep(EVERY_S)
        if done.text.strip() != "in":
            raise BackupFailed(f"{system.name}: the second login gave no shell: {done.complaint}.", "See to sshd.")
    except (Unreachable, TrustRefused) as error:
        raise BackupFailed(f"With what was restored nobody gets in: {error.message}", error.hint) from None
    finally:
        session.close()


def expect_keys(context: Context, system: System, marks: Sequence[str], ticket: str) -> list[Finding]:
    """Takes host keys (fingerprints) into the trust store, each as the port offers it; a finding for each."""
    found = []
    replace = True
    refused: dict[str, str] = {}
    for mark in marks:
        try:
            accept_host_key(context, system, system.target.port, mark, ticket, replace=replace)
            replace = False
            seen = f"Our trust store expects the host key {mark}, which the port offers."
            found.append(Finding(f"restore.host_key@{mark}", Status.PASS, "expected", seen))
        except CalloutError as error:
            refused[mark] = error.message
    for mark, why in refused.items():
        if len(refused) < len(marks):
            seen = f"The host key {mark} is on file there, and the port does not use it."
            found.append(Finding(f"restore.host_key@{mark}", Status.PASS, "not-offered", seen))
        else:
            seen = f"The host key {mark} is not in our trust store: {why}"
            remedy = f"callout trust show {system.name} --ask"
            found.append(Finding(f"restore.host_key@{mark}", Status.WARN, "not-offered", seen, Move.US, remedy))
    return found


def _key(path: str, text: bytes) -> KeyOnFile:
    words = text.split()
    try:
        return KeyOnFile("", words[0].decode("ascii"), base64.b64decode(words[1], validate=True))
    except (ValueError, IndexError):
        raise BackupFailed(f"{path} in the backup is no public key.", "Keep the new ones: --keep-host-keys.") from None
