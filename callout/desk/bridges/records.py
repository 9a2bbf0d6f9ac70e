"""A ticket of another system in our own words, and a request to one. Pure values; all text is hostile and bounded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# As events bound them; an article's text that is longer goes on in further events, up to MOST_PARTS of them.
SUBJECT_CHARACTERS, TEXT_CHARACTERS, NAME_CHARACTERS = 300, 20_000, 300
MOST_PARTS = 10
MOST_ATTACHMENTS = 50


class Whose(StrEnum):
    """Who wrote an article. UNKNOWN is whoever the other system does not show as its own staff: never taken as ours."""

    CUSTOMER = "customer"
    STAFF = "staff"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the other system: `path` behind the bridge's address, `query` in order, `body` as JSON."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """A ticket as lists show it. `id` is that of its API; times are aware UTC.

    `asker` is an address, or what else the other system has for whoever asks; `asker_id` is by what their user is
    asked for, empty where nobody is named. `is_over`: it has ended over there.
    """

    bridge: str
    id: str
    number: str
    subject: str
    asker: str
    asker_id: str
    state: str
    is_over: bool
    created_at: dt.datetime
    updated_at: dt.datetime

    @property
    def ticket(self) -> str:
        """How our events name it: `rt:123`, `zammad:4711`."""
        return ticket_name(self.bridge, self.id)


@dataclass(frozen=True, slots=True)
class Unread:
    """A ticket that could not be read, and why; its name as far as that can be told. `is_gone`: it is not there."""

    ticket: str
    why: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """One thing that was said in it. `internal` is for the staff over there only; `at` is aware UTC.

    `sender` is an address where there is one. `text` has no markup; `files` are the names of what hangs on it.
    """

    id: str
    at: dt.datetime
    sender: str
    whose: Whose
    internal: bool
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with those of its articles that were asked for, the oldest first."""

    head: Head
    articles: tuple[Article, ...]


def ticket_name(bridge: str, remote: str) -> str:
    """The name of a ticket in our events."""
    return f"{bridge}:{remote}"


def parts_of(text: str, name: str) -> tuple[str, ...]:
    """The text in pieces that an event takes, at least one; where it is too long even so, its end says what is missing.

    `name` is the ticket's, where the rest can be read.
    """
    most = MOST_PARTS * TEXT_CHARACTERS
    if len(text) > most:
        left = f"\n[{len(text) - most + 200} characters more are in {name}]"
        text = text[: most - 200] + left
    return tuple(text[start : start + TEXT_CHARACTERS] for start in range(0, max(1, len(text)), TEXT_CHARACTERS))
