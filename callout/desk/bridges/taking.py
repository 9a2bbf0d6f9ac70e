"""What becomes of a ticket of another system here: events, in the order in which things were said. Pure.

What its customer wrote is heard, what its staff wrote to the customer is told and counts as our reply: the desk answers
over there as well. Internal notes stay there. A ticket is one case, however often it is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callout.desk.bridges.records import Article, Head, Ticket, Whose, parts_of
from callout.ledger.event import Event, format_utc, parse_utc
from callout.ledger.rows import NEW

KINDS = ("case_opened", "case_bridged")
CHANNEL = "bridge"
IN, OUT = "in", "out"


@dataclass(frozen=True, slots=True)
class Taken:
    """What we have of a ticket: its case (empty: it was set aside), its articles by id, and how new it was then."""

    case: str = ""
    sender: str = ""
    articles: frozenset[str] = frozenset()
    updated: str = ""

    def has(self, head: Head) -> bool:
        """Whether nothing was changed over there since we read it."""
        return self.updated == format_utc(head.updated_at)


@dataclass(frozen=True, slots=True)
class Said:
    """An event to be: its kind, when it happened (aware), and its body."""

    kind: str
    at: dt.datetime
    body: Mapping[str, Any]


def taken_by(events: Iterable[Event], before: Mapping[str, Taken] | None = None) -> dict[str, Taken]:
    """What is taken of each ticket, by its name, after these events; `before` is what it was before them."""
    found = dict(before or {})
    for event in events:
        body = event.body
        if event.kind == "case_opened" and ":" in str(body.get("ticket", "")):
            name = str(body["ticket"])
            known = found.get(name, Taken())
            found[name] = Taken(known.case or str(body["case"]), known.sender, known.articles, known.updated)
        elif event.kind == "case_bridged" and body.get("direction") == IN and body.get("remote"):
            name = str(body["remote"])
            known = found.get(name, Taken())
            articles = known.articles | frozenset(map(str, body.get("articles", ())))
            case = known.case or str(body["case"])
            found[name] = Taken(case, str(body.get("sender", "")), articles, str(body.get("updated", "")))
    return found


def pulled_until(events: Iterable[Event], bridge: str) -> dt.datetime | None:
    """The newest change that the last whole reading saw; None where there was none."""
    until = None
    for event in events:
        body = event.body
        if event.kind == "case_bridged" and body.get("bridge") == bridge and body.get("until"):
            until = parse_utc(str(body["until"]))
    return until


def opening_of(
    ticket: Ticket, entitlement: Mapping[str, Any], rules: Mapping[str, Any], now: dt.datetime
) -> list[Said]:
    """A new case with all that was said in it until now. Its first words are the ticket's first, whoever wrote them."""
    head = ticket.head
    public = [one for one in ticket.articles if not one.internal]
    first, more = (public[0], public[1:]) if public else (None, [])
    text, *rest = parts_of(_words(first, head), head.ticket) if first else ("",)
    at = min(first.at if first else head.created_at, now)
    opened = {
        "case": NEW,
        "channel": CHANNEL,
        "sender": head.asker,
        "subject": head.subject or "(no subject)",
        "text": text,
        "priority": "normal",
        "mode": "",
        "mail": "",
        "entitlement": entitlement,
        "rules": rules,
        "ticket": head.ticket,
    }
    said = [Said("case_opened", at, opened)]
    said += [_heard(NEW, at, head.asker, part, answers=False) for part in rest]
    for article in more:
        said += _said(NEW, article, head, max(at, min(article.at, now)), answers=False)
    return [*said, bridged(NEW, ticket, now, frozenset())]


def continuation_of(
    ticket: Ticket, taken: Taken, now: dt.datetime, *, opened_at: dt.datetime, waits: bool
) -> list[Said]:
    """What is new in a case that there is; `waits`: it is the customer's turn, and their next word ends that."""
    said: list[Said] = []
    for article in ticket.articles:
        if article.id in taken.articles or article.internal:
            continue
        more = _said(taken.case, article, ticket.head, max(opened_at, min(article.at, now)), answers=waits)
        waits = waits and all(one.kind != "case_heard" for one in more)
        said += more
    return [*said, bridged(taken.case, ticket, now, taken.articles)]


def set_aside(head: Head, why: Mapping[str, Any], now: dt.datetime) -> list[Said]:
    """A ticket of somebody whom nobody has registered: recorded and listed, and no case."""
    refused = {"case": "", "what": f"ticket {head.ticket}", "reasons": [why]}
    return [Said("case_refused", now, refused), bridged("", Ticket(head, ()), now, frozenset())]


def bridged(case: str, ticket: Ticket, now: dt.datetime, known: Collection[str]) -> Said:
    """What was read, so that it is read once: the articles that were not `known` yet, internal ones among them."""
    head = ticket.head
    news = [one.id for one in ticket.articles if one.id not in known]
    body = {
        "case": case,
        "bridge": head.bridge,
        "remote": head.ticket,
        "direction": IN,
        "what": f"{len(news)} articles, {head.state} over there" if case else "set aside",
        "sender": head.asker,
        "articles": news,
        "updated": format_utc(head.updated_at),
        "state": head.state,
    }
    return Said("case_bridged", now, body)


def _said(case: str, article: Article, head: Head, at: dt.datetime, *, answers: bool) -> list[Said]:
    parts = parts_of(_words(article, head), head.ticket)
    if article.whose is Whose.STAFF:
        return [Said("case_told", at, {**_told(case, part), "by": article.sender}) for part in parts]
    who = article.sender or head.asker
    return [_heard(case, at, who, part, answers=answers and place == 0) for place, part in enumerate(parts)]


def _heard(case: str, at: dt.datetime, who: str, text: str, *, answers: bool) -> Said:
    body = {"case": case, "channel": CHANNEL, "sender": who, "text": text, "mail": "", "answers": answers}
    return Said("case_heard", at, body)


def _told(case: str, text: str) -> dict[str, Any]:
    return {
        "case": case, "letter": "reply", "text": text, "reply": True, "asks": False, "links": [], "language": "",
    }  # fmt: skip


def _words(article: Article, head: Head) -> str:
    """What was written, and what hangs on it: files are not fetched, they are named and stay where they are."""
    if not article.files:
        return article.text
    files = f"[files in {head.ticket}: {', '.join(article.files)}]"
    return f"{article.text}\n{files}".strip()
