"""What an invoice says of the time that several customers' work has claimed: written when it is issued, read for ever.

So a bill that has left the house stays what it was, whatever is entered, amended or invoiced for others later: what
it shared out with them then is shared out, and what it has taken is taken.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from callout.errors import CalloutError
from callout.ledger.event import Event, format_utc, parse_utc
from callout.worklog.invoiced import invoices_seen
from callout.worklog.overlap import Contested, Held, Overlap, Settled

_SHARE = re.compile(r"[1-9][0-9]{0,30}(/[1-9][0-9]{0,30})?")


def contested_body(contested: Contested) -> dict[str, Any]:
    """JSON-able, for the `invoice_issued` event."""
    return {
        "seconds": contested.overlap.seconds,
        "claimed_by": list(contested.overlap.claimed_by),
        "elsewhere": list(contested.elsewhere),
        "held": [[format_utc(one.start), format_utc(one.end), str(one.share)] for one in contested.held],
    }


def settled_work(events: Iterable[Event]) -> dict[str, Settled]:
    """Work's event id → the invoice that it stands on and what that says of its time; credited ones stand on none.

    `events` may hold any kinds, but all of the invoices' of whatever is asked about. Raises CalloutError naming an
    event that is not whole.
    """
    found = {}
    for invoice in invoices_seen(events).values():
        said = _said(invoice.event) if invoice.work else {}
        found.update({work: Settled(invoice.event.seq, said.get(work)) for work in invoice.work})
    return found


def _said(event: Event) -> Mapping[str, Contested]:
    try:
        return {work: _contested(told) for work, told in event.body.get("shared", {}).items()}
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise CalloutError(
            f"Event {event.id} (number {event.seq}) is no whole invoice_issued event: {error!r}.",
            "callout ledger verify says whether the ledger was changed.",
        ) from None


def _contested(told: Mapping[str, Any]) -> Contested:
    seconds, names, elsewhere = int(told["seconds"]), tuple(told["claimed_by"]), tuple(told["elsewhere"])
    held = tuple(Held(parse_utc(start), parse_utc(end), _share(share)) for start, end, share in told["held"])
    if any(one.end - one.start <= dt.timedelta(0) for one in held):
        raise ValueError("a stretch ends before it begins")
    return Contested(Overlap(seconds, names), held, elsewhere)


def _share(text: str) -> Fraction:
    if not _SHARE.fullmatch(text) or not 0 < Fraction(text) <= 1:
        raise ValueError(f"{text[:40]!r} is no share")
    return Fraction(text)
