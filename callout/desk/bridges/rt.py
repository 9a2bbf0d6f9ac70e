"""Request Tracker's REST 2.0: requests to it, and its answers as our records. Pure.

Source: the documentation of RT::REST2 in RT 5 (its tutorial, "Tickets", "Transactions", "Attachments", "Paging",
"Fields"). A transaction of type Create or Correspond is seen by the customer, a Comment by the staff only.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from callout.desk.bridges.foreign import Body, Foreign, Moment, NameLine, RemoteId, SubjectLine, each_fitted, fitted
from callout.desk.bridges.records import (
    MOST_ATTACHMENTS,
    NAME_CHARACTERS,
    Article,
    Head,
    Request,
    Unread,
    Whose,
    ticket_name,
)  # fmt: skip
from callout.desk.mail.addresses import canonical_address
from callout.desk.mail.charsets import cleaned, one_line
from callout.desk.mail.html_text import html_text

NAME = "rt"
ROOT = "/REST/2.0"
PER_PAGE = 50
# The inactive states of RT's own lifecycle.
OVER = frozenset({"resolved", "rejected", "deleted"})
SEEN_BY_CUSTOMER, INTERNAL = frozenset({"Create", "Correspond"}), frozenset({"Comment"})


class _User(Foreign):
    id: NameLine
    EmailAddress: NameLine = ""
    Privileged: int | str | None = None


class _Ticket(Foreign):
    id: RemoteId
    Subject: SubjectLine = ""
    Status: NameLine
    Created: Moment
    LastUpdated: Moment
    Requestor: list[_User] | None = None


class _Transaction(Foreign):
    id: RemoteId
    Type: NameLine
    Created: Moment
    Creator: _User | None = None


class _Attachment(Foreign):
    id: RemoteId
    ContentType: NameLine = ""
    Filename: NameLine | None = None
    Content: Body | None = None


class _Page(Foreign):
    page: int = 1
    pages: int = 1


class _Tickets(_Page):
    items: list[Any]


class _Transactions(_Page):
    items: list[_Transaction]


class _Attachments(_Page):
    items: list[_Attachment]


def authorization(token: str) -> str:
    """The header of a request."""
    return f"token {token}"


def tickets_request(queue: str | None, since: dt.datetime, page: int) -> Request:
    """Tickets that were changed after `since` (aware; RT reads dates in its own user's zone), the longest ago first."""
    changed = f"LastUpdated > '{since.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}'"
    of_queue = f"Queue = '{_quoted(queue)}' AND " if queue else ""
    return Request("GET", f"{ROOT}/tickets", (
        ("query", of_queue + changed), ("orderby", "LastUpdated"), ("order", "ASC"), ("page", str(page)),
        ("per_page", str(PER_PAGE)), ("fields", "Subject,Status,Created,LastUpdated,Requestor"),
    ))  # fmt: skip


def ticket_request(remote: str) -> Request:
    """One ticket."""
    return Request("GET", f"{ROOT}/ticket/{remote}")


def user_request(name: str) -> Request:
    """A user; whatever their name is, it leads nowhere else."""
    return Request("GET", f"{ROOT}/user/{quote(name, safe='')}")


def history_request(remote: str, page: int) -> Request:
    """What happened in a ticket, the oldest first."""
    return Request("GET", f"{ROOT}/ticket/{remote}/history", (
        ("page", str(page)), ("per_page", str(PER_PAGE)), ("fields", "Type,Created,Creator"),
        ("fields[Creator]", "EmailAddress,Privileged"),
    ))  # fmt: skip


def attachments_request(transaction: str) -> Request:
    """What was said in one of these, and the files with it."""
    return Request("GET", f"{ROOT}/transaction/{transaction}/attachments", (
        ("per_page", str(PER_PAGE)), ("fields", "ContentType,Filename,Content"),
    ))  # fmt: skip


def note_request(remote: str, text: str) -> Request:
    """A comment, which the customer does not see."""
    return Request("POST", f"{ROOT}/ticket/{remote}/comment", (), {"Content": text, "ContentType": "text/plain"})


def state_request(remote: str, state: str) -> Request:
    """Another state."""
    return Request("PUT", f"{ROOT}/ticket/{remote}", (), {"Status": state})


def heads_of(said: object) -> tuple[tuple[Head | Unread, ...], bool]:
    """The tickets of one page, and whether there are more."""
    page = fitted(_Tickets, said, "RT's list of tickets")
    each = each_fitted(_Ticket, page.items, "RT's ticket")
    heads = (
        _head(one) if isinstance(one, _Ticket) else Unread(ticket_name(NAME, name), one.message) for name, one in each
    )
    return tuple(heads), page.page < page.pages


def head_of(said: object) -> Head:
    """One ticket."""
    return _head(fitted(_Ticket, said, "RT's ticket"))


def address_of(said: object) -> str:
    """A user's address; empty where there is none."""
    return canonical_address(fitted(_User, said, "RT's user").EmailAddress)


def history_of(said: object, asker: str) -> tuple[tuple[Article, ...], bool]:
    """The articles of one page without their texts, and whether there are more; all else that happened is left out.

    `asker` is the ticket's requestor: what they wrote is the customer's, what a privileged user wrote the staff's.
    """
    page = fitted(_Transactions, said, "RT's history")
    wanted = [one for one in page.items if one.Type in SEEN_BY_CUSTOMER | INTERNAL]
    return tuple(_article(one, asker) for one in wanted), page.page < page.pages


def content_of(said: object) -> tuple[str, tuple[str, ...]]:
    """What one transaction says, without markup, and the names of its files."""
    items = fitted(_Attachments, said, "RT's attachments").items
    files = [one.Filename for one in items if one.Filename]
    return _text(one for one in items if not one.Filename), tuple(files[:MOST_ATTACHMENTS])


def _head(said: _Ticket) -> Head:
    asker = said.Requestor[0].id if said.Requestor else ""
    status = said.Status
    return Head(NAME, said.id, said.id, said.Subject, canonical_address(asker) or asker, asker, status, status in OVER,
                said.Created, said.LastUpdated)  # fmt: skip


def _article(said: _Transaction, asker: str) -> Article:
    name = said.Creator.id if said.Creator else ""
    address = canonical_address(said.Creator.EmailAddress if said.Creator else "") or canonical_address(name) or name
    if asker and asker in (address, name):
        whose = Whose.CUSTOMER
    else:
        staff = said.Creator is not None and str(said.Creator.Privileged) == "1"
        whose = Whose.STAFF if staff else Whose.UNKNOWN
    return Article(said.id, said.Created, address, whose, said.Type in INTERNAL, "")


def _text(items: Iterable[_Attachment]) -> str:
    """The plain text where there is one, else what the HTML says."""
    found: dict[str, Sequence[str]] = {"text/plain": [], "text/html": []}
    for one in items:
        if one.Content and one.ContentType in found:
            found[one.ContentType] = [*found[one.ContentType], _decoded(one.Content)]
    if any(text.strip() for text in found["text/plain"]):
        return "\n".join(found["text/plain"]).strip()
    return "\n".join(html_text(text)[0] for text in found["text/html"]).strip()


def _decoded(content: str) -> str:
    """Text as it is, or out of base64, in which some versions of RT give it: only what is text then as well."""
    packed = "".join(content.split())
    if len(packed) < 8 or len(packed) % 4:
        return content
    try:
        unpacked = base64.b64decode(packed, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return content
    return (
        cleaned(unpacked) if unpacked.replace("\n", "").replace("\r", "").replace("\t", "").isprintable() else content
    )


def _quoted(name: str) -> str:
    """A name in TicketSQL: a quote or a backslash in it ends nothing."""
    return one_line(name, NAME_CHARACTERS).replace("\\", "\\\\").replace("'", "\\'")
