"""Who has a bundle, who needs it, who is exposed, and what a system holds: text, data, rows for a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from access_check.escaping import shown
from callout.ledger.event import format_utc
from callout.patches.announced import Announced
from callout.patches.exposure import Row
from callout.patches.standing import Holding, Standing
from callout.policy.critical import CRITICAL, PatchClock
from callout.views.bill_data import safe_cell
from callout.views.table import columns

WHO = ("System", "Customer", "Contract", "Stands", "Since (UTC)", "By", "Call-out", "Version", "Why")
EXPOSED = ("Customer", "System", "Contract", "Stands", "Due there", "Whose move", "Why")
HELD = ("Bundle", "Stands", "Since (UTC)", "By", "Call-out", "Looked at (UTC)", "Title", "Note")
CSV = (
    "bundle", "system", "customer", "customer_name", "contract", "emergency_phone", "stands", "meant", "exposed", "why",
    "since", "by", "callout", "note", "looked_at", "product", "version", "version_at", "due_at", "due_there",
    "time_zone",
)  # fmt: skip


def who_text(title: str, rows: Sequence[Row], *, every: bool) -> str:
    """One line per system, for a terminal. Without `every`, systems that the bundle is not for are only counted."""
    told = [one for one in rows if every or one.meant is not False or one.standing is not Standing.NEVER]
    cells = [
        [
            one.system.name, one.system.customer, one.system.contract, one.word, *_since(one),
            one.system.version or "not known", _why(one),
        ]
        for one in told
    ]  # fmt: skip
    counts = _counts(rows)
    left_out = f" {len(rows) - len(told)} more are not meant (--all)." if len(rows) > len(told) else ""
    return "\n".join([shown(title), *(columns(WHO, cells) if cells else []), f"{counts}{left_out}"])


def exposed_text(title: str, rows: Sequence[Row], clock: PatchClock | None, told: Announced | None) -> str:
    """The clock, then one line per system that lacks the bundle or may lack it."""
    cells = [
        [
            one.system.customer_name, one.system.name, _contract(one), one.word, _due_there(one, clock),
            _move(one), _why(one),
        ]
        for one in rows
        if one.exposed is not False
    ]  # fmt: skip
    lines = [shown(title), clock_text(clock, told)]
    if not cells:
        return "\n".join([*lines, "No system is exposed."])
    unknown = sum(one.exposed is None for one in rows)
    return "\n".join([*lines, *columns(EXPOSED, cells), f"{len(cells) - unknown} exposed, {unknown} not known."])


def clock_text(clock: PatchClock | None, told: Announced | None) -> str:
    """The promise of the procedure and how it stands, in one line."""
    if told is None:
        return "Clock: not known, the bundle was not announced here."
    if told.severity != CRITICAL:
        return f"Clock: none; the procedure promises a time for critical bugs, and this is {told.severity}."
    if clock is None:
        return "Clock: not known; say when the bug was confirmed: callout patch announce FILE --confirmed-at TIME"
    made = f"made {_span(clock.made_after)} after" if clock.made_after is not None else "there is no patch yet"
    state = "kept" if clock.kept else "running" if clock.kept is None else "NOT kept"
    left = f"{_span(clock.left)} left" if clock.left >= dt.timedelta() else f"{_span(-clock.left)} over"
    return (
        f"Clock: confirmed {clock.confirmed_at:%Y-%m-%d %H:%M}, due {clock.due_at:%Y-%m-%d %H:%M} UTC (24 h by the "
        f"wall clock); {left}. The patch: {made}, {state}. The end is {clock.hours}."
    )


def held_text(system: str, held: Sequence[tuple[Holding, Announced | None]]) -> str:
    """Every bundle of one system, for a terminal."""
    if not held:
        return f"{system}: no bundle was ever put in."
    cells = [
        [
            one.bundle, str(one.standing), _minute(one.since.at), one.since.actor, one.since.callout or "–",
            _minute(one.looked_at) or "never", told.title if told else "–", one.last.note,
        ]
        for one, told in held
    ]  # fmt: skip
    return "\n".join(columns(HELD, cells))


def rows_dict(rows: Sequence[Row], clock: PatchClock | None) -> list[dict[str, Any]]:
    """JSON-able rows; None is not known. `due_there` is the clock's end as the customer's clocks show it."""
    return [
        {
            "bundle": one.bundle,
            "system": one.system.name,
            "customer": one.system.customer,
            "customer_name": one.system.customer_name,
            "contract": one.system.contract,
            "emergency_phone": one.system.emergency_phone,
            "stands": one.word,
            "meant": one.meant,
            "exposed": one.exposed,
            "why": one.why,
            "since": one.since.at if one.since else "",
            "by": one.since.actor if one.since else "",
            "callout": one.since.callout if one.since else "",
            "note": one.note,
            "looked_at": one.looked_at,
            "product": one.system.product,
            "version": one.system.version,
            "version_at": one.system.version_at,
            "due_at": format_utc(clock.due_at) if clock else None,
            "due_there": _due_there(one, clock) or None,
            "time_zone": one.system.time_zone,
        }
        for one in rows
    ]


def rows_csv(rows: Sequence[Row], clock: PatchClock | None) -> str:
    """UTF-8 text for a spreadsheet, CRLF; no cell can become a formula, none holds a control character."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(CSV)
    for one in rows_dict(rows, clock):
        writer.writerow([safe_cell(_word(one[name])) for name in CSV])
    return out.getvalue()


def clock_dict(clock: PatchClock | None) -> dict[str, Any] | None:
    """JSON-able; seconds are whole, `left_s` is negative once it is late. None where no clock runs."""
    if clock is None:
        return None
    return {
        "confirmed_at": format_utc(clock.confirmed_at),
        "due_at": format_utc(clock.due_at),
        "left_s": int(clock.left.total_seconds()),
        "made_after_s": None if clock.made_after is None else int(clock.made_after.total_seconds()),
        "kept": clock.kept,
        "due_inside_hours": clock.inside_hours,
        "hours": clock.hours,
    }


def held_dict(held: Sequence[tuple[Holding, Announced | None]]) -> list[dict[str, Any]]:
    """JSON-able, with every occasion."""
    return [
        {
            "bundle": one.bundle,
            "title": told.title if told else "",
            "severity": told.severity if told else "",
            "stands": str(one.standing),
            "occasions": [
                {"what": str(each.what), "at": each.at, "by": each.actor, "callout": each.callout, "note": each.note}
                for each in one.occasions
            ],
            "files": [file["path"] for file in one.files],
        }
        for one, told in held
    ]


def _counts(rows: Sequence[Row]) -> str:
    has, lacks = sum(one.has_it for one in rows), sum(one.exposed is True for one in rows)
    unknown = sum(one.exposed is None for one in rows)
    return f"{has} have it, {lacks} need it, {unknown} not known."


def _since(one: Row) -> tuple[str, str, str]:
    if one.since is None:
        return "–", "–", "–"
    return _minute(one.since.at), one.since.actor, one.since.callout or "–"


def _why(one: Row) -> str:
    return one.note or one.why


def _contract(one: Row) -> str:
    return f"{one.system.contract or 'not known'}{' + emergency' if one.system.emergency_phone else ''}"


def _move(one: Row) -> str:
    """Published procedure: support is told what to do, maintenance is done for them."""
    if one.exposed is None:
        return "us: find out"
    return "us: put it in" if one.system.contract == "maintenance" else "customer: consent, it is charged"


def _due_there(one: Row, clock: PatchClock | None) -> str:
    if clock is None:
        return ""
    return f"{clock.due_at.astimezone(ZoneInfo(one.system.time_zone)):%a %Y-%m-%d %H:%M %Z}"


def _span(span: dt.timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _minute(at: str) -> str:
    return shown(at)[:16].replace("T", " ")


def _word(value: object) -> object:
    return {True: "yes", False: "no", None: "not known"}[value] if value is None or isinstance(value, bool) else value
