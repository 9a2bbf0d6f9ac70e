"""Random histories of one system's backups, call-outs and pins, and the invariants that any pruning must keep."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from callout.backups.history import Known, State, history_of
from callout.backups.record import BackupRecord, Level, Names, Verification
from callout.backups.retention import Decision, Why, decide
from callout.findings import Finding, Status
from callout.inventory.policy import Retention
from callout.ledger.event import Event, canonical, format_utc

START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
GOOD = Verification(Level.DATA, (Finding("backup.data", Status.PASS, "whole", "Whole."),))
BAD = Verification(Level.DATA, (Finding("backup.data", Status.FAIL, "damaged", "Damaged."),))

# Often no rule at all: then nothing stays but what must.
RULES = st.one_of(
    st.builds(
        Retention, **dict.fromkeys(("keep_last", "daily", "weekly", "monthly"), st.just(0)), pin_days=st.just(20)
    ),
    st.builds(
        Retention,
        keep_last=st.integers(0, 4),
        daily=st.integers(0, 4),
        weekly=st.integers(0, 3),
        monthly=st.integers(0, 3),
        yearly=st.integers(0, 2),
        pin_days=st.integers(0, 40),
    ),
)
ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"])
KINDS_OF_DEED = (
    *["backup"] * 8, *["pin", "unpin", "patch", "open"] * 2, "bad backup", "unreadable", "failed later", "begin",
    "pruned", "roll back", "rollback failed", "accept", "close",
)  # fmt: skip
# One deed: hours since the one before (a clock may be set back), what was done, and two numbers that say to what.
DEEDS = st.lists(
    st.tuples(
        st.integers(-30, 400),
        st.sampled_from(KINDS_OF_DEED),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    min_size=8,
    max_size=40,
)


class Chronicle:
    """Events of one system, written by deeds that may come in any order whatever."""

    def __init__(self, deeds: list[tuple[int, str, int, int]]) -> None:
        self.events: list[Event] = []
        self.backups: list[str] = []
        self.now = START
        for hours, deed, which, number in deeds:
            self.now += dt.timedelta(hours=hours)
            self._do(deed, which, f"CO-{number:04d}" if number else "")

    def write(self, kind: str, callout: str = "", **body: Any) -> None:
        place, at = len(self.events) + 1, format_utc(self.now)
        self.events.append(
            Event(place, str(place), at, at, "eva@desk", "acme", "pbx", callout, kind, canonical(body), "", "")
        )

    def backup(self, callout: str, verification: Verification) -> None:
        identifier = f"pbx-{len(self.backups)}"
        self.backups.append(identifier)
        self.write("backed_up", callout, **record(identifier, self.now, verification).as_dict())

    def _do(self, deed: str, which: int, callout: str) -> None:
        named = self.backups[-1 - which % len(self.backups)] if self.backups else "pbx-none"
        told = {"backup": named, "reason": "r", "ticket": "T-1"}
        change = {"bundle": "PW-1", "transaction": f"t{which}"}
        match deed:
            case "backup":
                self.backup(callout, GOOD)
            case "bad backup":
                self.backup(callout, BAD)
            case "unreadable":
                self.backups.append(f"pbx-{len(self.backups)}")
                self.write("backed_up", callout, id=self.backups[-1])
            case "failed later":
                self.write("noted", about="backup_verified", backup=named, good=which % 2 == 0, level="data")
            case "pin" | "unpin":
                self.write(f"backup_{deed}ned", **told)
            case "begin" | "pruned":
                self.write("backup_prune_begun" if deed == "begin" else "backup_pruned", backup=named)
            case "open" | "accept" | "close":
                words = {"open": "opened", "accept": "accepted", "close": "closed"}
                self.write(words[deed], callout or "CO-0001")
            case "patch":
                self.write("patched", callout or "CO-0001", **change)
            case "roll back":
                self.write("rolled_back", callout or "CO-0001", undoes=f"t{which}", transaction="")
            case _:
                self.write("rollback_failed", callout or "CO-0001", **change)


def record(identifier: str, started: dt.datetime, verification: Verification = GOOD) -> BackupRecord:
    """A backup that began then."""
    names = Names.of([])
    return BackupRecord(
        identifier, "pbx", "acme", "pbxware", started, started, 0, 0, 0, {}, 0, "", {}, (), "in", names, names, False,
        None, verification, "/store", "1.4.5",
    )  # fmt: skip


def decisions_of(known: list[Known], rules: Retention, zone: str, now: dt.datetime) -> list[Decision]:
    return decide([one.candidate for one in known if one.state is State.STORED], rules, zone, now)


def require_invariants(deeds: list[tuple[int, str, int, int]], rules: Retention, zone: str, later: int) -> None:
    """What must hold for this history; raises AssertionError."""
    chronicle = Chronicle(deeds)
    now = chronicle.now
    known = history_of(chronicle.events, now, rules.pin_days)
    stored = {one.id: one for one in known if one.state is State.STORED}
    decisions = decisions_of(known, rules, zone, now)
    gone = {one.id for one in decisions if not one.keep}
    assert {one.id for one in decisions} == set(stored)
    assert not {one.id for one in known if one.holds} & gone, "held"
    assert not {one for one in gone if stored[one].record is None}, "nobody knows when it was taken"
    usable = {one.id: one.record.started for one in stored.values() if one.verified and one.record}
    past = {identifier: at for identifier, at in usable.items() if at <= now}
    if past:
        newest = max(past.values())
        assert [one for one in past if past[one] == newest and one not in gone], "the newest verified"
    if stored:
        assert gone != set(stored), "nothing would be left"
    if len(stored) == 1:
        assert not gone
    _require_needed_stay(chronicle, stored, gone)
    _require_pinned_stay(chronicle, stored, gone, now - dt.timedelta(days=rules.pin_days))
    # Removing is told in the ledger; asked again, nothing more goes: neither of what is left, nor in a second run.
    for identifier in sorted(gone):
        chronicle.write("backup_prune_begun", backup=identifier)
        chronicle.write("backup_pruned", backup=identifier)
    again = history_of(chronicle.events, now, rules.pin_days)
    assert all(one.keep for one in decisions_of(again, rules, zone, now)), "idempotent"
    # Time alone brings nothing back and breaks no hand-made pin.
    after = decisions_of(history_of(chronicle.events[: len(chronicle.events) - 2 * len(gone)],
                                    now + dt.timedelta(hours=later), rules.pin_days),
                         rules, zone, now + dt.timedelta(hours=later))  # fmt: skip
    assert gone <= {one.id for one in after if not one.keep}, "monotone"
    for one in decisions:
        pinned = {reason.why for reason in one.reasons} & {Why.PINNED, Why.OPEN_ROLLBACK}
        assert not pinned or one.id in {two.id for two in after if two.keep}, "a pin has no end of its own"


def _require_needed_stay(chronicle: Chronicle, stored: dict[str, Known], gone: set[str]) -> None:
    """By a way of its own: the newest good backup before each standing patch of an open call-out is there."""
    bodies = {event.seq: event.body for event in chronicle.events}
    undone = {bodies[event.seq]["undoes"] for event in chronicle.events if event.kind == "rolled_back"}
    closed = {event.callout for event in chronicle.events if event.kind == "closed"}
    for patch in (event for event in chronicle.events if event.kind == "patched"):
        changes = ("patched", "rolled_back", "rollback_failed")
        last = max(e.seq for e in chronicle.events if e.callout == patch.callout and e.kind in changes)
        accepted = any(e.kind == "accepted" and e.callout == patch.callout and e.seq > last for e in chronicle.events)
        if bodies[patch.seq]["transaction"] in undone or patch.callout in closed or accepted:
            continue
        before = [one for one in stored.values() if one.event.seq < patch.seq and one.verified]
        if before:
            newest = max(one.event.at for one in before)
            assert [one for one in before if one.event.at == newest and one.id not in gone], "an open rollback needs it"


def _require_pinned_stay(chronicle: Chronicle, stored: dict[str, Known], gone: set[str], released: dt.datetime) -> None:
    """By a way of its own: what a person pinned last, and what an unaccepted call-out of its own still waits for."""
    events = chronicle.events
    for identifier, known in stored.items():
        words = [
            e.kind for e in events if e.kind in ("backup_pinned", "backup_unpinned") and e.body["backup"] == identifier
        ]
        assert words[-1:] != ["backup_pinned"] or identifier not in gone, "pinned by hand"
        own = [event for event in events if event.callout and event.callout == known.event.callout]
        changes = ("patched", "rolled_back", "rollback_failed")
        last = max((event.seq for event in own if event.kind in changes), default=0)
        accepted = any(event.kind == "accepted" and event.seq > last for event in own)
        closed = [event.happened_at for event in own if event.kind == "closed"]
        waits = bool(own) and not accepted and (not closed or closed[-1] > released)
        assert not waits or words[-1:] == ["backup_unpinned"] or identifier not in gone, "its call-out waits"
