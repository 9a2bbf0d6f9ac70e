"""Our side's memory of one patch: the original bytes, and a journal of how far the change is. All of it private."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from callout.errors import CalloutError, Locked
from callout.patches.archive import read_members, write_members
from callout.patches.change import Transaction, transaction_from_dict

JOURNAL = "journal.json"
ROLLBACK_JOURNAL = "rollback.json"
MADE = "made.tar"
SHOWN_BYTES = 128 * 1024
MOST_MADE = 1000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder (0700) of files (0600): originals by their SHA-256, and journals."""

    folder: Path

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the shelf for this process. Raises Locked where another one on this machine has it."""
        try:
            for folder in (self.folder.parent, self.folder):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise CalloutError(f"{self.folder} cannot be written: {error.strerror}.", "Make it yours.") from None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Locked(
                    f"{self.folder}: another process here is at this patch.", "Wait until it has ended."
                ) from None
            yield
        finally:
            os.close(descriptor)

    def save(self, transaction: Transaction, journal: str) -> Transaction:
        """Writes the journal, on the disk when this returns, and gives the transaction back."""
        self._write(journal, json.dumps(transaction.as_dict(), indent=1, sort_keys=True).encode())
        return transaction

    def load(self, journal: str) -> Transaction | None:
        """What the journal says; None where nothing was ever begun. Raises CalloutError for one that is damaged."""
        path = self.folder / journal
        try:
            return transaction_from_dict(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, CalloutError):
            raise CalloutError(
                f"{path} cannot be read as a journal.", "Compare the system with the plan's hashes by hand."
            ) from None

    def keep(self, content: bytes) -> str:
        """Keeps an original, on the disk when this returns, and gives back its SHA-256 (hex)."""
        name = hashlib.sha256(content).hexdigest()
        self._write(name, content)
        return name

    def original(self, sha256: str) -> bytes:
        """The original with that hash. Raises CalloutError where it is gone or not what its name says."""
        try:
            content = (self.folder / sha256).read_bytes()
        except OSError:
            content = b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise CalloutError(
                f"{self.folder}: the original {sha256[:16]} is gone or damaged.", "Take it from the call-out's backup."
            )
        return content

    def find(self, sha256: str) -> bytes | None:
        """The same, None where it is gone or damaged."""
        try:
            return self.original(sha256)
        except CalloutError:
            return None

    def keep_made(self, contents: Iterable[bytes]) -> None:
        """Keeps what the change makes, to show later what was changed since; only what is short enough to be shown."""
        short = [content for content in contents if len(content) <= SHOWN_BYTES]
        self._write(MADE, write_members([(f"{number}", content) for number, content in enumerate(short)]))

    def made(self) -> dict[str, bytes]:
        """What `keep_made` kept, by SHA-256; empty where that is gone or damaged."""
        try:
            members = read_members((self.folder / MADE).read_bytes(), what=MADE, maximum_members=MOST_MADE)
        except (OSError, CalloutError):
            return {}
        return {hashlib.sha256(content).hexdigest(): content for content in members.values()}

    def originals(self, wanted: Mapping[str, str]) -> dict[str, bytes]:
        """Path → bytes for path → SHA-256. Raises CalloutError, see `original`."""
        return {path: self.original(sha256) for path, sha256 in wanted.items()}

    def _write(self, name: str, content: bytes) -> None:
        draft = self.folder / f"{name}.new"
        try:
            descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(self.folder / name)
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise CalloutError(f"{self.folder / name} cannot be written: {error.strerror}.", "Make room.") from None


def unfinished_runs(originals: Path) -> dict[str, str]:
    """The runs kept below `originals` (CALLOUT/BUNDLE/) that have not ended: id → call-out. Raises as `load`."""
    found: dict[str, str] = {}
    for name in (JOURNAL, ROLLBACK_JOURNAL):
        for journal in sorted(originals.glob(f"*/*/{name}")):
            transaction = Shelf(journal.parent).load(name)
            if transaction is not None and not transaction.phase.over:
                found[transaction.id] = journal.parent.parent.name
    return found
