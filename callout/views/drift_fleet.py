"""Which customers' systems drift, how much, and since when: read from the ledger, worst first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callout.drift.judged import Judged, Outcome
from callout.drift.provenance import Provenance
from callout.ledger.event import Event, format_utc
from callout.views.drift_data import SCHEMA_VERSION
from callout.views.drift_text import moment
from callout.views.page import render_page
from callout.views.table import columns

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
HEAD = ("Customer", "System", "State", "Looked (UTC)", "Unsupported", "Unknown", "Waived", "Oldest unexplained")


@dataclass(frozen=True, slots=True)
class Watched:
    """A system of the inventory. A look older than `max_age_days` is old; None for no such rule."""

    customer: str
    system: str
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One system. `state` is an outcome, or `never`; waivers that have ended since the look count as unexplained.

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
    outcome: Outcome = Outcome.UNKNOWN
    counts: dict[str, int] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    since: dict[str, dt.datetime] = field(default_factory=dict)


def fleet_rows(events: Iterable[Event], watched: Iterable[Watched], *, now: dt.datetime) -> tuple[FleetRow, ...]:
    """A row for each watched system, worst first. `events` are the ledger's in order; other kinds are passed over.

    A system that no look tells of is `never`, not clean.
    """
    seen: dict[str, _Seen] = {}
    for event in events:
        if event.kind == "drift_looked":
            _look(seen.setdefault(event.system, _Seen()), event)
    rows = [_row(one, seen.get(one.system, _Seen()), now) for one in watched]
    return tuple(sorted(rows, key=lambda row: (ORDER.index(row.state), row.since or now, row.customer, row.system)))


def _look(seen: _Seen, event: Event) -> None:
    body = event.body
    seen.looked_at = event.happened_at
    outcome = str(body.get("outcome", ""))
    seen.outcome = Outcome(outcome) if outcome in set(Outcome) else Outcome.UNKNOWN
    seen.counts = {str(name): int(count) for name, count in body.get("counts", {}).items()}
    # Taken apart later, and only those of the newest look: there may be years of them.
    seen.findings = tuple(body.get("findings", ()))
    named = {str(one["id"]) for one in seen.findings}
    # What is missing in a look that did not come whole may stand all the same.
    whole = seen.outcome is not Outcome.UNKNOWN and not body.get("more", 0)
    kept = {name: at for name, at in seen.since.items() if name in named or not whole}
    seen.since = {**dict.fromkeys(named, event.happened_at), **kept}


def _row(one: Watched, seen: _Seen, now: dt.datetime) -> FleetRow:
    if seen.looked_at is None:
        return FleetRow(one.customer, one.system, NEVER)
    findings = [Judged.from_dict(raw) for raw in seen.findings]
    ended = [found for found in findings if found.waiver is not None and not found.waiver.speaks(now)]
    standing = [found for found in findings if found.unexplained or found in ended]
    counts = dict(seen.counts)
    for found in ended:
        counts["waived"] = max(0, counts.get("waived", 0) - 1)
        counts[found.provenance] = counts.get(found.provenance, 0) + 1
    dates = sorted((seen.since[found.id], found.id) for found in standing)
    old = one.max_age_days is not None and now - seen.looked_at > dt.timedelta(days=one.max_age_days)
    return FleetRow(
        customer=one.customer,
        system=one.system,
        state=_state(seen.outcome, ended),
        looked_at=seen.looked_at,
        counts={str(name): count for name, count in counts.items() if count},
        since=dates[0][0] if dates else None,
        oldest=dates[0][1] if dates else "",
        is_old=old,
    )


def _state(outcome: Outcome, ended: Sequence[Judged]) -> str:
    if any(found.provenance is Provenance.UNSUPPORTED for found in ended):
        return str(Outcome.DRIFT)
    return str(Outcome.UNKNOWN) if ended and outcome is not Outcome.DRIFT else str(outcome)


def fleet_dict(rows: Sequence[FleetRow], *, now: dt.datetime) -> dict[str, Any]:
    """JSON-able, `schema_version` first; systems worst first."""
    return {
        "schema_version": SCHEMA_VERSION,
        "at": format_utc(now),
        "states": _states(rows),
        "systems": [row.as_dict() for row in rows],
    }


def fleet_text(rows: Sequence[FleetRow]) -> str:
    """Aligned columns for a terminal, and the sum. No end of line at its end."""
    if not rows:
        return "There are no systems in the inventory."
    return "\n".join([*columns(HEAD, [_cells(row) for row in rows], (4, 5, 6)), "", _sum(rows)])


def fleet_html(rows: Sequence[FleetRow], *, now: dt.datetime) -> str:
    """A page of its own; no script, nothing fetched, printable."""
    return render_page(
        "drift_fleet.html",
        language="en",
        head=HEAD,
        rows=[(row.style, _cells(row)) for row in rows],
        summed=_sum(rows) if rows else "There are no systems in the inventory.",
        made=moment(now),
    )


def _cells(row: FleetRow) -> tuple[str, ...]:
    looked = "–" if row.looked_at is None else moment(row.looked_at).removesuffix(" UTC")
    # Never looked at: how many there are is not known, and not none.
    counts = (str(row.count(name)) if row.looked_at else "–" for name in ("unsupported", "unknown", "waived"))
    oldest = "–" if row.since is None else f"{row.since.astimezone(dt.UTC):%Y-%m-%d} {row.oldest}"
    return row.customer, row.system, row.told, looked, *counts, oldest


def _states(rows: Sequence[FleetRow]) -> dict[str, int]:
    return {state: count for state in ORDER if (count := sum(row.state == state for row in rows))}


def _sum(rows: Sequence[FleetRow]) -> str:
    customers = len({row.customer for row in rows})
    states = {**STATES, "drift": "with unsupported changes", "unknown": "with something unknown"}
    told = ", ".join(f"{count} {states[state]}" for state, count in _states(rows).items())
    systems = f"{len(rows)} system{'s' if len(rows) > 1 else ''}"
    return f"{systems} of {customers} customer{'s' if customers > 1 else ''}: {told}."
