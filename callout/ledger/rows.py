"""Pure: the rows that drafts become at the end of a chain, whichever database they go into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from callout.errors import CalloutError
from callout.ledger.event import COLUMNS, GENESIS, Draft, Event, Row, sealed_row

NEW = "NEW"
# Place and hash of the last event; the second is what the next one names.
Head = tuple[int, str]
EMPTY: Head = (0, GENESIS)


class LedgerDamaged(CalloutError):
    """What is stored is no whole ledger any more; as a verification's answer this is a failing finding."""

    exit_status = 3


def rows_after(
    head: Head,
    drafts: Iterable[Draft],
    *,
    number: Callable[[], str],
    identifier: Callable[[], str],
    now: Callable[[], dt.datetime],
) -> list[Row]:
    """The rows of `drafts`, in order, behind `head`. `number` gives the next call-out's and is asked once, if at all.

    Raises BadInput for a draft that cannot be stored; see `sealed_row`.
    """
    place, prev_hash = head
    rows: list[Row] = []
    new = ""
    for draft in drafts:
        if draft.callout == NEW:
            new = new or number()
            draft = replace(draft, callout=new)
        place += 1
        row = sealed_row(draft, seq=place, identifier=draft.id or identifier(), recorded_at=now(), prev_hash=prev_hash)
        prev_hash = row["hash"]
        rows.append(row)
    return rows


def callout_number(opened: int) -> str:
    """The number of the next call-out, where so many were opened."""
    return f"CO-{opened + 1:04d}"


def event_of(row: Mapping[str, Any]) -> Event:
    """The event that a row stores."""
    return Event(*(row[name] for name in COLUMNS))
