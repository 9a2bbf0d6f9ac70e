"""Pure: checks that do not count for one system, with the reason, the ticket and the last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from access_check.validation import Strict


def _a_day(value: Any) -> Any:
    """A date, or text that is one; a bare number is no day, though it could be read as seconds."""
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise ValueError("write a day like 2026-12-31")
    return value


class Waiver(Strict):
    """Why a check does not count, by which ticket, and the last day (UTC) on which it does not.

    Without `expires` it holds until somebody takes it out. A plain sentence in its place is the reason alone.
    """

    reason: str = Field(pattern=r"\S")
    ticket: str = Field(pattern=r"\S")
    expires: Annotated[dt.date, BeforeValidator(_a_day)] | None = None


def _from_sentence(value: Any) -> Any:
    """A plain sentence is a waiver that has a reason only; the lint names an empty one."""
    return Waiver.model_construct(reason=value, ticket="", expires=None) if isinstance(value, str) else value


Waivers = Mapping[str, Annotated[Waiver, BeforeValidator(_from_sentence)]]


def waivers_in_force(waivers: Waivers, today: dt.date | None) -> dict[str, str]:
    """Check → reason, for the waivers that hold on `today` (a day in UTC). A plain sentence always holds.

    Where the day is not known, none that expires is in force.
    """
    return {name: _reason(one) for name, one in waivers.items() if not _is_over(one, today)}


def waivers_expired(waivers: Waivers, today: dt.date | None) -> dict[str, str]:
    """Check → the sentence that its waiver is over, for those that do not hold any more on `today`."""
    return {
        name: f"Its waiver ended on {one.expires} (ticket {one.ticket})."
        for name, one in waivers.items()
        if _is_over(one, today)
    }


def _is_over(waiver: Waiver, today: dt.date | None) -> bool:
    return waiver.expires is not None and (today is None or today > waiver.expires)


def _reason(waiver: Waiver) -> str:
    if not waiver.ticket:
        return waiver.reason
    until = f", until {waiver.expires}" if waiver.expires else ""
    return f"{waiver.reason} (ticket {waiver.ticket}{until})"
