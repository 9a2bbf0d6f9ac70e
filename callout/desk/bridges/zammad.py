"""Zammad's REST API: requests to it, and its answers as our records. Pure.

Source: docs.zammad.org, "Introduction" (authentication, expand, pagination, sorting), "Ticket", "Articles". An article
of sender Customer is the customer's, of sender Agent the staff's; Zammad's own (System) are left out.
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from callout.desk.bridges.foreign import Body, Foreign, Moment, NameLine, RemoteId, SubjectLine, each_fitted, fitted
from callout.desk.bridges.records import MOST_ATTACHMENTS, Article, Head, Request, Unread, Whose, ticket_name
from callout.desk.mail.addresses import canonical_address
from callout.desk.mail.html_text import html_text

NAME = "zammad"
ROOT = "/api/v1"
PER_PAGE = 50
OVER = frozenset({"closed", "merged", "removed"})
_WHOSE = {"Customer": Whose.CUSTOMER, "Agent": Whose.STAFF}


class _Ticket(Foreign):
    id: RemoteId
    number: NameLine = ""
    title: SubjectLine = ""
    state: NameLine
    group: NameLine = ""
    customer: NameLine = ""
    customer_id: RemoteId | None = None
    created_at: Moment
    updated_at: Moment


class _User(Foreign):
    email: NameLine | None = None


class _File(Foreign):
    filename: NameLine = ""


class _Article(Foreign):
    id: RemoteId
    from_: NameLine | None = None
    sender: NameLine = ""
    content_type: NameLine = "text/plain"
    body: Body | None = None
    internal: bool
    attachments: list[_File] | None = None
    created_at: Moment


def authorization(token: str) -> str:
    """The header of a request."""
    return f"Token token={token}"


def tickets_request(page: int) -> Request:
    """All tickets that we may see, the one that was changed last first."""
    return Request("GET", f"{ROOT}/tickets", (
        ("expand", "true"), ("sort_by", "updated_at"), ("order_by", "desc"), ("page", str(page)),
        ("per_page", str(PER_PAGE)),
    ))  # fmt: skip


def ticket_request(remote: str) -> Request:
    """One ticket."""
    return Request("GET", f"{ROOT}/tickets/{remote}", (("expand", "true"),))


def user_request(user: str) -> Request:
    """A user, by number."""
    return Request("GET", f"{ROOT}/users/{user}")


def articles_request(remote: str) -> Request:
    """All that was said in it."""
    return Request("GET", f"{ROOT}/ticket_articles/by_ticket/{remote}")


def note_request(remote: str, text: str) -> Request:
    """An internal note, which the customer does not see."""
    return Request("POST", f"{ROOT}/ticket_articles", (), {
        "ticket_id": int(remote), "subject": "", "body": text, "content_type": "text/plain", "type": "note",
        "internal": True,
    })  # fmt: skip


def state_request(remote: str, state: str) -> Request:
    """Another state."""
    return Request("PUT", f"{ROOT}/tickets/{remote}", (), {"state": state})


def heads_of(said: object, queue: str | None) -> tuple[tuple[tuple[Head | Unread, bool], ...], int]:
    """The tickets of one page, each with whether it is in the group `queue` (None: any), and how many the page had."""
    items = fitted(list[Any], said, "Zammad's list of tickets")
    heads: list[tuple[Head | Unread, bool]] = []
    for name, one in each_fitted(_Ticket, items, "Zammad's ticket"):
        if isinstance(one, _Ticket):
            heads.append((_head(one), queue is None or one.group == queue))
        else:
            heads.append((Unread(ticket_name(NAME, name), one.message), True))
    return tuple(heads), len(items)


def head_of(said: object) -> Head:
    """One ticket."""
    return _head(fitted(_Ticket, said, "Zammad's ticket"))


def address_of(said: object) -> str:
    """A user's address; empty where there is none."""
    return canonical_address(fitted(_User, said, "Zammad's user").email or "")


def articles_of(said: object) -> tuple[Article, ...]:
    """What was said by people, the oldest first."""
    renamed = [{**one, "from_": one.get("from")} if isinstance(one, dict) else one for one in _listed(said)]
    found = fitted(list[_Article], renamed, "Zammad's articles")
    return tuple(_article(one) for one in sorted(found, key=lambda one: int(one.id)) if one.sender != "System")


def _listed(said: object) -> list[object]:
    return fitted(list[object], said, "Zammad's articles")


def _head(said: _Ticket) -> Head:
    asker = canonical_address(said.customer) or said.customer
    return Head(NAME, said.id, said.number, said.title, asker, said.customer_id or "", said.state, said.state in OVER,
                said.created_at, said.updated_at)  # fmt: skip


def _article(said: _Article) -> Article:
    body = said.body or ""
    text = html_text(body)[0] if said.content_type == "text/html" else body.strip()
    files = tuple(one.filename for one in (said.attachments or []) if one.filename)[:MOST_ATTACHMENTS]
    sender = canonical_address(parseaddr(said.from_ or "")[1]) or said.from_ or ""
    return Article(said.id, said.created_at, sender, _WHOSE.get(said.sender, Whose.UNKNOWN), said.internal, text, files)
