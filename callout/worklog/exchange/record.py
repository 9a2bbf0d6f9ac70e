"""What all formats come to: one record per piece of work, and what a problem in a file is called."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from callout.errors import BadInput
from callout.worklog.entry import Entry
from callout.worklog.moments import local_moment
from callout.worklog.past import SECOND, Told

# A life's work in one file; more than this is another file, or an attack.
MAXIMUM_BYTES = 16 * 1024 * 1024
MAXIMUM_RECORDS = 50_000
LONGEST_LINE = 20_000
# What a label like `ticket:T-7` can name; `work` is the id of the event that an export of ours came from.
NAMED = ("customer", "system", "ticket", "callout", "activity", "role", "work")


@dataclass(frozen=True, slots=True)
class Record:
    """One piece of work as another program wrote it.

    `line` counts from 1 (of JSON: the object's place). `labels` are its tags, accounts and projects; `named` what
    they say by name (`NAMED`). `own_id` is the program's own lasting name for it, empty where it has none;
    `person` whose it is, empty where the file is one person's.
    """

    line: int
    when: Told
    note: str = ""
    labels: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    own_id: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A file's records in its order, and what was left out of it: line and why."""

    records: tuple[Record, ...]
    left_out: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read: its name for messages, its bytes, and whose clocks its local times are by (None: unsaid)."""

    name: str
    content: bytes
    zone: dt.tzinfo | None = None

    def text(self) -> str:
        """The content as text. Raises BadInput for too much of it, and for what is not UTF-8."""
        if len(self.content) > MAXIMUM_BYTES:
            raise BadInput(f"{self.name} has over {MAXIMUM_BYTES // 1024 // 1024} MiB.", "Import it in parts.")
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise self.wrong(line, "this is not UTF-8") from None

    def lines(self) -> list[str]:
        """The text's lines without their ends. Raises BadInput; see `text`."""
        lines = self.text().replace("\r\n", "\n").split("\n")
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                raise self.wrong(number, f"this line has over {LONGEST_LINE} characters")
        return lines

    def local(self, line: int, written: dt.datetime) -> dt.datetime:
        """The moment (UTC) of a time without offset. Raises BadInput without a zone, and for one that could be two."""
        if self.zone is None:
            raise BadInput(f"{self.name} says no time zone.", "Say whose clocks it is by: --zone Europe/Berlin")
        try:
            return local_moment(written, self.zone, f"{self.name}:{line}:")
        except OverflowError:
            raise self.wrong(line, "no such time") from None

    def wrong(self, line: int, what: str, remedy: str = "Mend it there; nothing was imported.") -> BadInput:
        """The error that names file and line."""
        return BadInput(f"{self.name}:{line}: {what}.", remedy)


def bounded(file: File, records: Sequence[Record], line: int) -> None:
    """Raises BadInput where there are more records than a file may have."""
    if len(records) > MAXIMUM_RECORDS:
        raise file.wrong(line, f"more than {MAXIMUM_RECORDS} entries", "Import it in parts.")


def spanned(file: File, line: int, began: dt.datetime, ended: dt.datetime) -> Told:
    """Work between two moments. Raises BadInput where it ends before it starts."""
    if ended < began:
        raise file.wrong(line, "this ends before it starts")
    return Told(began, ended, (ended - began) // SECOND)


def labelled(words: Iterable[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Labels as they are, and what those of the form `name:value` name; the first of a name counts."""
    labels = tuple(word for word in words if word)
    named: dict[str, str] = {}
    for label in labels:
        name, separator, value = label.partition(":")
        if separator and value and name in NAMED:
            named.setdefault(name, value)
    return labels, named


def identities(records: Iterable[Record]) -> list[str]:
    """A lasting name for each record, whatever is written around it: the program's own, else a hash of its content.

    Of records that say the same in the same file the second is another one.
    """
    seen: dict[str, int] = {}
    found = []
    for record in records:
        if record.own_id:
            found.append(record.own_id)
            continue
        when = record.when
        said = (when.started_at.isoformat(), when.seconds, when.clock_known, record.note, sorted(record.labels))
        name = hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[name] = seen.get(name, 0) + 1
        found.append(f"{name}.{seen[name]}")
    return found


def names_of(entry: Entry) -> dict[str, str]:
    """What an export says of an entry by name, `NAMED` in order; what is empty or usual is left out."""
    event = entry.event
    said = {
        "customer": event.customer,
        "system": event.system,
        "ticket": entry.ticket,
        "callout": event.callout,
        "activity": "" if entry.activity == "maintenance" else entry.activity,
        "role": "" if entry.role == "engineer" else entry.role,
        "work": event.id,
    }
    return {name: value for name, value in said.items() if value}


def whole_seconds(entry: Entry) -> tuple[dt.datetime, dt.datetime]:
    """Start to the second, and the end that makes the duration right: no other format knows breaks or fractions."""
    start = entry.started_at.replace(microsecond=0)
    return start, start + entry.seconds * SECOND


def one_line(text: str) -> str:
    """Text without control characters and line ends, so that it is one field of one line wherever it is written."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
