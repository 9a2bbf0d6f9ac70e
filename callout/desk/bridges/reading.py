"""What another ticket system has, read page by page through `ask`, and written to likewise. It decides nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

from callout.desk.bridges import rt, zammad
from callout.desk.bridges.foreign import Forbidden, NotAsDocumented, NotThere
from callout.desk.bridges.records import Article, Head, Request, Unread
from callout.desk.mail.addresses import canonical_address

Ask = Callable[[Request], Any]
# No more pages of a list, or of a ticket's history, are asked for in one go.
MOST_PAGES = 1000


class TicketSystem(Protocol):
    """What can be asked of either. All of it raises what `ask` raises, and Unreachable for what does not fit."""

    def changed(self, since: dt.datetime) -> Iterator[Head | Unread]:
        """Tickets that were changed after `since` (aware), at least; one may come twice."""
        ...

    def head(self, remote: str) -> Head:
        """One ticket."""
        ...

    def articles(self, head: Head, known: Collection[str]) -> tuple[Article, ...]:
        """What was said in it, the oldest first; of those that are `known` (by id) the text may be left out."""
        ...

    def note(self, remote: str, text: str) -> None:
        """Adds an internal note."""
        ...

    def set_state(self, remote: str, state: str) -> None:
        """Gives it another state."""
        ...


def ticket_system(name: str, queue: str | None, ask: Ask) -> TicketSystem:
    """Request Tracker or Zammad; `queue` is the queue or group that is ours, None for all."""
    return RequestTracker(queue, ask) if name == rt.NAME else Zammad(queue, ask)


@dataclass(frozen=True, slots=True)
class RequestTracker:
    """RT: the history of a ticket first, then each new entry's words."""

    queue: str | None
    ask: Ask
    most_pages: int = MOST_PAGES

    def changed(self, since: dt.datetime) -> Iterator[Head | Unread]:
        """See TicketSystem."""
        for page in _pages("RT's tickets", self.most_pages):
            heads, more = rt.heads_of(self.ask(rt.tickets_request(self.queue, since, page)))
            yield from (self._with_address(one) if isinstance(one, Head) else one for one in heads)
            if not more or not heads:
                return

    def head(self, remote: str) -> Head:
        """See TicketSystem."""
        return self._with_address(rt.head_of(self.ask(rt.ticket_request(remote))))

    def articles(self, head: Head, known: Collection[str]) -> tuple[Article, ...]:
        """See TicketSystem."""
        found: list[Article] = []
        for page in _pages(f"the history of rt:{head.id}", self.most_pages):
            entries, more = rt.history_of(self.ask(rt.history_request(head.id, page)), head.asker)
            found += entries
            if not more:
                break
        return tuple(one if one.id in known else self._with_words(one) for one in found)

    def note(self, remote: str, text: str) -> None:
        """See TicketSystem."""
        self.ask(rt.note_request(remote, text))

    def set_state(self, remote: str, state: str) -> None:
        """See TicketSystem."""
        self.ask(rt.state_request(remote, state))

    def _with_words(self, article: Article) -> Article:
        text, files = rt.content_of(self.ask(rt.attachments_request(article.id)))
        return replace(article, text=text, files=files)

    def _with_address(self, head: Head) -> Head:
        return _addressed(head, lambda login: rt.address_of(self.ask(rt.user_request(login))))


@dataclass(frozen=True, slots=True)
class Zammad:
    """Zammad: all articles of a ticket come in one answer."""

    queue: str | None
    ask: Ask
    most_pages: int = MOST_PAGES

    def changed(self, since: dt.datetime) -> Iterator[Head | Unread]:
        """See TicketSystem."""
        in_order = True
        for page in _pages("Zammad's tickets", self.most_pages):
            heads, count = zammad.heads_of(self.ask(zammad.tickets_request(page)), self.queue)
            for head, is_ours in heads:
                if is_ours and isinstance(head, Unread):
                    yield head
                elif is_ours and isinstance(head, Head) and head.updated_at > since:
                    yield self._with_address(head)
            # An older version may not sort: then what lies further behind may be newer, and all pages are read.
            moments = [head.updated_at for head, _ in heads if isinstance(head, Head)]
            in_order = in_order and all(one >= later for one, later in pairwise(moments))
            if count < zammad.PER_PAGE or (in_order and moments and moments[-1] <= since):
                return

    def head(self, remote: str) -> Head:
        """See TicketSystem."""
        return self._with_address(zammad.head_of(self.ask(zammad.ticket_request(remote))))

    def articles(self, head: Head, known: Collection[str]) -> tuple[Article, ...]:
        """See TicketSystem."""
        return zammad.articles_of(self.ask(zammad.articles_request(head.id)))

    def note(self, remote: str, text: str) -> None:
        """See TicketSystem."""
        self.ask(zammad.note_request(remote, text))

    def set_state(self, remote: str, state: str) -> None:
        """See TicketSystem."""
        self.ask(zammad.state_request(remote, state))

    def _with_address(self, head: Head) -> Head:
        return _addressed(head, lambda user: zammad.address_of(self.ask(zammad.user_request(user))))


def _addressed(head: Head, look_up: Callable[[str], str]) -> Head:
    """The head with its asker's address where people are named by a login; without one it stays as it is.

    A user who is gone, or whom the token may not see, has no address for us: whose ticket it is then is unknown.
    """
    if not head.asker_id or canonical_address(head.asker):
        return head
    try:
        return replace(head, asker=look_up(head.asker_id) or head.asker)
    except (NotThere, Forbidden, NotAsDocumented):
        return head


def _pages(what: str, most: int) -> Iterator[int]:
    """Page numbers. Raises NotAsDocumented after `most` of them: a list that never ends is no answer."""
    yield from range(1, most + 1)
    raise NotAsDocumented(f"There are more than {most} pages of {what}.", "Begin later: --since")
