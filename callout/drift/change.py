"""Pure: one thing that is not as the baseline has it, and the name under which people speak of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from access_check.escaping import shown
from callout.drift.look import FileSeen, Section

LONGEST_SUBJECT = 4096
LONGEST_VALUE = 1024
# They move without anybody's doing, or by a mere touch: they tell when, never what.
VOLATILE = frozenset({"mtime", "ctime", "inode", "device", "links"})

Values = Mapping[str, str]


class What(StrEnum):
    """What became of it since the baseline."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the baseline and a later look.

    `subject` is a path, or a fact's own name, as the system has it (hostile: shown escaped only). `aspects` say in
    what a changed thing differs: of a file `kind content size mode owner target capabilities links time`, of a fact
    the keys of its value; empty where it was added or removed. `before` and `after` are the values that were seen.
    """

    section: Section
    subject: str
    what: What
    aspects: tuple[str, ...] = ()
    before: Values | None = None
    after: Values | None = None

    @property
    def place(self) -> tuple[Section, str]:
        """Where it is: no two changes of one comparison have the same."""
        return self.section, self.subject

    @property
    def shown(self) -> str:
        """The subject, safe to show."""
        return shown(self.subject.encode("utf-8", "surrogateescape"), LONGEST_SUBJECT)

    def has(self, *aspects: str) -> bool:
        """True where it differs in one of them."""
        return any(aspect in self.aspects for aspect in aspects)

    def only(self, *aspects: str) -> bool:
        """True for a changed thing that differs in nothing else."""
        return bool(self.aspects) and set(self.aspects) <= set(aspects)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, storable in the ledger: texts are escaped and bounded."""
        return {
            "section": str(self.section),
            "subject": self.shown,
            "what": str(self.what),
            "aspects": [shown(one) for one in self.aspects],
            "before": _told(self.before),
            "after": _told(self.after),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Change:
        """The change that `as_dict` wrote, its texts escaped. Raises KeyError, TypeError or ValueError for others."""
        return cls(
            Section(raw["section"]),
            str(raw["subject"]),
            What(raw["what"]),
            tuple(str(one) for one in raw["aspects"]),
            None if raw["before"] is None else dict(raw["before"]),
            None if raw["after"] is None else dict(raw["after"]),
        )


def file_values(seen: FileSeen) -> dict[str, str]:
    """A file as values of a change: all of them text, the mode as four octal digits."""
    return {
        "kind": seen.kind,
        "size": str(seen.size),
        "mode": f"{seen.mode:04o}",
        "uid": str(seen.uid),
        "gid": str(seen.gid),
        "mtime": seen.mtime,
        "ctime": seen.ctime,
        "inode": seen.inode,
        "device": seen.device,
        "links": str(seen.links),
        "sha256": seen.sha256,
        "target": seen.target,
        "capabilities": seen.capabilities,
    }


def finding_id(system: str, change: Change) -> str:
    """`D-` and ten hex digits: the same as long as the same change stands, another when it is changed further.

    Times and places on the disk do not go in: a touched file is no other finding, and a waiver of one content never
    covers the next.
    """
    safe = change.as_dict()
    told = [system, safe["section"], safe["subject"], lasting(safe["before"]), lasting(safe["after"])]
    return "D-" + hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:10]


def lasting(values: Values | None) -> dict[str, str] | None:
    """The values without those that move by themselves, or by a mere touch."""
    if values is None:
        return None
    # A folder's size is how many names it had at its fullest.
    no_size = {"size"} if values.get("kind", "f") != "f" else set()
    return {key: value for key, value in values.items() if key not in VOLATILE | no_size}


def _told(values: Values | None) -> dict[str, str] | None:
    if values is None:
        return None
    return {_value(key): _value(value) for key, value in values.items()}


def _value(value: str) -> str:
    """Escaped; one that is too long as its beginning and its hash, so that two of them are never taken for one."""
    if value.isascii() and value.isprintable() and len(value) < LONGEST_VALUE:
        return value
    raw = value.encode("utf-8", "surrogateescape")
    whole = shown(raw, LONGEST_VALUE)
    # No character has more than four bytes; and what was escaped once is told the same the next time.
    if len(raw) <= 4 * LONGEST_VALUE and not whole.endswith("…"):
        return whole
    return f"{shown(raw, LONGEST_VALUE // 4)} sha256:{hashlib.sha256(raw).hexdigest()}"
