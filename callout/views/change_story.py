"""What the events of one call-out say of its changes, without a word of any language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callout.errors import BadInput
from callout.findings import Status
from callout.ledger.event import Event, parse_utc

TROUBLE = frozenset(
    {"gate_refused", "patch_deferred", "patch_failed", "rollback_failed", "backup_failed", "restore_failed"}
)
# Enough to tell the versions of one file apart; the ledger has all 64.
SHOWN_DIGITS = 8


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """`what` is created, replaced, deleted, attributes, or back (put back as it was)."""

    path: str
    what: str
    hashes: str


@dataclass(frozen=True, slots=True)
class Change:
    """One bundle that was put in, tried, or taken back. `undo` is patch, done, none or torn.

    `touched`: files of the system were changed, if only for a moment. `expected_minutes` is the plan's estimate.
    """

    bundle: str
    callout: str
    at: dt.datetime
    touched: bool
    undo: str
    downtime_ms: int
    files: tuple[ChangedFile, ...]
    title: str = ""
    severity: str = ""
    bug: str = ""
    documentation: str = ""
    signers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    expected_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One call-out. `state` is done, unverified, undone, torn, rolled back, restored, refused, none or open.

    `before` and `after` are findings as recorded; `version` is the product's, empty where it was never seen; `first`
    and `last` are places in the ledger, `hash` is the last one's.
    """

    callout: str
    system: str
    ticket: str
    reason: str
    emergency: str
    balances: tuple[Mapping[str, Any], ...]
    version: str
    state: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    changes: tuple[Change, ...]
    consents: tuple[Mapping[str, Any], ...]
    backups: tuple[Mapping[str, Any], ...]
    before: tuple[Mapping[str, Any], ...]
    after: tuple[Mapping[str, Any], ...]
    trouble: tuple[str, ...]
    first: int
    last: int
    hash: str

    @classmethod
    def of(cls, events: Sequence[Event]) -> Story:
        """The story of a call-out's events, in order. Raises BadInput for none."""
        if not events:
            raise BadInput("There are no events to tell of.", "callout list shows the call-outs that there are.")
        opened = next((event for event in events if event.kind == "opened"), events[0])
        closed = next((event for event in reversed(events) if event.kind == "closed"), None)
        changes = _changes(events)
        return cls(
            callout=opened.callout,
            system=opened.system,
            ticket=str(opened.body.get("ticket", "")),
            reason=str(opened.body.get("reason", "")),
            emergency=str(opened.body.get("emergency", "")),
            balances=tuple(_balances(opened.body.get("balances"))),
            version=_version(events),
            state=_state(events, closed is not None),
            opened_at=opened.happened_at,
            closed_at=closed.happened_at if closed else None,
            changes=tuple(changes),
            consents=tuple(_consent(event) for event in events if event.kind == "consented"),
            backups=tuple(_backup(event) for event in events if event.kind == "backed_up"),
            before=_findings(events, "before"),
            after=_findings(events, "after"),
            trouble=tuple(_trouble(events)),
            first=events[0].seq,
            last=events[-1].seq,
            hash=events[-1].hash,
        )


def _state(events: Sequence[Event], closed: bool) -> str:
    """How it came out, by the newest event that decided something; what is not known to be well is not called done."""
    kinds = [event.kind for event in events]
    deciding = [event for event in events if event.kind in ("patched", "rolled_back", "rollback_failed", "restored")]
    if not closed:
        return "open"
    if not deciding:
        return "refused" if "gate_refused" in kinds else "none"
    last = deciding[-1]
    if last.kind == "rollback_failed":
        return "torn"
    if last.kind == "rolled_back":
        return "undone" if last.body.get("automatic") else "rolled back"
    if last.kind == "restored":
        return "restored"
    verified = any(event.kind == "verified" and event.seq > last.seq for event in events)
    return "done" if verified else "unverified"


def _balances(recorded: Any) -> list[Mapping[str, Any]]:
    """Those that were known when the call-out was opened; why there are none is nothing for letters."""
    return [one for one in recorded if isinstance(one, dict)] if isinstance(recorded, list) else []


def _changes(events: Sequence[Event]) -> list[Change]:
    """One per attempt: the newest event of a transaction tells how it ended."""
    plans = {event.body.get("hash"): event.body.get("plan", {}) for event in events if event.kind == "planned"}
    found: dict[str, Change] = {}
    for event in events:
        if event.kind in ("patched", "rolled_back", "rollback_failed"):
            body = event.body
            named = str(body.get("undoes") or body.get("transaction") or event.seq)
            found[named] = _change(event, plans.get(body.get("plan_hash"), {}))
    return list(found.values())


def _change(event: Event, plan: Mapping[str, Any]) -> Change:
    body = event.body
    bundle, automatic = plan.get("bundle", {}), bool(body.get("automatic"))
    undo = {"patched": "patch", "rolled_back": "done", "rollback_failed": "torn"}[event.kind]
    if event.kind == "rolled_back" and not automatic:
        undo = "none"
    return Change(
        bundle=str(body.get("bundle", "")),
        callout=event.callout,
        at=event.happened_at,
        touched=True,
        undo=undo,
        downtime_ms=int(body.get("downtime_ms", 0)),
        files=tuple(
            _file(one, back=event.kind == "rolled_back", automatic=automatic)
            for one in body.get("files", ())
            if "path" in one
        ),
        title=str(bundle.get("title", "")),
        severity=str(bundle.get("severity", "")),
        bug=str(bundle.get("bug", "")),
        documentation=str(bundle.get("documentation", "")),
        signers=tuple(str(one) for one in bundle.get("signers", ())),
        services=tuple(str(one) for one in body.get("restart", ())),
        expected_minutes=plan.get("downtime_minutes"),
    )


def _file(one: Mapping[str, Any], *, back: bool, automatic: bool) -> ChangedFile:
    before, after = one.get("before") or {}, one.get("after") or {}
    if back and automatic:
        # The files of what was tried; they are as they were before it.
        return ChangedFile(str(one["path"]), "back", _digits(before))
    if back:
        what = "back"
    elif not before or not after:
        what = "created" if after else "deleted"
    else:
        what = "attributes" if before.get("sha256") and before.get("sha256") == after.get("sha256") else "replaced"
    return ChangedFile(str(one["path"]), what, f"{_digits(before)} → {_digits(after)}")


def _digits(side: Mapping[str, Any]) -> str:
    return str(side.get("sha256") or side.get("kind") or "–")[:SHOWN_DIGITS]


def _consent(event: Event) -> Mapping[str, Any]:
    body = event.body
    at = parse_utc(body["given_at"]) if body.get("given_at") else event.happened_at
    return {**body, "at": at}


def _backup(event: Event) -> Mapping[str, Any]:
    body = event.body
    verification = body.get("verification") or {}
    statuses = [str(one.get("status")) for one in verification.get("findings", ())]
    good = bool(statuses) and all(one in ("pass", "warn", "waived") for one in statuses)
    named = str(body.get("id") or body.get("backup") or body.get("archive") or "")
    return {"id": named, "at": event.happened_at, "good": good, "level": str(verification.get("level", ""))}


def _findings(events: Sequence[Event], moment: str) -> tuple[Mapping[str, Any], ...]:
    looks = [event.body for event in events if event.kind in ("health_checked", "verified")]
    newest: Mapping[str, Any] = next((one for one in reversed(looks) if one.get("moment") == moment), {})
    return tuple(one for one in newest.get("findings", ()) if isinstance(one, dict) and "check" in one)


def _version(events: Sequence[Event]) -> str:
    for event in reversed(events):
        found = event.body.get("product_version") or event.body.get("plan", {}).get("version")
        if isinstance(found, str):
            return found
    return ""


def _trouble(events: Sequence[Event]) -> list[str]:
    """Each reason once: of refusals, failed patches, failed backups, and of how it was closed."""
    told: list[str] = []
    for event in events:
        if event.kind in TROUBLE:
            raw = [*event.body.get("reasons", ()), *event.body.get("findings", ())]
            bad = [one for one in raw if one.get("status") in (str(Status.FAIL), str(Status.UNKNOWN))]
            told += [str(one.get("seen", "")) for one in bad] or [str(event.body.get("error", ""))]
    return list(dict.fromkeys(one for one in told if one))
