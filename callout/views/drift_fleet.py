"""Which customers' systems drift, how much, and since when: read from the ledger, worst first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callout.drift.judged import Judged, Outcome
from callout.drift.provenance import Provenance
from callout.drift.waiver import Waiver
from callout.ledger.event import Event, format_utc

NEVER = "never"
# Whoever was never looked at may be anything: that is worse than explained.
ORDER = (str(Outcome.DRIFT), str(Outcome.UNKNOWN), NEVER, str(Outcome.EXPLAINED), str(Outcome.CLEAN))
STATES = {
    "drift": "unsupported changes",
    "unknown": "something unknown",
    NEVER: "never looked at",
    "explained": "explained",
    "clean": "clean",
}
STYLES = {"drift": "fail", "unknown": "unknown", NEVER: "unknown", "explained": "pass", "clean": "pass"}


@dataclass(frozen=True, slots=True)
class Watched:
    """A system of the inventory. A look older than `max_age_days` is old; None for no such rule.

    `waivers` are those that nobody has ended; without them (None) those count that the look itself tells of.
    """

    customer: str
    system: str
    max_age_days: int | None = None
    waivers: tuple[Waiver, ...] | None = None


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One system. `state` is an outcome, or `never`, with the waivers that speak now.

    `since` is when the oldest change that is still unexplained was first seen; it was made at that time or before.
    """

    customer: str
    system: str
    state: str
    looked_at: dt.datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    since: dt.datetime | None = None
    oldest: str = ""
    is_old: bool = False

    @property
    def told(self) -> str:
        """The state in words."""
        return f"{STATES[self.state]}{', long ago' if self.is_old else ''}"

    @property
    def style(self) -> str:
        """The colour's name; an old look is none to rely on."""
        style = STYLES[self.state]
        return "warn" if self.is_old and style == "pass" else style

    def count(self, name: str) -> int:
        """How many changes there are of a provenance, or `waived`."""
        return self.counts.get(name, 0)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; times are UTC, None is never or nothing."""
        return {
            "customer": self.customer,
            "system": self.system,
            "state": self.state,
            "looked_at": None if self.looked_at is None else format_utc(self.looked_at),
            "is_old": self.is_old,
            "counts": dict(self.counts),
            "oldest_unexplained": None
            if self.since is None
            else {"finding": self.oldest, "at": format_utc(self.since)},
        }


@dataclass
class _Seen:
    """What the ledger tells of one system so far."""

    looked_at: dt.datetime | None = None
    has_gaps: bool = True
    counts: dict[str, int] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    since: dict[str, dt.datetime] = field(default_factory=dict)


def fleet_rows(events: Iterable[Event], watched: Iterable[Watched], *, now: dt.datetime) -> tuple[FleetRow, ...]:
    """A row for each watched system, worst first. `events` are the ledger's in order; other kinds are passed over.

    A system that neither a look nor a baseline tells of is `never`, not clean.
    """
    seen: dict[str, _Seen] = {}
    for event in events:
        if event.kind == "drift_looked":
            _look(seen.setdefault(event.system, _Seen()), event)
        elif event.kind == "baseline_recorded":
            # What was seen then is what counts from then on.
            seen[event.system] = _Seen(event.happened_at, has_gaps=False)
    rows = [_row(one, seen.get(one.system, _Seen()), now) for one in watched]
    return tuple(sorted(rows, key=lambda row: (ORDER.index(row.state), row.since or now, row.customer, row.system)))


def _look(seen: _Seen, event: Event) -> None:
    body = event.body
    seen.looked_at = event.happened_at
    seen.counts = {str(name): int(count) for name, count in body.get("counts", {}).items()}
    seen.has_gaps = _has_gaps(body, seen.counts)
    # Taken apart later, and only those of the newest look: there may be years of them.
    seen.findings = tuple(body.get("findings", ()))
    named = {str(one["id"]) for one in seen.findings}
    # What is missing in a look that did not come whole may stand all the same.
    whole = not seen.has_gaps and not body.get("more", 0)
    kept = {name: at for name, at in seen.since.items() if name in named or not whole}
    seen.since = {**dict.fromkeys(named, event.happened_at), **kept}


def _has_gaps(body: Mapping[str, Any], counts: Mapping[str, int]) -> bool:
    """Whether the look, or a part of it, is unknown by itself, whatever was found. A strange outcome is, too."""
    outcome = body.get("outcome")
    without_cause = outcome == Outcome.UNKNOWN and not counts.get(Provenance.UNKNOWN)
    return bool(body.get("unknown") or body.get("disagreements")) or without_cause or outcome not in set(Outcome)


def _row(one: Watched, seen: _Seen, now: dt.datetime) -> FleetRow:
    if seen.looked_at is None:
        return FleetRow(one.customer, one.system, NEVER)
    findings = [Judged.from_dict(raw) for raw in seen.findings]
    standing = [found for found in findings if not _is_waived(found, one, now)]
    counts = Counter(seen.counts)
    for found in findings:
        counts["waived" if found.waiver is not None else str(found.provenance)] -= 1
        counts[str(found.provenance) if found in standing else "waived"] += 1
    dates = sorted((seen.since[found.id], found.id) for found in standing)
    old = one.max_age_days is not None and now - seen.looked_at > dt.timedelta(days=one.max_age_days)
    return FleetRow(
        customer=one.customer,
        system=one.system,
        state=_state(counts, seen.has_gaps),
        looked_at=seen.looked_at,
        counts={name: count for name, count in counts.items() if count > 0},
        since=dates[0][0] if dates else None,
        oldest=dates[0][1] if dates else "",
        is_old=old,
    )


def _is_waived(found: Judged, one: Watched, now: dt.datetime) -> bool:
    if one.waivers is None:
        return found.waiver is not None and found.waiver.speaks(now)
    return any(waiver.speaks(now) and waiver.names(found.id, found.change) for waiver in one.waivers)


def _state(counts: Mapping[str, int], has_gaps: bool) -> str:
    if counts.get(Provenance.UNSUPPORTED, 0) > 0:
        return str(Outcome.DRIFT)
    if has_gaps or counts.get(Provenance.UNKNOWN, 0) > 0:
        return str(Outcome.UNKNOWN)
    return str(Outcome.EXPLAINED if any(count > 0 for count in counts.values()) else Outcome.CLEAN)
