"""The repository of one customer: made once, one archive per backup, listed as complete only when it is."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from callout.backups.borg import Borg, borg_version, find_borg
from callout.errors import BackupFailed, BadInput, Locked
from callout.inventory.models import System
from callout.places import Places

# While it is being written an archive is called so; no reader of ours takes such a name for a backup.
PARTIAL = ".partial-"
# What a restore sets aside before it loads a database: no backup, and no orphan either.
SET_ASIDE = "pre-restore."
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Repository:
    """A customer's Borg repository: a folder, or an `ssh://` address that Borg itself reaches."""

    location: str
    borg: Borg
    lock_file: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else of ours writes to this repository meanwhile. Raises Locked at once where somebody does."""
        _private_folder(self.lock_file.parent)
        with self.lock_file.open("a+b") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Locked(
                    f"{self.location}: another backup of this customer is running.", "Wait for it, then run again."
                ) from None
            yield

    def ensure(self) -> bool:
        """Makes the repository, encrypted, unless it is there; True if it was made now.

        A folder appears under its name only when it is whole: a kill while it is being made leaves none.
        """
        if self.location.startswith("ssh://"):
            return self._ensure_remote()
        folder = Path(self.location)
        if (folder / "config").is_file():
            return False
        if folder.exists() and any(folder.iterdir()):
            raise BadInput(f"{folder} is no Borg repository, and it is not empty.", "Move it away, or mend it.")
        _private_folder(folder.parent)
        new = folder.with_name(f"{PARTIAL}{folder.name}")
        _remove(new)
        self.borg.run("init", "--encryption=repokey-blake2", str(new), repository=self.location)
        new.rename(folder)
        return True

    def drop_partials(self) -> list[str]:
        """Deletes what interrupted backups left; gives back their names. Call it while holding the lock."""
        stale = [name for name in self._names("--consider-checkpoints") if name.startswith(PARTIAL)]
        if stale:
            self.borg.run("delete", self.location, *stale, repository=self.location)
            self.borg.run("compact", self.location, repository=self.location)
        return stale

    def names(self) -> list[str]:
        """Names of the complete archives, oldest first."""
        return [name for name in self._names() if not name.startswith((PARTIAL, SET_ASIDE))]

    def is_there(self) -> bool:
        """False for a folder in which nothing was ever stored, or that is not mounted now. Makes nothing."""
        return self.location.startswith("ssh://") or (Path(self.location) / "config").is_file()

    def remove(self, names: Sequence[str]) -> None:
        """Deletes complete archives and frees their room. Call it while holding the lock.

        Borg deletes in one transaction: after a kill all of them are there, or none.
        """
        if names:
            self.borg.run("delete", self.location, *names, repository=self.location)
            self.borg.run("compact", self.location, repository=self.location)

    @contextmanager
    def importing(self, identifier: str) -> Iterator[IO[bytes]]:
        """Where to write a tar stream that becomes the partial archive `identifier`."""
        archive = f"{self.location}::{PARTIAL}{identifier}"
        with self.borg.writing("import-tar", archive, "-", repository=self.location) as stream:
            yield stream

    def complete(self, identifier: str, name: str = "") -> None:
        """Gives the partial archive its final name: from here on it is a backup, or what `name` says."""
        self.borg.run("rename", f"{self.location}::{PARTIAL}{identifier}", name or identifier, repository=self.location)

    def set_aside(self) -> list[str]:
        """Names of what restores have set aside."""
        return [name for name in self._names() if name.startswith(SET_ASIDE)]

    @contextmanager
    def exporting(self, name: str, paths: Sequence[str] = ()) -> Iterator[IO[bytes]]:
        """The archive `name` (as stored, partial or not) as a tar stream; all of it, or only `paths`."""
        wanted = [f"pf:{path}" for path in paths]
        archive = f"{self.location}::{name}"
        with self.borg.reading("export-tar", archive, "-", *wanted, repository=self.location) as stream:
            yield stream

    @contextmanager
    def extracting(self, name: str, path: str) -> Iterator[IO[bytes]]:
        """The content of one file of the archive `name`."""
        archive = f"{self.location}::{name}"
        with self.borg.reading("extract", "--stdout", archive, f"pf:{path}", repository=self.location) as stream:
            yield stream

    def version(self) -> str:
        """Version of the Borg in use."""
        return borg_version(self.borg.program)

    def _names(self, *options: str) -> list[str]:
        listed = self.borg.run("list", "--json", *options, self.location, repository=self.location)
        try:
            return [str(archive["name"]) for archive in json.loads(listed.stdout)["archives"]]
        except (ValueError, KeyError, TypeError):
            raise BackupFailed(
                f"{self.location}: borg's list is not understood.", "Look at it with: borg list"
            ) from None

    def _ensure_remote(self) -> bool:
        try:
            self.borg.run("info", self.location, repository=self.location)
        except BackupFailed as error:
            if "does not exist" not in error.message:
                raise
            self.borg.run("init", "--encryption=repokey-blake2", self.location, repository=self.location)
            return True
        return False


def repository_of(system: System, places: Places) -> Repository:
    """The repository that a system's backups are in. Starts nothing. Raises BadInput naming the key to set."""
    policy = system.policy.backups
    if policy.passphrase is None or not policy.passphrase.get_secret_value():
        where = system.origins.get("callout_policy", "group_vars/all/policy.yml")
        raise BadInput(
            f"{where}: callout_policy.backups.passphrase is missing: backups are never stored unencrypted.",
            "Put a long one on file, vaulted; and keep a copy of it where this machine is not.",
        )
    customer = safe_name(system.customer.id, "customer")
    root = policy.root or str(places.backups)
    if not root.startswith("ssh://"):
        root = str(places.folder / Path(root).expanduser())
    borg = Borg(find_borg(), _private_folder(places.data / "borg"), policy.passphrase)
    return Repository(f"{root.rstrip('/')}/{customer}", borg, places.data / "locks" / f"backup-{customer}.lock")


def safe_name(name: str, what: str) -> str:
    """`name`, where it can be part of an archive's name. Raises BadInput for one that cannot."""
    if not SAFE_NAME.fullmatch(name):
        raise BadInput(
            f"The {what} {name!r} cannot stand in a backup's name.", "Use letters, digits, dot, dash, underscore."
        )
    return name


def _private_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
