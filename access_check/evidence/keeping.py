"""Writes evidence: one file per system and look, whole or not at all, for nobody else to read."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from access_check.addresses import is_literal
from access_check.errors import AccessCheckError
from access_check.evidence.pseudonyms import Pseudonyms
from access_check.evidence.record import Evidence, encode
from access_check.evidence.redaction import kept_observations, kept_target
from access_check.last_seen import LastSeen
from access_check.observations import Observations
from access_check.targets import Target
from access_check.whole_files import drop_drafts, write_whole

KEY_NAME = ".pseudonyms.key"
_KEY_BYTES = 32
_LONGEST_NAME = 100
_LOOK_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*-\d{8}T\d{6}\.\d{6}Z\.json", re.ASCII)


class CannotKeep(AccessCheckError):
    """Evidence cannot be written; the message names the folder and says why."""


class Keeper:
    """Writes into one folder; may be used by many threads at once.

    `now` gives the moment with a zone, `ours` our address on the way to an address and port (empty: not known),
    `version` is our own. With `full` names, addresses and texts are kept; credentials never are. `before` tells by
    name when a system was last open, as the sweep is told. `failures` are what
    `seen` could not keep: a full disk takes no finding away from whoever waits for it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        full: bool,
        version: str,
        now: Callable[[], dt.datetime],
        ours: Callable[[str, int], str],
    ) -> None:
        """Makes the folder (0700) and the key of the stand-ins where they are not there. Raises CannotKeep.

        Drafts that a killed run has left there go; those of a run beside us stay.
        """
        self._folder, self._version, self._now, self._ours = folder, version, now, ours
        self.before: Mapping[str, LastSeen] = {}
        self.failures: list[CannotKeep] = []
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o077:
                raise CannotKeep(f"{folder} can be read by others.", f"chmod 700 {folder}, or name another folder.")
            drop_drafts(folder, _is_ours)
            self._pseudonyms = None if full else Pseudonyms(_key(folder))
        except OSError as error:
            raise _cannot_keep(folder, error) from None

    def seen(self, target: Target, observations: Observations) -> None:
        """Keeps what a sweep has just seen of one system; one that cannot be kept is added to `failures`."""
        try:
            self.keep(target, observations, observations.at or self._now())
        except CannotKeep as error:
            self.failures.append(error)

    def keep(self, target: Target, seen: Observations, moment: dt.datetime) -> Path:
        """Writes one look that began at `moment`; the file, on the disk when this returns. Raises CannotKeep."""
        pseudonyms = self._pseudonyms
        looked_from = self._looked_from(target, seen)
        evidence = Evidence(
            version=self._version,
            looked_at=moment.astimezone(dt.UTC),
            looked_from=pseudonyms.address(looked_from) if pseudonyms else looked_from,
            pseudonyms=pseudonyms.name if pseudonyms else "",
            target=kept_target(target, pseudonyms),
            seen=kept_observations(seen, target, pseudonyms),
            before=self.before.get(target.name),
        )
        path = self._folder / file_name(evidence.target.name, evidence.looked_at)
        try:
            write_whole(path, encode(evidence), mode=0o600)
        except OSError as error:
            raise _cannot_keep(self._folder, error) from None
        return path

    def _looked_from(self, target: Target, seen: Observations) -> str:
        literal = next(iter(seen.name.addresses if seen.name else ()), "")
        return self._ours(literal, target.port) if is_literal(literal) else ""


def file_name(system: str, moment: dt.datetime) -> str:
    """`acme-pbx1-20261123T040506.123456Z.json`; names that no file should have are written otherwise."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", system)[:_LONGEST_NAME].lstrip(".-") or "system"
    if plain != system:
        plain = f"{plain}-{hashlib.sha256(system.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    return f"{plain}-{moment.astimezone(dt.UTC):%Y%m%dT%H%M%S.%fZ}.json"


def _is_ours(name: str) -> bool:
    """Whether a file of that name in a folder of evidence can only be one that a Keeper writes."""
    return name == KEY_NAME or _LOOK_NAME.fullmatch(name) is not None


def _key(folder: Path) -> bytes:
    """The folder's key, made at first use; of two who make it at once one wins, whole."""
    path = folder / KEY_NAME
    if not path.exists():
        with suppress(FileExistsError):  # another run was first: its key is the folder's
            write_whole(path, secrets.token_bytes(_KEY_BYTES), mode=0o600, once=True)
    with path.open("rb") as file:
        key = file.read(_KEY_BYTES + 1)
    if len(key) != _KEY_BYTES:
        raise CannotKeep(f"{path} is not a key of {_KEY_BYTES} bytes.", "Remove it: the next look makes a new one.")
    return key


def _cannot_keep(folder: Path, error: OSError) -> CannotKeep:
    return CannotKeep(f"Evidence cannot be kept in {folder}: {error.strerror}.", "Name another folder with --evidence.")
