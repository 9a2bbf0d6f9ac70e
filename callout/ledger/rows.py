"""Pure: the rows that drafts become at the end of a chain, whichever database they go into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from callout.errors import BadInput, CalloutError
from callout.ledger.event import COLUMNS, GENESIS, Draft, Event, Row, sealed_row

# Instead of a number: the next one. A case's may go on (`NEW:2`), for several in one append.
NEW = "NEW"
MOST_CASES = 999_999
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
    cases: Callable[[], int],
    identifier: Callable[[], str],
    now: Callable[[], dt.datetime],
) -> list[Row]:
    """The rows of `drafts`, in order, behind `head`. `number` gives the next call-out's, `cases` says how many
    there are; each is asked once, if at all.

    Raises BadInput for a draft that cannot be stored; see `sealed_row`.
    """
    place, prev_hash = head
    rows: list[Row] = []
    new = ""
    new_cases: dict[str, str] = {}
    for draft in drafts:
        if draft.callout == NEW:
            new = new or number()
            draft = replace(draft, callout=new)
        if is_new_case(case := draft.body.get("case")):
            if not new_cases:
                before = cases()
            if case not in new_cases:
                new_cases[case] = case_number(before + len(new_cases) + 1)
            draft = replace(draft, body={**draft.body, "case": new_cases[case]})
        place += 1
        row = sealed_row(draft, seq=place, identifier=draft.id or identifier(), recorded_at=now(), prev_hash=prev_hash)
        prev_hash = row["hash"]
        rows.append(row)
    return rows


def callout_number(opened: int) -> str:
    """The number of the next call-out, where so many were opened."""
    return f"CO-{opened + 1:04d}"


def is_new_case(case: object) -> TypeGuard[str]:
    """Whether it stands for the number of a case that is not there yet: `NEW`, or `NEW:` with a name for it."""
    return isinstance(case, str) and (case == NEW or case.startswith(f"{NEW}:"))


def case_number(ordinal: int) -> str:
    """The number of a case, from 1: always nine characters, so that an index finds them by their place in a text.

    Raises BadInput beyond the 999,999th.
    """
    if ordinal > MOST_CASES:
        raise BadInput(
            f"This ledger has {MOST_CASES:,} cases and takes no more.", "Begin a new one for the next years."
        )
    return f"CS-{ordinal:06d}"


def event_of(row: Mapping[str, Any]) -> Event:
    """The event that a row stores."""
    return Event(*(row[name] for name in COLUMNS))
