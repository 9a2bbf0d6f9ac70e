"""Our side's memory of a restore: how far it is, and where there things are kept. Private, whole or not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from access_check.whole_files import write_whole
from callout.errors import CalloutError

JOURNAL = "journal.json"


class Phase(StrEnum):
    """How far it is. Until `changing` only our rooms were touched; from `finishing` on all is in and proven."""

    BEGUN = "begun"
    CHANGING = "changing"
    LOADING = "loading"
    FINISHING = "finishing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    LET_GO = "let go"


ENDED = frozenset({Phase.DONE, Phase.UNDONE, Phase.LET_GO})


@dataclass(frozen=True, slots=True)
class Journal:
    """One restore. `rooms` and `kept` are absolute folders on the system; `loaded` says that the database was touched.

    `present` is the archive's name of the database as it was before, empty where it was not kept.
    `host_keys` are the fingerprints that come with the backup, `former_keys` those that our trust store had.
    """

    id: str
    system: str
    callout: str
    backup: str
    token: str
    phase: Phase
    rooms: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    database: str = ""
    client: str = ""
    present: str = ""
    present_sha256: str = ""
    loaded: bool = False
    restart: tuple[tuple[str, str], ...] = ()
    host_keys: tuple[str, ...] = ()
    former_keys: tuple[str, ...] = ()

    def at(self, phase: Phase, **more: Any) -> Journal:
        """The same, further on."""
        return replace(self, phase=phase, **more)


@dataclass(frozen=True, slots=True)
class JournalShelf:
    """`folder` (0700) holds a folder for each restore."""

    folder: Path

    def save(self, journal: Journal) -> Journal:
        """Writes it, on the disk when this returns, and gives it back."""
        place = self.folder / journal.id
        try:
            for folder in (self.folder, place):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(place / JOURNAL, json.dumps(asdict(journal), indent=1).encode(), mode=0o600)
        except OSError as error:
            raise CalloutError(
                f"{place} cannot be written: {error.strerror}.", "Make room, or make it yours."
            ) from None
        return journal

    def load(self, identifier: str) -> Journal | None:
        """The journal of that restore; None where there is none. Raises CalloutError for one that is damaged."""
        path = self.folder / identifier / JOURNAL
        if "/" in identifier or not path.exists():
            return None
        try:
            raw = json.loads(path.read_bytes())
            lists = {name: tuple(raw[name]) for name in ("rooms", "kept", "host_keys", "former_keys")}
            restart = tuple((str(service), str(command)) for service, command in raw["restart"])
            return Journal(**{**raw, **lists, "restart": restart, "phase": Phase(raw["phase"])})
        except (OSError, ValueError, KeyError, TypeError):
            raise CalloutError(f"{path} cannot be read as a journal.", "Look at the system by hand.") from None

    def unfinished(self, system: str) -> Iterator[Journal]:
        """Restores of that system that were begun and did not end, oldest first."""
        for path in sorted(self.folder.glob(f"*/{JOURNAL}")):
            journal = self.load(path.parent.name)
            if journal is not None and journal.system == system and journal.phase not in ENDED:
                yield journal
