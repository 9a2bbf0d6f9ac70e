"""Events: what happened, when, to whom, and the canonical form that is hashed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callout.errors import BadInput

KINDS = frozenset(
    {
        "opened",
        "access_checked",
        "planned",
        "consented",
        "gate_passed",
        "gate_confirmed",
        "gate_refused",
        "backed_up",
        "backup_failed",
        "backup_pinned",
        "backup_unpinned",
        "backup_prune_begun",
        "backup_pruned",
        "backups_compared",
        "drilled",
        "restore_begun",
        "restored",
        "restore_failed",
        "restore_undone",
        "restore_let_go",
        "health_checked",
        "baseline_recorded",
        "baseline_refused",
        "drift_looked",
        "drift_waived",
        "drift_waiver_ended",
        "patch_announced",
        "patch_inventoried",
        "patched",
        "patch_deferred",
        "patch_failed",
        "rolled_back",
        "rollback_failed",
        "verified",
        "work_started",
        "work_logged",
        "work_amended",
        "session_recorded",
        "recording_pruned",
        "expense_logged",
        "work_judged",
        "work_deducted",
        "quoted",
        "quote_accepted",
        "quote_declined",
        "bill_made",
        "bill_submitted",
        "bill_approved",
        "bill_rejected",
        "written_off",
        "invoice_issued",
        "credit_note_issued",
        "ledger_sealed",
        "host_key_accepted",
        "host_key_revoked",
        "mail_received",
        "mail_filed",
        "case_opened",
        "case_heard",
        "case_told",
        "case_paused",
        "case_resumed",
        "case_changed",
        "case_deadline_set",
        "case_justified",
        "case_escalated",
        "case_acknowledged",
        "case_linked",
        "case_judged",
        "case_refused",
        "case_ended",
        "case_reopened",
        "case_bridged",
        "letter_written",
        "letter_tried",
        "letter_sent",
        "accepted",
        "closed",
        "noted",
    }
)
GENESIS = "0" * 64
Row = dict[str, Any]
_SURROGATE = re.compile("[\ud800-\udfff]")
_quoted = json.encoder.encode_basestring
MAXIMUM_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is in the ledger.

    `at` is when it happened (aware). `customer`, `system` and `callout` may be empty where an event belongs
    to none. `body` is JSON-able, holds no secret and no float (amounts are strings). `id` is only given where another
    draft of the same append names it; empty, it is made when it is stored.
    """

    kind: str
    at: dt.datetime
    actor: str
    customer: str = ""
    system: str = ""
    callout: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One row as it is stored. `at` and `recorded_at` are UTC, ISO 8601 with microseconds and `Z`."""

    seq: int
    id: str
    at: str
    recorded_at: str
    actor: str
    customer: str
    system: str
    callout: str
    kind: str
    body_text: str
    prev_hash: str
    hash: str

    @property
    def body(self) -> dict[str, Any]:
        """The body as data; a new copy each time."""
        loaded: dict[str, Any] = json.loads(self.body_text)
        return loaded

    @property
    def happened_at(self) -> dt.datetime:
        """`at` as an aware UTC datetime."""
        return parse_utc(self.at)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, columns in the ledger's order."""
        columns = {name: getattr(self, name) for name in COLUMNS if name != "body"}
        return {**columns, "body": self.body}


COLUMNS = (
    "seq", "id", "at", "recorded_at", "actor", "customer", "system", "callout", "kind", "body", "prev_hash", "hash",
)  # fmt: skip


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, UTF-8 kept. Equal values give equal text, everywhere.

    Raises BadInput for what has no single canonical form: floats, NaN, keys that are no strings.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read_canonical(text: str) -> Any:
    """What `canonical` wrote. Raises ValueError for JSON in any other words, and for what has no canonical form."""
    try:
        value = _READER.decode(text)
        if _WRITER.encode(value) == text:
            return value
    except RecursionError:
        raise ValueError("nested too deep") from None
    raise ValueError("written in other words")


def _no_float(said: str) -> Any:
    raise ValueError(f"{said} is a float")


_READER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise BadInput(f"{value!r} is a float and has no canonical form.", "Give it as an integer or a string.")
    if isinstance(value, Mapping):
        for key, below in value.items():
            if not isinstance(key, str):
                raise BadInput(f"Key {key!r} is no string.", "Use string keys in an event's body.")
            _refuse_floats(below)
    elif isinstance(value, list | tuple):
        for below in value:
            _refuse_floats(below)


def row_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of all columns but `hash`; `body` goes in as its stored text.

    Raises TypeError where a column but `seq` is no text.
    """
    return hashlib.sha256(_row_text(row).encode("utf-8", "surrogatepass")).hexdigest()


def _row_text(row: Mapping[str, Any]) -> str:
    """Exactly `canonical` of the columns that are hashed, written out: a million rows are verified in seconds so."""
    return (
        f'{{"actor":{_quoted(row["actor"])},"at":{_quoted(row["at"])},"body":{_quoted(row["body"])},'
        f'"callout":{_quoted(row["callout"])},"customer":{_quoted(row["customer"])},"id":{_quoted(row["id"])},'
        f'"kind":{_quoted(row["kind"])},"prev_hash":{_quoted(row["prev_hash"])},'
        f'"recorded_at":{_quoted(row["recorded_at"])},"seq":{row["seq"]!r},"system":{_quoted(row["system"])}}}'
    )


def format_utc(moment: dt.datetime) -> str:
    """ISO 8601 in UTC with microseconds and `Z`. Raises BadInput for a naive time: its zone is unknown."""
    if moment.tzinfo is None:
        raise BadInput(f"{moment.isoformat()} has no time zone.", "Give an offset, like 2026-03-01T09:00+01:00.")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_utc(text: str) -> dt.datetime:
    """The aware UTC datetime that `format_utc` wrote."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)


def sealed_row(draft: Draft, *, seq: int, identifier: str, recorded_at: dt.datetime, prev_hash: str) -> Row:
    """The row of `draft` at place `seq` of the chain. Raises BadInput for an unknown kind or a body too large."""
    if draft.kind not in KINDS:
        raise BadInput(f"{draft.kind!r} is no kind of event.", "See docs/reference/events.md.")
    body = {**draft.body}
    if draft.at.tzinfo is not None and draft.at.utcoffset():
        body["at_offset"] = draft.at.strftime("%z")
    text = canonical(body)
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BODY_BYTES:
        raise BadInput(f"The body of a {draft.kind} event is over 1 MiB.", "Keep large evidence beside the ledger.")
    row: Row = {
        "seq": seq,
        "id": identifier,
        "at": format_utc(draft.at),
        "recorded_at": format_utc(recorded_at),
        "actor": draft.actor,
        "customer": draft.customer,
        "system": draft.system,
        "callout": draft.callout,
        "kind": draft.kind,
        "body": text,
        "prev_hash": prev_hash,
    }
    if not all(storable(value) for value in row.values() if isinstance(value, str)):
        raise BadInput(f"A {draft.kind} event holds text that is not Unicode.", "Write it again with plain letters.")
    row["hash"] = row_hash(row)
    return row


def storable(text: str) -> bool:
    """False for halves of surrogate pairs (undecodable bytes of a command line, a hostile JSON string), which no
    database takes, and for NUL, which PostgreSQL does not; in a body's JSON it is written `\\u0000`."""
    return "\0" not in text and (text.isascii() or _SURROGATE.search(text) is None)
