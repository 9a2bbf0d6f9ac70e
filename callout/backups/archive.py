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
from secrets import token_hex
from typing import IO, Any

from callout.backups.borg import Borg, borg_version, find_borg
from callout.backups.write_behind import Sink
from callout.errors import BackupFailed, BadInput, Locked
from callout.inventory.models import System
from callout.places import Places
from callout.shell.store import is_remote, remote_shell

# While it is being written an archive is called so; no reader of ours takes such a name for a backup.
PARTIAL = ".partial-"
# Between a repository's name and what makes it unique while it is being made; no customer's name has it.
BEING_MADE = "@"
# Behind its identifier: the second archive of a backup, and what Borg itself commits while it writes one.
ENDINGS = re.compile(r"(?:\.again)?(?:\.checkpoint(?:\.\d+)?)?$")
# What a restore sets aside before it loads a database: no backup, and no orphan either.
SET_ASIDE = "pre-restore."
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Repository:
    """A customer's Borg repository: a folder, or an `ssh://` address that Borg itself reaches.

    `used_before` says that backups were stored there: where it is not there now, it is not made anew.
    """

    location: str
    borg: Borg
    lock_file: Path
    # How often Borg commits what it has of an archive, so that a kill of ours does not lose what came before.
    checkpoint_s: int = 60
    used_before: bool = False

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

        A folder appears under its name only when it is whole: a kill while it is being made leaves none. It is made
        under a name that nobody had before, as the borg of a killed run may be at work for some seconds still.
        Call it while holding the lock. Raises BackupFailed where one that was used before is not there: it is not
        mounted, or lost.
        """
        if is_remote(self.location):
            return self._ensure_remote()
        folder = Path(self.location)
        self._sweep(folder)
        if (folder / "config").is_file():
            return False
        self._require_new()
        if folder.exists() and any(folder.iterdir()):
            raise BadInput(f"{folder} is no Borg repository, and it is not empty.", "Move it away, or mend it.")
        _private_folder(folder.parent)
        new = folder.with_name(f"{PARTIAL}{folder.name}{BEING_MADE}{token_hex(8)}")
        try:
            self.borg.run("init", "--encryption=repokey-blake2", str(new), repository=self.location)
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        return True

    def _sweep(self, folder: Path) -> None:
        """Removes what killed runs began of this repository, as far as their borg lets it; the rest goes next time."""
        for begun in folder.parent.glob(f"{PARTIAL}{folder.name}{BEING_MADE}*"):
            shutil.rmtree(begun, ignore_errors=True)

    def partials(self) -> list[str]:
        """What interrupted backups of ours left, as stored, oldest first; Borg's checkpoints of them, too.

        Our lock is of this machine alone: what another one has begun in a store that both use may still be written.
        """
        if not any(name.startswith(PARTIAL) for name in self._names("--consider-checkpoints")):
            return []
        begun = self._listed("--consider-checkpoints", "--glob-archives", f"{PARTIAL}*", "--format", "{hostname}")
        return [str(archive["name"]) for archive in begun if archive["hostname"] == self.borg.writer]

    def drop_partials(self, stale: Sequence[str] | None = None) -> list[str]:
        """Deletes what interrupted backups left: those of the stored names `stale`, or all; back with their names.

        Call it while holding the lock.
        """
        dropped = self.partials() if stale is None else list(stale)
        self.remove(dropped)
        return dropped

    def names(self) -> list[str]:
        """Names of the complete archives, oldest first."""
        return [name for name in self._names() if not name.startswith((PARTIAL, SET_ASIDE))]

    def ours(self) -> set[str]:
        """Names of the complete archives that this machine's data folder wrote; a rename keeps who wrote one.

        All others are another machine's, recorded in a ledger that we do not see, or nobody knows whose.
        """
        listed = self._listed("--format", "{hostname}")
        return {str(archive["name"]) for archive in listed if archive["hostname"] == self.borg.writer}

    def is_there(self) -> bool:
        """False for a folder in which nothing was ever stored, or that is not mounted now. Makes nothing."""
        return is_remote(self.location) or (Path(self.location) / "config").is_file()

    def remove(self, names: Sequence[str]) -> None:
        """Deletes archives and frees their room. Call it while holding the lock.

        Borg deletes in one transaction: after a kill all of them are there, or none.
        """
        if names:
            self.borg.run("delete", self.location, *names, repository=self.location)
            self.borg.run("compact", self.location, repository=self.location)

    @contextmanager
    def importing(self, identifier: str, *, taking: bool = False) -> Iterator[Sink]:
        """Where to write a tar stream that becomes the partial archive `identifier`.

        With `taking` the stream may refer to files of other archives; raises NotTakenOver where one has not got it.
        """
        words = ("--checkpoint-interval", str(self.checkpoint_s), f"{self.location}::{PARTIAL}{identifier}", "-")
        with self.borg.writing("import-tar", *words, repository=self.location, taking=taking) as stream:
            yield stream

    def complete(self, identifier: str, partial: str = "") -> None:
        """Gives the partial archive `partial` (default: of the same name) its final name: now it is a backup.

        Or what a restore set aside, where the name begins so.
        """
        stored = f"{self.location}::{PARTIAL}{partial or identifier}"
        self.borg.run("rename", stored, identifier, repository=self.location)

    def set_aside(self) -> list[str]:
        """Names of what restores have set aside."""
        return [name for name in self._names() if name.startswith(SET_ASIDE)]

    @contextmanager
    def exporting(
        self, name: str, paths: Sequence[str] = (), *, below: str = "", while_importing: bool = False
    ) -> Iterator[IO[bytes]]:
        """The archive `name` (as stored, partial or not) as a tar stream: all, or only `paths`, or what is `below`.

        `while_importing` is for him who has `importing` open: that one's lock keeps all others from this
        repository, and it only ever adds to it, so this one reads without a lock.
        """
        wanted = [*(f"pf:{path}" for path in paths), *([f"pp:{below}"] if below else [])]
        archive = f"{self.location}::{name}"
        words = ("export-tar", archive, "-", *wanted)
        with self.borg.reading(*words, repository=self.location, while_writing=while_importing) as stream:
            yield stream

    @contextmanager
    def listing(self, name: str, line_format: str) -> Iterator[IO[bytes]]:
        """What the archive `name` says of its entries, one `line_format` of Borg's for each; reads no content."""
        archive = f"{self.location}::{name}"
        with self.borg.reading("list", "--format", line_format, archive, repository=self.location) as stream:
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
        return [str(archive["name"]) for archive in self._listed(*options)]

    def _listed(self, *options: str) -> list[dict[str, Any]]:
        listed = self.borg.run("list", "--json", *options, self.location, repository=self.location)
        try:
            archives = json.loads(listed.stdout)["archives"]
            return [{"hostname": "", **archive, "name": archive["name"]} for archive in archives]
        except (ValueError, KeyError, TypeError):
            raise BackupFailed(
                f"{self.location}: borg's list is not understood.", "Look at it with: borg list"
            ) from None

    def _require_new(self) -> None:
        if self.used_before:
            raise BackupFailed(
                f"{self.location}: backups were stored there, and it is not there now; none was made anew.",
                "Is it mounted? Mount it. If it is lost, name another place: callout_policy.backups.root.",
            )

    def _ensure_remote(self) -> bool:
        try:
            self.borg.run("info", self.location, repository=self.location)
        except BackupFailed as error:
            if "does not exist" not in error.message:
                raise
            self._require_new()
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
    if not is_remote(root):
        root = str(places.folder / Path(root).expanduser())
    location = f"{root.rstrip('/')}/{customer}"
    shell = remote_shell(location, system.target.known_hosts)
    borg = Borg(find_borg(), _private_folder(places.data / "borg"), policy.passphrase, shell)
    return Repository(location, borg, places.data / "locks" / f"backup-{customer}.lock")


def begun_as(partial: str) -> str:
    """The identifier of the backup that a partial archive, by its stored name, was to become."""
    return ENDINGS.sub("", partial.removeprefix(PARTIAL), count=1)


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
